# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..calc.outlook import parts_cost
from .costs_seen import SEES_COSTS
from .plan_covered import CoveredNow

TOLD = 3  # sentences about what is missing, before "and others"


class AftersalesPlan(models.Model):
    """What a plan should cost, from what it costs us, beside its price (requirements 11, 30).

    The mean expected cost of a term over what its running contracts cover today, contract by
    contract because each has a quota of its own, ÷ (1 - target margin). A proposal: nothing
    changes a price by itself.
    """

    _inherit = "aftersales.plan"

    target_margin_percent = fields.Float(
        string="Target Margin (%)",
        default=30.0,
        digits=(5, 2),
        tracking=True,
        groups=SEES_COSTS,  # the price less this is the cost
        help="What should be left of the price of this plan after its costs.",
    )
    current_price = fields.Monetary(
        compute="_compute_suggestion",
        groups=SEES_COSTS,
        help="Of its product, without taxes and before factors.",
    )
    suggested_price = fields.Monetary(
        compute="_compute_suggestion", groups=SEES_COSTS, help="For one term, without taxes."
    )
    suggested_percent = fields.Float(
        string="Suggested Share (%)",
        compute="_compute_suggestion",
        groups=SEES_COSTS,
        digits=(8, 2),
        help="The suggested price as a share of the value of the covered goods.",
    )
    suggested_price_reason = fields.Text(
        string="Why", compute="_compute_suggestion", groups=SEES_COSTS
    )
    price_difference = fields.Monetary(
        string="Difference",
        compute="_compute_suggestion",
        groups=SEES_COSTS,
        help="Suggested less current price; 0 while there is no suggestion.",
    )

    @api.constrains("target_margin_percent")
    def _check_target_margin(self):
        for plan in self:
            if not 0 < plan.target_margin_percent < 100:
                raise ValidationError(
                    self.env._(
                        "%(plan)s: a target margin lies above 0 and below 100, not at %(margin)s.",
                        plan=plan.display_name,
                        margin=plan.target_margin_percent,
                    )
                )

    @api.depends(
        "contract_kind", "duration_months", "excluded_cause_ids", "price_percent", "price_policy",
        "product_ids", "replacements_included", "replacements_unlimited", "target_margin_percent",
    )  # fmt: skip
    def _compute_suggestion(self):
        """Look at the past of all covered goods once, whatever the number of plans."""
        self._clear_suggestion()
        for company, plans in self.filtered("company_id").grouped("company_id").items():
            covered = plans._covered_now()
            products = self.env["product.product"].browse(
                sorted({product for goods in covered.values() for product in goods.products})
            )
            past = self._past(products, company)
            values = self._net_values(products, company)
            for plan in plans:
                goods = covered.get(plan._origin.id, CoveredNow({}))
                plan.current_price = plan._price_now(goods.mean_value(values))
                plan._suggest(goods, past, values)

    def _clear_suggestion(self):
        for plan in self:
            plan.current_price = plan.suggested_price = plan.suggested_percent = 0.0
            plan.price_difference = 0.0
            plan.suggested_price_reason = False

    def _suggest(self, covered, past, values):
        """Write the suggestion for what running contracts cover, or why there is none."""
        outlooks, missing = self._outlooks(
            {product: past[product] for product in past if product.id in covered.products},
            self.company_id,
        )
        labour, unknown = self._expected_labour(self.company_id)
        missing += unknown
        if not covered.contracts:
            missing = [self.env._("not enough data: no contract of this plan covers goods now")]
        if missing:
            self.suggested_price_reason = self._told(missing)
            return
        memory, count = {}, len(covered.contracts)
        parts = sum(
            parts_cost(goods, outlooks, self.duration_months, self._quota(), memory)
            for goods in covered.contracts.values()
        )
        price = (parts / count + labour) / (1 - self.target_margin_percent / 100)
        value = covered.mean_value(values)
        self.suggested_percent = 100 * price / value if value else 0.0
        self.suggested_price = self.currency_id.round(price)
        self.price_difference = self.suggested_price - self.current_price
        self.suggested_price_reason = self._reason(count, parts / count, labour)

    def _told(self, missing):
        """Return the first of the sentences about what is missing."""
        told = "; ".join(missing[:TOLD])
        if len(missing) <= TOLD:
            return told
        return self.env._("%(told)s; and %(n)s more", told=told, n=len(missing) - TOLD)

    def _reason(self, count, parts, labour):
        """Return where the suggested price comes from."""
        money = self.currency_id.format
        told = self.env._(
            "A term is expected to cost %(cost)s (parts %(parts)s, visits %(labour)s), on average "
            "of what %(count)s running contracts cover today; %(margin)s %% of the price are to be "
            "left",
            cost=money(parts + labour),
            parts=money(parts),
            labour=money(labour),
            count=count,
            margin=self.env["aftersales.failure"]._number(self.target_margin_percent),
        )
        if not (self.age_factor_ids or self.failure_factor_ids or self.region_factor_ids):
            return told
        return self.env._(
            "%(told)s. The current price is that before the factors of the plan, which change it "
            "on each quotation",
            told=told,
        )

    # --- Its price now -------------------------------------------------------------------------

    def _price_now(self, value):
        """Return what the plan is sold for, net of taxes: by its first product, or of the goods.

        :param value: mean value of the goods under one contract
        """
        if self.price_policy == "percent":
            return self.currency_id.round(value * self.price_percent / 100)
        product = self.product_ids.product_variant_id[:1]
        return self._net_values(product, self.company_id).get(product.id, 0.0)

    def _net_values(self, products, company):
        """Return {product id: its sales price in ``company``, net of taxes}."""
        net = {}
        for product in products.with_company(company):
            taxes = product.taxes_id._filter_taxes_by_company(company)
            price = product._aftersales_list_price(company)
            details = taxes._get_tax_details(price, 1.0, rounding_method="round_globally")
            net[product.id] = details["total_excluded"]
        return net

    def action_open_priced_product(self):
        """Open the product that sells the plan: its price is changed there, by hand."""
        self.ensure_one()
        return self.product_ids[:1].get_formview_action()
