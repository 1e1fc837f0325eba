# SPDX-License-Identifier: AGPL-3.0-or-later
from datetime import date, datetime

from odoo.tests import Form, freeze_time, new_test_user, tagged

from .common import InspectionCase


@tagged("post_install", "-at_install")
class TestLevelAgain(InspectionCase):
    """Two contracts with visits on 1 June 2026; somebody falls ill, somebody joins."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contract = cls.sell_on("2026-03-15 06:00:00")
        cls.villa = cls.env["res.partner"].create({"name": "Villa Rosa", "city": "X"})
        cls.other = cls.sell_on("2026-03-15 06:00:00", partner_id=cls.villa.id)
        cls.first, cls.second = cls.visit_of(cls.contract, 1), cls.visit_of(cls.other, 1)
        cls.dispatcher = new_test_user(cls.env, "t-dora", "fieldservice.group_fsm_dispatcher")

    def level(self, first="2026-06-01", last="2026-06-01", user=None, **values):
        """Return the numbers of moved, kept and unplaced visits, and the wizard."""
        with freeze_time("2026-05-20 06:00:00"):
            form = Form(self.env["aftersales.visit.level"].with_user(user or self.dispatcher))
            form.date_start, form.date_end = first, last
            for name, value in values.items():
                if name.endswith("_ids"):
                    getattr(form, name).add(value)
                else:
                    setattr(form, name, value)
            wizard = form.save()
            wizard.action_level()
        return (wizard.moved_count, wizard.kept_count, wizard.unplaced_count), wizard

    def slots(self):
        visits = self.first | self.second
        return [(visit.person_id, visit.scheduled_date_start) for visit in visits]

    def ill(self, *, since="2026-06-01 00:00:00", until="2026-06-02 23:59:59"):
        """Let Tess be on leave."""
        user = new_test_user(self.env, "t-tess")
        self.technician.partner_id.user_ids = user
        resource = self.env["resource.resource"].create(
            {"name": "Tess", "user_id": user.id, "company_id": self.company.id}
        )
        self.holiday(since, until, resource_id=resource.id)

    def test_what_is_well_stays_and_nothing_is_written(self):
        before = self.slots()
        self.assertEqual(
            before,
            [
                (self.technician, datetime(2026, 6, 1, 8)),
                (self.technician, datetime(2026, 6, 1, 13)),
            ],
        )
        notes = len(self.first.message_ids)
        self.assertEqual(self.level()[0], (0, 2, 0))
        self.assertEqual((self.slots(), len(self.first.message_ids)), (before, notes))

    def test_leave_moves_what_lies_in_it_and_a_second_time_moves_nothing(self):
        self.ill()
        counts, wizard = self.level()
        self.assertEqual(counts, (2, 0, 0))
        moved = [(self.technician, datetime(2026, 5, 29, hour)) for hour in (15, 10)]
        self.assertEqual(self.slots(), moved)  # Friday, as near to Sunday 31 May as can be
        self.assertIn("moved from 6/1/26, 8:00", self.first.message_ids[0].body)
        self.assertIn("5/29/26", self.first.message_ids[0].body)
        self.assertEqual(
            self.env["fsm.order"].search(wizard.action_open_moved()["domain"]),
            self.first | self.second,
        )
        after = self.slots()
        self.assertEqual(self.level()[0], (0, 0, 0))
        self.assertEqual(self.level("2026-05-20", "2026-06-30")[0], (0, 2, 0))
        self.assertEqual(self.slots(), after)

    def test_another_technician_comes_rather_than_another_day(self):
        self.ill()
        otto = self.env["fsm.person"].create({"name": "Otto"})
        self.assertEqual(self.level()[0], (2, 0, 0))
        self.assertEqual(
            self.slots(), [(otto, datetime(2026, 6, 1, 8)), (otto, datetime(2026, 6, 1, 13))]
        )

    def test_who_left_gives_visits_to_others_and_the_agreed_date_waits_for_somebody(self):
        ted = self.env["fsm.person"].create({"name": "Ted"})
        self.second.sudo().appointment_state = "confirmed"
        begun = self.visit_of(self.other, 2)
        begun.action_start()
        self.technician.active = False
        self.env.invalidate_all()
        self.assertEqual(self.level()[0], (1, 0, 0))
        self.assertEqual((self.first.person_id, self.second.person_id), (ted, ted.browse()))
        self.assertEqual(self.second.appointment_state, "confirmed", "its date stands")
        self.env.invalidate_all()
        visit = begun.with_user(self.dispatcher)
        self.assertEqual(visit.read(["person_id"])[0]["person_id"][1], "Tess")
        self.assertEqual(Form(visit).person_id.name, "Tess")
        with freeze_time("2026-05-20 06:00:00"):
            self.other._suspend(date(2026, 5, 25), date(2026, 6, 24), "Away")
        self.assertEqual(self.second.person_id, ted)
        said = " ".join(self.second.message_ids.mapped("body"))
        self.assertIn("(Ted)", said)
        self.assertIn("Tess left", said)
        self.assertNotIn(self.technician, self.env["fsm.person"].search([]))

    def test_what_was_started_confirmed_proposed_or_is_over_stays(self):
        self.ill()
        for values in (
            {"date_start": "2026-06-01 08:00:00"},
            {"appointment_state": "confirmed"},
            {"appointment_state": "proposed"},
            {"stage_id": self.env.ref("fieldservice.fsm_stage_cancelled").id},
        ):
            with self.cr.savepoint() as savepoint:
                self.first.write(values)
                self.assertEqual(self.level()[0], (1, 0, 0), values)
                self.assertEqual(self.first.scheduled_date_start, datetime(2026, 6, 1, 8))
                savepoint.rollback()
                self.env.invalidate_all()
        self.first.appointment_state = "change_asked"
        self.assertEqual(self.level()[0], (2, 0, 0))
        self.assertFalse(self.first.appointment_state)

    def test_proposed_dates_move_when_ticked(self):
        self.ill()
        self.first.appointment_state = "proposed"
        self.assertEqual(self.level(move_proposed=True)[0], (2, 0, 0))
        self.assertFalse(self.first.appointment_state)

    def test_technicians_and_territories_narrow_it(self):
        self.ill()
        otto = self.env["fsm.person"].create({"name": "Otto"})
        self.second.person_id = otto
        self.assertEqual(self.level(person_ids=otto)[0], (0, 1, 0))
        self.assertEqual(self.level(person_ids=self.technician)[0], (1, 0, 0))
        north = self.env["res.territory"].create({"name": "North"})
        self.assertEqual(self.level(territory_ids=north)[0], (0, 0, 0))
        self.second.location_id.territory_id = north
        otto.territory_ids = north
        self.assertEqual(self.level(territory_ids=north)[0], (0, 1, 0))

    def test_what_has_no_place_is_listed_and_placed_once_somebody_has_time(self):
        self.ill(since="2026-03-01 00:00:00", until="2026-06-30 00:00:00")
        counts, wizard = self.level()
        self.assertEqual(counts, (0, 0, 2))
        self.assertEqual(
            self.first.aftersales_unplaced_reason,
            "Everybody is on leave or holiday from 05/20/2026 to 06/14/2026",
        )
        self.assertIn("has no date now: Everybody is on leave", self.first.message_ids[0].body)
        self.assertEqual(
            self.env["fsm.order"].search(wizard.action_open_unplaced()["domain"]),
            self.first | self.second,
        )
        self.assertEqual(self.level()[0], (0, 0, 2))
        otto = self.env["fsm.person"].create({"name": "Otto"})
        self.assertEqual(self.level()[0], (2, 0, 0))
        self.assertEqual((self.first | self.second).person_id, otto)
        self.assertFalse(self.first.aftersales_unplaced_reason)

    def test_a_visit_keeps_the_length_somebody_gave_it(self):
        self.ill()
        self.first.write(
            {"scheduled_date_start": "2026-06-01 08:00", "scheduled_date_end": "2026-06-01 11:00"}
        )
        self.level()
        length = self.first.scheduled_date_end - self.first.scheduled_date_start
        self.assertEqual(length.seconds, 3 * 3600)

    def test_visits_of_other_companies_and_missed_ones_are_left_alone(self):
        branch = self.env["res.company"].create({"name": "South Branch"})
        self.ill()
        self.first.company_id = branch
        self.assertEqual(self.level()[0], (1, 0, 0))
        self.second.aftersales_window_end = date(2026, 5, 19)
        self.assertEqual(self.level("2026-01-01", "2026-12-31")[0][0], 0)

    def test_the_days_have_to_be_in_order(self):
        with self.assertRefused("last day lies before"):
            self.level("2026-06-02", "2026-06-01")

    def test_only_dispatchers_and_plan_managers_level(self):
        self.assertEqual(self.level(user=self.manager)[0], (0, 2, 0))
        for groups in (
            "fieldservice.group_fsm_user",
            "aftersales_plans.group_agent",
            "sales_team.group_sale_salesman",
        ):
            user = new_test_user(self.env, f"t-{groups}", groups)
            with self.assertRefused("not allowed"):
                self.level(user=user)
