# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged

from .common import TODAY, ReferralCommon

BEFORE = "2027-03-01"


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestReferralClaim(ReferralCommon):
    """Dated claims: the earliest registration wins, whatever its source (requirement 78)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rival = cls.env["res.partner"].create({"name": "Rolf Rival"})
        cls._contract(cls.rival, cls.plan)
        cls.customer.write({"email": "Ned@Home.example", "phone": "+32 470 99 88 77"})
        cls.nobody = cls.env["res.partner"]

    def _link(self, referrer=None, day=BEFORE, **contact):
        """Return a registration from the public page: nobody's contact yet."""
        with freeze_time(day):
            return (
                self.env["aftersales.referral"]
                .sudo()
                .create(
                    {
                        "referrer_id": (referrer or self.referrer).id,
                        "source": "link",
                        "contact_name": "Ned",
                        "user_id": False,
                        **contact,
                    }
                )
            )

    def _quotation(self, referrer=None, **vals):
        return self._order(confirm=False, referrer=referrer, **vals)

    def test_a_contact_typed_online_is_recognised_by_e_mail_or_phone(self):
        for contact in ({"email": "ned@HOME.example "}, {"phone": "0470/99.88.77"}):
            link = self._link(**contact)
            with self.assertRefused(UserError, "already referred by Rita Referrer on 03/01/2027"):
                self._quotation(self.rival)
            order = self._quotation(self.referrer)
            self.assertEqual(order.referral_id, link)
            self.assertRecordValues(
                link,
                [
                    {
                        "referred_id": self.customer.id,
                        "user_id": self.salesperson.id,
                        "source": "link",
                        "rate": 0.0,  # the contract began later: the day of the order decides
                    }
                ],
            )
            self.assertEqual(str(link.date), BEFORE)
            order.referrer_id = False
            link.referred_id = False
            link.reject_reason = "Next."
            link.action_reject()

    def test_who_was_forgotten_is_not_recognised_any_more(self):
        link = self._link(email="ned@home.example")
        link.write({"email": False, "phone": False, "contact_name": False})
        self.assertNotEqual(self._quotation(self.rival).referral_id, link)

    def test_a_colleague_of_the_typed_contact_is_the_same_customer(self):
        firm = self.env["res.partner"].create({"name": "Firm", "is_company": True})
        self.env["res.partner"].create(
            {"name": "Ann", "parent_id": firm.id, "email": "ann@firm.example"}
        )
        bob = self.env["res.partner"].create({"name": "Bob", "parent_id": firm.id})
        self._link(email="ann@firm.example")
        with self.assertRefused(UserError, "already referred by Rita"):
            self._quotation(self.rival, partner=bob)

    def test_the_earlier_of_two_claims_wins_by_day_then_by_number(self):
        later = self._link(self.rival, "2027-03-02", email="ned@home.example")
        first = self._link(self.referrer, BEFORE, phone="0470998877")
        second = self._link(self.rival, BEFORE, phone="0470998877")
        with self.assertRefused(UserError, first.name):
            self._quotation(self.rival)
        first.reject_reason = "Wrong"
        first.action_reject()
        with self.assertRefused(UserError, second.name):
            self._quotation(self.referrer)
        order = self._quotation(self.rival)
        self.assertEqual(order.referral_id, second)
        order.action_confirm()
        self.assertEqual((second.state, later.state), ("qualified", "rejected"))
        self.assertEqual(later.reject_reason, f"{second.name} was rewarded for {order.name}.")

    def test_who_ordered_is_named_by_the_registration_when_nobody_types_it(self):
        link = self._link(email="ned@home.example")
        order = self._quotation(self.nobody)
        self.assertEqual((order.referrer_id, order.referral_id), (self.referrer, link))
        self.assertIn("referred this customer on 03/01/2027", order.message_ids[0].body)
        order.with_user(self.salesperson).referrer_id = False
        self.assertFalse(order.referral_id)
        self.assertEqual(link.state, "registered", "only its own quotation drops a registration")
        stranger = self.env["res.partner"].create({"name": "Stranger"})
        other = self._quotation(self.nobody, partner=stranger)
        self.assertFalse(other.referrer_id)
        other.partner_id = self.customer
        self.assertEqual(other.referral_id, link)

    def test_a_known_customer_is_not_named_by_a_registration(self):
        self._order(referrer=self.nobody)
        self._link(email="ned@home.example")
        self.assertFalse(self._quotation(self.nobody).referrer_id)

    def test_naming_and_renaming_does_not_take_a_claim_away(self):
        link = self._link(email="ned@home.example")
        order = self._quotation(self.referrer).with_user(self.salesperson)
        with self.assertRefused(UserError, "already referred by Rita"):
            order.referrer_id = self.rival
        order.referrer_id = False
        with self.assertRefused(UserError, "already referred by Rita"):
            order.referrer_id = self.rival
        with self.assertRefused(UserError, "was registered by the referrer and keeps its people"):
            link.with_user(self.salesperson).sudo(False).referrer_id = self.rival
        self.assertEqual((link.state, link.referrer_id), ("registered", self.referrer))

    def test_a_typing_error_is_corrected_on_its_own_quotation(self):
        order = self._quotation(self.rival)
        first = order.referral_id
        self.assertEqual(first.origin_order_id, order)
        order.referrer_id = self.referrer
        self.assertEqual(order.referral_id, first)
        other = self.env["res.partner"].create({"name": "Nina"})
        with freeze_time("2027-03-20"):
            order.partner_id = other
            self.assertEqual(order.referral_id, first)
            self.assertRecordValues(
                first, [{"referrer_id": self.referrer.id, "referred_id": other.id}]
            )
            self.assertEqual(str(first.date), "2027-03-20")

    def test_a_deleted_quotation_drops_what_it_registered(self):
        order, link = self._quotation(self.referrer), self._link(self.rival, email="x@y.example")
        first = order.referral_id
        order.unlink()
        self.assertRecordValues(first | link, [{"state": "rejected"}, {"state": "registered"}])
        self.assertEqual(self._quotation(self.rival).referral_id.referrer_id, self.rival)

    def test_an_expired_claim_holds_nobody_back(self):
        link = self._link(email="ned@home.example")
        link.sudo().date_end = "2027-03-14"
        self.assertEqual(self._quotation(self.rival).referral_id.referrer_id, self.rival)

    def test_an_earlier_claim_that_comes_to_light_late_is_a_dispute(self):
        order = self._quotation(self.rival)
        link = self._link(email="other@home.example")
        self.customer.email = "other@home.example"
        order.action_confirm()
        self.assertEqual((order.referral_id.state, link.state), ("qualified", "registered"))
        self.assertRecordValues(
            order.referral_id, [{"dispute_state": "open", "claimant_id": self.referrer.id}]
        )

    def test_claims_are_searched_with_as_many_queries_for_many_as_for_one(self):
        partners = self.env["res.partner"].create(
            [{"name": f"P{n}", "email": f"p{n}@many.example"} for n in range(20)]
        )
        for n in range(20):
            self._link(email=f"p{n}@many.example")
        Referral = self.env["aftersales.referral"].sudo()
        counts = []
        for some in (partners, partners[:1], partners):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            claims = Referral._claims(some, self.company)
            counts.append(self.env.cr.sql_log_count - before)
            self.assertEqual(len(claims), len(some))
            self.assertTrue(all(claims.values()))
        self.assertEqual(counts[1], counts[2])

    def test_another_e_mail_or_phone_counts_from_its_own_day(self):
        """An early day is not kept for whoever comes later."""
        link = self._link(self.rival, email="n@x.example", user_id=self.salesperson.id)
        mine = link.with_user(self.salesperson).sudo(False)
        mine.email = " N@X.example"
        self.assertEqual(str(mine.date), BEFORE, "the same address")
        mine.phone = self.customer.phone
        self.assertEqual(str(mine.date), TODAY)
        self.assertIn("no longer as of 03/01/2027", mine.message_ids[0].body)
