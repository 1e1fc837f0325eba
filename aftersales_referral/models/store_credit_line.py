from collections import defaultdict

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
        """Let core take points for lines added to a confirmed order, once they are honest."""
        if not self._takes_points(vals_list):
            lines = super().create(vals_list)
            lines.filtered(lambda line: line.state == "sale")._check_store_credit()
            return lines
        plain, commands = zip(*(self._split_commands(vals) for vals in vals_list), strict=True)
        lines = super(SaleOrderLine, self.sudo()).create(list(plain)).sudo(self.env.su)
        lines.check_access("create")
        for line, vals in zip(lines, commands, strict=True):
            line.write(vals)
        lines._check_store_credit()
        return lines

    def write(self, vals):
        """Let core follow a changed credit line of a confirmed order, once it is honest."""
        if not {"coupon_id", "order_id"}.isdisjoint(vals):
            self._refuse_other_card(vals)
        confirmed = self.filtered(lambda line: line.state == "sale")
        if "points_cost" in vals and confirmed._of_wallet():
            self.check_access("write")
            plain, commands = self._split_commands(vals)
            result = super().write(commands)
            super(SaleOrderLine, self.sudo()).write(plain)
        else:
            result = super().write(vals)
        if not PRICE_FIELDS.isdisjoint(vals):
            # a quotation may be half-way through core's recomputation: checked when confirmed
            (confirmed | self.filtered(lambda line: line.state == "sale"))._check_store_credit()
        return result

    def unlink(self):
        """Let core give back the points of a credit line removed from a confirmed order."""
        if not self.filtered(lambda line: line.state == "sale")._of_wallet():
            return super().unlink()
        self.check_access("unlink")
        return super(SaleOrderLine, self.sudo()).unlink()

    def _of_wallet(self):
        """Return the lines that are paid with store credit."""
        # only whether a card is one of ours, whoever looks
        return self.filtered(lambda line: line.sudo().coupon_id.aftersales_wallet)

    @api.model
    def _takes_points(self, vals_list):
        """Tell whether new lines of confirmed orders take points from store credit at once."""
        paid = [vals for vals in vals_list if vals.get("coupon_id") and vals.get("points_cost")]
        # only whether a card is one of ours, and whether its order is confirmed
        cards = self.env["loyalty.card"].sudo().browse({vals["coupon_id"] for vals in paid})
        orders = self.env["sale.order"].sudo().browse({vals.get("order_id") for vals in paid})
        return bool(cards.filtered("aftersales_wallet")) and "sale" in orders.mapped("state")

    @api.model
    def _split_commands(self, vals):
        """Split values in plain ones and commands to other records.

        Core's spending runs as superuser; commands, which reach beyond the line, must not.
        """
        commands = {
            name: value
            for name, value in vals.items()
            if name in self._fields and self._fields[name].type in ("one2many", "many2many")
        }
        return {name: vals[name] for name in vals if name not in commands}, commands

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

        :raises ValidationError: price and points differ, the card is another customer's, or store
            credit is deducted without a card
        """
        lines = self.sudo()  # reads the card, to compare only
        products = lines.env["loyalty.program"]._wallet_products() if lines else ()
        for line in lines:
            card = line.coupon_id
            if card.aftersales_wallet or line.product_id in products:
                line._check_claimed(card)
            if not card.aftersales_wallet:
                continue
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

    def _store_credit_held(self):
        """Return how much of each credit line posted documents hold: {line: amount}."""
        held = defaultdict(float)
        documents = self.env["account.move"].get_sale_types(include_receipts=True)
        for line, kind, total in self.env["account.move.line"]._read_group(
            [
                ("sale_line_ids", "in", self.ids),
                ("parent_state", "=", "posted"),
                ("move_id.move_type", "in", documents),
            ],
            ["sale_line_ids", "move_id.move_type"],
            ["price_total:sum"],
        ):
            held[line] += -total if kind == "out_invoice" else total
        return held
