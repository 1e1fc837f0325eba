from collections import defaultdict
from fractions import Fraction
from typing import NamedTuple

from odoo import api, models
from odoo.exceptions import ValidationError

from ..calc.exact import exact, share

ELIGIBLE = {"goods", "service"}
PAYMENT = {"store_credit", "gift_card_used"}
SPREAD = {"discount", "down_payment"}
# Fields that decide what a credit line deducts and takes.
PRICE_FIELDS = {
    "points_cost", "coupon_id", "reward_id", "price_unit", "product_uom_qty", "discount", "tax_ids",
    "product_id",
}  # fmt: skip


class LineShare(NamedTuple):
    """How a sales order line counts for the reward."""

    kind: str  # a value of aftersales.commission.evidence.kind
    eligible: Fraction  # part of its net amount that earns a reward, 0 to 1

    @property
    def is_credit(self):
        """Whether the line is a payment by card rather than a sale."""
        return self.kind in PAYMENT


class SaleOrderLine(models.Model):
    """What of a line earns a reward (requirement 76); honest store-credit lines."""

    _inherit = "sale.order.line"

    # --- Reward --------------------------------------------------------------------------------

    def _referral_shares(self):
        """Return how each line of whole orders counts: {line: LineShare}.

        Discounts reduce what they discount; down payments count by the order's eligible share.
        """
        lines = self.filtered(lambda line: not line.display_type)
        gift_cards = lines._referral_gift_card_products()
        shares = {}
        for order_lines in lines.grouped("order_id").values():
            kinds = {line: line._referral_kind(gift_cards) for line in order_lines}
            shares.update(order_lines._referral_order_shares(kinds))
        return shares

    def _referral_order_shares(self, kinds):
        """Return the shares of one order's lines, of the given kinds."""
        own = {
            line: Fraction(kind in ELIGIBLE) for line, kind in kinds.items() if kind not in SPREAD
        }
        sold = {line: part for line, part in own.items() if kinds[line] not in PAYMENT}
        for line in self.filtered(lambda one: kinds[one] == "discount"):
            own[line] = self._referral_spread(sold, line._referral_discounted(list(sold)))
        counted = {line: own[line] for line in own if kinds[line] not in PAYMENT}
        of_order = self._referral_spread(counted, counted)
        return {line: LineShare(kind, own.get(line, of_order)) for line, kind in kinds.items()}

    @api.model
    def _referral_spread(self, parts, lines):
        """Return the eligible share of ``lines`` by their net amounts."""
        nets = {line: exact(line.price_subtotal) for line in lines}
        eligible = sum((nets[line] * parts[line] for line in lines), Fraction(0))
        return max(Fraction(0), min(Fraction(1), share(eligible, sum(nets.values()), 1)))

    def _referral_discounted(self, lines):
        """Return which of ``lines`` this discount line reduces."""
        self.ensure_one()
        if self.reward_id.discount_applicability == "specific":
            chosen = self.order_id._get_specific_discountable_lines(self.reward_id)
        elif self.reward_id.discount_applicability == "cheapest":
            chosen = self.order_id._cheapest_line(self.reward_id) or self.browse()
        elif self.reward_id:
            chosen = self.order_id.order_line - self.order_id._get_no_effect_on_threshold_lines()
        else:
            chosen = self.order_id.order_line.filtered(lambda one: one.tax_ids == self.tax_ids)
        return [line for line in lines if line in chosen] or lines

    def _referral_kind(self, gift_cards):
        """Name what kind of line this is.

        :param gift_cards: products that are sold as gift cards or top-ups
        """
        self.ensure_one()
        program = self.reward_id.program_id
        if self.is_downpayment:
            return "down_payment"
        if program.is_payment_program:
            return "store_credit" if program.program_type == "ewallet" else "gift_card_used"
        if self.product_id.aftersales_plan_id:
            return "plan"
        if self._is_delivery():
            return "delivery"
        if self.product_id in gift_cards:
            return "gift_card"
        if self.product_id.referral_excluded:
            return "excluded"
        if self._is_discount_line():
            return "discount"
        return "service" if self.product_id.type == "service" else "goods"

    def _referral_gift_card_products(self):
        return (
            self.env["loyalty.rule"]
            .search(
                [
                    ("program_id.program_type", "in", ("gift_card", "ewallet")),
                    ("product_ids", "in", self.product_id.ids),
                ]
            )
            .product_ids
        )

    # --- Store credit --------------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        """Let core take points for lines added to a confirmed order, once they are honest."""
        if not self._takes_points(vals_list):
            return super().create(vals_list)
        plain, commands = zip(*(self._split_commands(vals) for vals in vals_list), strict=True)
        lines = super(SaleOrderLine, self.sudo()).create(list(plain)).sudo(self.env.su)
        lines.check_access("create")
        for line, vals in zip(lines, commands, strict=True):
            line.write(vals)
        lines._check_store_credit()
        return lines

    def write(self, vals):
        """Let core follow a changed credit line of a confirmed order, once it is honest."""
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
            confirmed._check_store_credit()
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

    def _check_store_credit(self):
        """Every credit line takes from its own customer's card exactly what it deducts.

        :raises ValidationError: price and points differ, or the card is another customer's
        """
        for line in self.sudo():  # reads the card, to compare only
            card = line.coupon_id
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

    def _store_credit_held(self):
        """Return how much of each credit line posted documents hold: {line: amount}."""
        held = defaultdict(float)
        for line in self:
            for invoice_line in line.invoice_lines:
                move = invoice_line.move_id
                if move.state == "posted" and move.is_sale_document(include_receipts=True):
                    sign = -1 if move.move_type == "out_invoice" else 1
                    held[line] += sign * invoice_line.price_total
        return held
