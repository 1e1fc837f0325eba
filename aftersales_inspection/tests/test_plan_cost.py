# SPDX-License-Identifier: AGPL-3.0-or-later
from odoo.tests import tagged

from .common import InspectionCase


@tagged("post_install", "-at_install")
class TestPlanCost(InspectionCase):
    """Promised visits cost the hours of our technicians."""

    def test_visits_of_a_term_cost_their_hours(self):
        """Every 3 of 12 months, 1.5 hours each at 40.00."""
        self.plan.visit_hours = 1.5
        self.company.aftersales_hourly_cost = 40.0
        self.assertEqual(self.plan._expected_labour(self.company), (240.0, []))

    def test_without_hourly_cost_it_says_what_to_enter(self):
        self.company.aftersales_hourly_cost = 0.0
        labour, missing = self.plan._expected_labour(self.company)
        self.assertEqual(labour, 0.0)
        self.assertRegex(missing[0], "set the hourly cost of work")

    def test_charged_visits_cost_the_plan_nothing(self):
        self.plan.contract_kind = "time_material"
        self.assertEqual(self.plan._expected_labour(self.company), (0.0, []))
