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
