# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import models
from odoo.exceptions import UserError

from .commission import EARNED_KINDS
from .referral_consent import CALL


class AftersalesReferral(models.Model):
    """A manager gives a referral to another referrer, before anything of it was paid out (78)."""

    _inherit = "aftersales.referral"

    def _reassign(self, referrer, day, reason):
        """Reject this referral and register another instead, with its orders; the ledger follows.

        Time limit apart, all rules hold for the new referrer.

        :param day: when the new referrer brought the customer
        :param reason: in words, logged on both
        :return: the new referral
        :raises UserError: over, paid out, no reason, or a rule speaks against it
        """
        self.ensure_one()
        self._check_manager()
        # Referrals and ledger are nobody's to write; the manager's right was checked above.
        old = self.sudo()
        orders, qualified = old.order_ids, old.state == "qualified"
        sold = orders.filtered(lambda order: order.state == "sale")
        old._check_reassignable(referrer, day, reason, orders, sold)
        vals = old._prepare_reassigned(referrer, day, sold)
        old._reject(
            self.env._(
                "Re-assigned to %(referrer)s: %(reason)s",
                referrer=referrer.display_name,
                reason=reason,
            )
        )
        new = old.create(vals)
        if qualified:
            new._set_state("qualified")
        new._take_place_of(old, orders, reason)
        sold._review_reward()
        old._close_dispute(old.reject_reason)
        self.env["aftersales.commission"].sudo()._settle(orders)
        return new.sudo(False)

    def _take_place_of(self, old, orders, reason):
        """Reward this new referral for the orders of another one, and say so."""
        orders._set_referral(self, self.referrer_id)
        if orders:
            self.activity_unlink([CALL])
        self._note_warnings()
        self.message_post(
            body=self.env._(
                "Takes the place of %(name)s of %(referrer)s: %(reason)s",
                name=old.name,
                referrer=old.referrer_id.display_name,
                reason=reason,
            )
        )

    def _check_reassignable(self, referrer, day, reason, orders, sold):
        if not (reason or "").strip():
            raise UserError(self.env._("Write down why %s is re-assigned.", self.name))
        if self.state not in ("registered", "qualified"):
            raise UserError(self.env._("%s is over and cannot be re-assigned.", self.display_name))
        if referrer.commercial_partner_id == self.referrer_id.commercial_partner_id:
            raise UserError(
                self.env._(
                    "%(name)s names %(referrer)s already.",
                    name=self.name,
                    referrer=referrer.display_name,
                )
            )
        if day > self.company_id._aftersales_today():
            raise UserError(self.env._("Nobody has brought a customer on a day to come."))
        self._check_not_paid_out()
        self._check_referrer(referrer, self.company_id, orders)
        for order in sold.sorted(lambda order: (order.date_order, order.id))[:1]:
            self._check_new_customer(order)

    def _check_not_paid_out(self):
        """Refuse when the referrer's balance does not hold any more what this referral earned.

        :raises UserError: naming both amounts
        """
        Commission = self.env["aftersales.commission"]
        owner = self.referrer_id.commercial_partner_id
        owner._take_payout_turn()  # no payout goes on at the same time
        rows = self.commission_ids.filtered(lambda row: row.kind in EARNED_KINDS)
        earned = sum(rows.mapped("amount"))
        balance = Commission._balances(owner, self.company_id)[owner]
        currency = self.company_id.currency_id
        if earned > 0 and currency.compare_amounts(balance, earned) < 0:
            raise UserError(
                self.env._(
                    "%(name)s cannot be re-assigned: %(referrer)s earned %(earned)s by it and is "
                    "owed %(balance)s only, so part of it was paid out. Cancel the payout first, "
                    "or let an accountant adjust both balances.",
                    name=self.name,
                    referrer=owner.display_name,
                    earned=currency.format(earned),
                    balance=currency.format(balance),
                )
            )

    def _prepare_reassigned(self, referrer, day, sold):
        """Return the new registration: the same promise, to another referrer at his own rate."""
        company = self.company_id
        days = {day} | {company._aftersales_day_of(order.date_order) for order in sold}
        if not sold:
            days.add(company._aftersales_today())
        contract = self._best_contract(referrer, company, days)
        if not contract:
            raise UserError(self._no_contract_message(referrer))
        return {
            **self._prepare_rate(contract),
            **{
                name: self[name]
                for name in (
                    "contact_name", "phone", "email", "source", "scope", "date_end",
                    "amount_limit", "consent_state", "consent_date", "consent_how",
                    "contact_message", "named_on",
                )
            },
            "referrer_id": referrer.id,
            "referred_id": self.referred_id.id,
            "user_id": self.user_id.id,
            "company_id": company.id,
            "date": day,
        }  # fmt: skip
