"""Three years of a made-up company: our figures are those of the oracles, to the cent and unit.

``COMPANY_CONTRACTS=5000`` makes the company as large; the usual run has few contracts.
"""

import logging
import os
from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal

from odoo.tests import TransactionCase, freeze_time, tagged

from .chance import is_between, mean_of
from .cost import Costs
from .goods import Registered
from .money import Money
from .parts import Outlook
from .price import Prices
from .script import GOODS, LAST, PLANS, make_up
from .service_figures import ServiceFigures
from .tables import Tables, cents
from .world import World

CONTRACTS = int(os.environ.get("COMPANY_CONTRACTS", "24"))
SHOWN = int(os.environ.get("COMPANY_SHOWN", "40"))  # differences
TODAY = LAST + timedelta(days=1)
CENT = Decimal("0.01")
FORECAST_MONTHS = 6  # as a new company forecasts
MANY = 500  # contracts from which on chance alone does not decide which forecast is better

_logger = logging.getLogger(__name__)


@tagged("post_install", "-at_install", "company")
class TestCompany(ServiceFigures, TransactionCase):
    """The company is made once; every test looks at one kind of figure."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.world = World(cls.env, make_up(CONTRACTS)).live()
        cls.companies = cls.world.companies.sudo()
        cls.tables = Tables(cls.env.cr)
        cls.money = Money(cls.tables, cls.companies.ids)

    def setUp(self):
        super().setUp()
        self.enterContext(freeze_time(f"{TODAY} 10:00:00"))

    def assertSame(self, ours, expected, what):
        """Compare two dicts key by key; what is missing is 0. Every difference is printed."""
        lines = [
            f"{key}: {ours.get(key, 0)}, expected {expected.get(key, 0)}"
            for key in sorted(ours.keys() | expected.keys(), key=str)
            if (ours.get(key) or 0) != (expected.get(key) or 0)
        ]
        shown = "\n".join(lines[:SHOWN])
        self.assertFalse(lines, f"{what}: {len(lines)} of {len(expected)} differ\n{shown}")
        self.assertTrue(expected, f"{what}: nothing to compare")

    def money_of(self, amount):
        """Return an amount of ours in cents."""
        return Decimal(str(amount or 0)).quantize(CENT)

    def test_everything_happened(self):
        """The script is not empty: each kind of event is there."""
        count = self.env["aftersales.contract"].search_count
        self.assertGreaterEqual(count([("company_id", "in", self.companies.ids)]), CONTRACTS * 0.9)

    # --- Revenue -------------------------------------------------------------------------------

    def test_recognised_revenue_of_each_contract_at_each_month_end(self):
        expected = self.money.recognised()
        sums, ours = defaultdict(Decimal), {}
        rows = defaultdict(list)
        for row in self.tables.rows("SELECT contract_id, date, amount FROM aftersales_revenue"):
            rows[row.contract_id, row.date].append(row.amount)
        for contract, day in sorted(expected):
            sums[contract] += sum(map(self.money_of, rows.pop((contract, day), [])))
            ours[contract, day] = sums[contract]
        self.assertSame(ours, expected, "Revenue recognised by a month end")
        self.assertFalse(rows, "Rows on other days or of other contracts")

    def test_balance_of_the_deferred_account_at_each_month_end(self):
        expected, ours = dict(self.money.balances()), {}
        for company, day in expected:
            (found,) = self.tables.rows(
                "SELECT -SUM(l.balance) AS left FROM account_move_line l "
                "JOIN res_company c ON c.aftersales_deferred_revenue_account_id = l.account_id "
                "WHERE l.parent_state = 'posted' AND c.id = %(company)s AND l.company_id = c.id "
                "AND l.date <= %(day)s",
                company=company,
                day=day,
            )
            ours[company, day] = self.money_of(found.left)
        self.assertSame(ours, expected, "Balance of deferred revenue")

    # --- Profit --------------------------------------------------------------------------------

    def test_profit_of_each_contract_by_kind(self):
        expected = defaultdict(Decimal)
        for entry in self.money.entries():
            expected[entry.contract, entry.kind] += entry.amount
        ours = {}
        contracts = self.env["aftersales.contract"].search(
            [("company_id", "in", self.companies.ids)]
        )
        for contract, profit in contracts._profit().items():
            ours[contract.id, "revenue"] = self.money_of(profit.revenue)
            for kind, amount in profit.costs.items():
                ours[contract.id, kind] = self.money_of(amount)
        self.assertSame(ours, expected, "Profit of a contract")

    def test_profit_by_plan_and_year(self):
        plans = {contract.id: contract.plan_id for contract in self.money.contracts}
        expected, ours = defaultdict(Decimal), {}
        for entry in self.money.entries():
            kind = "revenue" if entry.kind == "revenue" else "cost"
            expected[plans[entry.contract], entry.day.year, kind] += entry.amount
        for plan, year, revenue, cost in self.env["aftersales.profit"]._read_group(
            [("company_id", "in", self.companies.ids)],
            ["plan_id", "date:year"],
            ["revenue:sum", "cost:sum"],
        ):
            ours[plan.id, year.year, "revenue"] = self.money_of(revenue)
            ours[plan.id, year.year, "cost"] = self.money_of(cost)
        self.assertSame(ours, expected, "Profit by plan and year")

    # --- Failures ------------------------------------------------------------------------------

    def test_failures_unit_months_and_rates_of_each_product(self):
        days = (TODAY, date(2025, 2, 28), date(2024, 1, 1))
        expected, ours = {}, {}
        products = self.env["product.product"].union(*self.world.products.values())
        for company in self.companies:
            registered = Registered(self.tables, company.id)
            for day in days:
                rates = self.env["aftersales.failure"]._rates(products, company, day)
                counted = self.env["aftersales.failure"]._counted(products, company, day)
                known = registered.known(day)
                for product in products:
                    key = (company.id, product.name, str(day))
                    one, found = known.get(product.id), rates[product]
                    if one:
                        bounds = self.bounds(one)
                        expected[key] = tuple(map(self.exactly, (*one, one.rate, *bounds)))
                    number = counted[product]
                    ours[key] = (
                        self.exactly(number.failures),
                        self.exactly(float(number.unit_months) * 30.4375),
                        self.exactly(found and found.per_month),
                        self.exactly(found and found.low),
                        self.exactly(found and found.high),
                    )
        ours = {key: value for key, value in ours.items() if any(value)}
        expected = {key: value for key, value in expected.items() if any(value)}
        self.assertSame(ours, expected, "Failures, unit-days and rate")

    def test_rates_of_each_product_and_year_of_age(self):
        expected, ours = {}, {}
        products = self.env["product.product"].union(*self.world.products.values())
        for company in self.companies:
            known = Registered(self.tables, company.id).known_by_age(TODAY)
            found = self.env["aftersales.failure"]._rates_by_age(products, company, TODAY)
            for product, ages in found.items():
                for age, rate in ages.items():
                    key = (company.id, product.name, age)
                    ours[key] = rate and (
                        self.exactly(rate.failures), self.exactly(rate.unit_months),
                        self.exactly(rate.per_month),
                    )  # fmt: skip
            names = {product.id: product.name for product in products}
            for (product, age), one in known.items():
                expected[company.id, names[product], age] = one.rate and tuple(
                    map(self.exactly, (one.failures, one.unit_months, one.rate))
                )
        self.assertSame(ours, expected, "Rate by age")

    def bounds(self, known):
        """Return between which rates the true one lies in 9 of 10 cases."""
        if known.rate is None:
            return None, None
        return tuple(mean / float(known.unit_months) for mean in mean_of(int(known.failures)))

    def exactly(self, number):
        """Return a number without what floats leave behind its ninth digit."""
        return None if number is None else round(float(number), 9)

    # --- Parts ---------------------------------------------------------------------------------

    def test_forecast_of_each_part_and_month(self):
        expected, ours, means, totals = {}, {}, {}, defaultdict(float)
        for company in self.companies:
            outlook = Outlook(self.tables, company.id, TODAY)
            self.env["aftersales.parts.forecast"]._forecast_all(company)
            for (product, month), amount in outlook.expected(FORECAST_MONTHS).items():
                expected[company.id, product, month] = cents(amount)
                means[company.id, product, month] = float(amount)
                totals[company.id, product] += float(amount)
        for row in self.forecast():
            key = (row.company_id, row.product_id, row.month)
            ours[key] = self.money_of(row.expected)
            self.assertTrue(is_between((row.low, row.high), means.get(key, 0.0)), row)
        self.assertSame(ours, expected, "Expected parts")
        for row in self.tables.rows(
            "SELECT company_id, product_id, low, high FROM aftersales_parts_outlook "
            "WHERE company_id = ANY(%(companies)s)",
            companies=self.companies.ids,
        ):
            mean = totals[row.company_id, row.product_id]
            self.assertTrue(is_between((row.low, row.high), mean), (row, mean))

    def test_the_forecast_errs_less_than_the_average_of_the_past_year(self):
        """Known are the rates by which the script let goods break."""
        names = {p.id: p.name for p in self.world.products.values()}
        ours, naive, count = 0.0, 0.0, 0
        for company in self.companies:
            outlook = Outlook(self.tables, company.id, TODAY)
            self.env["aftersales.parts.forecast"]._forecast_all(company)
            truth = outlook.true_failures(names, FORECAST_MONTHS)
            found = {(row.product_id, row.month): row.failures for row in self.forecast(company)}
            past = Registered(self.tables, company.id).failures
            since = TODAY.replace(year=TODAY.year - 1)
            for (product, month), failures in truth.items():
                if (product, month) not in found:
                    continue  # not enough data: nothing is claimed
                last = sum(
                    float(row.quantity)
                    for row in past
                    if row.product_id == product and since <= row.day < TODAY
                )
                ours += abs(found[product, month] - failures)
                naive += abs(last / 12 - failures)
                count += 1
        _logger.info(
            "Mean absolute error over %s products and months: forecast %.3f, average %.3f",
            count, ours / count, naive / count,
        )  # fmt: skip
        if CONTRACTS >= MANY:
            self.assertLess(ours, naive)

    def forecast(self, companies=None):
        """Return the rows of the forecast, with the failures behind them."""
        self.env.flush_all()
        rows = self.tables.rows(
            "SELECT company_id, product_id, month, expected, low, high, facts "
            "FROM aftersales_parts_forecast WHERE company_id = ANY(%(companies)s)",
            companies=(companies or self.companies).ids,
        )
        for row in rows:
            own = [one for one in row.facts["sources"] if one["product_id"] == row.product_id]
            row["failures"] = sum(one["failures"] or 0.0 for one in own)
        return rows

    # --- Prices --------------------------------------------------------------------------------

    def test_price_of_each_plan_by_its_rules(self):
        """What was sold with its goods, or for goods nothing had happened to yet."""
        products = {code: product.id for code, product in self.world.products.items()}
        prices = Prices(self.tables, self.companies.ids, products)
        expected, ours = {}, {}
        for sale in self.world.sales:
            order = self.world.orders.get(sale.number)
            touched = sale.sold != sale.day and (
                any(claim.day <= sale.sold for claim in sale.claims)
                or (sale.returned and sale.returned <= sale.sold)
            )
            # What is given back of a plan that was not invoiced yet is taken off its price.
            stopped = min(filter(None, (sale.ended, sale.returned)), default=None)
            settled = stopped and (not sale.invoiced or stopped <= sale.invoiced)
            if order and not touched and not settled:
                expected[sale.name] = prices.expected(sale)
                (line,) = self.tables.rows(
                    "SELECT price_unit FROM sale_order_line l JOIN product_product p "
                    "ON p.id = l.product_id JOIN product_template t ON t.id = p.product_tmpl_id "
                    "WHERE t.aftersales_plan_id IS NOT NULL AND l.order_id = %(order)s",
                    order=order.id,
                )
                ours[sale.name] = self.money_of(line.price_unit)
        self.assertSame(ours, expected, "Price of a plan")

    def test_expected_cost_of_each_plan_over_goods_of_several_ages(self):
        products = {code: product.id for code, product in self.world.products.items()}
        expected, ours = {}, {}
        for number, company in enumerate(self.companies):
            costs = Costs(self.tables, number, company.id, TODAY, products)
            for plan in PLANS:
                record = self.world.sold[number][plan.code].aftersales_plan_id.sudo()
                for one in GOODS:
                    for goods in ([(one, 2, 0)], [(one, 1, 20), (GOODS[0], 3, 7)]):
                        key = (company.id, plan.code, one.code, len(goods))
                        amount = costs.expected(plan, goods)
                        found = record._expected_cost(self.asked(goods), company, TODAY)
                        expected[key] = "not known" if amount is None else round(amount, 6)
                        ours[key] = "not known" if found.missing else round(found.total, 6)
        self.assertSame(ours, expected, "Expected cost of a term")
