"""The oracle against figures reckoned by hand, so that it errs on its own and not with the code."""

from dataclasses import replace
from datetime import date, timedelta

from .oracle import (
    call_due,
    day_in,
    deadline_of,
    first_of_next,
    last_day,
    plus_months,
    prices,
    reckon,
)
from .people import FIRST, PLANS, Customer, ImportantDate, Order, make_up

OFFER, LONG, AUTO = PLANS[0], PLANS[2], PLANS[4]


def rows(customer, what):
    return [(row.day, *row.detail) for row in reckon([customer]) if row.what == what]


def test_1200_costs_1260_and_1134_before_the_deadline():
    assert prices(1200, OFFER, 12) == (1260.0, 1134.0)


def test_24_months_at_2160_become_12_at_1190_70():
    assert prices(2160, replace(LONG, discount=0.0), 24)[0] == 1190.7


def test_months_end_on_their_last_day():
    assert plus_months(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert plus_months(date(2027, 11, 30), 3) == date(2028, 2, 29)
    assert last_day(date(2025, 3, 1), 12) == date(2026, 2, 28)
    assert day_in(2026, date(1992, 2, 29)) == date(2026, 2, 28)


def test_a_deadline_ends_with_the_cover_unless_the_offer_came_later():
    end = date(2026, 6, 30)
    assert deadline_of(date(2026, 5, 1), end, 30) == date(2026, 5, 31)
    assert deadline_of(date(2026, 6, 20), end, 30) == end
    assert deadline_of(end, end, 30) == date(2026, 7, 30)
    assert deadline_of(date(2026, 5, 1), end, 0) == end


def test_only_who_confirms_late_waits():
    end = date(2026, 6, 30)
    assert first_of_next(end, date(2026, 7, 1), 14) == date(2026, 7, 1)
    assert first_of_next(end, date(2026, 7, 2), 14) == date(2026, 7, 16)


def test_a_call_is_due_on_a_working_day():
    assert call_due(date(2026, 1, 5)) == date(2026, 1, 8)  # Monday: Thursday
    assert call_due(date(2026, 1, 7)) == date(2026, 1, 12)  # Wednesday: not Saturday but Monday


def test_who_signs_early_pays_the_lower_price_and_has_no_gap():
    sold = date(2025, 7, 1)
    customer = Customer(0, OFFER, sold, 1200.0, answer="early", answer_days=5)
    assert rows(customer, "quotation") == [(date(2026, 5, 1), 0, 1134.0, date(2026, 5, 31))]
    assert rows(customer, "renewed") == [
        (date(2026, 5, 6), 0, 1134.0, date(2026, 7, 1), date(2027, 6, 30), 0)
    ]
    assert (date(2026, 7, 1), 0) in rows(customer, "contract expires")
    assert rows(customer, "contract starts") == [(date(2026, 7, 1), 1)]
    assert not rows(customer, "lapsed, ask why")


def test_who_signs_late_pays_more_and_waits():
    customer = Customer(0, OFFER, date(2025, 7, 1), 1200.0, answer="late", answer_days=5)
    assert rows(customer, "discount ends") == [(date(2026, 6, 1), 0, 1260.0)]
    assert rows(customer, "renewed") == [
        (date(2026, 7, 5), 0, 1260.0, date(2026, 7, 19), date(2027, 7, 18), 18)
    ]
    assert rows(customer, "lapsed, ask why") == [(date(2026, 7, 1), 0)]


def test_a_suspension_moves_everything_that_follows():
    rest = (FIRST, FIRST + timedelta(days=9))
    customer = Customer(0, OFFER, date(2025, 7, 1), 1200.0, rest=rest)
    assert rows(customer, "quotation")[0][0] == date(2026, 5, 11)
    assert rows(customer, "contract expires") == [(date(2026, 7, 11), 0)]


def test_only_with_consent_it_goes_on_by_itself():
    customer = Customer(0, AUTO, date(2025, 7, 1), 600.0, consent=True)
    assert rows(customer, "goes on by itself") == [
        (date(2026, 6, 30), 0, 624.0, date(2026, 7, 1), date(2027, 6, 30), 0)
    ]
    for change in ({"consent": False}, {"email": False}, {"opted_out": True}):
        assert not rows(replace(customer, **change), "goes on by itself")


def test_a_delivery_during_the_silence_moves_the_call_and_an_order_is_called_once():
    order = Order(date(2026, 3, 2), (date(2026, 3, 2), date(2026, 3, 4)))
    customer = Customer(0, OFFER, date(2025, 7, 1), 1200.0, orders=(order,))
    assert rows(customer, "courtesy call") == [(date(2026, 3, 7), date(2026, 3, 9), (0,))]


def test_an_important_date_keeps_its_distance():
    order = Order(date(2026, 3, 2), (date(2026, 3, 2),))  # called on 5 March
    birthday = ImportantDate("Birthday", date(1980, 3, 12), True)
    customer = Customer(0, OFFER, date(2025, 7, 1), 1200.0, orders=(order,), dates=(birthday,))
    assert rows(customer, "important date") == [(date(2026, 3, 12), "Birthday", date(2026, 3, 19))]


def test_who_opted_out_is_left_alone():
    for customer in make_up(200):
        if customer.opted_out:
            told = {row.what for row in reckon([customer])}
            assert not told & {"renewal mail", "courtesy call", "important date", "stay in touch"}


def test_the_same_seed_tells_the_same_year():
    assert reckon(make_up(20)) == reckon(make_up(30)[:20])


def test_every_kind_of_thing_happens_in_a_year_of_200():
    seen = {row.what for row in reckon(make_up(200))}
    assert seen >= {
        "quotation", "renewal mail", "discount ends", "renewed", "goes on by itself",
        "contract starts", "contract expires", "contract ended", "lapsed, ask why", "cannot offer",
        "will not renew", "courtesy call", "courtesy joined", "important date", "cover not used",
        "stage", "stay in touch",
    }  # fmt: skip
