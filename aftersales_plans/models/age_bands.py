# SPDX-License-Identifier: LGPL-3.0-or-later
"""The ages goods are told apart by, on forms and in queries."""

from odoo.tools import SQL

from ..calc.age import BANDS

AGE_BANDS = [
    ("months_3", "Under 3 months"),
    ("year_1", "3 to 12 months"),
    ("year_2", "2nd year"),
    ("year_3", "3rd year"),
    ("year_5", "4th and 5th year"),
    ("older", "Older"),
]


def select_age_band(is_younger):
    """Return the SQL of an age band, as :func:`~..calc.age.age_band` names it.

    :param is_younger: function that returns the SQL whether goods are below a number of months
    """
    *bands, last = BANDS.items()
    cases = (SQL("WHEN %s THEN %s", is_younger(end), name) for name, end in bands)
    return SQL("CASE %s ELSE %s END", SQL(" ").join(cases), last[0])
