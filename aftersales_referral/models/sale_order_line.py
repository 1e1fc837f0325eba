from collections import defaultdict
from fractions import Fraction
from typing import NamedTuple

from odoo import api, models
from odoo.exceptions import AccessError, ValidationError

from ..calc.exact import exact, share

ELIGIBLE = {"goods", "service"}
PAYMENT = {"store_credit", "gift_card_used"}
SPREAD = {"discount", "down_payment"}
# Fields that decide what a credit line deducts and takes.
PRICE_FIELDS = {
    "points_cost", "coupon_id", "reward_id", "price_unit", "product_uom_qty", "discount", "tax_ids",
    "product_id", "order_id",
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
        if self.aftersales_plan_id:
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
            lines = super().create(vals_list)
            lines.filtered("invoice_lines")._refuse_invoices_by_hand()
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
        if "invoice_lines" in vals:
            self._refuse_invoices_by_hand()
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

    def _refuse_invoices_by_hand(self):
        """Refuse to link other invoices to a referred order: its reward follows from them.

        :raises AccessError: always, unless it comes from our own or core's invoicing, which
            writes the link on the invoice
        """
        for order in self.sudo().order_id.filtered("referral_id"):  # whether it is referred
            if not self.env.su:
                raise AccessError(
                    self.env._(
                        "%s has a referral, whose reward follows from its invoices: they are "
                        "linked by invoicing the order only.",
                        order.name,
                    )
                )

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
        for line in self:
            for invoice_line in line.invoice_lines:
                move = invoice_line.move_id
                if move.state == "posted" and move.is_sale_document(include_receipts=True):
                    sign = -1 if move.move_type == "out_invoice" else 1
                    held[line] += sign * invoice_line.price_total
        return held
