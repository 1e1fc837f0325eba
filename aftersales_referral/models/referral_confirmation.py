# SPDX-License-Identifier: LGPL-3.0-or-later
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import format_date, html2plaintext

from odoo.addons.aftersales_plans.models.never_fail import never_fail
from odoo.addons.aftersales_plans.models.work_off import work_off


class AftersalesReferral(models.Model):
    """An order is confirmed: its referral is qualified, rejected or too late (requirement 78).

    The day of the confirmation decides. Whatever comes out, the order confirms.
    """

    _inherit = "aftersales.referral"

    @api.model
    def _follow_confirmation(self, orders):
        """Judge the referrals of confirmed orders; what is paid by then is settled at once.

        Never raises: what fails is logged, and done again by the daily cron.
        """
        with never_fail(self.env, f"Carrying referrals on to {orders}"):
            self._carry(orders, ("qualified",))
        referred = orders.filtered("referral_id")  # judged, an order may lose it
        for order in referred:
            with never_fail(self.env, f"Judging the referral of {order}"):
                order.referral_id._judge(order)
        # nobody's order without an invoice was never paid: its ledger is empty
        paid = referred | orders.filtered("order_line.invoice_lines")
        if paid:
            with never_fail(self.env, f"Settlement of {paid}"):
                self.env["aftersales.commission"]._settle(paid)

    def _judge(self, order):
        """Decide whether this referral is rewarded for ``order``, which is confirmed.

        :return: why it is not, in words, or False
        """
        self.ensure_one()
        day = order.company_id._aftersales_day_of(order.date_order)
        if self.state == "registered":
            refusal = self._judge_first(order, day)
        elif self.state == "qualified":
            refusal = self._judge_further(order, day)
        else:
            refusal = self.reject_reason
        if refusal:
            self._tell_no_reward(order, refusal)
        order._review_reward()
        return refusal

    def _tell_no_reward(self, order, why):
        """Say on ``order``, once, why this referral is not rewarded for it.

        What was said as it was saved is not said again as it is confirmed.
        """
        told = self.env._("No reward by %(name)s: %(why)s", name=self.name, why=why)
        known = (html2plaintext(body).split() for body in order.message_ids.mapped("body"))
        if told.split() not in known:
            order.message_post(body=told)

    def _judge_first(self, order, day):
        """Qualify, expire or reject by the first order that is confirmed; return why not."""
        if self._is_over(day):
            self._expire()
            return self.reject_reason
        refusal = self._why_not(order) or self._improve_terms(day)
        if refusal:
            self._reject(refusal)
            return refusal
        self._set_state("qualified")
        self._settle_other_claims(order)
        self._note_warnings()
        return False

    def _judge_further(self, order, day):
        """Keep or drop an order that comes after the one which qualified; return why not."""
        others = self.order_ids.filtered(lambda other: other.state == "sale") - order
        refusal = False
        if self.scope == "first_order" and others:
            refusal = self.env._("It rewards the first order only, not this one.")
        elif self.scope == "first_order" and (later := self._rewarded_meanwhile(order)):
            refusal = self.env._("%s was rewarded for the first order meanwhile.", later.name)
        elif self.scope == "period" and self._comes_too_late(order, day):
            refusal = self.env._(
                "It rewards orders until %s only.", format_date(self.env, self.date_end)
            )
        if refusal:
            order.referral_id = False
        return refusal

    def _rewarded_meanwhile(self, order):
        """Return a later referral of the customer that counts: ours was cancelled at that time."""
        customer = order.partner_id.commercial_partner_id
        return self.search(
            [
                ("id", ">", self.id),
                ("company_id", "=", self.company_id.id),
                ("state", "=", "qualified"),
                ("referred_id.commercial_partner_id", "=", customer.id),
                ("order_ids.state", "=", "sale"),
            ],
            limit=1,
        )

    def _comes_too_late(self, order, day):
        """Tell whether ``order`` comes after the period; one that earned before keeps its place."""
        return self._is_over(day) and not self.commission_ids.filtered(
            lambda row: row.order_id == order
        )

    # --- Daily ---------------------------------------------------------------------------------

    @api.model
    def _cron_expire(self):
        """Expire what nobody ordered on in time, and judge what a confirmation left open."""
        tomorrow = fields.Date.today() + timedelta(days=1)  # it is today somewhere already
        over = self.search([("state", "=", "registered"), ("date_end", "<", tomorrow)]).filtered(
            lambda referral: referral._is_over(referral.company_id._aftersales_today())
        )
        left = self.env["sale.order"].search(
            [("state", "=", "sale"), ("referral_id.state", "=", "registered")]
        )
        work = [(order, "_judge_referral") for order in left]
        work += [(referral, "_expire") for referral in over - left.referral_id]
        work_off(self.env, work)

    def _expire(self):
        """Note that no order was confirmed in time."""
        for referral in self:
            referral.reject_reason = self.env._(
                "No order was confirmed by %s.", format_date(self.env, referral.date_end)
            )
            referral._set_state("expired")
