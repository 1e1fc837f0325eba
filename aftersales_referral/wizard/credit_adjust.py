# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import api, fields, models


class AftersalesCreditAdjust(models.TransientModel):
    """An accountant gives store credit, or takes some back, and says why (79)."""

    _name = "aftersales.credit.adjust"
    _description = "Adjust Store Credit"
    _check_company_auto = True

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    partner_id = fields.Many2one("res.partner", string="Customer", required=True)
    owner_id = fields.Many2one(related="partner_id.commercial_partner_id", string="Owner")
    direction = fields.Selection(
        [("give", "Give goodwill"), ("take", "Take back")],
        string="What to Do",
        required=True,
        default="give",
    )
    amount = fields.Monetary(required=True)
    reason = fields.Char(required=True)
    date_expiry = fields.Date(
        string="Expires",
        compute="_compute_date_expiry",
        store=True,
        readonly=False,
        help="Last day, inclusive; empty: never.",
    )
    lot_id = fields.Many2one(
        "aftersales.credit.lot",
        string="From",
        domain="[('partner_id', '=', owner_id), ('remaining', '>', 0)]",
        help="Empty: what expires soonest first.",
    )
    credit = fields.Monetary(string="Holds Now", compute="_compute_credit")
    new_credit = fields.Monetary(string="Holds Then", compute="_compute_credit")
    move_id = fields.Many2one("account.move", readonly=True)

    @api.model
    def default_get(self, fields):
        """Take customer and lot over from the store credit that was chosen."""
        values = super().default_get(fields)
        if self.env.context.get("active_model") == "aftersales.credit.lot":
            lots = self.env["aftersales.credit.lot"].browse(self.env.context.get("active_ids"))
            if len(lots.partner_id) == 1:
                values["partner_id"] = lots.partner_id.id
            if len(lots) == 1 and lots.remaining:
                values.update(lot_id=lots.id, direction="take")
        return values

    @api.depends("company_id")
    def _compute_date_expiry(self):
        for wizard in self:
            company = wizard.company_id
            wizard.date_expiry = company._aftersales_credit_expiry(company._aftersales_today())

    @api.depends("partner_id", "amount", "direction")
    def _compute_credit(self):
        for wizard in self:
            held = wizard.lot_id._lots_of(wizard.owner_id, wizard.company_id)._that_can_be_spent()
            wizard.credit = sum(held.mapped("remaining"))
            change = wizard.amount if wizard.direction == "give" else -wizard.amount
            wizard.new_credit = wizard.credit + change

    def action_confirm(self):
        """Give or take it; the lots check who may. A second click changes nothing."""
        self.ensure_one()
        if self.move_id:
            return
        Lot = self.env["aftersales.credit.lot"]
        common = (self.partner_id, self.company_id, self.amount, self.reason)
        if self.direction == "give":
            self.move_id = Lot._give_goodwill(*common, date_expiry=self.date_expiry).move_id
        else:
            self.move_id = Lot._take_from(*common, lot=self.lot_id)
