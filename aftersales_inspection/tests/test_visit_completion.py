# SPDX-License-Identifier: AGPL-3.0-or-later
from datetime import datetime

from lxml import etree

from odoo.tests import Form, freeze_time, new_test_user, tagged

from .common import PIXEL, OnSiteCase


@tagged("post_install", "-at_install")
class TestVisitCompletion(OnSiteCase):
    """What completing does to goods, meters, claims and signature, and how it is taken back."""

    def setUp(self):
        super().setUp()
        self.entitlement = self.contract._entitlement("visit", self.contract.date_start)

    def notes(self):
        return " ".join(self.visit.message_ids.mapped(lambda message: str(message.body)))

    def test_times_condition_and_meter_are_noted_and_reopening_takes_them_back(self):
        self.asset.condition = "worn"
        self.start()
        self.answer(hours=120.5)
        self.find(quantity=2)
        self.complete()
        self.assertRecordValues(
            self.visit,
            [
                {
                    "date_start": datetime(2026, 6, 1, 9, 30),
                    "date_end": datetime(2026, 6, 1, 11),
                    "duration": 1.5,
                    "outcome": "done",
                }
            ],
        )
        self.assertRecordValues(
            self.asset.reading_ids,
            [
                {
                    "value": 120.5,
                    "unit": "h",
                    "source": "visit",
                    "date": datetime(2026, 6, 1, 11),
                    "note": self.visit.name,
                }
            ],
        )
        self.assertEqual((self.asset.condition, self.entitlement.used), ("broken", 1))
        self.assertEqual(
            set(self.visit.finding_ids.mapped("visit_date")), {datetime(2026, 6, 1, 11)}
        )
        claim = self.visit.claim_ids
        self.visit.action_reopen()
        self.assertEqual((self.asset.condition, self.entitlement.used), ("worn", 0))
        self.assertFalse(self.asset.reading_ids)
        self.assertEqual(claim.state, "cancelled")
        self.assertRecordValues(self.visit, [{"outcome": False, "date_end": False}])
        self.complete(moment="2026-06-02 11:00:00")
        self.assertEqual(self.asset.reading_ids.value, 120.5)
        self.assertEqual((self.asset.condition, self.entitlement.used), ("broken", 1))
        self.assertEqual(self.visit.date_end, datetime(2026, 6, 2, 11))

    def test_a_meter_that_shows_less_is_refused_before_the_visit_closes(self):
        with freeze_time("2026-05-01 12:00:00"):
            self.env["aftersales.reading"].create({"asset_id": self.asset.id, "value": 200})
        self.start()
        self.answer(hours=120)
        with self.assertRefused("showed 200.0 h on 05/01/2026 and cannot show 120.0"):
            self.complete()
        self.assertFalse(self.visit.is_closed)
        self.assertEqual(self.visit.check_ids[2].number, 120, "nothing is lost")
        self.visit.check_ids[2].is_reset = True
        self.complete()
        self.assertEqual(self.asset.reading_last, 120)

    def test_a_condition_seen_since_is_kept_when_the_visit_is_reopened(self):
        self.start()
        self.answer()
        self.find(quantity=2, action="none", condition="worn")
        self.complete()
        self.asset.condition = "missing"
        self.reopen()
        self.assertEqual(self.asset.condition, "missing")

    def test_an_approved_claim_stays_and_is_named_and_not_opened_twice(self):
        self.start()
        self.answer()
        self.find()
        self.complete()
        claim = self.visit.claim_ids
        with freeze_time("2026-06-01 12:00:00"):
            claim.action_approve()
        self.reopen()
        self.assertEqual(claim.state, "approved")
        self.assertIn(f"What was approved stays: {claim.name}", self.notes())
        self.find(note="Another one")
        self.complete(moment="2026-06-02 11:00:00")
        second = self.visit.claim_ids - claim
        self.assertEqual((len(second), len(second.line_ids)), (1, 1))

    def test_completing_opens_one_claim_for_all_and_findings_know_it(self):
        self.start()
        self.answer()
        self.find()
        self.find(note="And this")
        nothing = self.find(action="none")
        self.complete()
        claim = self.visit.claim_ids
        self.assertEqual((len(claim), len(claim.line_ids)), (1, 2))
        self.assertEqual((self.visit.finding_ids - nothing).claim_id, claim)
        self.assertFalse(nothing.claim_id)

    def test_outcomes_end_a_visit_without_using_anything(self):
        self.start()
        for outcome, label in (
            ("no_access", "No access"),
            ("refused", "Refused by the customer"),
            ("not_found", "Site not found"),
        ):
            form = Form(
                self.env["aftersales.visit.outcome"].with_context(default_visit_id=self.visit.id)
            )
            form.outcome = outcome
            form.note = "Rang twice"
            form.photo = PIXEL
            with freeze_time("2026-06-01 10:00:00"):
                form.save().action_confirm()
            self.assertRecordValues(
                self.visit,
                [
                    {
                        "outcome": outcome,
                        "outcome_note": "Rang twice",
                        "is_closed": True,
                        "date_end": datetime(2026, 6, 1, 10),
                    }
                ],
            )
            self.assertEqual(self.entitlement.used, 0)
            self.assertIn(f"Could not inspect: {label}. Rang twice", self.notes())
            self.assertIn("photo.jpg", self.visit.message_ids.attachment_ids.mapped("name"))
            self.reopen()
            self.assertRecordValues(
                self.visit,
                [
                    {
                        "outcome": False,
                        "outcome_note": False,
                        "is_started": False,
                        "date_start": False,
                    }
                ],
            )

    def test_an_outcome_needs_a_note(self):
        form = Form(
            self.env["aftersales.visit.outcome"].with_context(default_visit_id=self.visit.id)
        )
        with self.assertRaisesRegex(AssertionError, "note"):
            form.save()

    def test_the_customer_signs_what_was_found_and_why(self):
        self.start()
        self.answer()
        self.find(note="Crack in <script>the</script> door")
        self.visit.write({"conclusion": "remarks", "conclusion_note": "New door comes"})
        wizard = self.sign()
        for words in (
            "In order with remarks",
            "New door comes",
            "Boiler",
            f"Broken · {self.wear.name} · Crack in &lt;script&gt;the&lt;/script&gt; door · "
            "to do: Replace",
        ):
            self.assertIn(words, str(wizard.found))
        self.assertRecordValues(
            self.visit,
            [{"signed_by": "Vera Verde", "signed_on": datetime(2026, 6, 1, 10, 45)}],
        )
        self.complete()
        self.assertTrue(self.visit.signature, "completing changes nothing that was signed")

    def test_whatever_changes_what_was_signed_takes_the_signature_away(self):
        self.start()
        self.answer()
        finding = self.find()
        self.visit.conclusion = "remarks"
        for change in (
            lambda: finding.write({"condition": "worn"}),
            lambda: self.find(note="More"),
            lambda: self.visit.check_ids[0].write({"verdict": "not_ok"}),
            lambda: self.visit.write({"conclusion": "fail"}),
            lambda: self.visit.write({"conclusion_note": "Bad"}),
            lambda: self.visit.finding_ids[-1].unlink(),
        ):
            self.sign()
            change()
            self.assertRecordValues(
                self.visit, [{"signature": False, "signed_by": False, "signed_on": False}]
            )
        self.assertIn("The signature of Vera Verde no longer holds", self.notes())
        self.sign()
        self.visit.conclusion = "fail"  # as it was
        self.visit.check_ids[0].modified(["result"])
        self.assertTrue(self.visit.signature)

    def test_a_customer_who_does_not_sign_needs_a_reason_and_may_sign_later(self):
        with self.assertRefused("say why the customer did not sign"):
            self.visit.is_unsigned = True
        self.visit.write({"is_unsigned": True, "unsigned_reason": "Not at home"})
        self.sign()
        self.assertRecordValues(self.visit, [{"is_unsigned": False, "unsigned_reason": False}])

    def test_nobody_reads_through_the_signature_what_is_not_theirs(self):
        self.find(note="Secret")
        user = self.env["res.users"].create(
            {
                "name": "Other",
                "login": "t-other",
                "group_ids": [(6, 0, self.env.ref("fieldservice.group_fsm_user").ids)],
            }
        )
        wizard = self.env["fsm.order.sign.wizard"].with_user(user)
        peek = wizard.create({"order_id": self.visit.id, "signed_by": "x", "signature": PIXEL})
        self.assertFalse(peek.found)

    def test_uninstalling_takes_visit_entitlements_away_with_their_usage(self):
        self.start()
        self.answer()
        self.complete()
        self.assertTrue(self.entitlement.usage_ids)
        kind = self.env.ref(
            "aftersales_inspection.selection__aftersales_entitlement__kind__visit"
        ).with_context(_force_unlink=True)
        kind._process_ondelete()
        self.assertFalse(self.entitlement.exists())

    def test_only_who_is_on_site_is_offered_to_let_it_be_signed_and_only_while_it_is_open(self):
        seller = new_test_user(self.env, "t-seller", "sales_team.group_sale_salesman")
        for user, hidden in ((seller, None), (self.agent, "is_closed")):
            arch = self.env["fsm.order"].with_user(user).get_view(view_type="form")["arch"]
            button = etree.fromstring(arch).find(".//header/button[@name='action_sign']")
            if hidden is None:
                self.assertIsNone(button)
            else:
                self.assertIn(hidden, button.get("invisible"))
