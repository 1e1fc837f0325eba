# SPDX-License-Identifier: LGPL-3.0-or-later
"""How often goods fail, and how surely that is known (requirements 16, 30).

Goods in use gather *unit-months*: one unit for one month. Failures ÷ unit-months is the rate. Few
failures say little, so a rate comes with the interval in which the true one lies.
"""

from typing import NamedTuple

from .gamma import gamma_quantile

DAYS_PER_MONTH = 30.4375  # a twelfth of 365.25
#: Below these a rate would be an accident of few events, and none is told.
LEAST_FAILURES = 3
LEAST_UNIT_MONTHS = 12
#: 5 % of the normal distribution lie above; the interval leaves 5 % out on each side.
_Z95 = 1.6448536269514722
#: Where the rate of some goods is from.
BY_AGE, BY_OLD, BY_PRODUCT, BY_CATEGORY = "age", "old", "product", "category"


class Rate(NamedTuple):
    """Measured failures of goods in use."""

    failures: float  #: units that failed
    unit_months: float  #: units × months they were in use
    per_month: float  #: failures of one unit in one month
    low: float  #: the true rate per month is below this in 1 of 20 cases
    high: float  #: the true rate per month is above this in 1 of 20 cases

    @property
    def per_100_years(self) -> float:
        """Failures of 100 units in a year, as product teams say it."""
        return self.per_month * 1200


class Ages(NamedTuple):
    """What is known of one product by its year of age, 0 for the first."""

    of_year: dict[int, Rate]  #: years with enough data of their own
    old_from: int | None  #: years that are not, from this one on, have the next rate
    old: Rate | None  #: of the last years together, as few of them as tell a rate


def by_year(counted: dict[int, tuple[float, float]]) -> Ages:
    """Return the rates of ``counted``, {year of age: (failures, unit-months)}.

    Goods that wear out fail ever more often, so whatever is older than anything measured fails as
    the oldest measured did, not as all ages did. The last years are added up until they tell a
    rate: few failures in much time count, too. Where that takes all years, they say no more than
    the rate of the product.

    >>> ages = by_year({0: (3, 300), 1: (2, 300), 2: (6, 100), 3: (1, 20)})
    >>> sorted(ages.of_year), ages.old_from, ages.old.failures
    ([0, 2], 2, 7.0)
    >>> by_year({0: (30, 300), 1: (0, 300)}).old is None
    True
    """
    of_year = {year: rate for year, one in counted.items() if (rate := measured(*one))}
    failures = unit_months = 0.0
    for year in sorted(counted, reverse=True):
        failures, unit_months = failures + counted[year][0], unit_months + counted[year][1]
        old = measured(failures, unit_months)
        if old and year > 0:
            return Ages(of_year, year, old)
    return Ages(of_year, None, None)


def rate_at(age: int | None, ages: Ages, product: Rate | None, category: Rate | None = None):
    """Return (rate, where it is from): of that age, of old goods, the product, its category.

    :param age: year of age; None: not known
    :return: (None, None) where there is not enough data

    >>> old, all_ages = Rate(6, 100, 0.06, 0.03, 0.1), Rate(9, 900, 0.01, 0.005, 0.02)
    >>> rate_at(4, Ages({4: old}, 4, old), all_ages) == (old, "age")
    True
    >>> rate_at(9, Ages({4: old}, 4, old), all_ages) == (old, "old")
    True
    >>> rate_at(4, Ages({}, 4, old), all_ages) == (old, "old")
    True
    >>> rate_at(3, Ages({4: old}, 4, old), all_ages) == (all_ages, "product")
    True
    >>> rate_at(None, Ages({}, None, None), None)
    (None, None)
    """
    is_old = age is not None and ages.old_from is not None and age >= ages.old_from
    choices = (
        (ages.of_year.get(age), BY_AGE),
        (ages.old if is_old else None, BY_OLD),
        (product, BY_PRODUCT),
        (category, BY_CATEGORY),
    )
    return next(((rate, origin) for rate, origin in choices if rate), (None, None))


def measured(failures: float, unit_months: float) -> Rate | None:
    """Return the rate; None where there is not enough data to tell one.

    >>> measured(2, 500) is None
    True
    >>> rate = measured(6, 1200)
    >>> [round(value * 1200, 2) for value in (rate.low, rate.per_month, rate.high)]
    [2.61, 6.0, 11.84]
    """
    if failures < LEAST_FAILURES or unit_months < LEAST_UNIT_MONTHS:
        return None
    low, high = poisson_interval(failures)
    return Rate(
        failures, unit_months, failures / unit_months, low / unit_months, high / unit_months
    )


def poisson_interval(failures: float) -> tuple[float, float]:
    """Return the exact 90 % interval of the mean of a Poisson count (Garwood 1936).

    >>> [round(bound, 3) for bound in poisson_interval(0)]
    [0.0, 2.996]
    >>> [round(bound, 3) for bound in poisson_interval(10)]
    [5.425, 16.962]
    """
    low = gamma_quantile(failures, -_Z95, 0.05) if failures > 0 else 0.0
    return low, gamma_quantile(failures + 1, _Z95, 0.95)
