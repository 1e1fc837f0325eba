# SPDX-License-Identifier: LGPL-3.0-or-later
from fractions import Fraction
from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import AccessError

from odoo.addons.aftersales_plans.models.stored_column import add_column

from ..calc.exact import exact, share

ELIGIBLE = {"goods", "service"}
PAYMENT = {"store_credit", "gift_card_used"}
SPREAD = {"discount", "down_payment"}


class LineShare(NamedTuple):
    """How a sales order line counts for the reward."""

    kind: str  # a value of aftersales.commission.evidence.kind
    eligible: Fraction  # part of its net amount that earns a reward, 0 to 1

    @property
    def is_credit(self):
        """Whether the line is a payment by card rather than a sale."""
        return self.kind in PAYMENT


class SaleOrderLine(models.Model):
    """What of an order line earns a reward, and why the rest does not (requirement 76)."""

    _inherit = "sale.order.line"

    referral_excluded = fields.Boolean(
        string="No Referral Reward",
        compute="_compute_referral_excluded",
        inverse="_inverse_referral_excluded",
        store=True,
        precompute=True,
        help="As the product said when it came onto the order. Changed on the product later, it "
        "changes no reward of what is sold.",
    )

    def _auto_init(self):
        """Add the column without reading every line there is: nothing was excluded yet."""
        add_column(self.env.cr, self._table, "referral_excluded", "boolean")
        return super()._auto_init()

    @api.depends("product_id")
    def _compute_referral_excluded(self):
        for line in self:
            line.referral_excluded = line.product_id.referral_excluded

    def _inverse_referral_excluded(self):
        """Leave it to the product: set by hand it would decide about money.

        :raises AccessError: always, but for ourselves
        """
        if not self.env.su:
            raise AccessError(
                self.env._("Whether something earns a reward is set on its product alone.")
            )

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
        if len(own) < len(kinds):  # there are down payments
            counted = {line: own[line] for line in own if kinds[line] not in PAYMENT}
            own = dict.fromkeys(kinds, self._referral_spread(counted, counted)) | own
        return {line: LineShare(kind, own[line]) for line, kind in kinds.items()}

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
        if self.referral_excluded:
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
