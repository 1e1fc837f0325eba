# SPDX-License-Identifier: AGPL-3.0-or-later
from datetime import datetime

from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import PIXEL, OnSiteCase


@tagged("post_install", "-at_install")
class TestCheck(OnSiteCase):
    """A visit from its start to the last answer (requirements 5, 45)."""

    def test_starting_notes_the_moment_and_asks_every_question_once(self):
        checks = self.start()
        self.assertEqual(self.visit.date_start, datetime(2026, 6, 1, 9, 30))
        self.assertRecordValues(
            checks,
            [
                {
                    "asset_id": self.asset.id,
                    "product_id": self.goods.id,
                    "name": name,
                    "kind": kind,
                    "is_required": required,
                    "result": "open",
                    "company_id": self.company.id,
                }
                for name, kind, required in (
                    ("Burner is clean", "ok", True),
                    ("Pressure", "measure", True),
                    ("Hours", "measure", True),
                    ("Remark", "text", False),
                    ("Flame", "photo", False),
                )
            ],
        )
        self.assertEqual(checks[1].limits, "1.5 – 3 bar")
        again = self.start(moment="2026-06-01 10:10:00")
        self.assertEqual((again, len(again)), (checks, 5))
        self.assertEqual(self.visit.date_start, datetime(2026, 6, 1, 9, 30))

    def test_a_start_that_was_only_planned_becomes_the_actual_one(self):
        self.visit.date_start = "2026-06-01 08:00:00"
        self.start()
        self.assertEqual(self.visit.date_start, datetime(2026, 6, 1, 9, 30))

    def test_goods_that_came_later_are_loaded_and_answers_stay(self):
        self.start()
        self.answer()
        later = self.sell_on("2026-05-01 06:00:00", (self.goods, 1), (self.plan_product, 1))
        self.contract.sudo().asset_ids |= later.asset_ids
        self.visit.action_start()
        self.assertEqual(len(self.visit.check_ids), 10)
        self.assertEqual(
            self.visit.check_ids.mapped("result"),
            ["passed"] * 3 + ["open"] * 7,
        )
        self.assertEqual(self.visit.check_ids[5:].asset_id, later.asset_ids)

    def test_goods_out_of_use_are_not_asked_about(self):
        self.asset.sudo().status = "scrapped"
        self.assertFalse(self.start())

    def test_two_starts_at_once_cannot_ask_twice(self):
        check = self.start()[0]
        vals = {
            "visit_id": self.visit.id,
            "line_id": check.line_id.id,
            "asset_id": self.asset.id,
            "name": "Again",
        }
        with self.assertRaisesRegex(Exception, "aftersales_check_once"), self.cr.savepoint():
            self.env["aftersales.check"].create(vals)

    def test_many_assets_are_loaded_with_as_many_queries_as_few(self):
        more = self.env["aftersales.asset"].create(
            [
                {
                    "product_id": self.goods.id,
                    "partner_id": self.customer.id,
                    "site_id": self.customer.id,
                    "date_delivered": "2026-03-15",
                }
                for _number in range(40)
            ]
        )
        self.contract.sudo().asset_ids |= more
        visits = self.contract.visit_ids.sorted("aftersales_visit_number")
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        visits[1].action_start()
        self.env.flush_all()
        many = self.env.cr.sql_log_count - before
        self.assertEqual(len(visits[1].check_ids), 205)
        self.contract.sudo().asset_ids = self.asset
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        visits[2].action_start()
        self.env.flush_all()
        few = self.env.cr.sql_log_count - before
        self.assertEqual(len(visits[2].check_ids), 5)
        self.assertLessEqual(many - few, 6, "rows are inserted by the hundred")

    def test_later_changes_of_the_list_never_change_the_visit(self):
        checks = self.start()
        line = self.checklist.line_ids[1]
        line.write({"name": "Water pressure", "maximum": 2, "unit": "kPa", "is_required": False})
        self.checklist.line_ids[0].unlink()
        checks[1].number = 2.5
        self.assertRecordValues(
            checks[:2],
            [
                {"name": "Burner is clean", "is_required": True, "result": "open"},
                {"name": "Pressure", "is_required": True, "result": "passed"},
            ],
        )
        self.assertEqual(checks[1].limits, "1.5 – 3 bar")
        self.assertEqual(len(self.start()), 5, "the question that is left is not asked again")

    def test_the_question_is_kept_in_every_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        line = self.checklist.line_ids[0]
        line.with_context(lang="fr_FR").name = "Le brûleur est propre"
        checks = self.start()
        line.with_context(lang="fr_FR").name = "Autre chose"
        self.assertEqual(checks[0].with_context(lang="fr_FR").name, "Le brûleur est propre")
        self.assertEqual(checks[0].with_context(lang="en_US").name, "Burner is clean")

    def test_answers_pass_fail_or_stay_open(self):
        clean, pressure, hours, remark, flame = self.start()
        for check, values, result in (
            (clean, {"verdict": "not_ok"}, "failed"),
            (clean, {"verdict": "ok"}, "passed"),
            (clean, {"verdict": False}, "open"),
            (pressure, {"number": 1.5}, "passed"),
            (pressure, {"number": 1.49}, "failed"),
            (pressure, {"number": 0}, "failed"),
            (pressure, {"number": 0, "is_answered": False}, "open"),
            (hours, {"number": 0}, "passed"),
            (remark, {"text": "  "}, "open"),
            (remark, {"text": "E17"}, "passed"),
            (flame, {"photo": PIXEL}, "passed"),
            (flame, {"photo": False}, "open"),
        ):
            check.write(values)
            self.assertEqual(check.result, result, (check.name, values))

    def test_answers_are_told_in_words(self):
        clean, pressure, hours, remark, flame = self.start()
        for check, values, words in (
            (clean, {}, ""),
            (clean, {"verdict": "not_ok"}, "Not in order"),
            (clean, {"verdict": "ok"}, "In order"),
            (pressure, {"number": 1.5}, "1.5 bar"),
            (hours, {"number": 120}, "120 h"),
            (remark, {"text": "E17"}, "E17"),
            (flame, {"photo": PIXEL}, "Photo"),
        ):
            with self.subTest(words, check=check.name):
                check.write(values)
                self.assertEqual(check._answer_in_words(), words)

    def test_required_checks_without_an_answer_refuse_completion_by_name(self):
        self.start()
        self.visit.check_ids[0].verdict = "ok"
        with self.assertRefused(r"(?s)not answered:\n- Boiler: Pressure\n- Boiler: Hours$"):
            self.complete("pass")
        self.assertFalse(self.visit.is_closed)

    def test_a_visit_with_a_checklist_that_nobody_started_is_not_completed(self):
        with self.assertRefused("press Start"):
            self.complete("pass")

    def test_everything_in_order_is_refused_while_a_check_failed(self):
        self.start()
        self.answer(pressure=3.2)
        with self.assertRefused(r"(?s)these checks failed:\n- Boiler: Pressure\n"):
            self.complete("pass")
        self.complete("remarks")
        self.assertEqual(self.visit.outcome, "done")

    def test_a_failed_check_offers_a_finding_with_what_failed(self):
        self.start()
        check = self.visit.check_ids[1]
        check.number = 3.2
        action = check.action_report_finding()
        findings = self.env["aftersales.finding"].with_user(self.agent)  # whose form it opens
        finding = findings.with_context(**action["context"]).create({})
        self.assertRecordValues(
            finding,
            [
                {
                    "visit_id": self.visit.id,
                    "asset_id": self.asset.id,
                    "product_id": self.goods.id,
                    "condition": "defective",
                    "note": "Pressure: 3.2 bar",
                    "action": "none",
                }
            ],
        )

    def test_an_installation_checks_what_stands_at_the_site(self):
        self.checklist.kind = "installation"
        order = self.env["fsm.order"].create(
            {
                "name": "Installation",
                "location_id": self.visit.location_id.id,
                "type": self.env.ref("aftersales_inspection.fsm_order_type_installation").id,
            }
        )
        self.assertEqual(self.start(order).asset_id, self.asset)
        self.answer(order)
        with self.assertRefused("without a conclusion"):
            order.action_complete()
        self.complete("pass", visit=order)
        self.assertEqual((order.outcome, self.asset.reading_last), ("done", 120.0))

    def test_a_training_without_goods_is_asked_the_questions_for_all_once(self):
        self.make_checklist({"name": "Operator can switch it off"}, kind="training")
        place = self.env["fsm.location"].create(
            {
                "partner_id": self.env["res.partner"].create({"name": "School"}).id,
                "owner_id": self.customer.id,
            }
        )
        order = self.env["fsm.order"].create(
            {
                "name": "Training",
                "location_id": place.id,
                "type": self.env.ref("aftersales_inspection.fsm_order_type_training").id,
            }
        )
        checks = self.start(order)
        self.assertEqual((checks.name, checks.goods), ("Operator can switch it off", ""))
        self.assertEqual(self.start(order), checks)

    def test_a_technician_answers_checks_of_assigned_visits_and_nothing_else(self):
        user = new_test_user(self.env, "t-tess", "fieldservice.group_fsm_user")
        self.visit.person_id = self.env["fsm.person"].create({"partner_id": user.partner_id.id})
        self.visit.with_user(user).action_start()
        check = self.visit.check_ids[1].with_user(user)
        check.number = 2
        self.assertEqual(check.result, "passed")
        for values in ({"maximum": 99}, {"is_required": False}, {"name": "x"}, {"line_id": False}):
            with self.assertRefused("by hand"):
                check.write(values)
        with self.assertRaises(AccessError):
            check.unlink()
        other = new_test_user(self.env, "t-other", "fieldservice.group_fsm_user")
        for operation in (lambda c: c.read(["name"]), lambda c: c.write({"number": 1})):
            with self.assertRaises(AccessError):
                operation(self.visit.check_ids[1].with_user(other))
        with self.assertRaises(AccessError):
            self.visit.with_user(other).action_start()
        seller = new_test_user(self.env, "t-seller", "sales_team.group_sale_salesman")
        self.assertEqual(self.visit.check_ids[1].with_user(seller).number, 2)
        with self.assertRaises(AccessError):
            self.visit.check_ids[1].with_user(seller).number = 3

    def test_what_was_noted_stays_once_the_visit_is_over(self):
        self.start()
        self.answer()
        finding = self.find()
        self.complete()
        agent = self.agent
        for change in (
            lambda: self.visit.check_ids[0].with_user(agent).write({"verdict": "not_ok"}),
            lambda: finding.with_user(agent).write({"quantity": 2}),
            lambda: finding.with_user(agent).unlink(),
        ):
            with self.assertRefused("is over: what was noted there stays"):
                change()
        with self.assertRefused("Reopen it to correct it"):
            self.visit.with_user(agent).conclusion = "pass"
        with self.assertRefused("is over"):
            self.visit.action_start()
