"""A year of made-up customers, lived in a real Odoo and compared with the oracle, row by row.

``YEAR_CUSTOMERS=1000`` lives it with 1,000 customers, on every single day; the few customers of a
usual run meet the crons only around the days on which something must happen, and every 28 days.
"""

import os
from collections import Counter
from dataclasses import replace
from datetime import timedelta

from odoo import api
from odoo.tests import TransactionCase, tagged
from odoo.tools.safe_eval import safe_eval

from odoo.addons.mail.tests.common import MockEmail

from .oracle import reckon
from .people import DAYS, FIRST, make_up
from .world import SIBLINGS, World

FEW = 8  # one of each plan
CUSTOMERS = int(os.environ.get("YEAR_CUSTOMERS", FEW))
SHOWN = int(os.environ.get("YEAR_SHOWN", "40"))  # differences
YEAR = [FIRST + timedelta(days=number) for number in range(DAYS)]


def eventful(rows):
    """Return the days of ``rows`` and the days before them, and one day in four weeks."""
    days = {row.day for row in rows}
    monthly = {FIRST + timedelta(days=number) for number in range(0, DAYS, 28)}
    return days | {day - timedelta(days=1) for day in days} | monthly


def difference(expected, happened):
    """Return what did not happen and what should not have, in order, as text."""
    missing, surplus = _without(expected, happened), _without(happened, expected)
    lines = sorted(
        [(row, f"- {row}") for row in missing] + [(row, f"+ {row}") for row in surplus],
        key=lambda line: (line[0].customer, line[0].day, line[1]),
    )
    if not lines:
        return ""
    kinds = Counter(f"{text[0]} {row.what}" for row, text in lines)
    return "\n".join([text for _row, text in lines[:SHOWN]] + ["In all:", *map(str, kinds.items())])


def _without(rows, others):
    others = list(others)
    left = []
    for row in rows:
        if row in others:
            others.remove(row)
        else:
            left.append(row)
    return left


class YearCase(MockEmail, TransactionCase):
    """The crons run in a transaction that is undone; mails leave for nowhere.

    For many customers they run as Odoo runs them; for few without Odoo's own book-keeping of its
    jobs, which takes longer than the jobs when there is nothing to do.
    """

    def setUp(self):
        super().setUp()
        self.enterContext(self.mock_mail_gateway())
        self.jobs = {}  # {cron: what it runs}

    def trigger(self, crons):
        self._init_mail_mock()  # forget what left
        for cron in crons - crons.browse(self.jobs):
            self.jobs[cron.id] = (cron.model_id.model, cron.code, cron.user_id.id)
        with self.enter_registry_test_mode():
            for cron in crons:
                if CUSTOMERS > FEW:
                    cron.method_direct_trigger()
                else:
                    self._run(*self.jobs[cron.id])

    def _run(self, model, code, user_id):
        """Run the code of a cron in an environment of its own."""
        with self.registry.cursor() as cr:
            env = api.Environment(cr, user_id, {})
            safe_eval(code.strip(), {"model": env[model]}, mode="exec")

    def world(self, people):
        addons = SIBLINGS if len(people) > FEW else SIBLINGS[:1]
        return World(self.env, people, self.trigger, addons).build()


@tagged("post_install", "-at_install", "year")
class TestYear(YearCase):
    def test_every_matter_happens_on_its_day_and_nothing_else_does(self):
        people = make_up(CUSTOMERS)
        expected = reckon(people)
        wanted = eventful(expected)
        happened = self.world(people).live(YEAR, runs=lambda day: CUSTOMERS > FEW or day in wanted)
        found = difference(expected, happened)
        self.assertFalse(found, f"\n{found}")


ONCE = (
    "important date",
    "cover not used",
    "lapsed, ask why",
    "cannot offer",
    "renewal mail",
    "mail leaves",
)


def end(rows):
    """Return what a year left behind: each matter, price and next contract, without its days."""
    left = {}
    for row in rows:
        if row.what in ("quotation", "discount ends"):
            left[row.customer, "price", row.detail[0]] = row.detail[1]
        elif row.what == "goes on by itself":
            left[row.customer, "renewed", row.detail[0]] = row.detail[1:]
        elif row.what == "courtesy call":
            for order in row.detail[1]:
                left[row.customer, "called", order] = True
        elif row.what == "courtesy joined":
            for order in row.detail[0]:
                left[row.customer, "called", order] = True
        elif row.what in ONCE:
            left[row.customer, row.what, row.detail[0]] = True
        elif row.what == "stage":
            # By a renewal that comes late somebody may return who was never lost on time.
            left[row.customer, "stage"] = row.detail[0].replace("returned", "active")
        elif row.what == "stay in touch":
            key = (row.customer, row.what)
            left[key] = left.get(key, 0) + 1
    return left


@tagged("post_install", "-at_install", "year")
class TestYearOtherwise(YearCase):
    """Few customers in a part of the year; ``YEAR_CUSTOMERS`` makes them as many, all the year."""

    def setUp(self):
        super().setUp()
        many = CUSTOMERS > FEW
        self.people = make_up(CUSTOMERS if many else 24)[:: 1 if many else 4]
        self.days = YEAR if many else YEAR[:70]

    def expected(self, people, skip=lambda day: False):
        last = self.days[-1]
        return [row for row in reckon(people, skip=skip) if row.day <= last]

    def test_run_twice_a_day_the_same_happens_once(self):
        expected = self.expected(self.people)
        wanted = eventful(expected)
        happened = self.world(self.people).live(
            self.days, times_a_day=2, runs=lambda day: day in wanted
        )
        found = difference(expected, happened)
        self.assertFalse(found, f"\n{found}")

    def test_a_month_late_leaves_the_same_matters_prices_and_renewals(self):
        people = [replace(one, answer="never", call_days=None) for one in self.people]
        late = set(YEAR[20:48])
        on_time = self.expected(people)
        wanted = (eventful(on_time) - late) | {YEAR[48]}
        happened = self.world(people).live(self.days, runs=lambda day: day in wanted)
        self.assertEqual(end(happened), end(on_time))
