"""What each plan should have cost on the day it was sold, from the script and the tables."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from .goods import Registered
from .script import Sale
from .tables import Tables, cents, exact

HOME, ABROAD, HERE = "USD", "CHF", ""  # here: the money of the company that sells
REPORTED_LATE = 3  # days; what broke later than so many days before was not reported yet


def on_curve(points, where: Fraction) -> Fraction:
    """Return the factor at ``where``: straight between the points, level outside."""
    points = sorted((exact(at), exact(factor)) for at, factor in points)
    if not points:
        return Fraction(1)
    for (left, low), (right, high) in zip(points, points[1:], strict=False):
        if left <= where <= right:
            return low + (where - left) * (high - low) / (right - left)
    return points[0][1] if where < points[0][0] else points[-1][1]


def full_months(since: date, day: date) -> int:
    """Return the whole months from one day to another."""
    months = (day.year - since.year) * 12 + day.month - since.month
    return months - (day.day < since.day)


class Prices:
    """The prices of plans, by the rules of the script."""

    def __init__(self, tables: Tables, companies: list[int], products: dict[str, int]):
        self.companies, self.products = companies, products
        self.registered = [Registered(tables, company) for company in companies]
        self.rates = tables.rows(
            "SELECT r.company_id, r.name AS day, r.rate, c.name AS currency "
            "FROM res_currency_rate r JOIN res_currency c ON c.id = r.currency_id "
            "WHERE r.company_id = ANY(%(companies)s) ORDER BY r.name",
            companies=companies,
        )

    def rate(self, sale: Sale, currency: str, day: date | None = None) -> Fraction:
        """Return how much of a currency one unit of the company's money is, else as it was sold."""
        company = self.companies[sale.company]
        past = [
            row
            for row in self.rates
            if row.company_id == company
            and row.currency == currency
            and row.day <= (day or sale.sold)
        ]
        if not past:
            return Fraction(1)  # its own
        return exact(past[-1].rate).limit_denominator(10**6)  # 10/11 again, not 0.909…

    def by_pricelist(self, sale: Sale, amount: Fraction, day: date | None = None) -> Fraction:
        """Return what the pricelist makes of an amount in the company's money; abroad tenths."""
        if not sale.foreign:
            return amount
        tenths = amount * self.rate(sale, ABROAD, day) * Fraction(97, 100) * 10
        whole = Decimal(tenths.numerator) / Decimal(tenths.denominator)
        return Fraction(whole.quantize(Decimal(1), rounding=ROUND_HALF_UP)) / 10

    def goods(self, sale: Sale):
        """Return (goods, quantity, age in years, value in the money of the order).

        Goods are priced in the money of the first company. A line of the order is rounded as a
        whole, its unit price never; what was bought earlier stands on no line.
        """
        home = self.rate(sale, HOME)
        later = sale.sold != sale.day
        months = full_months(sale.delivered, sale.sold) if later else 0
        rounded = Fraction if later else cents
        return [
            (one, quantity, Fraction(months, 12),
             rounded(self.by_pricelist(sale, exact(one.price) / home) * quantity))
            for one, quantity in sale.goods
        ]  # fmt: skip

    def factor(self, sale: Sale) -> Fraction:
        """Return all factors of the plan together."""
        goods = [(one, age, Fraction(value)) for one, _n, age, value in self.goods(sale)]
        total = sum(value for _one, _age, value in goods)

        def mean(of):
            return sum(value * of(one, age) for one, age, value in goods) / total

        factor = Fraction(1)
        if sale.plan.age:
            factor *= mean(lambda one, age: on_curve(sale.plan.age, age))
        if sale.plan.failure:
            known = self._known(sale)
            factor *= mean(lambda one, age: self._failure_factor(sale, one, known))
        places = dict(sale.plan.region)
        country, state = sale.place
        return factor * exact(places.get(f"{country}/{state}", places.get(country, 1)))

    def _known(self, sale: Sale):
        """Return what was known when the plan was sold."""
        registered = self.registered[sale.company]
        failures = registered.failures
        late = sale.sold - timedelta(days=REPORTED_LATE)
        registered.failures = [row for row in failures if row.day <= late]
        known = registered.known(sale.sold)
        registered.failures = failures
        return known

    def _failure_factor(self, sale: Sale, one, known) -> Fraction:
        found = known.get(self.products[one.code])
        if not found or found.rate is None:
            return Fraction(1)
        return on_curve(sale.plan.failure, found.rate * 1200)

    def expected(self, sale: Sale) -> Decimal:
        """Return the price of the plan before the discount of the line."""
        base = exact(sale.plan.price)
        if sale.plan.percent:
            value = sum(Fraction(value) for *_goods, value in self.goods(sale))
            base = value * exact(sale.plan.percent) / 100
            base /= self.rate(sale, ABROAD if sale.foreign else HERE)
        return cents(self.by_pricelist(sale, base * self.factor(sale)))
