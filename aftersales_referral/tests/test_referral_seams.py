# SPDX-License-Identifier: LGPL-3.0-or-later
from io import BytesIO

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, freeze_time, new_test_user, tagged

from ..controllers.typed import typed
from .common import TODAY, ReferralCommon

CALL = "mail.mail_activity_data_call"


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestReferralSeams(ReferralCommon):
    """Where one part of registering meets another: claims, disputes, approvals and consent."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rival = cls.env["res.partner"].create({"name": "Rolf Rival"})
        cls.third = cls.env["res.partner"].create({"name": "Theo Third"})
        for partner in cls.rival | cls.third:
            cls._contract(partner, cls.plan)
        cls.nobody = cls.env["res.partner"]
        cls.manager = cls._user("mona", "aftersales_plans.group_manager")

    def _contact(self, referrer, day=TODAY, **vals):
        """Return the registration of somebody who was only typed in."""
        with freeze_time(day):
            return (
                self.env["aftersales.referral"]
                .sudo()
                .create(
                    {"referrer_id": referrer.id, "source": "link", "contact_name": "Ned", **vals}
                )
            )

    def _dispute(self, user=None, **vals):
        return (
            self.env["aftersales.referral.dispute"]
            .with_user(user or self.salesperson)
            .create({"claimant_id": self.rival.id, "note": "He showed a message", **vals})
        )

    def _reassign(self, referral, user=None):
        wizard = (
            self.env["aftersales.referral.reassign"]
            .with_user(user or self.manager)
            .create(
                {
                    "referral_id": referral.id,
                    "referrer_id": self.rival.id,
                    "date": TODAY,
                    "reason": "Rolf was first",
                }
            )
        )
        return self.env["aftersales.referral"].browse(wizard.action_apply()["res_id"])

    # --- Claims and disputes -------------------------------------------------------------------

    def test_several_earlier_claims_that_come_to_light_late_hold_no_order_back(self):
        for referrer, day in ((self.rival, "2027-03-01"), (self.third, "2027-03-02")):
            self._contact(referrer, day, email="ned@home.example")
        order = self._order(confirm=False)
        self.customer.email = "ned@home.example"
        order.action_confirm()
        referral = order.referral_id
        self.assertEqual((referral.state, referral.dispute_state), ("qualified", "open"))
        said = " ".join(referral.message_ids.mapped("body"))
        self.assertIn("Rolf Rival", said)
        self.assertIn("Theo Third", said)
        self._pay(self._invoice(order))
        self.assertEarned(order, 150.0)

    def test_an_open_dispute_holds_no_order_back(self):
        order = self._order(confirm=False)
        self._dispute(referral_id=order.referral_id.id).action_apply()
        self._contact(self.third, "2027-03-01", email="ned@home.example")
        self.customer.email = "ned@home.example"
        order.action_confirm()
        self.assertEqual(order.referral_id.state, "qualified")

    def test_a_rejected_referral_of_the_quotation_does_not_stand_in_a_dispute_s_way(self):
        self.customer.email = "ned@home.example"
        order = self._order(confirm=False)
        own = order.referral_id
        own.write({"reject_reason": "A mistake"})
        own.with_user(self.manager).action_reject()
        other = self._contact(self.third, email="ned@home.example")
        with self.assertRefused(UserError, "already referred by Theo Third"):
            order.with_user(self.salesperson).referrer_id = self.rival
        self._dispute(order_id=order.id).action_apply()
        self.assertEqual(other.dispute_state, "open")

    def test_the_first_order_is_rewarded_once_however_it_is_cancelled_and_confirmed_again(self):
        first = self._order()
        first._action_cancel()
        second = self._order()
        self.assertEqual(second.referral_id.state, "qualified")
        first.action_draft()
        first.action_confirm()
        for order in first | second:
            self._pay(self._invoice(order))
        self.assertEarned(first, 0.0)
        self.assertEarned(second, 150.0)
        said = " ".join(first.message_ids.mapped("body"))
        self.assertIn(second.referral_id.name, said)

    def test_an_e_mail_with_two_addresses_is_compared_by_the_first_as_partners_are(self):
        self.customer.email = "ned@home.example, work@ned.example"
        link = self._contact(self.referrer, email="ned@home.example, other@home.example")
        self.assertEqual(link.contact_email_key, self.customer.email_normalized)
        self.assertEqual(self._order(confirm=False).referral_id, link)

    # --- Re-assigning --------------------------------------------------------------------------

    def test_re_assigning_does_not_prolong_how_long_a_contact_is_kept(self):
        told = {"phone": "+32 499 88 77 66", "contact_message": "My roof leaks"}
        old = self._contact(self.referrer, "2027-03-01", **told)
        new = self._reassign(old)
        self.assertEqual(new.forget_date, old.forget_date)
        self.assertEqual(new.contact_message, "My roof leaks")

    def test_re_assigning_asks_one_person_to_call_and_keeps_how_consent_was_given(self):
        old = self._contact(
            self.referrer,
            phone="+32 499 88 77 66",
            user_id=self.salesperson.id,
            consent_state="given",
            consent_how="Signed form",
        )
        new = self._reassign(old)
        self.assertFalse(old.activity_search([CALL]))
        self.assertEqual(len(new.activity_search([CALL])), 1)
        self.assertEqual(new.consent_how, "Signed form")

    def test_nobody_is_asked_to_call_who_has_ordered(self):
        link = self._contact(
            self.referrer,
            email="ned@home.example",
            user_id=self.salesperson.id,
            consent_state="given",
        )
        self.assertTrue(link.activity_search([CALL]))
        self.customer.email = "ned@home.example"
        order = self._order()
        self.assertEqual(order.referral_id, link)
        self.assertFalse(link.activity_search([CALL]))
        new = self._reassign(link)
        self.assertFalse(new.activity_search([CALL]))

    # --- Approval ------------------------------------------------------------------------------

    def _waiting(self):
        self.goods.standard_price = 700.0
        self.company.write(
            {
                "aftersales_minimum_margin_percent": 15.01,
                "aftersales_accountant_id": self.accountant.id,
            }
        )
        return self._order()

    def test_a_reward_that_was_refused_is_not_expected_any_more(self):
        order = self._waiting()
        self.assertEqual(order.referral_expected_amount, 150.0)
        order.with_user(self.accountant)._refuse_reward("Too little left.")
        self.assertEqual(order.referral_expected_amount, 0.0)
        self.assertIn("refused", order.referral_hint)
        order.with_user(self.accountant).action_approve_reward()
        self.assertEqual(order.referral_expected_amount, 150.0)

    def test_nobody_approves_the_reward_of_a_rejected_referral(self):
        order = self._waiting()
        order.referral_id.reject_reason = "A mistake"
        order.referral_id.with_user(self.manager).action_reject()
        self.assertFalse(order.referral_approval)
        self.assertFalse(order.activity_ids)

    def test_a_price_that_is_cut_after_the_confirmation_is_approved_too(self):
        self._waiting()
        order = self._order(
            (self.goods, 2000.0), partner=self.env["res.partner"].create({"name": "Second"})
        )
        self.assertFalse(order.referral_approval)
        order.with_user(self.salesperson).order_line.price_unit = 900.0
        self._pay(self._invoice(order))
        self.assertEqual(order.referral_approval, "waiting")
        self.assertEarned(order, 0.0)

    # --- Whose it is ---------------------------------------------------------------------------

    def test_wizards_tell_nothing_of_referrals_one_may_not_read(self):
        referral = self._order().referral_id
        other = self.env["res.company"].create({"name": "Elsewhere"})
        for groups, name in (
            ("aftersales_plans.group_manager", "reassign"),
            ("sales_team.group_sale_salesman", "dispute"),
        ):
            stranger = new_test_user(
                self.env, f"far_{name}", groups, company_id=other.id, company_ids=other.ids
            )
            vals = {"referrer_id": self.rival.id, "reason": "x", "date": TODAY}
            if name == "dispute":
                vals = {"claimant_id": self.rival.id, "note": "x"}
            with self.assertRaises(AccessError):
                self.env[f"aftersales.referral.{name}"].with_user(stranger).create(
                    {"referral_id": referral.id, **vals}
                )

    def test_billing_reads_no_cards_and_opens_an_order_all_the_same(self):
        order = self._order()
        user = new_test_user(self.env, "reader", "account.group_account_invoice")
        self.env.invalidate_all()
        self.assertEqual(Form(order.with_user(user)).name, order.name)

    def test_a_customer_reads_neither_the_code_of_an_order_nor_the_lowest_margin(self):
        order = self._order(confirm=False)
        portal = new_test_user(self.env, "ned", "base.group_portal", partner_id=self.customer.id)
        with self.assertRaises(AccessError):
            order.with_user(portal).read(["referral_code_id"])
        for name in ("aftersales_minimum_margin_percent", "aftersales_accountant_id"):
            with self.assertRaises(AccessError):
                self.company.with_user(portal).read([name])

    def test_a_short_number_is_not_somebody_else_s(self):
        stranger = self.env["res.partner"].create(
            {"name": "Sam Stranger", "phone": "+32 470 99 88 77"}
        )
        link = self._contact(self.referrer, phone="998877", consent_state="given")
        link.action_new_quotation()
        self.assertNotEqual(link.referred_id, stranger)

    def test_a_file_in_place_of_a_text_is_ignored_by_the_public_page(self):
        cleaned = typed({"name": BytesIO(b"Nina"), "phone": "0499 88 77 66"})
        self.assertEqual((cleaned["name"], cleaned["phone"]), ("", "0499 88 77 66"))
