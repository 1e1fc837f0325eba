# SPDX-License-Identifier: LGPL-3.0-or-later
import re

from odoo.tests import freeze_time, tagged

from odoo.addons.aftersales_plans.tests.common_portal import PortalCase

from ..models.referral_throttle import LIMITS
from .common import TODAY, ReferralCommon, ReferralFormCase

REWARDS, REFERRALS, NEW = "/my/rewards", "/my/referrals", "/my/referrals/new"
THANKS = "We do not call or write to anybody who has not agreed"
FORM = {"name": "Nina New", "phone": "0499 88 77 66", "email": "", "message": "", "consent": "1"}


@tagged("post_install", "-at_install")
class TestReferralsPortal(PortalCase, ReferralFormCase, ReferralCommon):
    """What a referrer passes on, names, and reads of the people recommended (8, 85)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.referrer.user_id = cls.salesperson
        cls.login = cls.customer_login("rita", cls.referrer)
        cls.nobody = cls.env["res.partner"].create({"name": "Olga Ohne"})
        cls.customer_login("olga", cls.nobody)

    def setUp(self):
        super().setUp()
        frozen = freeze_time(TODAY)
        frozen.start()
        self.addCleanup(frozen.stop)

    def _main(self, address, login="rita"):
        response = self.page(address, login)
        self.assertEqual(response.status_code, 200)
        return response.text.split("<main")[1].split("</main")[0]

    def _tell(self, login="rita", register=True, **form):
        response = self.send(NEW, login, **{**FORM, **form})
        if register:
            self._register()
        return response

    def _refer(self, **vals):
        return self.env["aftersales.referral"].create({"referrer_id": self.referrer.id, **vals})

    # --- Passing on ----------------------------------------------------------------------------

    def test_who_has_a_contract_that_rewards_gets_a_link_by_a_click(self):
        self.assertIn(REWARDS, self.page("/my", "rita").text)
        page = self._main(REWARDS)
        self.assertIn("Get my link", page)
        self.assertFalse(self.referrer.referral_code, "opening the page makes none")
        answer = self.send(f"{REWARDS}/code", "rita")
        code = self.referrer.referral_code
        for part in (
            f'value="{self.referrer.get_base_url()}/refer/{code}"',
            "https://wa.me/?text=I%20am%20a%20customer",
            "mailto:?subject=I%20recommend",
            "sms:?&amp;body=",
            f'src="/refer/{code}/qr.png"',
        ):
            self.assertIn(part, answer.text)
        self.assertNotRegex(answer.text.split("<main")[1], r'<script[^>]+src="http')
        self.send(f"{REWARDS}/code", "rita")
        self.assertEqual(self.referrer.referral_code, code)

    def test_what_is_earned_and_when_it_is_paid_is_said_in_words(self):
        self.company.write(
            {
                "aftersales_hold_days": 14,
                "aftersales_referral_limit": 300.0,
                "aftersales_credit_minimum": 20.0,
            }
        )
        words = self.words(REWARDS, "rita")
        for sentence in (
            "You earn 15 % of what they pay for goods and services.",
            "service plans, and what they pay with store credit or gift cards do not count",
            "has not bought from us in the last 24 months",
            "The first order counts.",
            "earns $ 300.00 at most",
            "paid out 14 days after they have paid",
            "store credit from $ 20.00 on",
            "12 months after it was granted",
        ):
            self.assertIn(sentence, words.replace("\xa0", " "))

    def test_other_rules_are_said_in_other_words(self):
        self.company.write(
            {
                "aftersales_referral_scope": "period",
                "aftersales_referral_months": 12,
                "aftersales_cash_minimum": 50.0,
                "aftersales_new_customer_months": 0,
                "aftersales_hold_days": 0,
            }
        )
        self.referrer.referral_payout_method = "cash"
        words = self.words(REWARDS, "rita").replace("\xa0", " ")
        for sentence in (
            "Every order of the first 12 months counts.",
            "We pay out in money from $ 50.00 on.",
            "It counts for whoever has never bought from us.",
            "A reward can be paid out once they have paid and have received everything.",
        ):
            self.assertIn(sentence, words)
        self.assertNotIn("The first order counts.", words)

    def test_who_has_none_reads_which_plans_reward(self):
        words = self.words(REWARDS, "olga")
        self.assertIn("no service contract that rewards", words)
        self.assertIn("VIP: 15 %", words)
        self.assertNotIn("Get my link", words)
        answer = self.send(f"{REWARDS}/code", "olga")
        self.assertIn("cannot be chosen", answer.text)
        self.assertFalse(self.nobody.referral_code)
        self.assertTrue(self.page(NEW, "olga").url.endswith(REWARDS))
        self._tell("olga")
        self.assertFalse(self._referrals())
        self.assertEqual(self.nobody._has_rewards(self.company), False)

    # --- How each one stands -------------------------------------------------------------------

    def test_of_each_person_first_name_status_and_reward_are_told(self):
        self.company.aftersales_hold_days = 14
        order = self._order()
        words = self.words(REFERRALS, "rita")
        self.assertRegex(words, r"Ned March 15, 2027 March 15, 2027 Bought")
        self._pay(self._invoice(order))
        self.assertRegex(self.words(REFERRALS, "rita"), r"on hold until March 29, 2027 \$ 150\.00")
        self._refer(contact_name="Berger, Anna", phone="0499887766", email="a@berger.example")
        refused = self._refer(contact_name="Dr. Bob Unlucky", phone="0499887755")
        refused._reject("He is a customer already")
        words = self.words(REFERRALS, "rita")
        self.assertRegex(words, r"Anna March 15, 2027 March 15, 2027 Invited")
        self.assertRegex(words, r"Bob March 15, 2027 March 15, 2027 Not counted")
        for hidden in (
            "Neighbour", "Berger", "Unlucky", "0499", "berger.example", "customer already",
            order.name, refused.name,
        ):  # fmt: skip
            self.assertNotIn(hidden, self._main(REFERRALS), hidden)
        with freeze_time("2027-03-29"):
            self.assertIn("Ready to be paid out", self.words(REFERRALS, "rita"))
            self._payout(150.0)
            self.assertRegex(self.words(REFERRALS, "rita"), r"Paid out \$ 150\.00")
            self._credit(order.invoice_ids)
            self.assertIn("Bought", self.words(REFERRALS, "rita"))

    def test_a_search_finds_first_names_and_tells_no_other(self):
        self._refer(contact_name="Berger, Anna", phone="0499887766")
        self._refer(contact_name="Bob Unlucky", phone="0499887755")._reject("no")
        for query, found in (
            ("search=ann", 1),
            ("search=Berger", 0),
            ("search=unl", 0),
            ("search=Bob+Unlucky", 0),
            ("search=%25", 0),
            ("search=%00", 2),
            ("search=0499887766", 0),
            ("filterby=invited", 1),
            ("filterby=not_counted", 1),
            ("filterby=bought", 0),
            ("sortby=oldest", 2),
            ("sortby=x&filterby=x&search_in=x&records=1&told=1", 2),
        ):
            page = self._main(f"{REFERRALS}?{query}")
            self.assertEqual(page.count("rounded-pill"), found, query)
        self.assertIn(
            "Nothing was found", page if not found else self._main(f"{REFERRALS}?search=x")
        )

    def test_who_is_forgotten_has_no_name_any_more(self):
        referral = self._refer(contact_name="Anna Berger", phone="0499887766")
        referral.sudo()._forget("Forgotten")
        self.assertRegex(self.words(REFERRALS, "rita"), r"Somebody .* Not counted")

    def test_nobody_else_reads_them(self):
        self._refer(contact_name="Anna Berger", phone="0499887766")
        self.assertIn("not recommended anybody yet", self.words(REFERRALS, "olga"))
        self.assertNotIn("Anna", self.page(REFERRALS, "ada").text.split("<main")[1])
        self.assertIn("/web/login", self.page(REFERRALS).url)
        self.assertIn("/web/login", self.page(NEW).url)
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        self._referrals().sudo().company_id = elsewhere
        self.assertNotIn("Anna", self._main(REFERRALS))

    def test_a_contact_sees_those_of_the_company_and_passes_on_an_own_code(self):
        company = self.env["res.partner"].create({"name": "Rita Ltd", "is_company": True})
        clerk = self.env["res.partner"].create({"name": "Clerk", "parent_id": company.id})
        self.customer_login("clerk", clerk)
        self._contract(company, self.plan)
        self._refer(referrer_id=company.id, contact_name="Anna Berger", phone="0499000001")
        self.assertIn("Anna", self._main(REFERRALS, "clerk"))
        self.assertNotIn("Anna", self._main(REFERRALS))
        self.send(f"{REWARDS}/code", "clerk")
        self.assertTrue(clerk.referral_code)
        self._tell("clerk")
        self.assertEqual(self._referrals()[-1].referrer_id, clerk)
        company.active = False
        self.assertNotIn("Tell us about", self._main(REFERRALS, "clerk"))
        self.assertTrue(self.page(NEW, "clerk").url.endswith(REWARDS))

    # --- Naming a neighbour --------------------------------------------------------------------

    def test_a_neighbour_is_registered_and_nobody_is_asked_to_call(self):
        page = self._tell(message="Twenty tiles")
        self.assertIn(THANKS, page.text)
        referral = self._referrals()
        self.assertRecordValues(
            referral,
            [
                {
                    "source": "portal",
                    "state": "registered",
                    "referrer_id": self.referrer.id,
                    "contact_name": "Nina New",
                    "phone": "0499 88 77 66",
                    "contact_message": "The referrer writes: Twenty tiles",
                    "consent_state": "none",
                    "consent_date": False,
                    "user_id": self.salesperson.id,
                    "company_id": self.company.id,
                    "rate": 15.0,
                }
            ],
        )
        self.assertEqual(str(referral.forget_date), "2027-04-14")
        self.assertIn("Rita Referrer stated online: “I have asked", referral.consent_how)
        self.assertFalse(referral.activity_ids)
        self.assertNotIn(
            self.salesperson.partner_id, self.env["mail.mail"].search([]).recipient_ids
        )
        with freeze_time("2027-04-15"):
            self.env.ref("aftersales_referral.cron_forget").method_direct_trigger()
        self.assertRecordValues(
            referral,
            [{"state": "expired", "contact_name": False, "phone": False, "consent_how": False}],
        )
        self.assertNotIn("Nina", "".join(map(str, referral.message_ids.mapped("body"))))

    def test_the_neighbour_agrees_by_the_link(self):
        self._tell()
        form = {"name": "Nina New", "phone": "+32 499 88 77 66", "consent": "I agree"}
        self.env["aftersales.referral.form"].sudo().create(
            {**form, "code": self.referrer._get_referral_code(), "company_id": self.company.id}
        )
        self._register()
        referral = self._referrals()
        self.assertRecordValues(referral, [{"consent_state": "given", "source": "portal"}])
        self.assertEqual(len(referral.activity_ids), 1)
        self._tell(message="Nina waits for you")
        self.assertEqual(self._referrals(), referral)
        self.assertEqual(referral.consent_state, "given", "the referrer takes nothing back")
        self.assertIn("waits for you", referral.contact_message)

    def test_the_same_neighbour_twice_makes_one_referral_that_nobody_calls(self):
        self._tell(register=False)
        self._tell(phone="+32 499 88 77 66", message="Again")
        referral = self._referrals()
        self.assertEqual(referral.contact_message, "The referrer writes: Again")
        self.assertEqual((referral.consent_state, len(referral.activity_ids)), ("none", 0))

    def test_whatever_happens_there_is_one_answer(self):
        self.referrer.write({"phone": "0470 12 34 56", "email": "rita@referrer.example"})
        known = self.env["res.partner"].create({"name": "Kim", "email": "kim@known.example"})
        self._order(partner=known, referrer=self.env["res.partner"])
        answers = [
            self._tell(),
            self._tell(),
            self._tell(phone="0470123456"),  # the referrer's own
            self._tell(phone="", email="RITA@referrer.example"),
            self._tell(phone="", email="kim@known.example", name="Kim"),
        ]
        for _time in range(LIMITS["address"][0] - len(answers)):
            self._tell(register=False)
        answers.append(self._tell(phone="0499000000", name="Too Much"))
        said = {re.search(r'role="status">(.*?)</div>', one.text, re.S)[1] for one in answers}
        self.assertEqual(len(said), 1)
        self.assertEqual({one.history[0].status_code for one in answers}, {303})
        self.assertEqual(self._referrals().mapped("contact_name"), ["Nina New", "Kim"])
        self.assertEqual(self.words(REFERRALS, "rita").count("Invited"), 3, "with the filter")

    def test_what_is_missing_is_said_and_nothing_typed_is_lost(self):
        for form, words in (
            ({"name": " "}, "tell us the name"),
            ({"phone": ""}, "a phone number or an e-mail"),
            ({"phone": "12"}, "too short"),
            ({"email": "nonsense"}, "does not look right"),
            ({"consent": ""}, "Please ask them first"),
            ({"consent": "0"}, "Please ask them first"),
        ):
            page = self._tell(register=False, message="My note", **form)
            self.assertEqual(page.status_code, 200)
            self.assertIn(words, page.text)
            self.assertIn("My note", page.text)
        files = {name: ("a.txt", b"any") for name in ("name", "message", "consent")}
        self.assertIn("tell us the name", self.send(NEW, "rita", files=files, phone="12").text)
        with self.assertLogs("odoo.http", "WARNING"):
            self.assertEqual(self.send(NEW, "rita", csrf=False, **FORM).status_code, 400)
        self.assertFalse(self.env["aftersales.referral.form"].sudo().search([]))

    # --- Scripts, statements, size -------------------------------------------------------------

    def test_a_statement_of_any_days_is_printed_and_nothing_is_kept(self):
        order = self._order()
        self._pay(self._invoice(order))
        statements = self.env["aftersales.statement"].search_count([])
        address = f"{REWARDS}/statement"
        year = self.page(f"{address}?year=2027", "rita")
        days = self.url_open(f"{address}?date_from=2027-03-01&date_to=2027-03-31")
        for response, name in ((year, "2027"), (days, "2027-03-01")):
            self.assertEqual(response.headers["Content-Type"], "application/pdf")
            self.assertIn(name, response.headers["Content-Disposition"])
            self.assertIn("Reward: Ned", response.text)
            for hidden in ("Neighbour", order.name):
                self.assertNotIn(hidden, response.text)
        self.assertEqual(self.env["aftersales.statement"].search_count([]), statements)
        for asked in (
            "", "?year=x", "?year=0", "?year=99999", "?year=2028", "?year=-1",
            "?date_from=2027-03-01", "?date_from=2027-03-02&date_to=2027-03-01",
            "?date_from=2020-01-01&date_to=2027-01-01", "?date_from=9999-01-01&date_to=9999-12-31",
            "?date_from=x&date_to=%00",
        ):  # fmt: skip
            answer = self.url_open(f"{address}{asked}")
            self.assertIn("There is no statement of these days", answer.text, asked)
        self.assertNotIn("Ned", self.page(f"{address}?year=2027", "olga").text)
        self.assertTrue(self.page(f"{address}?year=2027", "ada").url.endswith("/my"))
        self.assertIn("/web/login", self.page(f"{address}?year=2027").url)
        words = self.words(REWARDS, "rita")
        self.assertRegex(words, r"March 15, 2027 Reward: Ned \$ 150\.00")
        self.assertIn("Year 2027", words)
        self.assertNotIn(order.name, words)

    def test_a_longer_list_asks_no_more(self):
        def queries():
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            told = self._referrals()._told_online(self.referrer, self.company)
            return len(told), self.env.cr.sql_log_count - before

        self._refer(contact_name="A B", phone="0499000001")
        few = queries()
        for number in range(2, 9):
            self._refer(contact_name="A B", phone=f"049900000{number}")
        self.assertEqual((few[0], queries()[0]), (1, 8))
        self.assertLessEqual(queries()[1], few[1])

    # --- In a browser --------------------------------------------------------------------------

    def test_a_customer_recommends_and_takes_store_credit(self):
        self.referrer._get_referral_code()
        self.referrer.referral_payout_method = "cash"
        self.start_tour(REWARDS, "aftersales_recommend", login="rita")
        self._register()
        self.assertEqual(self._referrals().contact_name, "Nina New")
        self.assertEqual(self.referrer.referral_payout_method, "credit")
