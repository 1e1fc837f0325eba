# SPDX-License-Identifier: LGPL-3.0-or-later
from datetime import date

from odoo.tests import freeze_time, tagged

from .common import AfterSalesCase


@tagged("post_install", "-at_install")
class TestCareCharts(AfterSalesCase):
    """Contracts and orders of a company of its own in the numbers: exact, by hand."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.people = cls.env["res.partner"].create([{"name": f"Customer {n}"} for n in range(4)])

    def contract(self, number, start, end, state="expired", parent=None, amount=100.0, **values):
        """Write a contract as the past left it."""
        partner = self.people[number]
        return self.env["aftersales.contract"].create(
            {
                "plan_id": self.plan.id,
                "partner_id": partner.id,
                "site_id": partner.id,
                "date_start": start,
                "date_end": end,
                "state": state,
                "amount_untaxed": amount,
                "renewed_from_id": parent and parent.id,
                "company_id": self.company.id,
                **values,
            }
        )

    @freeze_time("2026-02-10 12:00:00")
    def test_renewals_count_what_ended_and_what_follows(self):
        old = [self.contract(n, "2025-01-11", "2026-01-10") for n in range(3)]
        self.contract(3, "2025-02-01", "2026-02-10", state="active")  # not over yet
        self.contract(3, "2025-01-01", "2026-01-20", state="cancelled", date_closed="2025-06-01")
        self.contract(0, "2026-01-11", "2027-01-10", state="active", parent=old[0], amount=120)
        self.contract(1, "2026-01-11", "2027-01-10", state="cancelled", parent=old[1])
        self.env.flush_all()
        chart = self.env["aftersales.renewal.chart"]
        mine = [("partner_id", "in", self.people.ids)]
        ((month, *numbers),) = chart._read_group(
            mine,
            ["date_end:month"],
            ["ended:sum", "renewed:sum", "lapsed:sum", "rate:avg", "value_ended:sum"]
            + ["value_kept:sum"],
        )
        self.assertEqual(month, date(2026, 1, 1))
        self.assertEqual([round(n, 2) for n in numbers], [3, 1, 2, 33.33, 300, 120])
        row = chart.search([*mine, ("renewed", "=", 1)])
        self.assertEqual((row.contract_id, row.child_plan_id), (old[0], self.plan))
        with freeze_time("2026-02-11 12:00:00"):
            self.env.invalidate_all()
            self.assertEqual(chart.search_count(mine), 4)

    @freeze_time("2026-05-10 12:00:00")
    def test_cohorts_say_who_is_still_covered(self):
        company = self.env["res.company"].create({"name": "Cohorts"})
        self.plan.company_id = company
        self.company = company
        first = self.contract(0, "2025-01-10", "2026-01-09")
        self.contract(0, "2026-01-10", "2027-01-09", state="active", parent=first)
        self.contract(0, "2025-06-01", "2026-05-31", state="active")  # overlaps: counts once
        self.contract(1, "2025-02-01", "2026-01-31", state="cancelled", date_closed="2025-07-15")
        again = self.contract(2, "2025-03-31", "2025-06-29")
        self.contract(2, "2025-12-01", "2026-03-31", parent=again)  # gone for a while
        self.contract(3, "2025-04-01", "2025-12-31")
        self.contract(3, "2026-06-01", "2027-05-31", state="draft")
        self.env.flush_all()
        rows = self.env["aftersales.cohort.chart"].search([("company_id", "=", company.id)])
        self.assertEqual(
            {(str(row.cohort), row.quarter): (row.customers, row.covered) for row in rows},
            {
                ("2025-01-01", "00"): (3, 3),
                ("2025-01-01", "01"): (3, 2),
                ("2025-01-01", "02"): (3, 1),
                ("2025-01-01", "03"): (3, 2),
                ("2025-01-01", "04"): (3, 2),
                ("2025-04-01", "00"): (1, 1),
                ("2025-04-01", "01"): (1, 1),
                ("2025-04-01", "02"): (1, 1),
                ("2025-04-01", "03"): (1, 0),
            },
        )
        self.assertEqual(len(set(rows.ids)), 9)
        ((share,),) = rows._read_group(
            [("id", "in", rows.ids), ("quarter", "=", "03")], [], ["share:avg"]
        )
        self.assertEqual(share, 50.0)  # 2 of 4, not the average of 66.7 and 0
        counted = rows._read_group([("id", "in", rows.ids)], ["quarter"], ["covered:sum"])
        self.assertEqual(counted, [("00", 4), ("01", 3), ("02", 2), ("03", 2), ("04", 2)])

    def test_repeat_sales_are_counted_by_customer(self):
        def order(number, moment):
            with freeze_time(moment):
                sold = self.quote((self.goods, 1), partner_id=self.people[number].id)
                sold.action_confirm()
            return sold

        contact = self.env["res.partner"].create({"name": "C", "parent_id": self.people[0].id})
        first = order(0, "2026-01-10 10:00:00")
        with freeze_time("2026-02-10 10:00:00"):
            self.quote((self.goods, 1), partner_id=contact.id).action_confirm()
        order(1, "2026-03-31 10:00:00")
        order(2, "2026-04-01 10:00:00")
        self.quote((self.goods, 1), partner_id=self.people[1].id)  # only a quotation
        self.env.flush_all()
        chart = self.env["aftersales.new.customer.chart"]
        mine = [("partner_id", "in", self.people.ids)]
        rows = chart._read_group(
            mine, ["date_first:quarter"], ["customers:sum", "repeats:sum", "repeat_rate:avg"]
        )
        self.assertEqual(rows, [(date(2026, 1, 1), 2, 1, 50.0), (date(2026, 4, 1), 1, 0, 0.0)])
        row = chart.search([("partner_id", "=", self.people[0].id)])
        self.assertEqual((row.order_id, row.orders), (first, 2))
