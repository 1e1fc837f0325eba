from odoo import api, fields, models
from odoo.exceptions import AccessError

from ..models.linked_records import open_action
from ..models.revenue_entry import REVENUE


class AftersalesRevenueRecognise(models.TransientModel):
    """Asks until which day plan revenue is recognised, beside the daily run (requirement 83)."""

    _name = "aftersales.revenue.recognise"
    _description = "Recognise Plan Revenue"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    date = fields.Date(
        string="Up to",
        compute="_compute_date",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        help="The end of this day; today at the latest.",
    )
    booked_until = fields.Date(related="company_id.aftersales_revenue_until")
    is_spread = fields.Boolean(related="company_id.aftersales_defer_revenue")

    @api.depends("company_id")
    def _compute_date(self):
        for wizard in self:
            wizard.date = wizard.company_id._aftersales_today()

    def action_confirm(self):
        """Recognise what is due, and show what was written."""
        self.ensure_one()
        if not self.env.user.has_group("aftersales_plans.group_accountant"):
            raise AccessError(self.env._("Accountants recognise plan revenue."))
        company = self.company_id
        if company not in self.env.companies:
            raise AccessError(self.env._("Switch to the company whose revenue is recognised."))
        # sudo: rows are nobody's to write; only in a company the accountant works in
        self.env["aftersales.revenue"].sudo()._recognise_until(company.sudo(), self.date)
        found = [("company_id", "=", company.id), ("date", "=", self.date)]
        return {**open_action(self.env, REVENUE, found), "target": "main"}
