from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..calc import refund
from ..calc.period import Period
from .contract import LIVE_STATES


class AftersalesContract(models.Model):
    """Contracts that end before their time, and what the customer gets back (requirement 89)."""

    _inherit = "aftersales.contract"

    date_sold = fields.Date(string="Sold on", readonly=True, copy=False)
    withdrawal_end = fields.Date(
        string="Withdrawal until",
        compute="_compute_withdrawal_end",
        store=True,
        help="Last day on which the customer may withdraw and gets everything back.",
    )
    close_reason_id = fields.Many2one(
        "aftersales.close.reason",
        string="Ended Because",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        tracking=True,
    )
    amount_refunded = fields.Monetary(
        string="Refund", readonly=True, copy=False, help="Net of taxes; the price is above."
    )

    @api.depends("date_sold", "withdrawal_days")
    def _compute_withdrawal_end(self):
        for contract in self:
            contract.withdrawal_end = contract.date_sold and (
                contract.date_sold + timedelta(days=contract.withdrawal_days)
            )

    def action_end(self):
        """Ask why and when the contract ends, and show what the customer gets back."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("End %s", self.name),
            "res_model": "aftersales.contract.end",
            "view_mode": "form",
            "target": "new",
            "context": {"default_contract_id": self.id},
        }

    def _end(self, last_day, reason, amount=None):
        """End the contract early: cover until ``last_day``, the refund as a draft credit note.

        :param amount: refund, net, company currency; by the terms if None
        :return: the draft credit notes
        :raises UserError: the contract is over, or does not run on that day
        """
        self.ensure_one()
        self._check_can_end(last_day, reason)
        hidden = self.sudo()  # callers check who may end it; money is left to billing to post
        hidden.amount_untaxed = self._price_now()
        if amount is None:
            amount = self._refund_due(last_day, reason)
        hidden.write({"close_reason_id": reason.id, "amount_refunded": amount})
        self._close("cancelled", last_day)
        credit_notes = hidden._settle_price(amount)
        self.message_post(
            body=self.env._(
                "Ended on %(day)s: %(reason)s. Of the price of %(price)s the customer gets back "
                "%(amount)s.",
                day=last_day,
                reason=reason.name,
                price=self.currency_id.format(self.amount_untaxed),
                amount=self.currency_id.format(amount),
            )
        )
        return credit_notes

    def _check_can_end(self, last_day, reason):
        """Raise where the contract cannot end on ``last_day`` for ``reason``.

        :raises UserError: naming the contract and what is wrong with the day
        """
        if self.state not in LIVE_STATES:
            raise UserError(self.env._("%s is over already.", self.name))
        if last_day > self.company_id._aftersales_today():
            raise UserError(
                self.env._("%s: its last day of cover cannot lie in the future.", self.name)
            )
        if self.date_start and last_day < self.date_start - timedelta(days=1):
            raise UserError(
                self.env._(
                    "%(contract)s: its last day of cover cannot lie before its start on %(start)s.",
                    contract=self.name,
                    start=format_date(self.env, self.date_start),
                )
            )
        if reason.void and self.date_start and not self._may_withdraw():
            raise UserError(
                self.env._(
                    "%(contract)s: the customer could withdraw until %(day)s. Choose another "
                    "reason.",
                    contract=self.name,
                    day=format_date(self.env, self.withdrawal_end),
                )
            )
        self._check_not_used_after(last_day)

    def _check_not_used_after(self, last_day):
        """Raise when the contract gave something after ``last_day``.

        :raises UserError: naming what it gave
        """
        claims = self.sudo().claim_ids.filtered(  # whoever took them
            lambda claim: (
                claim.state in ("approved", "done")
                and claim.date_occurred > last_day
                and "contract" in claim.line_ids.mapped("billing_type")
            )
        )
        uses = self.sudo().entitlement_ids.usage_ids.filtered(
            lambda use: use.date > last_day and use.origin_model != "aftersales.claim"
        )
        given = claims.mapped("name") + [
            origin
            for origin, rows in uses.grouped("origin_name").items()
            if sum(rows.mapped("quantity")) > 0
        ]
        if given:
            raise UserError(
                self.env._(
                    "%(contract)s was used after %(day)s: %(given)s. Choose a later day.",
                    contract=self.name,
                    day=format_date(self.env, last_day),
                    given=given,
                )
            )

    def _may_withdraw(self):
        """Tell whether the customer may still withdraw today."""
        self.ensure_one()
        today = self.company_id._aftersales_today()
        return bool(self.withdrawal_end and today <= self.withdrawal_end)

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
        left, total = refund.days_left(
            Period(self.date_start, self.date_end), last_day, self._suspensions()
        )
        due = refund.refund(price, left, total, self.refund_policy, self._used_value())
        return self.currency_id.round(due)

    def _used_value(self):
        """Return what the customer had from the contract so far, at cost."""
        return sum(self._contract_costs()[self].values())

    def _contract_costs(self):
        """Return {contract: {kind of cost: amount}}, amounts positive, in company currency.

        A sibling overrides it, calls ``super()`` and adds its kinds; it must not write.
        """
        lines = (
            self.env["aftersales.claim.line"]
            .sudo()  # stock values are not the reader's; what the contract cost is
            .search([("claim_id.contract_id", "in", self.ids), ("billing_type", "=", "contract")])
        )
        costs = {contract: {"parts": 0.0} for contract in self}
        for contract, covered in lines.grouped(lambda line: line.claim_id.contract_id).items():
            moves = covered.claim_id._delivered_moves().filtered(
                lambda move, covered=covered: move.aftersales_claim_line_id in covered
            )
            costs[contract.with_env(self.env)]["parts"] = abs(sum(moves.mapped("value")))
        return costs

    # --- Money back ----------------------------------------------------------------------------

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

    def _credit_invoice_line(self, row, amount):
        """Return a draft credit note over ``amount`` net for one invoiced plan line."""
        invoice = row.move_id
        credit_note = invoice._reverse_moves(
            [
                {
                    "invoice_date": self.company_id._aftersales_today(),
                    "date": self.company_id._aftersales_today(),
                    "ref": self.env._("%(contract)s ended early", contract=self.name),
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

    # --- Events --------------------------------------------------------------------------------

    def _on_order_cancelled(self):
        """End the contracts of a cancelled order as if never sold; its invoices are reversed."""
        live = self._live()
        live.close_reason_id = self.env.ref("aftersales_plans.close_reason_order_cancelled")
        live._close("cancelled")

    def _on_last_asset_gone(self, day):
        """End the contracts whose goods all came back or are gone; called by the register.

        :param day: when the last one went
        """
        reason = self.env.ref("aftersales_plans.close_reason_goods_returned")
        for contract in self._live():
            start = contract.date_start
            last_day = max(day, start - timedelta(days=1)) if start else day
            contract._end(min(last_day, contract.company_id._aftersales_today()), reason)
