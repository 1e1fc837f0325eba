"""Figures of service: charges, promises, suggested prices, demand, and what stands at a renewal."""

import re
from datetime import timedelta
from decimal import Decimal

from odoo.addons.aftersales_plans.calc.goods import Goods

from .charge import Charges
from .cost import Costs
from .demand import Demand
from .parts import Outlook
from .price import HOME, Prices
from .script import GOODS, LAST, PLANS, REDUCTIONS
from .suggestion import Suggestions
from .tables import exact

TODAY = LAST + timedelta(days=1)
RENEWED = 8  # contracts that are offered again


class ServiceFigures:
    """Tests that the company of :class:`.test_company.TestCompany` is looked at with."""

    def products(self):
        return {code: product.id for code, product in self.world.products.items()}

    def prices(self):
        return Prices(self.tables, self.companies.ids, self.products())

    # --- What customers pay --------------------------------------------------------------------

    def test_charges_of_each_visit_and_claim(self):
        """By time and materials, at a fixed price, with full service; agreed and list prices."""
        charges = Charges(self.tables, self.prices(), self.world.sales)
        visits, claims, found = charges.of_visits(), charges.of_claims(), charges.found()
        self.assertTrue(visits and claims)
        self.assertSame(found, visits | claims, "Charges of a visit or claim")
        paid = {
            visit.name: sum((charge.amount for charge in visits[visit.name]), Decimal(0))
            for visit in charges.visits()
            if visit.id % 4 == 0 and visit.name in visits
        }
        self.assertSame(charges.invoiced(), paid, "Invoiced for a visit")

    def test_contracts_give_only_what_their_kind_and_terms_include(self):
        sales = {sale.name: sale.promised for sale in self.world.sales}
        for row in self.tables.rows(
            "SELECT customer.name AS customer, cause.code FROM aftersales_claim_line line "
            "JOIN aftersales_claim claim ON claim.id = line.claim_id "
            "JOIN aftersales_cause cause ON cause.id = line.cause_id "
            "JOIN res_partner customer ON customer.id = claim.partner_id "
            "WHERE line.billing_type = 'contract' AND claim.company_id = ANY(%(companies)s)",
            companies=self.companies.ids,
        ):
            self.assertEqual(sales[row.customer].kind, "full_service")
            self.assertNotIn(row.code, sales[row.customer].excluded)

    # --- What is promised ----------------------------------------------------------------------

    def test_terms_of_each_contract_without_what_was_taken_off(self):
        expected, ours = {}, {}
        for sale in self.world.sales:
            plan, order = sale.promised, self.world.orders.get(sale.number)
            for row in self.tables.rows(
                """
                SELECT c.*, ARRAY(SELECT cause.code FROM aftersales_cause cause
                                    JOIN aftersales_cause_aftersales_contract_rel r
                                      ON r.aftersales_cause_id = cause.id
                                   WHERE r.aftersales_contract_id = c.id) AS excluded
                  FROM aftersales_contract c
                  JOIN sale_order_line l ON l.id = c.sale_line_id
                 WHERE l.order_id = %(order)s
                """,
                order=order.id if order else 0,
            ):
                quota = None if row.replacements_unlimited else row.replacements_included
                ours[sale.name] = (
                    row.contract_kind, quota, row.visit_interval_months or 0,
                    row.response_hours or 0, row.labour_included, tuple(row.excluded),
                )  # fmt: skip
                expected[sale.name] = (
                    plan.kind, None if plan.unlimited else plan.included, plan.visit_months,
                    plan.response, plan.labour, plan.excluded,
                )  # fmt: skip
        self.assertSame(ours, expected, "Terms of a contract")

    def test_discounts_above_what_is_allowed_were_approved(self):
        """The limit of the plan, and what was taken off it; a cent of rounding is no discount."""
        expected, ours = {}, {}
        for sale in self.world.sales:
            order = self.world.orders.get(sale.number)
            if not order:
                continue
            allowed = sale.plan.discount + sum(one.worth for one in sale.reductions)
            (line,) = self.tables.rows(
                "SELECT l.price_unit, l.discount, o.aftersales_approval_state AS state "
                "FROM sale_order_line l JOIN sale_order o ON o.id = l.order_id "
                "JOIN product_product p ON p.id = l.product_id "
                "JOIN product_template t ON t.id = p.product_tmpl_id "
                "WHERE t.aftersales_plan_id IS NOT NULL AND l.order_id = %(order)s",
                order=order.id,
            )
            self.assertEqual(line.discount, sale.discount)
            too_deep = exact(sale.discount) > exact(allowed)
            expected[sale.name] = "approved" if too_deep else None
            ours[sale.name] = line.state
        self.assertSame(ours, expected, "Approval of a discount")
        self.assertIn("approved", expected.values())

    def test_expected_cost_of_plans_with_something_taken_off(self):
        expected, ours = {}, {}
        for number, company in enumerate(self.companies):
            costs = Costs(self.tables, number, company.id, TODAY, self.products())
            for plan in PLANS:
                record = self.world.sold[number][plan.code].aftersales_plan_id.sudo()
                for one in REDUCTIONS:
                    key = (company.id, plan.code, one.kind)
                    reduction = self.world.reductions[number][one].sudo()
                    fits = not record._reduction_error(reduction)
                    expected[key], ours[key] = one.off(plan) != plan, fits
                    if fits and expected[key]:
                        goods = [(GOODS[0], 3, 30)]
                        amount = costs.expected(one.off(plan), goods)
                        found = record._reduced_by(reduction)._expected_cost(
                            self.asked(goods), company, TODAY
                        )
                        expected[key] = amount is None or round(amount, 6)
                        ours[key] = bool(found.missing) or round(found.total, 6)
        self.assertSame(ours, expected, "Expected cost of a reduced plan")

    # --- What it should cost -------------------------------------------------------------------

    def test_suggested_price_of_each_plan_and_its_reason(self):
        """As things are; then with a cost for everything, and what never failed thrown away."""
        self.compare_suggestions()
        filters = self.world.products["FILTER"]
        unknown = self.env["aftersales.asset"]
        for number, company in enumerate(self.companies):
            filters.with_company(company).standard_price = 20.0
            costs = self.costs(number, company)
            lacking = [self.world.products[one.code].id for one in costs.lacking(GOODS)]
            unknown |= unknown.search(
                [("company_id", "=", company.id), ("product_id", "in", lacking),
                 ("status", "=", "in_use")]
            )  # fmt: skip
        unknown.sudo().write({"status": "scrapped", "date_out": TODAY})
        self.assertTrue(self.compare_suggestions(), "No price is suggested")

    def costs(self, number, company):
        costs = Costs(self.tables, number, company.id, TODAY, self.products())
        for one in GOODS:
            product = self.world.products[one.code].with_company(company)
            if not one.cost and product.standard_price:
                costs.costs[one.code] = product.standard_price
        return costs

    def compare_suggestions(self):
        """Compare all plans; return how many had a suggestion."""
        self.env.flush_all()
        self.env.invalidate_all()
        expected, ours, prices = {}, {}, self.prices()
        for number, company in enumerate(self.companies):
            (sale, *_others) = [one for one in self.world.sales if one.company == number]
            home = float(prices.rate(sale, HOME, TODAY))
            costs = self.costs(number, company)
            suggestions = Suggestions(self.tables, costs, company.id, TODAY, home)
            for plan in PLANS:
                record = self.world.sold[number][plan.code].aftersales_plan_id.sudo()
                key, wanted = (company.id, plan.code), suggestions.of(plan)
                ours[key] = self.told(record)
                if wanted:
                    shown = (wanted.parts + wanted.visits, wanted.parts, wanted.visits)
                    expected[key] = (
                        round(wanted.price, 2),
                        round(wanted.percent, 2),
                        round(round(wanted.price, 2) - round(wanted.current, 2), 2),
                        [*(round(one, 2) for one in shown), wanted.contracts, 30.0],
                    )
                else:
                    expected[key] = (0.0, 0.0, 0.0, "not enough data")
                    for code in list(suggestions.lacking(plan))[:1]:
                        self.assertIn("Company", record.suggested_price_reason, code)
        self.assertSame(ours, expected, "Suggested price")
        return sum(bool(one[0]) for one in expected.values())

    def told(self, plan):
        """Return the figures of a suggestion and of its reason."""
        reason = plan.suggested_price_reason
        numbers = [float(n.replace(",", "")) for n in re.findall(r"\d[\d,]*(?:\.\d+)?", reason)]
        return (
            round(plan.suggested_price, 2),
            round(plan.suggested_percent, 2),
            round(plan.price_difference, 2),
            "not enough data" if "not enough data" in reason else numbers,
        )

    # --- What is to come -----------------------------------------------------------------------

    def test_demand_for_service_by_place_age_and_month(self):
        expected = {}
        for company in self.companies:
            self.env["aftersales.parts.forecast"]._forecast_all(company)
            months = company.aftersales_forecast_months
            expected |= Demand(Outlook(self.tables, company.id, TODAY), months).expected()
        self.env.flush_all()
        rows = (
            self.env["aftersales.service.demand"]
            .sudo()
            .search_fetch([("company_id", "in", self.companies.ids)])
        )
        ours = {}
        for row in rows:
            place = (row.country_id.id or None, row.state_id.id or None)
            key = (row.company_id.id, row.product_id.id or None, *place)
            figures = (row.units, row.failures, row.unknown, row.visits)
            key = (*key, row.age_band or None, row.month)
            self.assertNotIn(key, ours)
            ours[key] = tuple(round(float(one or 0.0), 6) for one in figures)
        self.assertSame(ours, expected, "Demand for service")

    # --- Margins -------------------------------------------------------------------------------

    def test_contracts_below_cost_are_flagged_and_found(self):
        margins = self.money.margins()
        below = {id_ for id_, one in margins.items() if one.revenue is not None and one.left < 0}
        contracts = (
            self.env["aftersales.contract"].sudo().browse([one.id for one in self.money.contracts])
        )
        self.assertEqual(set(contracts.filtered("is_below_cost").ids), below)
        found = contracts.search([("is_below_cost", "=", True), ("id", "in", contracts.ids)])
        self.assertEqual(set(found.ids), below)
        self.assertTrue(below)

    def test_margin_of_the_old_term_stands_on_its_renewal(self):
        margins = self.money.margins()
        running = [one.id for one in self.money.contracts if one.state == "active"]
        contracts = self.env["aftersales.contract"].browse(running)
        expected, ours = {}, {}
        for contract in contracts.with_user(self.world.user)[:RENEWED]:
            contract.action_renew()
            facts = contract.renewal_order_id.aftersales_renewal_facts
            ours[contract.id] = re.search(r"<td[^>]*>Margin</td><td>([^<]*)</td>", facts)[1]
            revenue, left, lacks = margins[contract.id]
            told = contract.currency_id.format(float(left))
            percent = f" ({float(100 * left / revenue):.1f} %)" if revenue else ""
            expected[contract.id] = "not enough data" if lacks else told + percent
            if lacks:
                ours[contract.id] = ours[contract.id][: len("not enough data")]
        self.assertSame(ours, expected, "Margin on a renewal quotation")

    def asked(self, goods):
        """Return goods of the script as plans are asked about them."""
        ids = self.products()
        return [Goods(ids[one.code], units, age, 0.0) for one, units, age in goods]
