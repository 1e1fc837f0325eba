# SPDX-License-Identifier: AGPL-3.0-or-later
from odoo.tests import HttpCase, new_test_user, tagged

from .common import OnSiteCase


@tagged("post_install", "-at_install")
class TestTourOnSite(HttpCase, OnSiteCase):
    """What a technician taps on a screen of 390 pixels."""

    browser_size = "390x844"
    touch_enabled = True

    def setUp(self):
        super().setUp()
        user = new_test_user(self.env, "t-tess", "fieldservice.group_fsm_user")
        self.visit.person_id = self.env["fsm.person"].create({"partner_id": user.partner_id.id})

    def test_a_technician_makes_a_visit_with_a_phone(self):
        self.start_tour("/odoo/my-visits", "aftersales_visit_on_the_phone", login="t-tess")
        self.assertRecordValues(
            self.visit, [{"outcome": "done", "conclusion": "remarks", "is_closed": True}]
        )
        self.assertEqual(
            self.visit.check_ids.mapped("result"), ["failed", "failed", "passed", "open", "open"]
        )
        self.assertEqual(self.visit.check_ids[1].number, 3.5)
        self.assertEqual(self.asset.reading_last, 120)
        self.assertRecordValues(
            self.visit.finding_ids,
            [{"asset_id": self.asset.id, "condition": "defective", "action": "none"}],
        )

    def test_a_technician_stands_before_a_locked_door(self):
        self.start_tour("/odoo/my-visits", "aftersales_visit_no_access", login="t-tess")
        self.assertRecordValues(
            self.visit, [{"outcome": "no_access", "outcome_note": "Rang twice", "is_closed": True}]
        )
