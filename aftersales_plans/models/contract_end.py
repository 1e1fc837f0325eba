# SPDX-License-Identifier: LGPL-3.0-or-later
from datetime import date, timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from .contract import LIVE_STATES
from .linked_records import open_dialog


class AftersalesContract(models.Model):
    """Contracts that end, most on their last day, some before their time (requirement 89)."""

    _inherit = "aftersales.contract"
    _guarded = frozenset({"date_sold", "withdrawal_end", "close_reason_id"})

    date_sold = fields.Date(string="Sold on", readonly=True, copy=False, index=True)
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

    @api.depends("date_sold", "withdrawal_days")
    def _compute_withdrawal_end(self):
        for contract in self:
            contract.withdrawal_end = contract.date_sold and (
                contract.date_sold + timedelta(days=contract.withdrawal_days)
            )

    def action_end(self):
        """Ask why and when the contract ends, and show what the customer gets back."""
        self.ensure_one()
        title = self.env._("End %s", self.name)
        return open_dialog(title, "aftersales.contract.end", default_contract_id=self.id)

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
                "Ended on %(day)s: %(reason)s. %(amount)s is taken off the price of %(price)s.",
                day=format_date(self.env, last_day),
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
        today = self.company_id._aftersales_today()
        if last_day > today:
            raise UserError(
                self.env._("%s: its last day of cover cannot lie in the future.", self.name)
            )
        ahead = self.date_start and self.date_start > today  # may end before it begins
        if self.date_start and not ahead and last_day < self.date_start - timedelta(days=1):
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
        if not self.notice_day or last_day < self.notice_day:  # a day that was agreed holds
            self._check_not_used_after(last_day)

    def _check_not_used_after(self, last_day):
        """Raise when the contract gave something after ``last_day``.

        :raises UserError: naming what it gave
        """
        claims = self._claims_covered(last_day + timedelta(days=1), date.max)
        # all that was given counts, whoever ends it
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

    def _close(self, state, last_day=None):
        """End the contracts as ``expired`` or ``cancelled``.

        :param last_day: last day of cover where it is not today
        """
        if not self:
            return
        self._set_state(state)
        for contract in self:
            # callers check who may
            contract.sudo().date_closed = last_day or contract.company_id._aftersales_today()
        self._on_contract_closed()

    def _on_contract_closed(self):
        """Let a sibling act on contracts that expired or were cancelled; empty here.

        Called by :meth:`_close` inside its transaction, once for each contract. An override writes
        its own tables only.
        """

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
