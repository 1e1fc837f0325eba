from odoo import models
from odoo.exceptions import UserError, ValidationError


class SaleOrder(models.Model):
    """An order pays with its customer's store credit; core moves the points (design §5)."""

    _inherit = "sale.order"

    def write(self, vals):
        """Keep credit lines of confirmed orders honest, and their state to the buttons."""
        if "state" in vals:
            self._refuse_state_by_hand(vals["state"])
        result = super().write(vals)
        if {"state", "partner_id"} & vals.keys():
            self.filtered(lambda order: order.state == "sale").order_line._check_store_credit()
        return result

    def action_confirm(self):
        """Let core take the points as superuser: cards of store credit are nobody's to write.

        What the user may do is checked before; that the credit lines are honest, too.
        """
        if not self._aftersales_wallet_lines():
            return super().action_confirm()
        self.check_access("write")
        self._aftersales_wallet_lines()._check_store_credit()
        result = super(SaleOrder, self.sudo()).action_confirm()
        self._aftersales_wallet_lines()._check_store_credit()
        return result

    def _refuse_state_by_hand(self, state):
        """Refuse to confirm or take back an order paid with store credit but by its buttons.

        Points are taken and given back there, as superuser.

        :raises UserError: always, unless it comes from these buttons
        """
        if self.env.su:
            return
        moved = self.filtered(lambda order: (order.state == "sale") != (state == "sale"))
        for line in moved._aftersales_wallet_lines():
            raise UserError(
                self.env._(
                    "%s is paid with store credit: confirm and cancel it by its buttons.",
                    line.order_id.name,
                )
            )

    def _action_cancel(self):
        """Let core give the points back as superuser, except what a posted invoice holds."""
        lines = self._aftersales_wallet_lines()
        if not lines:
            return super()._action_cancel()
        self.check_access("write")
        held = lines.sudo()._store_credit_held()
        held_by_card = [
            (line.coupon_id, line.order_id, amount)
            for line, amount in held.items()
            if amount and line.order_id.state == "sale"
        ]
        result = super(SaleOrder, self.sudo())._action_cancel()
        for card, order, amount in held_by_card:
            card._change_points(
                -amount, self.env._("Invoiced on %s, which was cancelled", order.name), order
            )
        return result

    def _aftersales_wallet_lines(self):
        """Return the order lines that are paid with store credit."""
        return self.order_line._of_wallet()

    def _update_programs_and_rewards(self):
        """Offer the store credit of the company a contact belongs to."""
        self._offer_store_credit()
        return super()._update_programs_and_rewards()

    def _offer_store_credit(self):
        """Add the customer's store credit to what can be claimed on these orders."""
        for order in self.filtered(lambda o: o.currency_id == o.company_id.currency_id):
            # the card of the customer's own company, which the order is for
            cards = (
                self.env["loyalty.card"]
                .sudo()
                .search(
                    [
                        ("aftersales_wallet", "=", True),
                        ("company_id", "=", order.company_id.sudo().root_id.id),
                        ("partner_id", "=", order.partner_id.commercial_partner_id.id),
                        ("points", ">", 0),
                    ]
                )
            )
            missing = cards - order.sudo().applied_coupon_ids
            if missing:
                order.sudo().applied_coupon_ids |= missing

    def _get_claimable_rewards(self, forced_coupons=None):
        """Offer store credit on orders in the company's currency only."""
        claimable = super()._get_claimable_rewards(forced_coupons=forced_coupons)
        if self.currency_id == self.company_id.currency_id:
            return claimable
        for card in list(claimable):
            if card.sudo().aftersales_wallet:  # only whether it is one of ours
                del claimable[card]
        return claimable

    def _apply_program_reward(self, reward, coupon, **kwargs):
        """Refuse another customer's store credit.

        :raises ValidationError: the card belongs to somebody else
        """
        card = coupon.sudo()  # only to compare the owner
        owner, customer = card.partner_id, self.partner_id
        if card.aftersales_wallet and owner.commercial_partner_id != customer.commercial_partner_id:
            raise ValidationError(self.env._("This store credit belongs to another customer."))
        return super()._apply_program_reward(reward, coupon, **kwargs)
