# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import api, fields, models

from ..calc import refund
from ..calc.decision import CONTRACT
from ..calc.period import Period


class AftersalesContract(models.Model):
    """What the customer of a contract that ends early gets back (requirement 89)."""

    _inherit = "aftersales.contract"
    _guarded = frozenset({"amount_refunded"})

    amount_refunded = fields.Monetary(
        string="Refund", readonly=True, copy=False, help="Net of taxes; the price is above."
    )

    # --- How much ------------------------------------------------------------------------------

    def _price_now(self):
        """Return the price in company currency, as the order says it by now."""
        line = self.sudo().sale_line_id  # whoever may end the contract may know its price
        if not line:
            return self.amount_untaxed
        return line.currency_id._convert(
            line._aftersales_net_price(), self.currency_id, self.company_id, self.date_sold
        )

    def _refund_due(self, last_day, reason):
        """Return what the customer gets back by the terms, net, rounded once."""
        self.ensure_one()
        price = self._price_now()
        if reason.void and (self._may_withdraw() or not self.date_start):
            return price
        if not self.date_start:
            return 0.0 if self.refund_policy == refund.NONE else price
        left, total = self._days_left(last_day)
        due = refund.refund(price, left, total, self.refund_policy, self._used_value())
        return self.currency_id.round(due)

    def _refund_told(self, last_day, reason):
        """Return in words why the customer gets back what he does by the terms."""
        self.ensure_one()
        if reason.void and (self._may_withdraw() or not self.date_start):
            return self.env._("Withdrawn in time: the whole price is paid back.")
        if reason.void:
            return self.env._("Too late to withdraw: choose another reason.")
        if self.refund_policy == refund.NONE:
            return self.env._("The terms pay nothing back.")
        if not self.date_start:
            return self.env._("Cover has not begun: the whole price is paid back.")
        left, total = self._days_left(last_day)
        return self.env._("%(left)s of %(total)s days are left.", left=left, total=total)

    def _days_left(self, last_day):
        """Return (days of cover after ``last_day``, days of the term), without suspended ones."""
        term = Period(self.date_start, self.date_end)
        return refund.days_left(term, last_day, self._suspensions())

    def _used_value(self):
        """Return what the customer had from the contract so far: what a refund counts as used.

        Covered parts at service cost. A sibling overrides it and adds its own; it must not write.
        """
        lines = (
            self.env["aftersales.claim.line"]
            .sudo()  # stock values are not the reader's; what the contract cost is
            .search([("claim_id.contract_id", "=", self.id), ("billing_type", "=", CONTRACT)])
        )
        moves = lines.claim_id._delivered_moves()
        covered = moves.filtered(lambda move: move.aftersales_claim_line_id in lines)
        return abs(sum(covered.mapped("value")))

    # --- On order and invoices -----------------------------------------------------------------

    def _settle_price(self, amount):
        """Bring what is invoiced, or the order line if nothing is, down to what stays due.

        :param amount: refund, net, company currency
        :return: draft credit notes, one per invoice, the latest invoice first
        """
        self.ensure_one()
        line = self.sale_line_id
        if not line or not self.amount_untaxed:
            return self.env["account.move"]
        share = amount / self.amount_untaxed
        rows = line._aftersales_invoiced_lines()
        net = line._aftersales_net_price()
        stays_due = net * (1 - share)
        if not rows:
            discount = net - line.price_subtotal  # negative; stands on a line of its own
            self._reprice(line, stays_due - discount)
            return self.env["account.move"]
        ratio = net / line.price_subtotal
        invoiced = sum(
            row.price_subtotal * (1 if row.move_id.move_type == "out_invoice" else -1)
            for row in rows
        )
        return self._reduce(rows, line.currency_id.round(invoiced * ratio - stays_due), ratio)

    def _reduce(self, rows, due, ratio):
        """Take ``due`` off invoice lines: off drafts directly, off posted ones by credit note.

        :param due: net, currency of the order
        :param ratio: what the customer pays of a line's price, 1.0 without discounts on the order
        :return: the draft credit notes
        """
        credit_notes = self.env["account.move"]
        invoiced = rows.filtered(lambda row: row.move_id.move_type == "out_invoice")
        for row in invoiced.sorted(lambda row: (row.parent_state == "draft", row.id), reverse=True):
            currency = row.currency_id
            part = currency.round(min(due, row.price_subtotal * ratio))
            if currency.compare_amounts(part, 0) <= 0:
                continue
            if row.parent_state == "draft":
                self._reprice(row, row.price_subtotal - part)
            else:
                credit_notes |= self._credit_invoice_line(row, part)
            due = currency.round(due - part)
        return credit_notes

    def _credit_invoice_line(self, row, amount):
        """Return a draft credit note over ``amount`` net for one invoiced plan line."""
        invoice = row.move_id
        in_words = self.with_context(lang=invoice.partner_id.lang)  # the customer reads it
        credit_note = invoice._reverse_moves(
            [
                {
                    "invoice_date": self.company_id._aftersales_today(),
                    "date": self.company_id._aftersales_today(),
                    "ref": in_words.env._("%(contract)s ended early", contract=self.name),
                }
            ]
        )
        own = credit_note.invoice_line_ids.filtered(
            lambda new: self.sale_line_id in new.sale_line_ids
        )
        (credit_note.invoice_line_ids - own[:1]).unlink()
        own[:1].write(
            {"quantity": 1.0, "discount": 0.0, "price_unit": self._price_for(row, amount)}
        )
        return credit_note

    @api.model
    def _reprice(self, line, net):
        """Let one unit of an order or invoice line cost ``net`` in all, its discount included."""
        price = {"price_unit": self._price_for(line, net), "discount": 0.0}
        order = line.order_id if line._name == "sale.order.line" else self.env["sale.order"]
        locked, order.locked = order.locked, False  # the warehouse must not wait for an unlock
        line.write(price)
        order.locked = locked

    @api.model
    def _price_for(self, line, net):
        """Return the unit price at which one unit of an order or invoice line is ``net``."""
        quantity = line.quantity if "quantity" in line else line.product_uom_qty
        subtotal = line.price_subtotal
        paid = line.price_unit * (1 - line.discount / 100) * quantity
        price = net * paid / subtotal if subtotal else net  # paid holds the taxes in the price
        return line.currency_id.round(price)

    def _restore_price(self):
        """Price the order lines of contracts anew that had ended early, for a new quotation."""
        for line in self.filtered("close_reason_id").sale_line_id:
            line.with_context(force_price_recomputation=True)._compute_price_unit()
