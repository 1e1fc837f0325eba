# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import api, models
from odoo.exceptions import ValidationError

# Fields that decide what a credit line deducts and takes.
PRICE_FIELDS = {
    "points_cost", "coupon_id", "reward_id", "price_unit", "product_uom_qty", "discount", "tax_ids",
    "product_id", "order_id",
}  # fmt: skip


class SaleOrderLine(models.Model):
    """A credit line takes from the customer's own card exactly what it deducts (design §5)."""

    _inherit = "sale.order.line"

    @api.model_create_multi
    def create(self, vals_list):
        """Take for credit lines added to a confirmed order, once they are honest."""
        if not any(vals.get("coupon_id") for vals in vals_list):
            lines = super().create(vals_list)
        else:
            uncounted = self.env["loyalty.card"]._without_core(self)
            lines = super(SaleOrderLine, uncounted).create(vals_list).with_env(self.env)
        lines.filtered(lambda line: line.state == "sale")._follow_store_credit()
        return lines

    def write(self, vals):
        """Follow a changed credit line of a confirmed order, once it is honest."""
        if not {"coupon_id", "order_id"}.isdisjoint(vals):
            self._refuse_other_card(vals)
        if PRICE_FIELDS.isdisjoint(vals):
            return super().write(vals)
        confirmed = self.filtered(lambda line: line.state == "sale")
        before = confirmed._of_wallet()
        if before and vals.get("product_uom_qty") == 0:
            vals = {**vals, "points_cost": 0.0}  # how core tells users to remove a line
        if "points_cost" in vals:
            super(SaleOrderLine, self.env["loyalty.card"]._without_core(self)).write(vals)
        else:
            super().write(vals)
        # a quotation may be half-way through core's recomputation: checked when confirmed
        (confirmed | self.filtered(lambda line: line.state == "sale"))._follow_store_credit(before)
        if "product_uom_qty" in vals:
            # nothing may be left to invoice, or something again
            confirmed.order_id._settle_store_credit(as_far_as_it_goes=True)
        return True

    def unlink(self):
        """Give back what a removed credit line of a confirmed order had reserved.

        One that is invoiced stays, without an amount: the invoice belongs to it.
        """
        confirmed = self.filtered(lambda line: line.state == "sale")._of_wallet()
        if not confirmed:
            return super().unlink()
        kept = confirmed.filtered(lambda line: line.invoice_lines and not line.points_cost)
        orders = confirmed.order_id
        super(SaleOrderLine, self.env["loyalty.card"]._without_core(self - kept)).unlink()
        orders._settle_store_credit()
        return True

    def _check_line_unlink(self):
        """Let a credit line no invoice has be removed from a confirmed order."""
        # only whether there is an invoice
        free = self._of_wallet().filtered(lambda line: not line.sudo().invoice_lines)
        return super()._check_line_unlink() - free

    def _of_wallet(self):
        """Return the lines that are paid with store credit."""
        # only whether a card is one of ours, whoever looks
        return self.filtered(lambda line: line.sudo().coupon_id.aftersales_wallet)

    def _follow_store_credit(self, before=None):
        """Check these lines of confirmed orders, and settle what they take.

        :param before: those that were credit lines before the change
        """
        self._check_store_credit()
        lines = self._of_wallet() | (before or self.browse())
        lines.order_id._settle_store_credit()

    def _refuse_other_card(self, vals):
        """Refuse to give a line of a confirmed order a card, or another order, past its points.

        :raises ValidationError: core would not move the points
        """
        # only whether cards are ours and orders confirmed
        lines = self.sudo()
        card = lines.env["loyalty.card"].browse(vals.get("coupon_id") or [])
        order = lines.env["sale.order"].browse(vals.get("order_id") or [])
        for line in lines:
            unpaid = "coupon_id" in vals and "points_cost" not in vals and line.coupon_id != card
            moved = order and line.order_id != order
            wallet = (line.coupon_id | card).filtered("aftersales_wallet")
            if wallet and (moved or (unpaid and line.state == "sale")):
                raise ValidationError(
                    self.env._(
                        "%s: remove the credit line and claim the store credit again.",
                        line.order_id.name,
                    )
                )

    def _check_store_credit(self):
        """Every credit line takes from its own customer's card exactly what it deducts.

        :raises ValidationError: price and points differ, the card is another customer's, the order
            is in another currency, or store credit is deducted without a card
        """
        lines = self.sudo()  # reads the card, to compare only
        products = lines.env["loyalty.program"]._wallet_products() if lines else ()
        for line in lines:
            card = line.coupon_id
            if card.aftersales_wallet or line.product_id in products:
                line._check_claimed(card)
            if not card.aftersales_wallet:
                continue
            line.order_id._check_store_credit_currency()
            owner, customer = card.partner_id, line.order_id.partner_id
            if owner.commercial_partner_id != customer.commercial_partner_id:
                raise ValidationError(self.env._("This store credit belongs to another customer."))
            currency = line.order_id.currency_id
            if line.points_cost < 0 or currency.compare_amounts(
                -line.price_total, line.points_cost
            ):
                raise ValidationError(
                    self.env._(
                        "%(order)s: the store credit deducted (%(deducted)s) is not what is taken "
                        "from the card (%(taken)s). Remove the credit line and claim it again.",
                        order=line.order_id.name,
                        deducted=currency.format(-line.price_total),
                        taken=currency.format(line.points_cost),
                    )
                )

    def _check_claimed(self, card):
        """A line deducts store credit only as the reward claimed with its card.

        :raises ValidationError: product, reward and card are not of one program
        """
        reward = self.reward_id
        claimed = (
            card.aftersales_wallet
            and reward in card.program_id.reward_ids
            and self.product_id == reward.discount_line_product_id
        )
        # core resets a line to a price of 0 before it removes it
        if self.price_unit and not claimed:
            raise ValidationError(
                self.env._(
                    "%(order)s: %(line)s deducts store credit that was not claimed with the "
                    "customer's card. Remove the line and claim the reward.",
                    order=self.order_id.name,
                    line=self.name,
                )
            )
