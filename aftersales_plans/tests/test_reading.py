# SPDX-License-Identifier: LGPL-3.0-or-later
from datetime import datetime

from odoo.exceptions import AccessError
from odoo.tests import freeze_time, new_test_user, tagged

from .common import AfterSalesCase


@tagged("post_install", "-at_install")
class TestReading(AfterSalesCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sell((cls.goods, 1))
        cls.asset = cls.env["aftersales.asset"].search([("product_id", "=", cls.goods.id)])

    def note(self, day, value, user=None, **values):
        """Write down what the meter showed at noon."""
        return (
            self.env["aftersales.reading"]
            .with_user(user or self.agent)
            .create(
                {
                    "asset_id": self.asset.id,
                    "date": f"{day} 12:00:00",
                    "value": value,
                    **values,
                }
            )
        )

    def test_the_asset_shows_its_last_reading_and_how_fast_the_meter_goes(self):
        self.note("2026-03-11", 150)
        self.note("2026-03-01", 100)
        self.assertRecordValues(
            self.asset,
            [
                {
                    "reading_count": 2,
                    "reading_last": 150.0,
                    "reading_date": datetime(2026, 3, 11, 12),
                    "reading_unit": "h",
                    "reading_per_day": 5.0,
                }
            ],
        )

    def test_a_meter_never_goes_down_unless_it_was_reset(self):
        self.note("2026-03-01", 100)
        with self.assertRefused("showed 100.0 h on 03/01/2026 and cannot show 40.0"):
            self.note("2026-03-11", 40)
        self.note("2026-03-11", 40, is_reset=True)
        self.note("2026-03-21", 90)
        self.assertEqual((self.asset.reading_last, self.asset.reading_per_day), (90.0, 2.5))

    def test_an_earlier_reading_cannot_be_higher_than_a_later_one(self):
        self.note("2026-03-11", 40)
        with self.assertRefused("cannot show 40.0 on 03/11/2026"):
            self.note("2026-03-01", 100)
        early = self.note("2026-03-01", 10)
        with self.assertRefused("cannot show 40.0"):
            early.value = 41

    def test_two_meters_of_one_asset_do_not_mix(self):
        self.note("2026-03-01", 1000)
        self.note("2026-03-02", 20, unit="cycles")
        self.assertEqual((self.asset.reading_last, self.asset.reading_unit), (20.0, "cycles"))
        self.assertEqual(self.note("2026-03-03", 21).unit, "cycles")

    def test_readings_are_imported_in_any_order_and_say_so(self):
        result = (
            self.env["aftersales.reading"]
            .with_user(self.agent)
            .with_context(import_file=True)
            .load(
                ["asset_id", "date", "value", "unit"],
                [
                    ["Boiler", "2026-03-02 12:00:00", "20", "h"],
                    ["Boiler", "2026-03-01 12:00:00", "10", "h"],
                ],
            )
        )
        self.assertFalse(result["messages"])
        self.assertEqual(set(self.asset.reading_ids.mapped("source")), {"import"})

    def test_who_reads_and_who_only_looks(self):
        reading = self.note("2026-03-01", 10)
        seller = new_test_user(self.env, "t-seller", "sales_team.group_sale_salesman")
        self.assertEqual(reading.with_user(seller).value, 10)
        with self.assertRaises(AccessError):
            self.note("2026-03-02", 11, user=seller)
        with self.assertRaises(AccessError):
            reading.with_user(self.agent).unlink()
        reading.with_user(self.manager).unlink()

    def test_nobody_reads_a_meter_ahead_of_time(self):
        with freeze_time("2026-03-20 20:00:00"):
            with self.assertRefused("nobody has read its meter on 03/20/2062 yet"):
                self.note("2062-03-20", 1)
            self.note("2026-03-21", 5)  # that day has begun east of here
            with self.assertRefused("nobody has read its meter"):
                self.note("2026-03-22", 6)
        self.assertEqual(self.asset.reading_last, 5.0)
