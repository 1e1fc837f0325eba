# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import api, fields, models
from odoo.fields import Domain

from .linked_records import CLAIMS, open_records

UNSETTLED_STATES = ("draft", "submitted", "approved")


class AftersalesClaim(models.Model):
    """Who deals with a matter: one owner, no second call on the same matter (requirement 54).

    Others are the unsettled claims of the same site or the same asset. Everybody who works on a
    claim is told of them in one line, whoever may read them.
    """

    _inherit = "aftersales.claim"

    others_label = fields.Char(
        string="Open at this Site", compute="_compute_others", compute_sudo=True
    )
    second_owner_label = fields.Char(
        compute="_compute_others",
        compute_sudo=True,
        help="Open claims about the same goods that somebody else deals with.",
    )

    @api.depends_context("uid")
    @api.depends("site_id", "line_ids.asset_id", "user_id", "state", "company_id")
    def _compute_others(self):
        found = self._find_others()
        for claim in self:
            others = found.filtered(claim._is_other)
            claim.others_label = others._names_and_owners()
            claim.second_owner_label = others.filtered(claim._has_second_owner)._names_and_owners()

    def _find_others(self):
        """Return the unsettled claims of the sites and assets of these, themselves included."""
        unsettled = self.filtered(lambda claim: claim.state in UNSETTLED_STATES)
        sites, assets = unsettled.site_id._origin, unsettled.line_ids.asset_id._origin
        return self.search(
            Domain("state", "in", UNSETTLED_STATES)
            & Domain("company_id", "in", unsettled.company_id.ids)
            & (Domain("site_id", "in", sites.ids) | Domain("line_ids.asset_id", "in", assets.ids))
        )

    def _is_other(self, other):
        """Tell whether ``other`` is about the same site or asset as this unsettled claim."""
        self.ensure_one()
        return (
            other != self._origin
            and self.state in UNSETTLED_STATES
            and other.company_id == self.company_id
            and (other.site_id == self.site_id._origin or self._shares_assets(other))
        )

    def _shares_assets(self, other):
        return bool(self.line_ids.asset_id._origin & other.line_ids.asset_id)

    def _has_second_owner(self, other):
        """Tell whether somebody else deals with the same goods in ``other``."""
        owner = self.user_id._origin or self.env.user
        return bool(other.user_id and other.user_id != owner and self._shares_assets(other))

    def _names_and_owners(self):
        return ", ".join(
            self.env._(
                "%(claim)s (%(owner)s)",
                claim=claim.name,
                owner=claim.user_id.name or self.env._("nobody yet"),
            )
            for claim in self
        )

    @api.onchange("user_id")
    def _onchange_user_id(self):
        """Warn before a matter gets a second owner."""
        if self.user_id and self.second_owner_label:
            return {
                "warning": {
                    "title": self.env._("Somebody deals with these goods already"),
                    "message": self.env._(
                        "%s: let one person answer the customer.", self.second_owner_label
                    ),
                }
            }

    # --- Buttons -------------------------------------------------------------------------------

    def action_take(self):
        """Make the claims mine."""
        self.write({"user_id": self.env.uid})

    def action_open_others(self):
        """Open the other claims of this site and these goods, as far as the user may read them."""
        self.ensure_one()
        return open_records(self._find_others().filtered(self._is_other), CLAIMS)

    def action_open_second_owner(self):
        """Open the claims in which somebody else deals with the same goods."""
        self.ensure_one()
        others = self._find_others().filtered(self._is_other)
        return open_records(others.filtered(self._has_second_owner), CLAIMS)
