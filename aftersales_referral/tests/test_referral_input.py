# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, freeze_time, tagged

from .common import TODAY, ReferralCommon


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestReferralInput(ReferralCommon):
    """Bad input about people and orders loses nothing and stops no sale."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.nobody = cls.env["res.partner"]

    def _partner(self, name="Someone", **vals):
        return self.env["res.partner"].create({"name": name, **vals})

    def _merge(self, *partners):
        """Merge partners into the last one."""
        merged = self.env["res.partner"].union(*partners)
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge(merged.ids, partners[-1])
        self.env.invalidate_all()
        return partners[-1]

    # --- Archived and merged -------------------------------------------------------------------

    def test_an_archived_contact_is_not_named(self):
        self.referrer.active = False
        with self.assertRefused(UserError, "Rita Referrer is archived .* Restore the contact"):
            self._order(confirm=False)

    def test_who_is_archived_later_keeps_the_reward(self):
        order = self._order(confirm=False)
        (self.referrer | self.customer).active = False
        order.action_confirm()
        self.assertEqual(order.referral_id.state, "qualified")
        self.assertIn("Rita Referrer is archived.", order.referral_id.warning)
        self._pay(self._invoice(order))
        self.assertEarned(order, 150.0)

    def test_merging_keeps_claims_orders_disputes_and_balances(self):
        order = self._order()
        self._pay(self._invoice(order))
        rival = self._partner("Rolf Rival")
        order.referral_id._open_dispute(rival, "2027-03-01", "He says so")
        contact = self._partner("Ned again", email="ned@home.example")
        quotation = self._order(partner=contact, confirm=False)
        rita, rolf = self._partner("Rita (twin)"), self._partner("Rolf (twin)")
        self._merge(self.referrer, rita)
        self._merge(rival, rolf)
        twin = self._merge(contact, self._partner("Nedine"))
        self.assertRecordValues(
            order, [{"referrer_id": rita.id, "referral_approval": False, "state": "sale"}]
        )
        self.assertRecordValues(
            order.referral_id, [{"referrer_id": rita.id, "claimant_id": rolf.id, "rate": 15.0}]
        )
        self.assertEqual(quotation.referral_id.referred_id, twin)
        self.assertEqual(self.Commission._balances(rita, self.company), {rita: 150.0})
        self.assertInvariants()
        quotation.action_confirm()
        self.assertEqual(quotation.referral_id.state, "qualified")

    def test_a_referrer_merged_with_the_customer_earns_nothing_by_it(self):
        order = self._order(confirm=False)
        self._merge(self.referrer, self.customer)
        order.action_confirm()
        self.assertEqual((order.state, order.referral_id.state), ("sale", "rejected"))
        self.assertIn("the same company or person", order.referral_id.reject_reason)
        self._pay(self._invoice(order))
        self.assertEarned(order, 0.0)

    # --- Companies -----------------------------------------------------------------------------

    def test_a_contact_of_another_company_is_not_named(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        stranger = self._partner("Stella", company_id=other.id)
        with self.assertRefused(UserError, "Stella is a contact of Elsewhere"):
            self._order(referrer=stranger, confirm=False)

    def test_nobody_names_a_customer_he_may_not_see(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        stranger = self._partner("Stella", company_id=other.id)
        Referral = self.env["aftersales.referral"].with_user(self.salesperson)
        people = {"referrer_id": self.referrer.id, "referred_id": stranger.id}
        with self.assertRaises(AccessError):
            Referral.create(people)
        mine = Referral.create({"referrer_id": self.referrer.id, "contact_name": "Nina"})
        with self.assertRaises(AccessError):
            mine.referred_id = stranger
        self.referrer.company_id = other  # moved later, the registration can be read
        self.assertEqual(mine.display_name, f"{mine.name}: {self.referrer.name} for Nina")

    def test_people_moved_to_another_company_later_stop_no_confirmation(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        order = self._order(confirm=False)
        self.referrer.company_id = other
        order.action_confirm()
        self.assertEqual((order.state, order.referral_id.state), ("sale", "qualified"))

    def test_a_contract_of_another_company_rewards_nothing_here(self):
        other = self.setup_other_company()["company"]
        self.env.user.company_ids |= other
        plan = self.env["aftersales.plan"].create(
            {"name": "Other", "code": "OTH", "referral_percent": 50.0, "company_id": other.id}
        )
        stella = self._partner("Stella")
        self._contract(stella, plan, other)
        with self.assertRefused(UserError, "no active service contract that rewards referrals"):
            self._order(referrer=stella, confirm=False)

    # --- Orders --------------------------------------------------------------------------------

    def test_a_negative_order_earns_nothing(self):
        order = self._order((self.goods_untaxed, -100.0))
        self.assertEqual(order.state, "sale")
        self.assertEqual(order.referral_id.state, "qualified")
        self._invoice(order)
        self.assertEarned(order, 0.0)

    def test_a_form_without_customer_does_not_fail(self):
        form = Form(self.env["sale.order"].with_user(self.salesperson))
        form.referrer_id = self.referrer
        with self.assertRaises(AssertionError):  # core: the customer is required
            form.save()
        form.partner_id = self.customer
        self.assertEqual(form.save().referral_id.rate, 15.0)

    def test_an_order_for_a_guest_of_the_shop_is_judged_once_he_is_known(self):
        guest = self.env.ref("base.public_partner")
        carts = [self._order(partner=guest, referrer=self.nobody, confirm=False) for _two in "ab"]
        code = self.env["aftersales.referral.code"].sudo()._get(self.referrer)
        for cart in carts:
            self.assertFalse(cart._take_code(code))
            self.assertEqual(cart.referrer_id, self.referrer)
            self.assertFalse(cart.referral_id, "nobody is referred yet")
        known = self._partner("Known")
        self._order(partner=known, referrer=self.nobody)
        carts[0].sudo().partner_id = known
        self.assertFalse(carts[0].referrer_id, "buying goes on without the reward")
        self.assertIn("Known is not a new customer", carts[0].message_ids[0].body)
        carts[1].sudo().partner_id = self.customer
        self.assertRecordValues(
            carts[1].referral_id, [{"referred_id": self.customer.id, "source": "code"}]
        )

    def test_a_salesperson_is_told_why_the_customer_cannot_be_changed(self):
        known = self._partner("Known")
        self._order(partner=known, referrer=self.nobody)
        order = self._order(confirm=False)
        with self.assertRefused(UserError, "Known is not a new customer"):
            order.with_user(self.salesperson).partner_id = known
        self.assertEqual(order.referral_id.referred_id, self.customer)

    def test_a_code_that_is_refused_leaves_the_order_as_it_was(self):
        order = self._order(referrer=self.nobody, confirm=False)
        with self.assertRaisesRegex(UserError, "cannot refer"):  # no rollback by the test
            order._take_referrer(self.customer, "code")
        self.assertFalse(order.referrer_id)
        self.assertFalse(order.referral_id)

    def test_importing_orders_says_which_row_is_wrong_and_why(self):
        names = ["client_order_ref", "partner_id/.id", "referrer_id/.id"]
        good, other = str(self.customer.id), str(self._partner("Other").id)
        rows = [["A", good, str(self.referrer.id)], ["B", other, good]]
        result = self.env["sale.order"].with_user(self.salesperson).load(names, rows)
        self.assertFalse(result["ids"])
        message = result["messages"][-1]
        self.assertIn("Ned Neighbour has no active service contract", message["message"])
        self.assertEqual(message["rows"], {"from": 1, "to": 1})
        result = self.env["sale.order"].with_user(self.salesperson).load(names, rows[:1])
        order = self.env["sale.order"].browse(result["ids"])
        self.assertEqual(order.referral_id.rate, 15.0)

    def test_cancelled_orders_do_not_make_a_known_customer(self):
        self._order(referrer=self.nobody)._action_cancel()
        self.assertTrue(self._order(confirm=False).referral_id)

    def test_zero_months_means_who_never_ordered(self):
        self.company.aftersales_new_customer_months = 0
        with freeze_time("2010-01-01"):
            old = self._order(referrer=self.nobody)
        with self.assertRefused(
            UserError, f"not a new customer: {old.name} was confirmed on 01/01/2010"
        ):
            self._order(confirm=False)

    def test_another_order_meanwhile_makes_the_customer_a_known_one(self):
        order = self._order(confirm=False)
        with freeze_time("2027-03-16"):
            self._order(referrer=self.nobody, confirm=False).write({"referrer_id": False})
            other = self.env["sale.order"].search([], order="id desc", limit=1)
            other.action_confirm()
            self.assertFalse(other.referral_id)
        with freeze_time("2027-03-17"):
            order.action_confirm()
        self.assertEqual((order.state, order.referral_id.state), ("sale", "rejected"))
        self.assertIn(f"{other.name} was confirmed on 03/16/2027", order.message_ids[0].body)

    def test_a_failure_of_ours_does_not_stop_the_confirmation_and_is_mended_by_the_cron(self):
        order = self._order(confirm=False)
        self.patch(type(self.env["aftersales.referral"]), "_judge_first", lambda *_args: 1 / 0)
        with self.assertLogs("odoo.addons.aftersales_plans.models.never_fail"):
            order.action_confirm()
        self.assertEqual((order.state, order.referral_id.state), ("sale", "registered"))
