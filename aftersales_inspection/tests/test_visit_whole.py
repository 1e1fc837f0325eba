# SPDX-License-Identifier: AGPL-3.0-or-later
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import Form, freeze_time, new_test_user, tagged
from odoo.tools import mute_logger

from .common import PIXEL, VisitCase

ON_SITE = "aftersales_inspection.aftersales_visit_view_form_on_site"


@tagged("post_install", "-at_install")
class TestVisitWhole(VisitCase):
    """A visit from start to end: checks, parts, gift, replacements and report at once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["aftersales.checklist"].search([]).active = False
        cls.load(cls.goods, 3)
        cls.wear = cls.env.ref("aftersales_plans.cause_wear")
        cls.misuse = cls.env.ref("aftersales_plans.cause_misuse")
        cls.visit.person_id = cls.technician
        cls.customer.email = "casa@example.com"
        cls.other = new_test_user(cls.env, "t-other", "fieldservice.group_fsm_user")

    @classmethod
    def make_checklist(cls, *questions, **values):
        return cls.env["aftersales.checklist"].create(
            {"name": "List", "line_ids": [Command.create(one) for one in questions], **values}
        )

    @freeze_time("2026-06-01 09:00:00")
    def find(self, **values):
        """Write a finding as the technician."""
        return (
            self.env["aftersales.finding"]
            .with_user(self.user)
            .create(
                {
                    "visit_id": self.visit.id,
                    "asset_id": self.asset.id,
                    "condition": "broken",
                    "cause_id": self.wear.id,
                    "action": "replace",
                    **values,
                }
            )
        )

    @freeze_time("2026-06-01 09:00:00")
    def start(self):
        """Press Start as the technician; return what is checked."""
        visit = self.visit.with_user(self.user)
        visit.action_start()
        self.env.invalidate_all()
        return visit.check_ids

    def take(self, kind, **values):
        """Enter a visit without contract by hand, and make it the one that is tested."""
        self.visit = self.env["fsm.order"].create(
            {
                "name": kind.title(),
                "type": self.env.ref(f"aftersales_inspection.fsm_order_type_{kind}").id,
                "location_id": self.visit.location_id.id,
                "person_id": self.technician.id,
                **values,
            }
        )
        self.env.invalidate_all()

    def take_stock(self):
        """Inspect four tiles in two places by a checklist; return the rows."""
        tile = self.good("Tile", 1.0)
        shelf = self.env["stock.location"].create(
            {"name": "Shelf", "location_id": self.warehouse().lot_stock_id.id}
        )
        self.take("stock")
        self.make_checklist({"name": "Dry"}, kind="stock")
        places = self.warehouse().lot_stock_id | shelf
        for place in places:
            self.env["stock.quant"]._update_available_quantity(tile, place, 2)
        return self.env["aftersales.stock.check"].create(
            [
                {
                    "visit_id": self.visit.id,
                    "product_id": tile.id,
                    "place_id": place.id,
                    "quantity": 2,
                }
                for place in places
            ]
        )

    def mails(self):
        messages = self.visit.sudo().message_ids
        return messages.filtered(lambda message: message.message_type == "auto_comment")

    # --- Own stock -----------------------------------------------------------------------------

    def test_a_technician_inspects_stock_on_the_phone_and_nobody_is_mailed(self):
        self.take_stock()
        self.company.partner_id.email = "us@example.com"
        check = self.start()
        self.assertEqual((check.goods, check.goods_detail), ("Tile", False))
        check.verdict = "ok"
        with Form(self.visit.with_user(self.user), view=ON_SITE) as form:
            form.conclusion = "pass"
        self.env.invalidate_all()
        with freeze_time("2026-06-01 10:00:00"):
            self.visit.with_user(self.user).action_complete()
        self.assertEqual(self.visit.outcome, "done")
        self.assertFalse(self.mails())
        self.assertNotIn("e-mail", str(self.visit.message_ids.mapped("body")))
        with self.assertRefused("looked at our own stock"):
            self.visit.with_user(self.user).action_send_report()
        html = self.env["ir.actions.report"]._render_qweb_html(
            "aftersales_inspection.visit_report", self.visit.ids
        )[0]
        self.assertIn(b"Dry", html)
        self.assertNotIn(b"<strong>Customer</strong>", html)
        self.assertNotIn(b"aftersales.asset", html)

    def test_what_failed_in_stock_is_reported_where_it_lies_and_can_be_scrapped(self):
        rows = self.take_stock()
        check = self.start()
        check.verdict = "not_ok"
        action = check.action_report_finding()
        finding = self.env["aftersales.finding"].with_user(self.user)
        form = Form(
            finding.with_context(**action["context"]),
            view="aftersales_inspection.aftersales_finding_view_form_stock",
        )
        self.assertEqual((form.stock_check_id, form.note), (rows[0], "Dry: Not in order"))
        form.stock_check_id = rows[1]
        form.save().action_scrap()
        self.assertEqual(self.held(rows.product_id, rows[1].place_id), 1)
        self.assertEqual(rows[1].result, "1 Defective (scrapped)")

    def test_a_visit_without_contract_is_the_assigned_technicians_alone(self):
        self.take_stock()
        self.start()
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            self.visit.with_user(self.other).action_complete()
        self.take("repair")
        self.assertTrue(self.visit.with_user(self.other).name, "as Field Service has it")

    def test_checks_that_are_hidden_from_whoever_completes_are_asked_for_all_the_same(self):
        self.make_checklist({"name": "Dry"})
        self.start()
        narrow = {
            "name": "none",
            "model_id": self.env["ir.model"]._get("aftersales.check").id,
            "domain_force": "[(0, '=', 1)]",
        }
        self.env["ir.rule"].create(narrow)
        with self.assertRefused("not answered"):
            self.complete()

    # --- Installations and trainings -----------------------------------------------------------

    def test_an_installation_without_contract_replaces_and_ships_by_a_claim(self):
        bought = self.sell_on("2026-03-15 06:00:00", (self.goods, 4))
        self.assertFalse(bought)
        self.asset = self.env["aftersales.asset"].search([("contract_ids", "=", False)], limit=1)
        self.take("installation")
        self.start()
        with Form(self.visit.with_user(self.user), view=ON_SITE) as form:
            with form.finding_ids.new() as line:
                line.asset_id = self.asset
                line.condition = "broken"
                line.action = "replace"
                line.cause_id = self.misuse
                self.assertEqual(line.cover_label, "Customer: Misuse is charged")
        with self.assertRefused("Customer: Misuse is charged"):
            self.find(cause_id=self.misuse.id, supply="van")
        self.find(cause_id=self.defect.id, supply="van", quantity=2)
        self.use(self.seal, 1)
        self.complete()
        claim = self.visit.claim_ids
        self.assertRecordValues(
            claim, [{"partner_id": self.customer.id, "contract_id": False, "state": "approved"}]
        )
        self.assertEqual(
            sorted(claim.line_ids.mapped(lambda line: (line.billing_type, line.is_fitted))),
            [("billable", False), ("warranty", True)],
        )
        self.assertEqual((self.held(self.goods), self.held(self.seal)), (1, 9))
        self.assertIn("Visit report", self.mails().attachment_ids.name)

    def test_a_check_about_no_goods_is_reported_in_the_conclusion(self):
        self.make_checklist({"name": "Everybody instructed"}, kind="training")
        place = self.env["fsm.location"].create({"name": "Hall", "owner_id": self.customer.id})
        self.take("training", location_id=place.id)
        check = self.start()
        check.verdict = "not_ok"
        with self.assertRefused("say in the conclusion what is wrong"):
            check.action_report_finding()

    # --- Replaced on the spot ------------------------------------------------------------------

    def test_a_finding_from_a_failed_check_says_who_pays_before_it_is_saved(self):
        self.make_checklist({"name": "Tight"})
        check = self.start()
        check.verdict = "not_ok"
        finding = self.env["aftersales.finding"].with_user(self.user)
        with freeze_time("2026-06-01 09:00:00"):
            form = Form(finding.with_context(**check.action_report_finding()["context"]))
            form.action = "replace"
            form.cause_id = self.wear
            self.assertIn("Plan: Covered by the plan", form.cover_label)
            form.supply = "van"
            self.assertEqual(form.save().supply, "van")

    def test_a_finding_that_is_not_saved_yet_shares_what_the_plan_gives_with_the_others(self):
        self.contract.claim_value_limit = 500.0
        first = self.find(supply="ship")
        finding = self.env["aftersales.finding"].with_user(self.user)
        goods = {"default_visit_id": self.visit.id, "default_asset_id": self.asset.id}
        with freeze_time("2026-06-01 09:00:00"):
            form = Form(finding.with_context(**goods))
            form.action = "replace"
            form.cause_id = self.wear
            self.assertEqual((first.cover_type, form.cover_type), ("contract", "billable"))

    def test_what_was_replaced_on_the_spot_is_signed_and_reported_as_that(self):
        finding = self.find(supply="ship")
        self.assertIn("to do: Replace", finding._in_words())
        self.visit.with_user(self.user).conclusion = "remarks"
        signing = self.env["fsm.order.sign.wizard"].with_user(self.user)
        signing.with_context(active_id=self.visit.id).create(
            {"signed_by": "Vera", "signature": PIXEL}
        ).action_sign()
        self.assertTrue(self.visit.signature)
        with freeze_time("2026-06-01 09:30:00"):
            finding.supply = "van"
        self.assertFalse(self.visit.signature, "it was signed that one would be sent")
        self.assertIn("replaced on the spot", finding._in_words())
        self.complete()
        self.assertIn("replaced on the spot", self.mails().body)
        self.assertNotIn("We settle", self.mails().body)

    def test_a_dispatcher_completes_a_visit_with_fitted_goods(self):
        dispatcher = new_test_user(self.env, "t-disp", "fieldservice.group_fsm_dispatcher")
        self.find(supply="van")
        self.complete(user=dispatcher)
        self.assertEqual((self.visit.claim_ids.state, self.held(self.goods)), ("done", 2))

    def test_the_limit_binds_a_dispatcher_too(self):
        dispatcher = new_test_user(self.env, "t-disp", "fieldservice.group_fsm_dispatcher")
        self.company.aftersales_cover_limit = 100.0
        self.find(supply="van")
        self.complete(user=dispatcher)
        self.assertEqual((self.visit.claim_ids.state, self.held(self.goods)), ("submitted", 2))

    def test_what_has_to_be_replaced_is_not_everything_in_order(self):
        finding = self.find(supply="ship")
        self.visit.with_user(self.user).conclusion = "pass"
        with self.assertRefused("Boiler: Broken · Wear · to do: Replace"):
            self.visit.with_user(self.user).action_complete()
        finding.write({"action": "none", "condition": "worn"})
        self.visit.with_user(self.user).action_complete()

    # --- Over and over again -------------------------------------------------------------------

    def everything(self):
        """Enter a meter, parts, a gift, a fitted and a sent replacement; return the gift."""
        cake = self.good("Cake", 5.0)
        self.load(cake, 1)
        self.env["aftersales.visit.part"].create(
            {"visit_id": self.visit.id, "product_id": cake.id, "is_gift": True}
        )
        self.make_checklist({"name": "Hours", "kind": "measure", "unit": "h", "is_meter": True})
        self.start().number = 50
        self.use(self.seal, 2)
        self.find(supply="van")
        self.find(supply="ship")
        return cake

    def facts(self, cake):
        """Return (visits used, seals, cakes and boilers in the van, readings, boilers in use)."""
        goods = self.contract.asset_ids.filtered(lambda asset: asset.status == "in_use")
        return (
            self.visit._visit_entitlement().used,
            self.held(self.seal),
            self.held(cake),
            self.held(self.goods),
            len(self.asset.reading_ids),
            sum(goods.mapped("quantity")),
        )

    def test_completing_and_reopening_again_and_again_doubles_and_loses_nothing(self):
        cake = self.everything()
        for _time in range(3):
            self.complete()
            self.assertEqual(self.facts(cake), (1, 8, 0, 2, 1, 10))
            self.reopen()
            self.assertEqual(self.facts(cake), (0, 10, 1, 2, 0, 10), "what was approved stays")
        self.assertEqual(self.visit.claim_ids.mapped("state"), ["approved"])
        costs = self.contract._contract_costs()[self.contract]
        self.assertEqual((costs["parts"], costs["visit_parts"], costs["gifts"]), (300, 0, 0))
        self.assertEqual(len(self.mails()), 3)
        self.complete(outcome="no_access")
        self.assertEqual(self.facts(cake), (0, 8, 1, 2, 0, 10))

    def test_what_waits_for_the_office_comes_back_each_time_it_is_withdrawn(self):
        self.company.aftersales_cover_limit = 100.0
        cake = self.everything()
        for _time in range(3):
            self.complete()
            self.assertEqual(self.facts(cake), (1, 8, 0, 2, 1, 10))
            self.reopen()
            self.assertEqual(self.facts(cake), (0, 10, 1, 3, 0, 10))
        self.assertEqual(self.visit.claim_ids.mapped("state"), ["cancelled"] * 3)
        moves = self.env["stock.move"].search([("aftersales_visit_id", "=", self.visit.id)])
        self.assertFalse(self.booked(moves))

    def test_a_completed_visit_that_is_cancelled_gives_everything_back(self):
        cake = self.everything()
        self.complete()
        self.visit.with_user(self.user).action_cancel()
        self.assertEqual(self.facts(cake), (0, 10, 1, 2, 0, 10))
        following = self.contract.visit_ids.sorted("aftersales_visit_number")[1]
        self.assertEqual(following.part_ids.product_id, cake, "the next visit brings the gift")

    def test_a_contract_that_ended_leaves_what_was_fitted_to_the_office(self):
        cake = self.everything()
        with freeze_time("2026-06-01 09:30:00"):
            self.contract._close("cancelled")
        self.assertFalse(self.visit.is_closed, "somebody is there")
        self.complete()
        self.assertEqual(self.facts(cake)[:5], (1, 8, 0, 2, 1))
        self.assertEqual(self.visit.claim_ids.state, "submitted")

    def test_held_benefits_leave_what_was_fitted_to_the_office(self):
        cake = self.everything()
        self.contract.benefits_require_payment = "hold"
        with freeze_time("2026-03-15 12:00:00"):
            self.contract.sale_order_id._create_invoices().action_post()
        self.complete()
        self.assertEqual(self.facts(cake), (1, 8, 0, 2, 1, 10))
        self.assertEqual(self.visit.claim_ids.state, "submitted")

    @mute_logger("odoo.addons.aftersales_plans.models.never_fail")
    def test_a_report_that_cannot_be_printed_undoes_nothing_of_the_visit(self):
        cake = self.everything()
        with patch.object(
            type(self.env["ir.actions.report"]), "_render_qweb_pdf", side_effect=ValueError("no")
        ):
            self.complete()
        self.assertEqual(self.facts(cake), (1, 8, 0, 2, 1, 10))
        self.assertFalse(self.mails())
        self.assertFalse(self.visit.report_mailed_on)

    def test_one_bad_visit_of_a_set_completes_none_and_is_named(self):
        visits = self.contract.visit_ids.sorted("aftersales_visit_number")[:2]
        visits.person_id = self.technician
        visits[0].conclusion = "pass"
        with self.assertRefused(f"{visits[1].name} cannot be completed without"):
            visits.with_user(self.user).action_complete()

    # --- What is over stays --------------------------------------------------------------------

    def test_a_finding_leaves_no_completed_visit_and_changes_in_none(self):
        finding = self.find(supply="ship")
        following = self.contract.visit_ids.sorted("aftersales_visit_number")[1]
        following.person_id = self.technician
        late = self.find(visit_id=following.id, supply="ship")
        self.complete()
        for change in ({"visit_id": following.id}, {"supply": "van"}, {"lot_id": False}):
            with self.assertRefused("is over"):
                finding.write(change)
        with self.assertRefused("is over"):
            late.visit_id = self.visit

    def test_what_a_claim_was_approved_for_stays_when_the_visit_is_reopened(self):
        finding = self.find(supply="van")
        self.complete()
        self.reopen()
        for change in (lambda: finding.write({"quantity": 2}), finding.unlink):
            with self.assertRefused("was approved for this finding"):
                change()
        finding.note = "Seen again"

    def test_nobody_makes_a_completed_visit_another_one(self):
        self.complete()
        visit = self.visit.with_user(self.user).with_context(bypass_order_completed_stage=True)
        repair = self.env.ref("aftersales_inspection.fsm_order_type_repair")
        for change in (
            {"stage_id": visit.stage_id.id, "conclusion": "fail"},
            {"person_id": False},
            {"type": repair.id},
        ):
            with self.assertRefused("Reopen it"):
                visit.write(change)
        visit.write({"person_id": self.technician.id, "conclusion": "remarks"})  # as they are
