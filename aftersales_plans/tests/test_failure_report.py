# SPDX-License-Identifier: LGPL-3.0-or-later
from datetime import date

from odoo.tests import freeze_time, tagged
from odoo.tools import SQL

from .common_failure import FailureCase

MONTH = 30.4375
MEASURES = ["failures:sum", "unit_months:sum", "rate:avg"]


@tagged("post_install", "-at_install")
class TestFailureReport(FailureCase):
    """Failures ÷ unit-months on any group of the report."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.report = cls.env["aftersales.failure.report"]
        cls.months = (7 * 181 + 3 * 59 + 3 * 122) / MONTH  # until 1 July

    def setUp(self):
        super().setUp()
        self.break_down("2026-03-01", 3)

    @freeze_time("2026-07-01 10:00:00")
    def groups(self, *groupby, domain=()):
        found = self.report._read_group(
            [("product_id", "=", self.goods.id), *domain], groupby, MEASURES
        )
        return {row[:-3] if len(groupby) > 1 else row[0]: row[-3:] for row in found}

    def expect(self, row, failures, months, rate=None):
        self.assertEqual(row[0], failures)
        self.assertAlmostEqual(row[1], months, 6)
        self.assertAlmostEqual(row[2] or 0, rate or 0, 6)

    def test_the_ratio_of_sums(self):
        row = self.groups("product_id")[self.goods]
        self.expect(row, 3, self.months, 1200 * 3 / self.months)

    def test_goods_are_exposed_to_every_cause(self):
        rows = self.groups("cause_id")
        self.expect(rows[self.accident], 3, self.months, 1200 * 3 / self.months)
        self.expect(rows[self.defect], 0, self.months)
        rows = self.groups(
            "product_id", domain=[("cause_id", "in", (self.accident + self.defect).ids)]
        )
        self.expect(rows[self.goods], 3, self.months, 1200 * 3 / self.months)

    def test_each_company_has_its_own_today(self):
        """At 23:30 in London a company in Auckland is a day ahead, and so is its exposure."""
        sister = self.env["res.company"].create({"name": "Sister"})
        sister.partner_id.tz, self.company.partner_id.tz = "Pacific/Auckland", "Europe/London"
        with freeze_time("2026-07-01 22:30:00"):
            days = {one: one._aftersales_today() for one in (self.company, sister)}
            self.assertEqual(len(set(days.values())), 2)
            for company, day in days.items():
                found = self.env.execute_query(
                    SQL("SELECT %s", self.report._today(SQL("%s", company.id)))
                )
                self.assertEqual(found, [(day,)])

    def test_few_failures_make_no_rate(self):
        self.break_down("2026-03-02", 1, cause=self.defect)
        self.assertFalse(self.groups("cause_id")[self.defect][2])

    def test_time_is_split_by_age(self):
        """Seven boilers live 181 days, three 59, the three new ones 122."""
        rows = self.groups("age_band")
        self.expect(
            rows["months_3"], 3, (7 * 90 + 3 * 59 + 3 * 92) / MONTH, 1200 * 3 * MONTH / 1083
        )
        self.expect(rows["year_1"], 0, (7 * 91 + 3 * 30) / MONTH)
        rows = self.groups("age_year")
        self.expect(rows[0], 3, self.months, 1200 * 3 / self.months)

    def test_time_is_split_by_month(self):
        rows = self.groups("date:month")
        self.assertAlmostEqual(rows[date(2026, 1, 1)][1], 310 / MONTH, 6)
        self.assertAlmostEqual(rows[date(2026, 3, 1)][1], 310 / MONTH, 6)
        self.assertAlmostEqual(rows[date(2026, 6, 1)][1], 300 / MONTH, 6)
        self.assertAlmostEqual(sum(row[1] for row in rows.values()), self.months, 6)
        self.assertEqual(rows[date(2026, 3, 1)][0], 3)

    def test_time_is_split_by_plan(self):
        with freeze_time("2025-12-01 12:00:00"):
            self.sell((self.goods, 1))
        rows = self.groups("plan_id")
        nobody = self.env["aftersales.plan"]
        self.expect(rows[self.plan], 3, self.months, 1200 * 3 / self.months)
        self.expect(rows[nobody], 0, 212 / MONTH)

    def test_all_splits_at_once_add_up(self):
        for rows in (
            self.groups("age_band", "date:month", "plan_id", "lot_id"),
            self.groups("date:month", "plan_id", "age_year"),
        ):
            self.assertAlmostEqual(sum(row[1] for row in rows.values()), self.months, 6)

    @freeze_time("2026-07-01 10:00:00")
    def test_the_pivot_is_right_on_every_level(self):
        _whole, _by_product, by_cause = self.report.formatted_read_grouping_sets(
            [("product_id", "=", self.goods.id)],
            [[], ["product_id"], ["product_id", "cause_id"]],
            MEASURES,
        )
        for row in [*_whole, *_by_product, *by_cause]:
            self.assertAlmostEqual(row["unit_months:sum"], self.months, 6)

    def test_a_bad_lot_stands_out(self):
        product, good = self.tracked("lot", "GOOD", 300)
        bad = self.env["stock.lot"].create({"name": "BAD", "product_id": product.id})
        with freeze_time("2026-01-01 12:00:00"):
            self.sell((product, 300))
            self.stock_up(product, 20, bad)
            self.sell((product, 20))
        asset = self.env["aftersales.asset"].search([("lot_id", "=", bad.id)])
        self.stock_up(product, 20, good)
        self.break_down("2026-03-01", 8, asset=asset)
        with freeze_time("2026-07-01 10:00:00"):
            lots = self.env["aftersales.failure.lot"]
            worse = lots.search([("is_worse", "=", True), ("product_id", "=", product.id)])
            self.assertEqual(worse.lot_id, bad)
            self.assertEqual(worse.failures, 8)
            self.assertGreater(worse.low, worse.product_rate)
            self.assertIn("Hardly chance", worse.explanation)
            self.assertNotIn(worse, lots.search([("is_worse", "=", False)]))
            row = self.env["aftersales.failure.report"].search(
                [("lot_id", "=", bad.id), ("failures", ">", 0)], limit=1
            )
            self.assertEqual(row.action_open()["res_id"], row._claim_lines().claim_id.id)
