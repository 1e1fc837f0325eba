# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import plaintext2html

from .plan_approval import APPROVAL, MANAGER
from .work_off import fit_for

PRICED = {
    "price_unit",
    "discount",
    "tax_ids",
    "product_id",
    "product_uom_qty",
    "aftersales_reduction_ids",
    "aftersales_plan_line_id",
    "aftersales_asset_ids",
    "aftersales_uncovered",
}


class SaleOrder(models.Model):
    """The approval follows the lines, and confirmed prices stay what they were (requirement 28)."""

    _inherit = "sale.order"

    def _aftersales_review_approval(self):
        """Let the approval follow changed lines: too good ones need none, worse ones a new one."""
        for order in self.sudo().filtered("aftersales_approval_state"):  # follows from the lines
            told = order.state in ("draft", "sent") and order.aftersales_approval_told
            if not told and order.aftersales_approval_state != "approved":
                order.aftersales_approval_state = False
                order.activity_unlink([APPROVAL])
            elif told and order.aftersales_approval_state == "asked":
                order._aftersales_tell_managers()
            elif told and order.aftersales_approval_state == "approved":
                order.write(
                    {"aftersales_approval_state": False, "aftersales_approval_terms": False}
                )
                order.message_post(
                    body=plaintext2html(self.env._("The approval holds no longer. %s", told))
                )

    def _aftersales_tell_managers(self):
        """Give every plan manager who sees the quotation the decision, with today's figures.

        :return: who can decide; nobody, where no plan manager may open the quotation
        """
        self.ensure_one()
        managers = fit_for(
            self, self.env.ref(MANAGER).all_user_ids - self.env.ref("base.user_root")
        )
        known = self.activity_search([APPROVAL]).grouped("user_id")
        for manager in managers:
            local = self.with_context(lang=manager.lang)
            note = plaintext2html(local.aftersales_approval_told)
            if manager in known:
                known[manager].note = note
            else:
                today = self.company_id._aftersales_today()
                local.activity_schedule(
                    APPROVAL, date_deadline=today, user_id=manager.id, note=note
                )
        return managers

    def _action_cancel(self):
        """Leave the managers nothing to decide about an order that is cancelled."""
        result = super()._action_cancel()
        self._aftersales_review_approval()
        return result

    # --- Prices of confirmed orders ------------------------------------------------------------

    def _aftersales_sold_prices(self):
        """Return {plan line: price} of confirmed orders whose prices the user may not lower."""
        if self.env.su or self.env.user.has_group(MANAGER):
            return {}
        sold = self.filtered(lambda order: order.state == "sale")
        lines = sold.order_line.filtered("aftersales_plan_id")
        return {line: line._aftersales_price_by_hand() for line in lines}

    @api.model
    def _aftersales_check_sold_prices(self, before):
        """Raise where a confirmed plan became cheaper than anybody agreed to.

        :param before: what :meth:`_aftersales_sold_prices` returned before the change
        """
        for line, net in before.items():
            lower = line.exists() and line.currency_id.compare_amounts(
                line._aftersales_price_by_hand(), net
            )
            if lower == -1 and line._aftersales_needs_approval():
                raise UserError(
                    self.env._(
                        "%(order)s is confirmed. %(why)s Only a plan manager may lower the price "
                        "that far.",
                        order=line.order_id.name,
                        why=" ".join(line._aftersales_tell_deal()),
                    )
                )


class SaleOrderLine(models.Model):
    """What a changed line means for the approval of its order."""

    _inherit = "sale.order.line"

    @api.model_create_multi
    def create(self, vals_list):
        """Look at what a new line, such as a discount, makes of the prices of plans."""
        ids = {vals["order_id"] for vals in vals_list if vals.get("order_id")}
        before = self.env["sale.order"].browse(ids)._aftersales_sold_prices()
        lines = super().create(vals_list)
        lines.order_id._aftersales_review_approval()
        self.env["sale.order"]._aftersales_check_sold_prices(before)
        return lines

    def write(self, vals):
        """Look at what a changed line makes of the prices of plans."""
        if PRICED.isdisjoint(vals):
            return super().write(vals)
        before = self.order_id._aftersales_sold_prices()
        result = super().write(vals)
        self.order_id._aftersales_review_approval()
        self.env["sale.order"]._aftersales_check_sold_prices(before)
        return result

    def unlink(self):
        """Let the approval follow what is left."""
        orders = self.order_id
        result = super().unlink()
        orders._aftersales_review_approval()
        return result

    def _aftersales_plan_error(self):
        """Refuse a plan added to a confirmed order at a price that needs an approval."""
        error = super()._aftersales_plan_error()
        free = self.env.su or self.env.user.has_group(MANAGER)
        if error or free or self.state != "sale" or not self.aftersales_plan_id:
            return error
        if not self._aftersales_needs_approval():
            return False
        return self.env._(
            "%(why)s %(order)s is confirmed already: make a quotation of its own and ask for "
            "approval there.",
            why=" ".join(self._aftersales_tell_deal()),
            order=self.order_id.name,
        )
