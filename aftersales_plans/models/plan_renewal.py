# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import api, fields, models


class AftersalesPlan(models.Model):
    """What the renewal terms of a plan come to, in words."""

    _inherit = "aftersales.plan"

    renewal_hint = fields.Char(compute="_compute_renewal_hint")

    @api.depends(
        "renewal_policy",
        "renewal_notice_days",
        "renewal_uplift_percent",
        "renewal_discount_percent",
        "renewal_offer_days",
    )
    @api.depends_context("lang")
    def _compute_renewal_hint(self):
        for plan in self:
            plan.renewal_hint = f"{plan._renewal_policy_told()} {plan._renewal_price_told()}"

    def _renewal_policy_told(self):
        days = self.renewal_notice_days
        if self.renewal_policy == "offer":
            return self.env._("%s days before the end a quotation is made to be signed.", days)
        if self.renewal_policy == "auto":
            return self.env._(
                "%s days before the end the customer is told that it goes on by itself, if that "
                "was agreed; else a quotation is made to be signed.",
                days,
            )
        return self.env._(
            "Nothing is offered by itself; the list shows it %s days before the end.", days
        )

    def _renewal_price_told(self):
        uplift, discount = f"{self.renewal_uplift_percent:g}", f"{self.renewal_discount_percent:g}"
        if not self.renewal_discount_percent:
            return self.env._("It costs the old price plus %s %% a year.", uplift)
        if not self.renewal_offer_days:
            return self.env._(
                "It costs the old price plus %(uplift)s %% a year, less %(discount)s %% when "
                "signed before the contract ends.",
                uplift=uplift,
                discount=discount,
            )
        return self.env._(
            "It costs the old price plus %(uplift)s %% a year, less %(discount)s %% when signed "
            "within %(days)s days.",
            uplift=uplift,
            discount=discount,
            days=self.renewal_offer_days,
        )
