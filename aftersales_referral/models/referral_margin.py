from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..calc.exact import exact
from .commission import EARNED_KINDS

STAFF = "base.group_user"  # the order's customer may read the order, but none of this
WITHOUT_REWARD = ("rejected", "expired")


class SaleOrder(models.Model):
    """What a referred order will cost in commission, and what it leaves (requirement 80).

    For the people who sell; never printed, and no field of it is the customer's to read.
    """

    _inherit = "sale.order"  # pylint: disable=consider-merging-classes-inherited

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
        string="Margin after Commission (%)", compute="_compute_referral_margin", groups=STAFF
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
        orders = self.sudo()  # the terms belong to an order the user may read
        shares = orders.filtered("referrer_id").order_line._referral_shares()
        spent = orders.referral_id._read_spent()
        for order, mine in zip(orders, self, strict=True):
            terms = order._referral_terms()
            mine.referral_rate = terms.get("rate", 0.0)
            mine.referral_plan_id = terms.get("plan_id", False)
            mine.referral_hint = terms.get("hint", False)
            eligible = sum(
                exact(line.price_subtotal) * shares[line].eligible
                for line in order.order_line
                if line in shares and not shares[line].is_credit
            )
            expected = float(exact(mine.referral_rate) * max(eligible, 0) / 100)
            limit = order._referral_limit_left(terms.get("amount_limit"), spent)
            if limit is not None:
                expected = min(expected, limit)
            mine.referral_expected_amount = (order.currency_id or mine.currency_id).round(expected)

    def _referral_terms(self):
        """Return rate, plan and limit that hold for this order, or why there are none.

        A referrer who was typed in and is not registered yet is judged as he would be now.
        """
        self.ensure_one()
        referrer, referral = self.referrer_id, self.referral_id
        same = referral.referrer_id.commercial_partner_id == referrer.commercial_partner_id
        if referrer and referral and same:
            if self.referral_approval == "refused":
                return {"hint": self.env._("An accountant refused the reward of this order.")}
            if referral.state in WITHOUT_REWARD:
                return {"hint": self.env._("The referral was rejected: no reward.")}
            return {
                "rate": referral.rate,
                "plan_id": referral.plan_id.id,
                "amount_limit": referral.amount_limit,
            }
        if not referrer or self.state not in ("draft", "sent"):
            return {}
        try:
            return self.env["aftersales.referral"]._prepare_frozen_terms(referrer, self.company_id)
        except ValidationError as error:
            return {"hint": str(error)}

    def _referral_limit_left(self, limit, spent):
        """Return what the referral's limit leaves for this order, in its currency; None: no limit.

        :param limit: highest reward of the referral, in company currency
        :param spent: what the ledger holds: {(referral, order): amount}
        """
        if not limit:
            return None
        others = sum(
            amount
            for (referral, order), amount in spent.items()
            if referral == self.referral_id and order != self._origin
        )
        return self.referral_company_currency_id._convert(
            max(limit - others, 0.0), self.currency_id, self.company_id, self.date_order
        )

    def _compute_referral_earned_amount(self):
        earned = dict(
            # sudo: the sum for an order the user may read
            self.env["aftersales.commission"]
            .sudo()
            ._read_group(
                [("order_id", "in", self._origin.ids), ("kind", "in", EARNED_KINDS)],
                ["order_id"],
                ["amount:sum"],
            )
        )
        for order in self:
            order.referral_earned_amount = earned.get(order._origin, 0.0)

    @api.depends("referral_expected_amount", "margin", "amount_untaxed")
    def _compute_referral_margin(self):
        for order in self:
            order.referral_margin = order.margin - order.referral_expected_amount
            order.referral_margin_percent = (
                order.amount_untaxed and order.referral_margin / order.amount_untaxed
            )

    def action_open_commissions(self):
        """Open what the ledger holds for this order."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_referral.aftersales_commission_action"
        )
        return dict(
            action,
            name=self.env._("Commission of %s", self.name),
            domain=[("order_id", "=", self.id)],
            context={},
        )


class AftersalesReferral(models.Model):
    """What a referral has used of its limit; its percentages and limits are never added up."""

    _inherit = "aftersales.referral"  # pylint: disable=consider-merging-classes-inherited

    rate = fields.Float(aggregator="avg")
    amount_limit = fields.Monetary(aggregator=None)
    ledger_version = fields.Integer(aggregator=None)

    def _read_spent(self):
        """Return what the ledger holds for referrals with a limit: {(referral, order): amount}."""
        limited = self.filtered("amount_limit")
        if not limited:
            return {}
        return {
            (referral, order): amount
            for referral, order, amount in self.env["aftersales.commission"]._read_group(
                [("referral_id", "in", limited.ids), ("kind", "in", EARNED_KINDS)],
                ["referral_id", "order_id"],
                ["amount:sum"],
            )
        }
