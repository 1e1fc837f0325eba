# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, freeze_time, tagged

from .common import TODAY, ReferralCommon


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestReferral(ReferralCommon):
    """Who may refer whom, when, and for how much (requirements 77, 78)."""

    def _quotation(self, referrer=None, partner=None):
        return self._order(referrer=referrer, partner=partner, confirm=False)

    def _partner(self, **vals):
        return self.env["res.partner"].create({"name": "Someone", **vals})

    def test_a_quotation_registers_a_dated_referral_with_its_rate(self):
        order = self._quotation(referrer=self.env["res.partner"]).with_user(self.salesperson)
        self.assertFalse(order.referral_id)
        order.referrer_id = self.referrer
        referral = order.referral_id
        self.assertRecordValues(
            referral,
            [
                {
                    "state": "registered",
                    "referrer_id": self.referrer.id,
                    "referred_id": self.customer.id,
                    "contract_id": self.contract.id,
                    "plan_id": self.plan.id,
                    "rate": 15.0,
                    "user_id": self.salesperson.id,
                }
            ],
        )
        self.assertEqual(str(referral.date), TODAY)
        order.action_confirm()
        self.assertEqual(referral.state, "qualified")

    def test_the_rate_stays_when_the_plan_changes(self):
        order = self._order()
        self.plan.referral_percent = 1.0
        self.contract.referral_percent = 1.0
        self._pay(self._invoice(order))
        self.assertEarned(order, 150.0)

    def test_the_best_of_several_contracts_counts(self):
        gold = self.env["aftersales.plan"].create(
            {"name": "GOLD", "code": "G", "referral_percent": 10.0}
        )
        contract = self._contract(self.referrer, gold)
        self.assertEqual(self._quotation().referral_id.rate, 15.0)
        contract.sudo().referral_percent = 20.0
        nora = self._partner(name="Nora")
        self.assertEqual(self._quotation(partner=nora).referral_id.contract_id, contract)

    def test_the_benefits_of_a_plan_name_the_reward(self):
        self.assertIn("15 % of what", " ".join(self.plan._benefits()))

    def test_only_an_active_contract_with_a_reward_lets_refer(self):
        for referrer in (self._partner(), self._expired_referrer()):
            with self.assertRaisesRegex(ValidationError, "no active service contract"):
                self._quotation(referrer=referrer)

    def _expired_referrer(self):
        partner = self._partner(name="Late")
        self._contract(partner, self.plan)._close("cancelled")
        return partner

    def test_nobody_refers_oneself(self):
        child = self._partner(parent_id=self.referrer.id)
        for partner in (self.referrer, child):
            with self.assertRaisesRegex(ValidationError, "cannot refer"):
                self._quotation(partner=partner)

    def test_the_same_identity_blocks_and_the_same_address_does_not(self):
        self.referrer.write(
            {
                "vat": "BE0477472701",
                "email": "Rita@Example.com",
                "phone": "+32 470 12 34 56",
                "street": "Lane 1",
                "zip": "1000",
            }
        )
        bank = {"acc_number": "BE71 0961 2345 6769"}
        self.env["res.partner.bank"].create({**bank, "partner_id": self.referrer.id})
        for vals, what in (
            ({"vat": "be0477472701"}, "tax number"),
            ({"email": "rita@example.com"}, "e-mail"),
            ({"phone": "0032470123456"}, "phone"),
        ):
            with self.assertRaisesRegex(ValidationError, what):
                self._quotation(partner=self._partner(**vals))
        other = self._partner(name="Same bank")
        self.env["res.partner.bank"].create(
            {"acc_number": "BE71096123456769", "partner_id": other.id}
        )
        with self.assertRaisesRegex(ValidationError, "bank account"):
            self._quotation(partner=other)
        neighbour = self._partner(street="Lane 1", zip="1000")
        self.assertTrue(self._quotation(partner=neighbour).referral_id)

    def test_only_a_new_customer_can_be_referred(self):
        old = self._order(referrer=self.env["res.partner"])
        with self.assertRaisesRegex(ValidationError, f"not a new customer: {old.name}"):
            self._quotation()
        old.date_order = "2025-03-14 12:00:00"
        self.assertTrue(self._quotation().referral_id)

    def test_a_confirmed_order_keeps_its_referrer(self):
        order = self._order(referrer=self.env["res.partner"])
        with self.assertRaisesRegex(UserError, "must be named before"):
            order.referrer_id = self.referrer

    def _order_that_was_confirmed(self):
        """Return a quotation that was invoiced, paid and cancelled, nobody named as referrer."""
        order = self._order(referrer=self.env["res.partner"])
        self._pay(self._invoice(order), 600.0)
        order._action_cancel()
        order.action_draft()
        self.assertEqual(order.state, "draft")
        return order

    def test_a_referrer_is_not_named_once_there_was_a_sale(self):
        order = self._order_that_was_confirmed()
        invoiced = self._order_that_was_confirmed()
        invoiced.sudo().referral_confirmed_once = False  # as if confirmed before installation
        confirmed = self._order(referrer=self.env["res.partner"])
        confirmed._action_cancel()
        confirmed.action_draft()
        for late in (order, invoiced, confirmed):
            with self.assertRefused(UserError, "Ask a plan manager"):
                late.with_user(self.salesperson).referrer_id = self.referrer
            self.assertFalse(late.referral_id)
        with self.assertRefused(UserError, "Name who referred"):
            confirmed.with_user(self.salesperson).referral_confirmed_once = False

    def test_a_referrer_does_not_lose_a_sale_to_a_salesperson(self):
        order = self._order()
        self._pay(self._invoice(order))
        order._action_cancel()
        order.action_draft()
        for vals in ({"referrer_id": False}, {"partner_id": self._partner().id}):
            with self.assertRefused(UserError, "Ask a plan manager"):
                order.with_user(self.salesperson).write(vals)
        order.with_user(self.salesperson).action_confirm()
        self.assertEarned(order, 150.0)

    def test_a_manager_names_a_referrer_late_and_what_is_paid_counts_at_once(self):
        order = self._order_that_was_confirmed()
        order._name_referrer_late(self.referrer, "Both confirm it")
        self.assertIn("after the sale: Both confirm it", " ".join(order.message_ids.mapped("body")))
        self.assertEarned(order, 0.0)
        order.with_user(self.salesperson).action_confirm()
        self.assertEarned(order, 75.0)

    def test_a_copy_of_an_order_that_was_confirmed_takes_a_referrer(self):
        order = self._order_that_was_confirmed()
        copy = order.with_user(self.salesperson).copy()
        self.assertFalse(copy.referral_confirmed_once)
        copy.referrer_id = self.referrer
        self.assertEqual(copy.referral_id.rate, 15.0)

    def test_the_earliest_registration_wins(self):
        self._quotation()
        late = self._partner(name="Late")
        self._contract(late, self.plan)
        with self.assertRaisesRegex(UserError, "already referred by Rita"):
            self._quotation(referrer=late)

    def test_other_people_are_registered_as_of_the_day_they_are_named(self):
        other = self._partner(name="Other")
        self._contract(other, self.plan)
        referral = (
            self.env["aftersales.referral"]
            .with_user(self.salesperson)
            .create({"referrer_id": self.referrer.id, "contact_name": "Olga"})
        )
        with freeze_time("2027-03-20"):
            referral.referred_id = self.customer
            self.assertEqual(str(referral.date), TODAY)
            referral.referred_id = self._partner(name="Olaf")
            self.assertEqual(str(referral.date), "2027-03-20")
        with freeze_time("2027-03-22"):
            referral.referrer_id = other
            self.assertEqual(str(referral.date), "2027-03-22")
            self.assertEqual(referral.contract_id.sudo().partner_id, other)

    def test_another_referrer_on_the_same_quotation_replaces_the_first(self):
        order = self._quotation()
        first = order.referral_id
        other = self._partner(name="Other")
        self._contract(other, self.plan)
        order.referrer_id = other
        self.assertEqual(order.referral_id, first)
        self.assertEqual(first.referrer_id, other)
        order.referrer_id = False
        self.assertFalse(order.referral_id)
        self.assertEqual(first.state, "rejected")

    def test_two_quotations_share_a_referral_and_the_first_order_counts(self):
        first, second = self._quotation(), self._quotation()
        self.assertEqual(first.referral_id, second.referral_id)
        first.action_confirm()
        second.action_confirm()
        self.assertEqual(second.state, "sale")
        self.assertFalse(second.referral_id)
        self._pay(self._invoice(second))
        self.assertFalse(self._rows(second))

    def test_an_order_confirms_whatever_became_of_its_referral(self):
        order = self._quotation()
        order.referral_id.reject_reason = "No."
        order.referral_id.action_reject()
        self.contract._close("cancelled")
        order.action_confirm()
        self.assertEqual(order.state, "sale")
        self._pay(self._invoice(order))
        self.assertFalse(self._rows(order))

    def test_a_copy_of_an_order_is_not_referred(self):
        copy = self._order().copy()
        self.assertFalse(copy.referrer_id)
        self.assertFalse(copy.referral_id)

    def test_a_copy_of_a_referral_is_registered_today_at_today_s_rate(self):
        referral = self._order().referral_id.with_user(self.salesperson)
        self.contract.sudo().referral_percent = 10.0
        with freeze_time("2027-03-20"):
            copy = referral.copy()
        self.assertRecordValues(
            copy,
            [{"state": "registered", "rate": 10.0, "source": "salesperson", "order_ids": []}],
        )
        self.assertEqual(str(copy.date), "2027-03-20")
        self.assertNotEqual(copy.name, referral.name)
        self.contract._close("cancelled")
        with self.assertRefused(ValidationError, "no active service contract"):
            referral.copy()

    def test_no_default_of_a_client_decides(self):
        qualified = self._order().referral_id
        defaults = {
            "default_state": "qualified",
            "default_source": "portal",
            "default_date": "2020-01-01",
            "default_rate": 99.0,
            "default_referral_id": qualified.id,
        }
        Referral = self.env["aftersales.referral"].with_user(self.salesperson)
        self.env["ir.default"].with_user(self.salesperson).set(
            "aftersales.referral", "state", "qualified", user_id=self.salesperson.id
        )
        referral = Referral.with_context(**defaults).create({"referrer_id": self.referrer.id})
        self.assertRecordValues(
            referral, [{"state": "registered", "source": "salesperson", "rate": 15.0}]
        )
        self.assertEqual(str(referral.date), TODAY)
        order = (
            self.env["sale.order"]
            .with_user(self.salesperson)
            .with_context(**defaults)
            .create({"partner_id": self._partner().id, "state": "draft"})
        )
        self.assertFalse(order.referral_id)

    def test_nobody_links_invoices_to_a_referred_order(self):
        other = self._order(partner=self._partner(), referrer=self.env["res.partner"])
        paid = self._invoice(other)
        self._pay(paid)
        line = self._order().order_line.with_user(self.salesperson)
        with self.assertRefused(AccessError, "by invoicing the order only"):
            line.invoice_lines = [Command.link(paid.invoice_line_ids.id)]
        with self.assertRefused(AccessError, "by invoicing the order only"):
            line.copy(
                {
                    "order_id": line.order_id.id,
                    "invoice_lines": [Command.link(paid.invoice_line_ids.id)],
                }
            )

    def test_nobody_types_a_rate_or_a_state(self):
        referral = self._quotation().referral_id.with_user(self.salesperson)
        for vals in (
            {"rate": 99.0},
            {"state": "qualified"},
            {"contract_id": False},
            {"date": "2020-01-01"},
            {"source": "portal"},
            {"name": "REF/1"},
        ):
            with self.assertRaises(UserError):
                referral.write(vals)
        with self.assertRaises(UserError):
            referral.create({"referrer_id": self.referrer.id, "rate": 99.0})
        with self.assertRaises(UserError):
            referral.referrer_id = self._partner()

    def test_nobody_points_an_order_to_a_referral(self):
        referral = self._quotation().referral_id
        other = self._order(partner=self._partner(), referrer=self.env["res.partner"]).with_user(
            self.salesperson
        )
        with self.assertRaises(UserError):
            other.referral_id = referral

    def test_the_order_form_takes_a_referrer_and_shows_what_it_costs(self):
        order = self._quotation(referrer=self.env["res.partner"]).with_user(self.salesperson)
        with Form(order) as form:
            form.referrer_id = self.referrer
        self.assertEqual(order.referral_id.rate, 15.0)
        with Form(order) as form:
            self.assertEqual(form.referral_expected_amount, 150.0)
            self.assertEqual(form.referral_margin, order.margin - 150.0)

    def test_a_referral_registered_by_hand_gets_its_rate(self):
        form = Form(self.env["aftersales.referral"].with_user(self.salesperson))
        form.referrer_id = self.referrer
        form.contact_name = "Olga from next door"
        referral = form.save()
        self.assertEqual((referral.rate, referral.state), (15.0, "registered"))
        self.assertEqual(str(referral.date), TODAY)

    def test_one_that_is_not_saved_yet_is_new_and_counts_once_it_led_to_an_order(self):
        referrals = self.env["aftersales.referral"]
        self.assertEqual(referrals.new({"name": "/"}).display_name, "New")
        order = self._quotation()
        referral = order.referral_id
        self.assertEqual(referral.conversion_percent, 0.0)
        order.action_confirm()
        referral.invalidate_recordset()
        self.assertEqual((referral.state, referral.conversion_percent), ("qualified", 100.0))

    def test_a_cancelled_quotation_names_no_referrer(self):
        order = self._quotation()
        order._action_cancel()
        words = f"{order.name} is cancelled: set it back to a quotation"
        with self.assertRefused(UserError, words):
            order.referrer_id = self._partner(name="Another")

    def test_a_reward_above_everything_is_refused(self):
        for percent in (-1, 101):
            with self.assertRefused(
                UserError, "VIP: the referral reward must lie between 0 and 100"
            ):
                self.plan.referral_percent = percent

    def test_rejecting_needs_a_manager_and_a_reason(self):
        referral = self._quotation().referral_id
        with self.assertRaisesRegex(UserError, "why"):
            referral.action_reject()
        referral.reject_reason = "Fake"
        with self.assertRaisesRegex(UserError, "plan manager"):
            referral.with_user(self.salesperson).action_reject()

    def test_a_salesperson_sees_own_referrals_and_commissions_only(self):
        order = self._order()
        self._pay(self._invoice(order))
        other = self._user("sam", "sales_team.group_sale_salesman")
        self.assertEqual(order.referral_id.with_user(self.salesperson).rate, 15.0)
        rows = self._rows(order)
        self.assertEqual(rows.with_user(self.salesperson).amount, 150.0)
        with self.assertRaises(AccessError):
            order.referral_id.with_user(other).read(["rate"])
        with self.assertRaises(AccessError):
            rows.with_user(other).read(["amount"])
        with self.assertRaises(AccessError):
            self.Commission.with_user(self.accountant).create({"amount": 1.0})

    def test_a_code_is_short_unique_and_stays(self):
        code = self.referrer._get_referral_code()
        self.assertEqual(len(code), 8)
        self.assertEqual(self.referrer._get_referral_code(), code)
        self.assertEqual(self.referrer.referral_code, code)
        self.assertNotEqual(self.customer._get_referral_code(), code)
        found = self.env["res.partner"].search([("referral_code", "=", code)])
        self.assertEqual(found, self.referrer)

    def test_merging_partners_keeps_ledger_books_and_codes_together(self):
        order = self._order()
        self._pay(self._invoice(order))
        twin = self._partner(name="Rita (twin)")
        codes = {self.referrer._get_referral_code(), twin._get_referral_code()}
        self.env["base.partner.merge.automatic.wizard"].create({})._merge(
            (self.referrer | twin).ids, twin
        )
        self.env.invalidate_all()
        self.assertEqual(self._rows(order).referrer_id, twin)
        self.assertEqual(set(twin.aftersales_referral_code_ids.mapped("name")), codes)
        self.assertInvariants()
        self._payout(150.0, referrer=twin)
        self.assertInvariants()
