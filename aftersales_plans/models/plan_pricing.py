# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import float_round

from ..calc import price as calc
from .price_basis import BASIS, Basis


class AftersalesPlan(models.Model):
    """How the price of a plan comes about (requirement 20).

    base × age × failures × region, on which the customer's pricelist then works. Not terms: the
    price is settled at the sale, and only what was said of it then is kept with the contract.
    """

    _inherit = "aftersales.plan"

    price_policy = fields.Selection(
        [("fixed", "Price of the product"), ("percent", "Share of the goods' value")],
        string="Price",
        default="fixed",
        required=True,
        tracking=True,
        help="What the factors below multiply: the sales price of the product that sells the plan, "
        "or a share of what the covered goods cost, net of taxes.",
    )
    price_percent = fields.Float(
        string="Share (%)",
        digits=(6, 2),
        tracking=True,
        help="Of what the covered goods cost without taxes; goods bought earlier count with what "
        "they would cost today.",
    )
    age_factor_ids = fields.One2many(
        "aftersales.price.factor",
        "plan_id",
        string="Factors by Age",
        domain=[("kind", "=", "age")],
        context={"default_kind": "age"},
        copy=True,
    )
    failure_factor_ids = fields.One2many(
        "aftersales.price.factor",
        "plan_id",
        string="Factors by Failures",
        domain=[("kind", "=", "failure")],
        context={"default_kind": "failure"},
        copy=True,
    )
    region_factor_ids = fields.One2many(
        "aftersales.price.factor",
        "plan_id",
        string="Factors by Region",
        domain=[("kind", "=", "region")],
        context={"default_kind": "region"},
        copy=True,
    )

    @api.constrains("price_policy", "price_percent")
    def _check_price_percent(self):
        for plan in self:
            if plan.price_policy == "percent" and plan.price_percent <= 0:
                raise ValidationError(
                    self.env._(
                        "%s: enter which share of the goods' value the plan costs, such as 8 %%.",
                        plan.name,
                    )
                )

    def _depends_on_goods(self):
        """Tell whether the price of this plan is more than that of its product."""
        self.ensure_one()
        return self.price_policy == "percent" or bool(
            self.age_factor_ids or self.failure_factor_ids or self.region_factor_ids
        )

    # --- The price and how it came about -------------------------------------------------------

    def _prepare_price_facts(self, product, order, goods, line=None):
        """Return what ``product`` costs for ``goods`` on ``order``, and why, to be stored as JSON.

        :param goods: list of :class:`Goods`, values in the currency of the order
        :param line: of the order, that sells the plan; None: what a new one would cost
        :return: ``for``: all the price depends on; ``price``: of one unit before discounts, None
            for lack of data; ``discount``: what the pricelist shows as such on a new line,
            percent; ``value``, ``base``, ``factors``, ``rule``: how it came about; ``missing``:
            what keeps it from that
        """
        self.ensure_one()
        plan = self.sudo()  # whoever may ask for a price: factors and rates lead to it
        goods = calc.together(goods)
        factors = plan._prepare_factors(order, goods)
        basis = Basis(calc.combined(f["factor"] for f in factors), currency=order.currency_id)
        share, missing = None, []
        if plan.price_policy == "percent":
            share, missing = calc.share(goods, plan.price_percent), plan._missing_values(goods)
            basis.share = plan._with_taxes_in_price(share or 0.0, product, order)
        facts = {
            "for": plan._price_depends_on(product, order, share, basis.factor, line),
            "policy": plan.price_policy,
            "percent": plan.price_percent,
            "value": sum(one.value for one in goods),
            "factors": factors,
            "missing": missing,
        }
        if missing:
            return {**facts, "price": None, "discount": 0.0, "base": None, "rule": None}
        return {**facts, **self._price_by_pricelist(product, order, basis, line)}

    def _price_depends_on(self, product, order, share, factor, line):
        """Return what a price was worked out from; where all of it is the same, the price stays."""
        return {
            "product": product.id,
            "pricelist": order.pricelist_id.id,
            "currency": order.currency_id.id,
            "quantity": line.product_uom_qty if line else 1.0,
            "unit": line.product_uom_id.id if line else product.uom_id.id,
            "share": share,
            "factor": factor,
        }

    @api.model
    def _price_by_pricelist(self, product, order, basis, line=None):
        """Return what the pricelist of ``order`` makes of ``basis``, as core prices an order line.

        :return: ``price`` and ``discount`` as the line has them, ``base`` before the factors, and
            the ``rule``
        """
        company, currency = order.company_id, order.currency_id
        date = order.date_order or fields.Datetime.now()
        rule, price, discount = self._ask_pricelist(product, order, basis, date, line)
        unit = product.with_company(company)._get_tax_included_unit_price_from_price(
            price,
            product_taxes=product.taxes_id._filter_taxes_by_company(company),
            fiscal_position=order.fiscal_position_id,
        )
        base = 0.0
        if basis.base_currency:  # a rule of another module may price in its own way
            base = basis.base_currency._convert(basis.base, currency, company, date, round=False)
        digits = self.env["decimal.precision"].precision_get
        return {
            "price": float_round(unit, precision_digits=digits("Product Price")),
            "discount": float_round(discount, precision_digits=digits("Discount")),
            "base": base,
            "rule": rule._aftersales_told(),
        }

    @api.model
    def _ask_pricelist(self, product, order, basis, date, line):
        """Return (rule, price before a discount that is shown, that discount in percent)."""
        company = order.company_id
        if line:
            line = line.with_company(company).with_context(**{BASIS: basis})
            return line.pricelist_item_id, line._get_display_price(), 0.0
        product = product.with_company(company).with_context(**{BASIS: basis})
        rule = self.env["product.pricelist.item"].with_company(company)
        if order.pricelist_id:
            rule = rule.browse(order.pricelist_id._get_product_rule(product, 1.0, date=date))
        asked = (product, 1.0, product.uom_id, date, order.currency_id)
        price = rule._compute_price(*asked)
        if not rule._show_discount():
            return rule, price, 0.0
        before = rule._compute_price_before_discount(*asked)
        off = (before - price) / before * 100 if before > 0 else 0.0
        return rule, max(before, price), max(off, 0.0)

    def _with_taxes_in_price(self, net, product, order):
        """Return the sales price at which ``net`` is what stays without the taxes in it."""
        taxes = product.taxes_id._filter_taxes_by_company(order.company_id)
        return self._gross_price(net, taxes)

    @api.model
    def _gross_price(self, net, taxes):
        """Return ``net`` with those of ``taxes`` that are included in prices, unrounded."""
        details = taxes._get_tax_details(
            net, 1.0, rounding_method="round_globally", special_mode="total_excluded"
        )
        return net + sum(
            data["tax_amount"] for data in details["taxes_data"] if data["tax"].price_include
        )

    @api.model
    def _missing_values(self, goods):
        """Return what keeps a share of the goods' value from being known; empty: nothing."""
        if not goods:
            return [{"why": "no_goods"}]
        products = dict.fromkeys(one.product for one in goods if one.value <= 0)
        return [{"why": "no_price", "product": product} for product in products]

    # --- Factors -------------------------------------------------------------------------------

    def _prepare_factors(self, order, goods):
        """Return one dict per factor list in use: ``kind``, ``factor`` and what it rests on."""
        factors = []
        if self.age_factor_ids:
            factors.append(self._prepare_age_factor(goods))
        if self.failure_factor_ids:
            factors.append(self._prepare_failure_factor(goods, order.company_id))
        if self.region_factor_ids:
            factors.append(self._prepare_region_factor(order.partner_shipping_id))
        return factors

    def _prepare_age_factor(self, goods):
        points = self.age_factor_ids._points()
        return self._prepare_mean(
            "age",
            [(g, calc.age_factor(points, g.age_months), {"months": g.age_months}) for g in goods],
        )

    def _prepare_failure_factor(self, goods, company):
        points = self.failure_factor_ids._points()
        products = self.env["product.product"].browse({one.product for one in goods})
        rates = self.env["aftersales.failure"]._rates(products, company)
        rows = []
        for one in goods:
            rate = rates[products.browse(one.product)]
            failures = rate and rate.per_100_years
            factor = calc.factor_at(points, failures) if rate else 1.0
            rows.append((one, factor, {"failures": failures}))
        return self._prepare_mean("failure", rows)

    @api.model
    def _prepare_mean(self, kind, rows):
        """Return the factor of a curve over ``rows`` of (goods, factor, what it rests on)."""
        weighed = [calc.Weighed(factor, one.value, one.quantity) for one, factor, _facts in rows]
        return {
            "kind": kind,
            "factor": calc.mean(weighed),
            "goods": [
                {
                    "product": one.product,
                    "quantity": one.quantity,
                    "value": one.value,
                    "factor": factor,
                    **facts,
                }
                for one, factor, facts in rows
            ],
        }

    def _prepare_region_factor(self, site):
        """Return the factor of the most exact region that holds ``site``; 1 where none does."""
        place = self.region_factor_ids._place_of(site)
        found = [(*row._match(place), row.factor) for row in self.region_factor_ids]
        rank, match, factor = max(found, key=lambda one: one[0])
        return {
            "kind": "region",
            "factor": factor if rank else 1.0,
            "site": site._origin.id,
            "known": bool(place["country"]),
            **match,
        }
