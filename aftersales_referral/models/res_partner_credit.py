# SPDX-License-Identifier: LGPL-3.0-or-later
from collections import Counter

from odoo import api, fields, models

from odoo.addons.aftersales_plans.models.linked_records import open_action

from .client_actions import LOTS


class ResPartner(models.Model):
    """What a customer may spend, on the contact."""

    _inherit = "res.partner"

    aftersales_credit = fields.Monetary(
        string="Store Credit",
        currency_field="referral_currency_id",
        compute="_compute_aftersales_credit",
        groups="base.group_user",
        help="What the customer and its contacts may still spend.",
    )
    aftersales_lot_count = fields.Integer(
        compute="_compute_aftersales_credit", groups="base.group_user"
    )

    @api.depends_context("company")
    def _compute_aftersales_credit(self):
        """With a number of queries that does not depend on the number of contacts."""
        Lot = self.env["aftersales.credit.lot"]
        sums, counts = Counter(), Counter()
        holders = self._aftersales_with("loyalty.card")
        if holders and Lot.has_access("read"):
            lots = Lot._lots_of(holders.commercial_partner_id, self.env.company)
            for lot in lots:
                counts[lot.partner_id.id] += 1
            for lot in lots._that_can_be_spent():
                sums[lot.partner_id.id] += lot.remaining
        for partner in self:
            owner = partner.commercial_partner_id
            partner.aftersales_credit = sums[owner.id]
            partner.aftersales_lot_count = counts[owner.id]

    def action_open_store_credit(self):
        """Open the store credit of this customer, used up or not."""
        self.ensure_one()
        owner = self.commercial_partner_id
        granted = [("partner_id", "=", owner.id)]
        action = open_action(self.env, LOTS, granted, default_partner_id=owner.id)
        return {**action, "name": self.env._("Store Credit of %s", owner.display_name)}
