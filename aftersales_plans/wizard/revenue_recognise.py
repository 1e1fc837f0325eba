# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import format_date

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
    problem = fields.Char(compute="_compute_preview")
    preview = fields.Html(string="Will be booked", compute="_compute_preview")
    is_spread = fields.Boolean(related="company_id.aftersales_defer_revenue")

    @api.depends("company_id")
    def _compute_date(self):
        for wizard in self:
            wizard.date = wizard.company_id._aftersales_today()

    @api.depends("company_id", "date")
    def _compute_preview(self):
        """Tell before anything is written what is going to be."""
        for wizard in self:
            wizard.problem, wizard.preview = False, False
            if wizard.date and wizard.company_id in self.env.companies:
                wizard._tell_preview()

    def _tell_preview(self):
        # sudo: as in action_confirm, which the same accountant is about to press
        Revenue, company = self.env["aftersales.revenue"].sudo(), self.company_id.sudo()
        self.problem = Revenue._recognise_problem(company, self.date)
        if self.problem:
            return
        days = [format_date(self.env, day) for day in Revenue._days_until(company, self.date)]
        facts = {
            "days": days,
            "company": company,
            "rows": [
                {"deferred": deferred, "account": account, "count": count, "amount": amount}
                for (deferred, account), (count, amount) in Revenue._preview(
                    company, self.date
                ).items()
            ],
        }
        self.preview = self.env["ir.qweb"]._render("aftersales_plans.revenue_preview", facts)

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
