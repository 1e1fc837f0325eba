# SPDX-License-Identifier: AGPL-3.0-or-later
from odoo import api, fields, models


class AftersalesPriceFactor(models.Model):
    """Prices by territory, where sites lie in some (requirement 20)."""

    _inherit = "aftersales.price.factor"

    territory_id = fields.Many2one(
        "res.territory",
        ondelete="restrict",
        help="Of the site's place of service. Goes before its state and country.",
    )

    @api.constrains("territory_id")
    def _check_territory(self):
        self._check_region()
        self._check_once()

    @api.depends("territory_id")
    def _compute_display_name(self):
        return super()._compute_display_name()

    def _has_place(self):
        """Take a territory for a place too."""
        return bool(self.territory_id) or super()._has_place()

    def _keys(self):
        """Let a row with a territory decide that alone."""
        if self.kind == "region" and self.territory_id:
            return {("territory", self.territory_id.id)}
        return super()._keys()

    def _place_told(self):
        """Name the territory."""
        return self.territory_id.name or super()._place_told()

    def _place_of(self, site):
        """Add the territory of the site's place of service, where it matters."""
        place = super()._place_of(site)
        if self.territory_id:
            # whoever is told a price; only in which territory it is
            locations = self.env["fsm.location"].sudo()
            location = locations.search([("partner_id", "=", site._origin.id)], order="id", limit=1)
            place["territory"] = location.territory_id.id
        return place

    def _match(self, place):
        """Match a territory more exactly than a state."""
        if not self.territory_id:
            return super()._match(place)
        if self.territory_id.id == place["territory"]:
            return 3, {"territory": self.territory_id.id}
        return 0, {}


class AftersalesPlan(models.Model):
    """Tells of territories in the explanation of a price."""

    _inherit = "aftersales.plan"

    @api.model
    def _tell_place(self, fact):
        """Name the territory that held the site."""
        if "territory" in fact:
            return self.env["res.territory"].browse(fact["territory"]).exists().name or ""
        return super()._tell_place(fact)
