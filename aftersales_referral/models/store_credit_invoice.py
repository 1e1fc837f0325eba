# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import models
from odoo.fields import Command

from ..calc import credit
from ..calc.exact import exact


class SaleOrderLine(models.Model):
    """What an invoice deducts for a credit line: what is left of it, as one unit."""

    _inherit = "sale.order.line"

    def _prepare_invoice_line(self, **optional_values):
        vals = super()._prepare_invoice_line(**optional_values)
        card = self.sudo().coupon_id  # billing people read no cards; the order decides
        if not card.aftersales_wallet or self.is_downpayment:
            return vals
        return {
            **vals,
            "quantity": 1.0,
            "price_unit": -self.sudo()._store_credit_to_invoice(),
            "account_id": card.company_id.aftersales_store_credit_account_id.id,
            "aftersales_card_id": card.id,
            "aftersales_credit_order_id": self.order_id.id,
        }

    def _store_credit_to_invoice(self):
        """Return what no invoice, nor a draft of one, deducts yet, as far as the card goes."""
        order, card = self.order_id, self.coupon_id
        invoiced = self.invoice_lines.filtered(lambda one: one.parent_state != "cancel")
        left = self.points_cost - invoiced._deducted_credit()
        drafts = invoiced.filtered(lambda one: one.parent_state == "draft")
        posted = order._store_credit_documents().get((order, card), [])
        free = (
            card.points
            + float(order._store_credit_taken().get((order, card), 0))
            - sum(line.balance for line in posted)
            - drafts._deducted_credit()
        )
        return self.currency_id.round(max(0.0, min(left, free)))


class SaleOrder(models.Model):
    """Invoices made from orders deduct no more credit than they are worth (design §5)."""

    _inherit = "sale.order"

    def _create_account_invoices(self, invoice_vals_list, final):
        """Cap the credit at what each invoice is worth, taxes and down payments included."""
        moves = super()._create_account_invoices(invoice_vals_list, final)
        for move in moves:
            move._cap_store_credit()
            if final:
                move._give_credit_back()
        return moves

    def _credit_to_give_back(self, card, gross):
        """Return what of ``card`` goes back when ``gross`` of this order is taken back."""
        posted = self.order_line.invoice_lines.filtered(lambda one: one.parent_state == "posted")
        credited = posted.filtered("aftersales_card_id")
        held = sum(exact(line.balance) for line in credited if line.aftersales_card_id == card)
        billed = sum(
            exact(line.price_total) * -line.move_id.direction_sign for line in posted - credited
        )
        return self.currency_id.round(float(credit.pro_rata(held, billed, gross)))


class AccountMove(models.Model):
    """A new invoice of orders, before it may turn into a credit note."""

    _inherit = "account.move"

    def _cap_store_credit(self):
        """Deduct on each line no more than its order, and the whole invoice, is worth.

        The credit of one order does not pay for another one beside it.
        """
        lines = self.invoice_line_ids.filtered("aftersales_card_id")
        if not lines:
            return
        room = self.currency_id.round(self.amount_total - sum(lines.mapped("price_total")))
        orders = self.line_ids.sale_line_ids.order_id
        rooms = {
            order: room if len(orders) == 1 else self._worth_of_order(order) for order in orders
        }
        commands = []
        for line in lines:
            order = line.aftersales_credit_order_id
            amount = self.currency_id.round(max(0.0, min(-line.price_total, rooms[order], room)))
            room, rooms[order] = room - amount, rooms[order] - amount
            if not amount:
                commands.append(Command.delete(line.id))
            elif self.currency_id.compare_amounts(amount, -line.price_total):
                commands.append(Command.update(line.id, {"price_unit": -amount}))
        if commands:
            self.write({"invoice_line_ids": commands})

    def _worth_of_order(self, order):
        """Return the gross of an order's lines here, credit apart."""
        lines = self.invoice_line_ids.filtered(
            lambda line: line.sale_line_ids.order_id == order and not line.aftersales_card_id
        )
        return self.currency_id.round(sum(lines.mapped("price_total")))

    def _give_credit_back(self):
        """Let what is about to become a credit note give credit back, pro rata of the goods."""
        commands = []
        for order in self.line_ids.sale_line_ids.order_id:
            worth = self._worth_of_order(order)
            for line in order.order_line._of_wallet() if worth < 0 else ():
                amount = order._credit_to_give_back(line.coupon_id, exact(-worth))
                if amount:
                    vals = line._prepare_invoice_line(sequence=999)
                    vals.update(quantity=-1.0, price_unit=-amount)
                    commands.append(Command.create(vals))
        if commands and self.amount_total < 0:
            self.write({"invoice_line_ids": commands})
