# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import models


class SaleOrder(models.Model):
    """What customers were sent holds, whatever limits become later (requirement 28)."""

    _inherit = "sale.order"

    def write(self, vals):
        """Let the prices hold that a customer was sent, whatever the limits become later."""
        result = super().write(vals)
        if vals.get("state") == "sent":
            self.sudo()._aftersales_hold_terms()  # follows from sending it
        return result

    def _aftersales_hold_terms(self):
        """Remember what is with the customer as agreed to, where it is."""
        for order in self:
            if order._aftersales_priced_lines() and not order._aftersales_unapproved():
                known = order.aftersales_approval_terms or []
                new = order._aftersales_prepare_terms_agreed()
                order.aftersales_approval_terms = [*known, *(e for e in new if e not in known)]


class AftersalesPlan(models.Model):
    """What customers were sent before a limit was set."""

    _inherit = "aftersales.plan"

    def write(self, vals):
        """Let what is with customers hold where the limit for new quotations changes."""
        if "discount_limit_percent" in vals:
            self._hold_sent_quotations()
        return super().write(vals)

    def _hold_sent_quotations(self):
        # sudo: follows from the change of the plan, whoever answers for the quotation
        lines = self.env["sale.order.line"].sudo()
        sent = lines.search(
            [("order_id.state", "=", "sent"), ("aftersales_plan_id", "in", self.ids)]
        )
        sent.order_id._aftersales_hold_terms()


class ResCompany(models.Model):
    """What customers were sent before prices below cost had to be approved."""

    _inherit = "res.company"

    def write(self, vals):
        """Let what is with customers hold where prices below cost need an approval from now on."""
        if vals.get("aftersales_approve_below_cost"):
            plans = self.env["aftersales.plan"].sudo()  # follows from the setting
            plans.search([("company_id", "in", self.ids)])._hold_sent_quotations()
        return super().write(vals)
