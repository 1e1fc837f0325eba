# SPDX-License-Identifier: LGPL-3.0-or-later
from datetime import timedelta

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import format_date, plaintext2html


class SaleOrder(models.Model):
    """A quotation may wait for weeks: the store credit it claims must still be there (81)."""

    _inherit = "sale.order"

    def action_confirm(self):
        """Refuse what claims credit that expired or that does not pay these products any more."""
        for order in self.filtered(lambda order: order.state in ("draft", "sent")):
            if order.order_line._of_wallet():
                order._check_claimed_credit()
        return super().action_confirm()

    def _check_claimed_credit(self):
        """Let nobody pay more than the quotation says without a person having looked at it.

        :raises UserError: the credit claimed is not there, or pays less than it says
        """
        self.check_access("write")
        self._check_credit_left()
        self._claimed_cards()._expire_due()
        total, claimed = self.amount_total, self._claimed_credit()
        self._update_programs_and_rewards()  # as core does when it confirms
        paid = self._claimed_credit()
        currency = self.currency_id
        lower = currency.compare_amounts(paid, claimed) < 0
        dearer = currency.compare_amounts(self.amount_total, max(total, 0.0)) > 0
        if lower and dearer:
            raise self._credit_is_gone(
                self.env._(
                    "%(order)s claims %(claimed)s of store credit, which pays %(paid)s of these "
                    "products. Update the quotation with its button “Reward” and show the "
                    "customer the new total.",
                    order=self.name,
                    claimed=currency.format(claimed),
                    paid=currency.format(paid),
                )
            )

    def _check_credit_left(self):
        """The cards still hold what this quotation claims; changes nothing.

        :raises UserError: they do not
        """
        for card in self._claimed_cards():
            self._refuse_missing_credit(card)

    def _claimed_cards(self):
        # balances to compare; that they expire follows from the day alone
        return self.order_line._of_wallet().sudo().coupon_id

    def _credit_is_gone(self, explanation):
        """Return the error: colleagues read what to do, customers whom to ask."""
        if self.env.user.share:
            explanation = self.env._(
                "The store credit deducted here is not available any more. Please contact us: we "
                "will send you a new quotation."
            )
        return UserError(explanation)

    def _tell_paid_unconfirmed(self):
        """Let a salesperson see to quotations that were paid but cannot be confirmed."""
        for order in self:
            managers = order.company_id._aftersales_users("sales_team.group_sale_manager")
            user = order.user_id or managers[:1]
            order.with_context(lang=user.lang).activity_schedule(
                "mail.mail_activity_data_todo",
                user_id=user.id,
                summary=order.env._("Paid online, not confirmed"),
                note=plaintext2html(
                    order.env._(
                        "%s was paid, but the store credit it claims is not available any more. "
                        "Update it with its button “Reward” and agree with the customer how the "
                        "rest is paid.",
                        order.name,
                    )
                ),
            )

    def _claimed_credit(self):
        return -sum(self.order_line._of_wallet().mapped("price_total"))

    def _refuse_missing_credit(self, card):
        """Refuse to claim more than ``card`` holds that did not expire."""
        left = self._get_real_points_for_coupon(card)
        if card.currency_id.compare_amounts(left, 0.0) >= 0:
            return
        # only whose card it is, of a line he may read
        lines = self.order_line._of_wallet().filtered(lambda line: line.sudo().coupon_id == card)
        claimed = sum(lines.mapped("points_cost"))
        raise self._credit_is_gone(
            self.env._(
                "%(order)s claims %(claimed)s of store credit, but %(owner)s has %(left)s "
                "left%(expired)s. Update the quotation with its button “Reward” and claim it "
                "again.",
                order=self.name,
                claimed=card.currency_id.format(claimed),
                owner=card.partner_id.display_name,
                left=card.currency_id.format(left + claimed),
                expired=self._say_expired(card),
            )
        )

    def _say_expired(self, card):
        """Return in words what of ``card`` expired since this quotation was made; may be empty."""
        since = self.company_id._aftersales_day_of(self.create_date) - timedelta(days=1)
        lots = card.aftersales_lot_ids.filtered(
            lambda lot: lot.date_expiry and lot.date_expiry >= since
        )
        gone = lots.movement_ids.filtered(lambda movement: movement.kind == "expired").lot_id
        gone |= lots._run_out().filtered("remaining")
        if not gone:
            return ""
        days = ", ".join(
            format_date(self.env, day) for day in sorted(set(gone.mapped("date_expiry")))
        )
        return " " + self.env._("(the rest expired on %s)", days)

    def _get_real_points_for_coupon(self, coupon, post_confirm=False):
        """Offer nothing that ran out, whether or not it was taken off the card already."""
        points = super()._get_real_points_for_coupon(coupon, post_confirm)
        card = coupon.sudo()  # only how much of it ran out
        if card.aftersales_wallet:
            points = card.currency_id.round(points - card._expired_left())
        return points
