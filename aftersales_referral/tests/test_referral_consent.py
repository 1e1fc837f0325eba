# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, freeze_time, tagged

from odoo.addons.aftersales_plans.tests.common_proof import poisoned

from .common import TODAY, ReferralCommon

NAME, PHONE, EMAIL = "Olga Ostrova", "+32 499 88 77 66", "olga@ostrova.example"
MESSAGE = "My roof near Elm Lake leaks"


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestReferralConsent(ReferralCommon):
    """Nobody is contacted before agreeing, and who does not agree is forgotten (85)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Referral = cls.env["aftersales.referral"]

    def _referral(self, user=None, **vals):
        return self.Referral.with_user(user or self.salesperson).create(
            {
                "referrer_id": self.referrer.id,
                "contact_name": NAME,
                "phone": PHONE,
                "email": EMAIL,
                **vals,
            }
        )

    def _agree(self, referral, **vals):
        referral.write({"consent_state": "given", "consent_how": "came to our shop", **vals})
        return referral

    def _traces(self):
        """Return where the database still tells who the contact was: [(table, column)]."""
        self.env.flush_all()
        self.env.cr.execute(
            """
            SELECT table_name, column_name FROM information_schema.columns
             WHERE table_schema = 'public' AND data_type IN ('text', 'character varying', 'jsonb')
               AND table_name IN (SELECT tablename FROM pg_tables WHERE schemaname = 'public')
               AND (table_name LIKE 'mail%%' OR table_name LIKE 'aftersales_referral%%'
                    OR table_name IN ('ir_attachment', 'res_partner', 'sale_order', 'bus_bus'))
            """
        )
        found = []
        for table, column in self.env.cr.fetchall():
            for word in ("Ostrova", "99 88 77", "499887766", "99887766", "Elm Lake"):
                self.env.cr.execute(
                    f'SELECT 1 FROM "{table}" WHERE "{column}"::text ILIKE %s LIMIT 1',
                    [f"%{word}%"],
                )
                if self.env.cr.fetchone():
                    found.append((table, column))
        return found

    def _run_cron(self):
        self.env.flush_all()
        with self.enter_registry_test_mode():
            self.env.ref("aftersales_referral.cron_forget").method_direct_trigger()
        self.env.invalidate_all()

    # --- Consent -------------------------------------------------------------------------------

    def test_nobody_is_asked_to_call_who_did_not_agree(self):
        referral = self._referral()
        self.assertFalse(referral.activity_ids)
        self.assertEqual(str(referral.forget_date), "2027-04-14")
        self._agree(referral)
        self.assertRecordValues(
            referral.activity_ids,
            [
                {
                    "user_id": self.salesperson.id,
                    "activity_type_id": self.env.ref("mail.mail_activity_data_call").id,
                }
            ],
        )
        self.assertFalse(referral.forget_date)
        self._agree(referral, consent_how="and on the phone")
        self.assertEqual(len(referral.activity_ids), 1)

    def test_nobody_is_contacted_who_is_not_named(self):
        order = self._order(confirm=False)
        with self.assertRefused(UserError, "names nobody: enter the contact first"):
            order.referral_id._check_may_contact()

    def test_who_recorded_a_consent_when_and_how_is_kept(self):
        referral = self._agree(self._referral())
        self.assertEqual(str(referral.consent_date), TODAY)
        note = referral.sudo().message_ids.filtered(lambda m: "Consent" in (m.body or ""))
        self.assertEqual(note.author_id, self.salesperson.partner_id)
        self.assertRegex(note.body, "Given, 2027-03-15.*came to our shop.*sally")
        with self.assertRefused(ValidationError, "future"):
            referral.consent_date = "2027-03-16"
        referral.consent_date = "2027-03-10"
        self.assertIn("2027-03-10", referral.sudo().message_ids[0].body)
        born = self._referral(consent_state="given", consent_how="phoned us")
        self.assertIn("phoned us", "".join(born.sudo().message_ids.mapped("body")))
        self.assertTrue(born.activity_ids)

    def test_no_mail_is_offered_to_who_did_not_agree(self):
        referral = self._referral()
        for found in (
            referral._message_get_default_recipients()[referral.id],
            referral._message_get_suggested_recipients(),
            referral._message_get_suggested_recipients(primary_email=EMAIL),
        ):
            self.assertNotIn("olga", str(found))
        self._agree(referral)
        self.assertIn(EMAIL, str(referral._message_get_default_recipients()))
        sent = self.env["mail.mail"].search([("email_to", "ilike", EMAIL)])
        self.assertFalse(sent)

    def test_consent_recorded_by_an_agent_is_for_the_referrer_s_salesperson(self):
        agent = self._user("t-agent", "aftersales_plans.group_agent")
        self.referrer.user_id = self.salesperson
        referral = self._referral(user=agent, consent_state="given", consent_how="phone").sudo()
        self.assertEqual(referral.user_id, self.salesperson)
        self.assertEqual(referral.activity_ids.user_id, self.salesperson)

    def test_an_agent_registers_whom_a_customer_names_on_the_phone(self):
        agent = self._user("t-agent", "aftersales_plans.group_agent")
        self.referrer.user_id = self.salesperson
        dialog = self.env["aftersales.referral.register"].with_user(agent)
        named = dialog.with_context(active_model="res.partner", active_id=self.referrer.id).create(
            {"contact_name": NAME}
        )
        self.assertEqual(named.referrer_id, self.referrer)
        for reached in ({}, {"phone": "ask him"}, {"email": "nina at home"}, {"phone": "12"}):
            named.write({"phone": False, "email": False, **reached})
            with self.assertRefused(UserError, f"phone number or an e-mail address of {NAME}"):
                named.action_register()
        named.email = False
        named.phone = PHONE
        told = named.action_register()["params"]["message"]
        referral = self.Referral.search([("contact_name", "=", NAME)])
        self.assertEqual(told, f"{referral.name} is registered. Nobody calls the new customer "
                         "before the consent.")  # fmt: skip
        self.assertEqual((referral.user_id, referral.create_uid), (self.salesperson, agent))
        self.assertEqual((referral.state, referral.rate, referral.phone), ("registered", 15, PHONE))
        self.assertFalse(referral.activity_ids)
        with self.assertRaises(AccessError):
            referral.with_user(agent).sudo(False).read(["name"])

    def test_an_agent_registers_with_consent_where_nobody_sells(self):
        agent = self._user("t-agent", "aftersales_plans.group_agent")
        self.env["crm.team"].search([]).active = False
        self.contract.sudo().user_id = self.referrer.user_id = False
        dialog = self.env["aftersales.referral.register"].with_user(agent)
        told = dialog.create(
            {
                "referrer_id": self.referrer.id,
                "contact_name": NAME,
                "phone": PHONE,
                "agreed": True,
            }
        ).action_register()["params"]["message"]
        self.assertIn("a salesperson calls the new customer", told)

    def test_who_looks_after_the_referrer(self):
        sam = self._user("sam", "sales_team.group_sale_salesman")
        tess = self._user("tess", "sales_team.group_sale_salesman")
        team = self.env["crm.team"].search([], limit=1)
        team.user_id = tess
        referral = self._referral().sudo()
        self.contract.sudo().user_id = False
        self.assertEqual(referral._salesperson(), tess)
        self.contract.sudo().user_id = sam
        self.assertEqual(referral._salesperson(), sam)
        self.referrer.user_id = self.salesperson
        self.assertEqual(referral._salesperson(), self.salesperson)
        self.referrer.user_id = self.biller  # sells nothing
        self.assertEqual(referral._salesperson(), sam)

    def test_others_cannot_record_a_consent(self):
        referral = self._referral()
        other = self._user("sam", "sales_team.group_sale_salesman")
        for user in (other, self.accountant, self.biller):
            with self.assertRaises(AccessError):
                referral.with_user(user).write({"consent_state": "given"})

    # --- Quotation -----------------------------------------------------------------------------

    def test_a_contact_becomes_a_customer_with_a_quotation(self):
        referral = self._referral()
        with self.assertRefused(UserError, "has not agreed to be contacted"):
            referral.action_new_quotation()
        self._agree(referral)
        action = referral.action_new_quotation()
        partner = referral.referred_id
        self.assertRecordValues(partner, [{"name": NAME, "phone": PHONE, "email": EMAIL}])
        order = self.env["sale.order"].with_user(self.salesperson).with_context(**action["context"])
        with Form(order) as form:
            self.assertEqual(form.partner_id, partner)
            self.assertEqual(form.referrer_id, self.referrer)
        order = form.record
        self.assertEqual(order.referral_id, referral)
        self.assertEqual(str(referral.date), TODAY)
        self.assertEqual(referral.action_new_quotation()["context"], action["context"])

    def test_a_known_person_is_linked_by_e_mail_or_phone(self):
        known = self.env["res.partner"].create({"name": "O. Ostrova", "email": EMAIL.upper()})
        referral = self._agree(self._referral())
        referral.action_new_quotation()
        self.assertEqual(referral.referred_id, known)
        phoned = self.env["res.partner"].create({"name": "Pia", "phone": "0477 11 22 33"})
        other = self._agree(self._referral(email=False, phone="0032477112233"))
        other.action_new_quotation()
        self.assertEqual(other.referred_id, phoned)

    def test_who_turns_out_to_be_the_referrer_is_not_named_there(self):
        otto = self.env["res.partner"].create({"name": "Otto"})
        self._contract(otto, self.plan)
        own = self._referral(referrer_id=otto.id, phone=False)
        otto.email = EMAIL
        later = self._agree(self._referral(phone=False))
        later.action_new_quotation()
        self.assertEqual(later.referred_id, otto)
        self.assertFalse(own.referred_id)

    def test_the_earliest_registration_of_a_person_wins_at_the_quotation(self):
        otto = self.env["res.partner"].create({"name": "Otto"})
        self._contract(otto, self.plan)
        first = self._referral(user=self._user("sam", "sales_team.group_sale_salesman"))
        with freeze_time("2027-03-20"):
            later = self._agree(
                self._referral(referrer_id=otto.id, phone=False, email=f"{EMAIL} "),
                consent_date="2027-03-19",
            )
            action = later.action_new_quotation()
            self.assertEqual(first.sudo().referred_id, later.referred_id)
            self.assertEqual(str(first.sudo().date), TODAY)
            with self.assertRefused(UserError, "already referred by Rita Referrer"):
                Form(
                    self.env["sale.order"]
                    .with_user(self.salesperson)
                    .with_context(**action["context"])
                ).save()

    # --- Forgetting ----------------------------------------------------------------------------

    def _talked_about(self, **vals):
        """Return a referral whose contact is named in every place of its history."""
        referral = self._referral(contact_message=MESSAGE, **vals)
        referral.message_post(body=f"{NAME} called from {PHONE}", subject=NAME)
        referral.message_post(body="see file", attachments=[("Ostrova.txt", b"Elm Lake")])
        referral.message_notify(
            body=f"Ask {NAME}", subject=NAME, partner_ids=self.accountant.partner_id.ids
        )
        activity = referral.activity_schedule(
            "mail.mail_activity_data_todo", summary=f"Think of {NAME}", user_id=self.env.uid
        )
        referral.activity_schedule(
            "mail.mail_activity_data_todo", note=f"Ring {PHONE}", user_id=self.salesperson.id
        )
        activity.action_feedback(feedback=f"{NAME} was kind")
        self.env.flush_all()
        return referral

    def test_after_30_days_without_consent_nothing_personal_is_left(self):
        referral = self._talked_about()
        self.assertTrue(self._traces())
        with freeze_time("2027-04-13 12:00:00"):
            self._run_cron()
            self.assertEqual(referral.contact_name, NAME)
        with freeze_time("2027-04-14 12:00:00"):
            self._run_cron()
            self.assertEqual(self._traces(), [])
            self.assertRecordValues(
                referral,
                [{"state": "expired", "contact_name": False, "phone": False, "email": False}],
            )
            self.assertIn("no consent within 30 days", referral.reject_reason)
            self.assertEqual(referral.referrer_id, self.referrer)
            written = referral.write_date, referral.message_ids
            self._run_cron()
            self.assertEqual((referral.write_date, referral.message_ids), written)

    def test_a_refusal_is_forgotten_at_once(self):
        referral = self._talked_about()
        referral.consent_state = "refused"
        self.assertEqual(self._traces(), [])
        self.assertEqual(referral.state, "expired")
        self.assertRegex("".join(referral.sudo().message_ids.mapped("body")), "Refused.*sally")
        self.assertFalse(referral.activity_ids)

    def test_a_consent_taken_back_is_forgotten_too(self):
        referral = self._agree(self._talked_about())
        referral.consent_state = "refused"
        self.assertEqual(self._traces(), [])

    def test_who_agreed_or_became_a_customer_is_kept(self):
        agreed = self._agree(self._referral())
        named = self._referral(referred_id=self.customer.id)
        empty = self._referral(contact_name=False, phone=False, email=False)
        with freeze_time("2028-03-15"):
            self._run_cron()
        for referral in (agreed, named, empty):
            self.assertEqual(referral.state, "registered")
        self.assertEqual((agreed.contact_name, named.contact_name), (NAME, NAME))
        named.consent_state = "refused"
        self.assertRecordValues(
            named, [{"contact_name": False, "phone": False, "state": "registered"}]
        )

    def test_a_rejected_contact_is_forgotten_and_stays_rejected(self):
        referral = self._talked_about()
        referral.reject_reason = "Fake"
        referral.with_env(self.env).action_reject()
        with freeze_time("2027-04-14 12:00:00"):
            self._run_cron()
            self.assertEqual(self._traces(), [])
        self.assertEqual(referral.state, "rejected")

    def test_one_that_cannot_be_forgotten_stops_no_other(self):
        first, bad, last = (self._referral() for _number in range(3))
        with freeze_time("2027-04-14 12:00:00"), poisoned(bad, "_forget"):
            self._run_cron()
        self.assertFalse(first.contact_name or last.contact_name)
        self.assertEqual(bad.contact_name, NAME)
        self.assertIn("poison", "".join(bad.sudo().activity_ids.mapped("note")))

    def test_every_company_forgets_by_its_own_setting(self):
        self.company.aftersales_forget_days = 0
        referral = self._referral()
        self._run_cron()
        self.assertFalse(referral.contact_name)

    def test_neither_another_referrer_nor_a_copy_prolongs_the_time(self):
        otto = self.env["res.partner"].create({"name": "Otto"})
        self._contract(otto, self.plan)
        referral = self._referral()
        with self.assertRefused(UserError, "cannot be changed by hand"):
            referral.named_on = "2027-04-01"
        with freeze_time("2027-04-10 12:00:00"):
            referral.referrer_id = otto
            self.assertEqual(str(referral.date), "2027-04-10")
            self.assertFalse(referral.copy().contact_name)
        with freeze_time("2027-04-14 12:00:00"):
            self._run_cron()
        self.assertFalse(referral.contact_name)
