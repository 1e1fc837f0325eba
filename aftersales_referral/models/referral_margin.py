# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.aftersales_plans.models.linked_records import open_action

from ..calc.exact import exact
from ..calc.limit import share_out
from .client_actions import LEDGER

STAFF = "base.group_user"  # the order's customer may read the order, but none of this
WITHOUT_REWARD = ("rejected", "expired")
EXPECTED = ("referral_rate", "referral_plan_id", "referral_hint", "referral_expected_amount")


class SaleOrder(models.Model):
    """What a referred order will cost in commission, and what it leaves (requirement 80).

    For the people who sell; never printed, and no field of it is the customer's to read.
    """

    _inherit = "sale.order"

    referral_rate = fields.Float(
        string="Reward (%)",
        digits=(5, 2),
        compute="_compute_referral_expected",
        groups=STAFF,
        help="Of what is eligible; as registered, or as it would be registered today.",
    )
    referral_plan_id = fields.Many2one(
        "aftersales.plan",
        string="Rewarding Plan",
        compute="_compute_referral_expected",
        groups=STAFF,
        help="Plan of the referrer that promises the reward.",
    )
    referral_hint = fields.Char(
        compute="_compute_referral_expected",
        groups=STAFF,
        help="Why there is no reward.",
    )
    referral_expected_amount = fields.Monetary(
        string="Expected Commission",
        compute="_compute_referral_expected",
        groups=STAFF,
        help="Reward of the referrer once this order is invoiced as it stands and paid in full.",
    )
    referral_earned_amount = fields.Monetary(
        string="Commission So Far",
        currency_field="referral_company_currency_id",
        compute="_compute_referral_earned_amount",
        groups=STAFF,
        help="What the ledger holds for this order: earned as it was paid, less what was reversed.",
    )
    referral_company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company Currency", groups=STAFF
    )
    referral_margin = fields.Monetary(
        string="Margin after Commission",
        compute="_compute_referral_margin",
        groups=STAFF,
        help="Margin less the expected commission.",
    )
    referral_margin_percent = fields.Float(
        string="Margin after Commission (%)",
        digits=(5, 2),
        compute="_compute_referral_margin",
        groups=STAFF,
    )

    @api.depends(
        "referrer_id",
        "referral_id.referrer_id",
        "referral_id.rate",
        "referral_id.state",
        "referral_id.amount_limit",
        "referral_approval",
        "state",
        "currency_id",
        "order_line.price_subtotal",
        "order_line.product_id",
    )
    def _compute_referral_expected(self):
        # sudo: the terms belong to an order the user may read
        orders = self.sudo().filtered("referrer_id")
        referred = orders.with_env(self.env)
        (self - referred).update(dict.fromkeys(EXPECTED, False))
        eligible = orders._referral_eligible()
        for order, mine in zip(orders, referred, strict=True):
            terms = order._referral_terms()
            mine.referral_rate = terms.get("rate", 0.0)
            mine.referral_plan_id = terms.get("plan_id", False)
            mine.referral_hint = terms.get("hint", False)
            expected = exact(mine.referral_rate) * eligible[order] / 100
            if terms.get("amount_limit"):
                expected = order._referral_within(terms["amount_limit"], expected)
            mine.referral_expected_amount = (order.currency_id or mine.currency_id).round(
                float(expected)
            )

    def _referral_eligible(self):
        """Return what of each order earns a reward: {order: exact net amount}."""
        shares = self.filtered("referrer_id").order_line._referral_shares()
        return {
            order: max(
                0,
                sum(
                    exact(line.price_subtotal) * shares[line].eligible
                    for line in order.order_line
                    if line in shares and not shares[line].is_credit
                ),
            )
            for order in self
        }

    def _referral_terms(self):
        """Return rate, plan and limit that hold for this order, or why there are none.

        A referrer who was typed in and is not registered yet is judged as he would be now.
        """
        self.ensure_one()
        referrer, referral = self.referrer_id, self.referral_id
        same = referral.referrer_id.commercial_partner_id == referrer.commercial_partner_id
        if referrer and referral and same:
            return self._referral_terms_registered()
        if not referrer or self.state not in ("draft", "sent"):
            return {}
        try:
            terms = referral._prepare_frozen_terms(referrer, self.company_id)
        except ValidationError as error:
            return {"hint": str(error)}
        return terms if terms["rate"] else {"hint": self._referral_rate_later()}

    def _referral_terms_registered(self):
        referral = self.referral_id
        if referral.state in WITHOUT_REWARD:
            return {"hint": self.env._("The referral was rejected.")}
        if not self._may_earn_reward() and self.referral_approval == "refused":
            return {"hint": self.env._("An accountant refused the reward.")}
        if not referral.rate:
            return {"hint": self._referral_rate_later()}
        return {
            "rate": referral.rate,
            "plan_id": referral.plan_id.id,
            "amount_limit": referral.amount_limit,
        }

    def _referral_rate_later(self):
        return self.env._(
            "%s has no active service contract today; the one of the order's day decides.",
            self.referrer_id.display_name,
        )

    def _referral_within(self, limit, expected):
        """Return ``expected`` as far as the referral's limit has room for this order.

        As in the ledger, orders that were confirmed before take first.

        :param limit: highest reward of the referral, in company currency
        """
        earlier = (self.referral_id.order_ids - self._origin).filtered(
            lambda order: order.state == "sale" and order._may_earn_reward()
        )
        if self.state == "sale":
            earlier = earlier.filtered(
                lambda order: (order.date_order, order.id) < (self.date_order, self._origin.id)
            )
        rate = self.referral_id.rate
        amounts = [
            order._referral_in_company(exact(rate) * eligible / 100)
            for order, eligible in earlier.sorted("date_order")._referral_eligible().items()
        ]
        share = share_out([*amounts, self._referral_in_company(expected)], limit)[-1]
        return self.referral_company_currency_id._convert(
            float(share), self.currency_id, self.company_id, self.date_order, round=False
        )

    def _referral_in_company(self, amount):
        """Return an amount of this order in company currency, not rounded."""
        return exact(
            self.currency_id._convert(
                float(amount),
                self.referral_company_currency_id,
                self.company_id,
                self.date_order,
                round=False,
            )
        )

    def _compute_referral_earned_amount(self):
        # sudo: the sum for an order the user may read
        earned = self.env["aftersales.commission"].sudo()._earned_by_order(self._origin)
        for order in self:
            order.referral_earned_amount = earned.get(order._origin, 0.0)

    @api.depends("referral_expected_amount", "margin", "amount_untaxed")
    def _compute_referral_margin(self):
        for order in self:
            order.referral_margin = order.margin - order.referral_expected_amount
            sold = order._amount_sold()
            order.referral_margin_percent = sold and order.referral_margin / sold * 100

    def action_open_commissions(self):
        """Open what the ledger holds for this order."""
        self.ensure_one()
        name = self.env._("Commission of %s", self.name)
        return {**open_action(self.env, LEDGER, [("order_id", "=", self.id)]), "name": name}
