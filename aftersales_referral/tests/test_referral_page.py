# SPDX-License-Identifier: LGPL-3.0-or-later
import re
from datetime import timedelta

from odoo.http import Request
from odoo.tests import HttpCase, freeze_time, tagged

from ..models.referral_throttle import LIMITS
from .common import TODAY, ReferralCommon, ReferralFormCase

PAYLOADS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'><svg/onload=alert(1)>",
    '{{ 7*7 }}<t t-out="1"/>',
    "</textarea><script>alert(2)</script>",
)
THANKS = "We have received your request"
FORM = {"name": "Nina New", "phone": "0499 88 77 66", "email": "", "message": "", "consent": "1"}


@tagged("post_install", "-at_install")
class TestReferralPage(HttpCase, ReferralFormCase, ReferralCommon):
    """The public page ``/refer/<code>`` (requirement 8)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.referrer.write({"phone": "0470 12 34 56", "email": "rita@referrer.example"})
        cls.referrer.user_id = cls.salesperson
        cls.code = cls.referrer._get_referral_code()

    def setUp(self):
        super().setUp()
        self.frozen = freeze_time(TODAY)
        self.frozen.start()
        self.addCleanup(self.frozen.stop)
        self.authenticate(None, None)

    def _send(self, code=None, csrf=True, register=True, **form):
        token = {"csrf_token": Request.csrf_token(self)} if csrf else {}
        response = self.url_open(f"/refer/{code or self.code}", data={**FORM, **token, **form})
        if register:
            self._register()
        return response

    def _no_rows_of_earlier_forms(self):
        self.env["aftersales.referral.throttle"].sudo().search([]).unlink()

    # --- What the page shows -------------------------------------------------------------------

    def test_the_page_shows_the_first_name_only(self):
        page = self.url_open(f"/refer/{self.code.lower()}")
        self.assertEqual(page.status_code, 200)
        self.assertIn("Rita</span> recommends us", page.text)
        said = page.text.split("<main")[1].split("</main")[0]
        # what differs each time may hold any two digits: the form's token, and the code itself
        said, tokens = re.subn(r'(?<=name="csrf_token" value=")[^"]+', "", said)
        self.assertEqual(tokens, 1)
        said = re.sub(re.escape(self.code), "", said, flags=re.IGNORECASE)
        for secret in ("Referrer", "0470", "rita@", "VIP", "15"):
            self.assertNotIn(secret, said, secret)
        self.assertIn("noindex", page.headers["X-Robots-Tag"])
        self.assertFalse(self._referrals())

    def test_an_unknown_code_shows_the_same_form_without_a_name(self):
        for code in ("ZZZZZZZZ", "x", "%00", "%3Cscript%3Ealert(1)", "a%20b"):
            page = self.url_open(f"/refer/{code}")
            self.assertEqual(page.status_code, 200, code)
            self.assertIn("You have been recommended to us", page.text)
            self.assertIn('name="consent"', page.text)
            self.assertNotIn("<script>alert", page.text)

    def test_a_company_is_not_named(self):
        self.referrer.is_company = True
        self.assertNotIn("Rita", self.url_open(f"/refer/{self.code}").text.split("<main")[1])

    # --- What a form makes ---------------------------------------------------------------------

    def test_a_form_registers_a_dated_referral_with_consent_and_a_call(self):
        page = self._send(message="Twenty tiles", email="nina@new.example")
        self.assertIn(THANKS, page.text)
        referral = self._referrals()
        self.assertRecordValues(
            referral,
            [
                {
                    "source": "link",
                    "state": "registered",
                    "referrer_id": self.referrer.id,
                    "contact_name": "Nina New",
                    "phone": "0499 88 77 66",
                    "email": "nina@new.example",
                    "contact_message": "Twenty tiles",
                    "consent_state": "given",
                    "company_id": self.company.id,
                    "user_id": self.salesperson.id,
                    "rate": 15.0,
                }
            ],
        )
        self.assertEqual([str(referral.date), str(referral.consent_date)], [TODAY, TODAY])
        self.assertEqual(referral.activity_ids.user_id, self.salesperson)
        self.assertIn("may call me or write to me", referral.consent_how)
        log = "".join(referral.message_ids.mapped("body"))
        self.assertIn("may call me or write to me", log)
        self.assertEqual(referral.with_user(self.salesperson).contact_name, "Nina New")
        public = self.env.ref("base.public_partner")
        self.assertNotIn(public, referral.message_partner_ids)
        self.assertNotIn(
            "nina@new.example", str(self.env["mail.mail"].search([]).mapped("email_to"))
        )

    def test_the_same_person_twice_makes_one_referral(self):
        self._send(message="First")
        self._send(phone="+32 499 88 77 66", name="N. New", message="Second")
        self._send(message="Second")
        self.assertEqual(self._referrals().contact_message, "First\n\nSecond")
        self._send(phone="", email="nina@new.example")
        self.assertEqual(len(self._referrals()), 2)

    def test_a_form_gives_the_consent_a_salesperson_s_registration_lacks(self):
        referral = self.env["aftersales.referral"].create(
            {"referrer_id": self.referrer.id, "contact_name": "Nina", "phone": "0499887766"}
        )
        self._send()
        self.assertEqual(self._referrals(), referral)
        self.assertEqual(referral.consent_state, "given")
        self.assertTrue(referral.activity_ids)

    def test_a_form_counts_from_the_day_it_was_sent(self):
        self._send(register=False)
        form = self.env["aftersales.referral.form"].sudo().search([])
        self.env.cr.execute("UPDATE aftersales_referral_form SET create_date = '2027-03-10'")
        self._register()
        self.assertFalse(form.exists())
        self.assertEqual(str(self._referrals().date), "2027-03-10")
        self.assertEqual(str(self._referrals().consent_date), "2027-03-10")

    def test_a_double_click_makes_one_referral(self):
        self._send(register=False)
        self._send(register=False)
        triggers = self.env["ir.cron.trigger"].search(
            [("cron_id", "=", self.env.ref("aftersales_referral.cron_register_forms").id)]
        )
        self.assertTrue(triggers)
        self._register()
        self.assertEqual(len(self._referrals()), 1)

    def test_a_form_that_fails_does_not_stop_the_next(self):
        self._send(register=False)
        self.env.flush_all()
        self.env.cr.execute("UPDATE aftersales_referral_form SET create_date = NULL")
        self._send(register=False, phone="0499000001", name="Next")
        with self.assertLogs("odoo.addons.aftersales_referral.models.referral_form", "ERROR"):
            self._register()
        self.assertEqual(self._referrals().contact_name, "Next")
        left = self.env["aftersales.referral.form"].sudo().search([])
        self.assertRecordValues(left, [{"name": "Nina New", "failed": True}])
        self._register()
        self.assertEqual(len(self._referrals()), 1)

    def test_the_page_does_the_same_whatever_becomes_of_the_form(self):
        for form in ({}, {"phone": "0470123456"}, {"code": "ZZZZZZZZ"}):
            self._send(register=False, **form)
            self.assertFalse(self._referrals())
        self.assertEqual(self.env["aftersales.referral.form"].sudo().search_count([]), 3)

    # --- One answer ----------------------------------------------------------------------------

    def test_whatever_happens_there_is_one_answer(self):
        known = self.env["res.partner"].create({"name": "Kim", "email": "kim@known.example"})
        self._order(partner=known, referrer=self.env["res.partner"])
        broke = self.env["res.partner"].create({"name": "Bo Broke"})
        answers = [
            self._send(),
            self._send(),
            self._send(code="ZZZZZZZZ"),
            self._send(code="%00"),
            self._send(phone="0470123456"),
            self._send(phone="", email="RITA@referrer.example"),
            self._send(phone="", email="kim@known.example", name="Kim"),
            self._send(code=broke._get_referral_code()),
            self._send(homepage="http://spam.example", name=""),
        ]
        texts = {answer.text.split("<main")[1].split("</main")[0] for answer in answers}
        self.assertEqual(len(texts), 1)
        self.assertEqual({answer.status_code for answer in answers}, {200})
        self.assertEqual({answer.history[0].status_code for answer in answers}, {303})
        names = self._referrals().filtered(lambda r: r.referrer_id == self.referrer)
        self.assertEqual(names.mapped("contact_name"), ["Nina New", "Kim"])

    def test_too_many_forms_from_one_address_are_ignored_with_the_same_answer(self):
        limit, hours = LIMITS["address"]
        for number in range(limit + 2):
            page = self._send(phone=f"04990000{number:02}", name=f"P{number}")
            self.assertIn(THANKS, page.text)
        self.assertEqual(len(self._referrals()), limit)
        rows = self.env["aftersales.referral.throttle"].sudo().search([])
        self.assertNotIn("127.0.0.1", str(rows.mapped("key")))
        self.assertNotIn(self.code, str(rows.mapped("key")))
        self.env.cr.execute(
            "UPDATE aftersales_referral_throttle SET create_date = create_date - %s",
            [timedelta(hours=hours, minutes=1)],
        )
        self._send(phone="0499111111", name="Later")
        self.assertEqual(len(self._referrals()), limit + 1)

    def test_too_many_forms_for_one_code_are_ignored(self):
        throttle = self.env["aftersales.referral.throttle"].sudo()
        limit = LIMITS["code"][0]
        self.frozen.stop()  # requests and this test have clocks of their own
        self.addCleanup(self.frozen.start)
        for number in range(limit):
            self.assertTrue(throttle._let_in(f"10.0.0.{number}", self.code))
        self.assertIn(THANKS, self._send().text)
        self.assertFalse(self._referrals())
        self.assertTrue(throttle._let_in("10.0.0.1", "OTHERONE"))

    def test_what_is_counted_is_forgotten_after_a_day(self):
        throttle = self.env["aftersales.referral.throttle"].sudo()
        throttle._let_in("10.0.0.1", self.code)
        self.env.cr.execute(
            "UPDATE aftersales_referral_throttle"
            " SET create_date = create_date - interval '25 hours',"
            " write_date = write_date - interval '25 hours'"
        )
        throttle._transient_vacuum()
        self.assertFalse(throttle.search([]))

    def test_one_household_is_one_address(self):
        network = self.env["aftersales.referral.throttle"].sudo()._network
        self.assertEqual(network("2001:db8::1"), network("2001:db8::ffff:1"))
        self.assertNotEqual(network("2001:db8::1"), network("2001:db8:0:1::1"))
        self.assertEqual(network("no address"), "no address")

    # --- Bad input -----------------------------------------------------------------------------

    def test_a_form_without_the_token_of_the_page_is_refused(self):
        self.assertEqual(self._send(csrf=False).status_code, 400)
        self.assertFalse(self._referrals())

    def test_what_is_missing_is_said_and_nothing_typed_is_lost(self):
        for form, words in (
            ({"name": " "}, "tell us your name"),
            ({"phone": ""}, "a phone number or an e-mail"),
            ({"phone": "12"}, "too short"),
            ({"email": "nonsense"}, "does not look right"),
            ({"consent": ""}, "Without your consent"),
        ):
            page = self._send(message="My need", **form)
            self.assertEqual(page.status_code, 200)
            self.assertIn(words, page.text)
            self.assertIn("My need", page.text)
            unknown = self._send(code="ZZZZZZZZ", message="My need", **form)
            self.assertIn(words, unknown.text)
        self.assertFalse(self._referrals())
        self.assertFalse(self.env["aftersales.referral.throttle"].sudo().search([]))

    def test_no_script_sent_runs_anywhere(self):
        for payload in PAYLOADS:
            self._no_rows_of_earlier_forms()
            page = self._send(name=payload, message=payload, email=payload)
            self.assertNotIn(payload, page.text)
            self._send(name=payload, message=payload)
        referral = self._referrals()
        self.assertEqual(referral.contact_name, PAYLOADS[0])
        texts = referral.message_ids.mapped("body") + referral.activity_ids.mapped("note")
        self.assertNotIn("<script", "".join(str(text) for text in texts))
        self.referrer.name = f"{PAYLOADS[0]} Referrer"
        self.assertNotIn("<script>alert", self.url_open(f"/refer/{self.code}").text)

    def test_long_and_strange_texts_are_cut_and_cleaned(self):
        page = self._send(name="N\x00ina" + "x" * 500, message="é€𝄞\u202e" + "y" * 9000)
        self.assertIn(THANKS, page.text)
        referral = self._referrals()
        self.assertEqual(len(referral.contact_name), 100)
        self.assertTrue(referral.contact_name.startswith("Nina"))
        self.assertEqual(len(referral.contact_message), 2000)
        self.assertTrue(referral.contact_message.startswith("é€𝄞y"))
