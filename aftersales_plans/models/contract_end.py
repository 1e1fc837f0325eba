from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..calc import refund
from ..calc.period import Period
from .contract import LIVE_STATES


class AftersalesContract(models.Model):
    """Contracts that end before their time, and what the customer gets back (requirement 89)."""

    _inherit = "aftersales.contract"  # pylint: disable=consider-merging-classes-inherited

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
        self._check_can_end(last_day)
        if amount is None:
            amount = self._refund_due(last_day, reason)
        hidden = self.sudo()  # callers check who may end it; money is left to billing to post
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

    def _check_can_end(self, last_day):
        if self.state not in LIVE_STATES:
            raise UserError(self.env._("%s is over already.", self.name))
        today = self.company_id._aftersales_today()
        if last_day > today or (self.date_start and self.date_start <= today < last_day):
            raise UserError(
                self.env._("%s: its last day of cover cannot lie in the future.", self.name)
            )

    def _refund_due(self, last_day, reason):
        """Return what the customer gets back by the terms, net, rounded once."""
        self.ensure_one()
        price = self.amount_untaxed
        withdrawn = self.withdrawal_end and last_day <= self.withdrawal_end
        if reason.void and (withdrawn or not self.date_start):
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
        credit_notes = self.env["account.move"]
        line, currency = self.sale_line_id, self.sale_line_id.currency_id
        if not line or not self.amount_untaxed:
            return credit_notes
        stays_due = line.price_subtotal * (1 - amount / self.amount_untaxed)
        posted = line.invoice_lines.filtered(lambda row: row.parent_state == "posted")
        if not line.invoice_lines:
            line.price_unit = self._price_for(line, currency.round(stays_due))
        invoiced = sum(
            row.price_subtotal * (1 if row.move_id.move_type == "out_invoice" else -1)
            for row in posted
        )
        due = currency.round(invoiced - stays_due)
        for row in posted.sorted("id", reverse=True):
            part = min(due, row.price_subtotal)
            if row.move_id.move_type == "out_invoice" and currency.compare_amounts(part, 0) > 0:
                credit_notes |= self._credit_invoice_line(row, part)
                due = currency.round(due - part)
        return credit_notes

    @api.model
    def _price_for(self, line, net):
        """Return the unit price at which one unit of an order or invoice line is ``net``."""
        if not line.price_subtotal or not line.tax_ids.filtered("price_include"):
            return net
        return net * line.price_total / line.price_subtotal

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
        live = self.filtered(lambda contract: contract.state in LIVE_STATES)
        live.close_reason_id = self.env.ref("aftersales_plans.close_reason_order_cancelled")
        live._close("cancelled")

    def _on_last_asset_gone(self, day):
        """End the contracts whose goods all came back or are gone; called by the register.

        :param day: when the last one went
        """
        reason = self.env.ref("aftersales_plans.close_reason_goods_returned")
        for contract in self.filtered(lambda c: c.state in LIVE_STATES):
            contract._end(day, reason)
