# SPDX-License-Identifier: AGPL-3.0-or-later
from odoo import api, fields, models


class FsmLocation(models.Model):
    """One location per delivery address, made when a contract first needs it (design §4)."""

    _inherit = "fsm.location"

    visit_ids = fields.One2many("fsm.order", "location_id", string="Visits", readonly=True)

    @api.model
    def _of_sites(self, errands):
        """Return {site: location} for the sites of contracts, claims or other errands."""
        return self._of_addresses({errand.site_id: errand.partner_id for errand in errands})

    @api.model
    def _of_addresses(self, owner):
        """Return {site: location} for ``owner``, {site: customer}, making the missing ones."""
        sites = self.env["res.partner"].union(*owner)
        found = {
            location.partner_id: location
            for location in self.search([("partner_id", "in", sites.ids)], order="id desc")
        }
        missing = [site for site in sites if site not in found]
        types = {site: site.type for site in missing}
        created = self.create(
            [{"partner_id": site.id, "owner_id": owner[site].id} for site in missing]
        )
        # Field Service turns the address into its own type; it must stay a delivery address.
        for type_, partners in created.partner_id.grouped(types.get).items():
            partners.type = type_
        return found | {location.partner_id: location for location in created}

    def _technicians(self, everybody):
        """Return who of ``everybody`` may go there: the preferred in their order, the others."""
        self.ensure_one()
        ranked = self.person_ids.sorted(lambda row: (row.sequence, row.id))  # ties too
        preferred = ranked.person_id & everybody
        territory = self.territory_id
        return preferred, (everybody - preferred).filtered(
            lambda person: not territory or territory in person.territory_ids
        )
