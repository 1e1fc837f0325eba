# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import api, models
from odoo.exceptions import UserError, ValidationError

from .store_credit_settlement import LATER, SETTLED_LATER


class SaleOrder(models.Model):
    """An order pays with its customer's store credit through core's own buttons (design §5)."""

    _inherit = "sale.order"

    def write(self, vals):
        """Keep credit lines of confirmed orders honest, and their state to the buttons."""
        if "state" in vals:
            self._refuse_state_by_hand(vals["state"])
        result = super().write(vals)
        if {"state", "partner_id"} & vals.keys():
            self.filtered(lambda order: order.state == "sale").order_line._check_store_credit()
        if "state" in vals:
            self._settle_store_credit()
        return result

    def action_confirm(self):
        """Let core confirm as superuser: only so the state of an order paid with credit moves.

        What the user may do is checked before; that the credit lines are honest, too.
        """
        if not self.order_line._of_wallet():
            return super().action_confirm()
        self.check_access("write")
        self.order_line._of_wallet()._check_store_credit()
        result = super(SaleOrder, self.sudo()).action_confirm()
        self.order_line._of_wallet()._check_store_credit()
        return result

    def _refuse_state_by_hand(self, state):
        """Refuse to confirm or take back an order paid with store credit but by its buttons.

        They check what is claimed, and drop the credit lines of a cancelled order.

        :raises UserError: always, unless it comes from these buttons
        """
        if self.env.su:
            return
        moved = self.filtered(lambda order: (order.state == "sale") != (state == "sale"))
        for line in moved.order_line._of_wallet():
            raise UserError(
                self.env._(
                    "%s is paid with store credit: confirm and cancel it by its buttons.",
                    line.order_id.name,
                )
            )

    def _action_cancel(self):
        """Let core cancel as superuser; what was reserved went back as the state changed."""
        if not self.order_line._of_wallet():
            return super()._action_cancel()
        self.check_access("write")
        return super(SaleOrder, self.sudo())._action_cancel()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_paid_with_credit(self):
        if self.sudo()._store_credit_documents():  # whether there are any, whoever deletes
            raise UserError(
                self.env._(
                    "%s was paid with store credit that invoices hold: keep the cancelled order.",
                    ", ".join(self.mapped("name")),
                )
            )

    # --- Core's counting -----------------------------------------------------------------------

    def _get_point_changes(self):
        """Leave store credit out: it is settled as the state of the order changes."""
        changes = super()._get_point_changes()
        for card in list(changes):
            if card.sudo().aftersales_wallet:  # only whether it is one of ours
                del changes[card]
        return changes

    def _add_loyalty_history_lines(self):
        """Leave store credit out: its history is written with its points."""
        return super(
            SaleOrder, self.env["loyalty.card"]._without_core(self)
        )._add_loyalty_history_lines()

    def _update_loyalty_history(self, coupon_id, points):
        """Leave store credit out: its history is written with its points."""
        if coupon_id.sudo().aftersales_wallet:  # only whether it is one of ours
            return None
        return super()._update_loyalty_history(coupon_id, points)

    def _get_real_points_for_coupon(self, coupon, post_confirm=False):
        """Count what a confirmed order took while its rewards are computed anew."""
        points = super()._get_real_points_for_coupon(coupon, post_confirm=post_confirm)
        later = self.env.context.get(LATER) is SETTLED_LATER
        # only whether it is one of ours
        if not later or self.state != "sale" or not coupon.sudo().aftersales_wallet:
            return points
        order, card = self.sudo(), coupon.sudo()  # the order's own credit, to compute its rewards
        taken = order._store_credit_taken().get((order, card), 0)
        posted = order._store_credit_documents().get((order, card), [])
        lines = order._store_credit_claims().get((order, card))
        if not any(lines.mapped("points_cost") if lines else ()):
            # claimed anew just now: what invoices deduct for its line is part of that
            posted = [line for line in posted if not line.sale_line_ids]
        should = sum(line.balance for line in posted) + float(
            order._store_credit_reserved(lines, posted)
        )
        return card.currency_id.round(points + float(taken) - should)

    # --- Claiming ------------------------------------------------------------------------------

    def _update_programs_and_rewards(self):
        """Offer the store credit of the company a contact belongs to; settle once at the end."""
        self._offer_store_credit()
        later = self.with_context(**{LATER: SETTLED_LATER})
        result = super(SaleOrder, later)._update_programs_and_rewards()
        if self.state == "sale":
            self.order_line._check_store_credit()
            self._settle_store_credit()
        return result

    def _offer_store_credit(self):
        """Add the customer's store credit to what can be claimed; take another customer's off."""
        for order in self.sudo():  # the card of the customer's own company, which the order is for
            cards = order._customer_store_credit()
            applied = order.applied_coupon_ids.filtered("aftersales_wallet")
            if applied - cards:
                order.applied_coupon_ids -= applied - cards
            if cards - applied:
                order.applied_coupon_ids |= cards - applied

    def _customer_store_credit(self):
        """Return the cards this order may spend: in the company's currency only."""
        cards = self.env["loyalty.card"]
        if self.currency_id != self.company_id.currency_id:
            return cards
        return cards.search(
            [
                ("aftersales_wallet", "=", True),
                ("company_id", "in", self.company_id.parent_ids.ids),
                ("partner_id", "=", self.partner_id.commercial_partner_id.id),
                "|",
                ("points", ">", 0),
                ("id", "in", self.order_line.coupon_id.ids),
            ]
        )

    def _get_claimable_rewards(self, forced_coupons=None):
        """Offer store credit on orders in the company's currency only."""
        claimable = super()._get_claimable_rewards(forced_coupons=forced_coupons)
        if self.currency_id == self.company_id.currency_id:
            return claimable
        for card in list(claimable):
            if card.sudo().aftersales_wallet:  # only whether it is one of ours
                del claimable[card]
        return claimable

    def _get_reward_line_values(self, reward, coupon, **kwargs):
        """Call the credit line what the customer knows it as, not core's word for it."""
        values = super()._get_reward_line_values(reward, coupon, **kwargs)
        if reward.program_id.sudo().aftersales_wallet:  # only whether it is one of ours
            product = reward.discount_line_product_id.with_context(lang=self._get_lang())
            values = [{**vals, "name": product.display_name} for vals in values]
        return values

    def _apply_program_reward(self, reward, coupon, **kwargs):
        """Refuse another customer's store credit, and orders in another currency.

        :raises ValidationError: the card belongs to somebody else, or is in another currency
        """
        card = coupon.sudo()  # only to compare the owner
        owner, customer = card.partner_id, self.partner_id
        if card.aftersales_wallet and owner.commercial_partner_id != customer.commercial_partner_id:
            raise ValidationError(self.env._("This store credit belongs to another customer."))
        if card.aftersales_wallet:
            self._check_store_credit_currency()
        return super()._apply_program_reward(reward, coupon, **kwargs)

    def _check_store_credit_currency(self):
        """Store credit pays orders in the currency it is kept in.

        :raises ValidationError: this order is in another one
        """
        currency = self.company_id.currency_id
        if self.currency_id != currency:
            raise ValidationError(
                self.env._(
                    "%(order)s: store credit is spent on orders in %(currency)s only. Choose a "
                    "pricelist in %(currency)s, or remove the credit line.",
                    order=self.name,
                    currency=currency.name,
                )
            )
