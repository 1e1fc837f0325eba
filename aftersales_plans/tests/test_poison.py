# SPDX-License-Identifier: LGPL-3.0-or-later
import os
from contextlib import suppress
from unittest.mock import patch

from odoo.tests import freeze_time, tagged

from .common import AfterSalesCase
from .common_proof import poisoned

CONTRACTS = int(os.environ.get("POISON_CONTRACTS", "2"))  # one of them bad


def stop_at_the_first(_env, work):
    """Do the work until something fails, and tell nobody."""
    with suppress(ValueError):
        for record, method in work:
            getattr(record, method)()


@tagged("post_install", "-at_install")
class TestR8Calendar(AfterSalesCase):
    """One bad contract among many (reliability R8)."""

    def test_one_bad_contract_does_not_stop_the_calendar(self):
        self.stock_up(self.goods, CONTRACTS)
        with freeze_time("2026-03-15 12:00:00"):
            contracts = self.env["aftersales.contract"].union(
                *(self.sell((self.goods, 1), (self.plan_product, 1)) for _one in range(CONTRACTS))
            )
        bad = contracts[CONTRACTS // 2]
        bad.user_id = self.manager
        with poisoned(bad, "_expire"):
            self.run_calendar("2027-03-20 12:00:00")
            said = bad.message_ids
            to_do = bad.activity_ids
            self.run_calendar("2027-03-21 12:00:00")
        self.assertEqual(set((contracts - bad).mapped("state")), {"expired"})
        self.assertEqual(bad.state, "active")
        self.assertEqual(to_do.user_id, self.manager)
        self.assertIn("poison", to_do.note)
        self.assertEqual((bad.activity_ids, bad.message_ids), (to_do, said))
        self.run_calendar("2027-03-22 12:00:00")
        self.assertEqual(bad.state, "expired")
        self.assertFalse(bad.activity_search(["aftersales_plans.activity_work_failed"]))

    def test_a_job_that_stops_at_the_first_is_noticed(self):
        """Prove that the test above can fail."""
        careless = patch(
            "odoo.addons.aftersales_plans.models.contract_calendar.work_off", stop_at_the_first
        )
        with careless, self.assertRaises(AssertionError):
            self.test_one_bad_contract_does_not_stop_the_calendar()
