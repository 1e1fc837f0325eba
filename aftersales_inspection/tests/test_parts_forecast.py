# SPDX-License-Identifier: AGPL-3.0-or-later
from odoo.tests import tagged

from .common import VisitCase


@tagged("post_install", "-at_install")
class TestPartsForecast(VisitCase):
    """What visits take is forecast from what they took."""

    def forecast(self, made):
        """Forecast with the visit that took two seals among ``made`` completed ones."""
        forecast = self.env["aftersales.parts.forecast"]
        self.patch(type(forecast), "_visits_made", lambda *_args: made)
        forecast._forecast_all(self.company)
        return self.env["aftersales.parts.outlook"].search(
            [("product_id", "=", self.seal.id), ("company_id", "=", self.company.id)]
        )

    def test_mean_of_a_visit_times_visits_planned(self):
        self.use(self.seal, 2)
        self.complete()
        forecast = self.env["aftersales.parts.forecast"]
        self.assertEqual(forecast._visits_made(self.company), 1)
        months = forecast._months(self.company)
        planned = forecast._visits_planned(self.company, months)
        self.assertTrue(planned)
        outlook = self.forecast(4)
        rows = outlook.month_ids.sorted("month")
        self.assertEqual(
            [row.expected for row in rows],
            [0.5 * planned.get(first, 0) for first, _until in months],
        )
        self.assertRegex(outlook.reason, r"Visits: 0\.50 at each of the 4 completed")
        demand = self.env["aftersales.service.demand"]._read_group(
            [("company_id", "=", self.company.id)], ["month:month"], ["visits:sum"]
        )
        self.assertEqual(
            {month: visits for month, visits in demand if visits},
            {first: visits for first, visits in planned.items() if first != months[0][0]},
        )

    def test_few_visits_say_nothing(self):
        self.use(self.seal, 2)
        self.complete()
        outlook = self.forecast(2)
        self.assertFalse(outlook.enough_data)
        self.assertRegex(outlook.reason, "Visits: not enough data, only 2 were completed")

    def test_other_uses_are_told_by_whoever_added_them(self):
        self.assertEqual(
            self.env["aftersales.parts.forecast"]._other_in_words({"kind": "nobody's"}), ""
        )
