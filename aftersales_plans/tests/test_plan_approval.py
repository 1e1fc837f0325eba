# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user

from .common_discount import DiscountCase

APPROVAL = "aftersales_plans.activity_discount_approval"
FIELDS = {
    "aftersales_approval_state": "approved",
    "aftersales_approval_user_id": 1,
    "aftersales_approval_date": "2026-01-01 00:00:00",
    "aftersales_approval_note": "x",
    "aftersales_approval_terms": [{"discount": 100}],
}


class TestPlanApproval(DiscountCase):
    """More discount than allowed is a plan manager's to agree to (requirement 28)."""

    def test_up_to_the_limit_nobody_is_asked(self):
        order, _line = self.offer_plan(10)
        self.assertFalse(order.aftersales_approval_told)
        order.action_quotation_send()
        order.action_confirm()
        self.assertEqual(order.state, "sale")

    def test_without_a_limit_nothing_changes(self):
        self.plan.discount_limit_percent = 100
        order, _line = self.offer_plan(100)
        order.action_confirm()
        self.assertEqual(order.state, "sale")

    def test_above_it_neither_sent_nor_confirmed_and_the_figures_are_told(self):
        order, _line = self.offer_plan(20)
        figures = r"480\.00.*600\.00.*20 % off; the plan allows 10 %"
        self.assertRegex(order.aftersales_approval_told, figures)
        for send in ("action_quotation_send", "action_quotation_sent", "action_confirm"):
            with self.assertRefused(figures):
                getattr(order, send)()
        self.assertFalse(order.sudo()._has_to_be_signed())

    def test_a_reduction_justifies_the_rest_and_no_more(self):
        order, line = self.offer_plan(20, [self.fewer])
        self.assertFalse(order.aftersales_approval_told)
        line.discount = 20.01
        self.assertIn("“2 replacements a year” 10 %", order.aftersales_approval_told)

    def test_a_discount_on_the_whole_order_counts_pro_rata(self):
        self.discount_product()
        order, _line = self.offer_plan(5)
        wizard = self.env["sale.order.discount"].with_user(self.seller)
        wizard.create(
            {"sale_order_id": order.id, "discount_type": "so_discount", "discount_percentage": 0.06}
        ).action_apply_discount()
        # 600 less 5 % is 570, less 6 % of it 535.80
        self.assertRegex(order.aftersales_approval_told, r"535\.80.*10\.7 % off")

    def test_asking_deciding_and_what_voids_it(self):
        order, line = self.offer_plan(20)
        order.action_ask_aftersales_approval()
        self.assertEqual(order.aftersales_approval_state, "asked")
        mine = order.sudo().activity_ids.filtered(lambda one: one.user_id == self.decider)
        self.assertEqual(mine.activity_type_id, self.env.ref(APPROVAL))
        self.assertIn("480.00", mine.note)
        with self.assertRefused("waits for the approval"):
            order.action_confirm()
        self.by(self.decider, order).action_approve_aftersales_prices("For three years")
        self.assertFalse(order.sudo().activity_search([APPROVAL]))
        told = "".join(order.message_ids.mapped("body"))
        for words in ("Approved", "480.00", "600.00", "For three years"):
            self.assertIn(words, told)
        self.assertEqual(order.aftersales_approval_user_id, self.decider)
        line.discount = 15  # better for us
        self.assertEqual(order.aftersales_approval_state, "approved")
        line.discount = 20
        self.assertFalse(order.aftersales_approval_told)
        line.discount = 21
        self.assertFalse(order.aftersales_approval_state)
        with self.assertRefused("21 % off"):
            order.action_confirm()
        line.discount = 20
        self.assertTrue(order.aftersales_approval_told, "an approval that was lost is asked anew")

    def test_other_terms_void_it(self):
        order, line = self.offer_plan(30, [self.fewer])
        self.by(self.decider, order).action_approve_aftersales_prices()
        line.aftersales_reduction_ids = False
        self.assertFalse(order.aftersales_approval_state)
        self.assertIn("holds no longer", order.message_ids[0].body)

    def test_a_salesperson_is_told_where_no_manager_may_open_the_quotation(self):
        group = self.env.ref("aftersales_plans.group_manager")
        group.user_ids.write({"group_ids": [Command.unlink(group.id)]})
        new_test_user(self.env, "t-lone", "aftersales_plans.group_manager")
        order, _line = self.offer_plan(20)
        order.action_ask_aftersales_approval()
        self.assertFalse(order.sudo().activity_search([APPROVAL]))
        told = order.message_ids[0]
        self.assertIn("nobody was asked", told.body)
        self.assertIn(self.seller.partner_id, told.partner_ids)

    def test_a_customer_cannot_sign_what_waits(self):
        order, _line = self.offer_plan(20)
        order.sudo().write({"state": "sent", "require_signature": True})
        order.action_ask_aftersales_approval()
        self.assertFalse(order.sudo()._has_to_be_signed())

    def test_a_worse_price_is_told_in_the_decision_that_waits(self):
        order, line = self.offer_plan(20)
        order.action_ask_aftersales_approval()
        before = order.sudo().activity_search([APPROVAL])
        line.discount = 50
        after = order.sudo().activity_search([APPROVAL])
        self.assertTrue(before)
        self.assertEqual(after, before)
        self.assertEqual(order.aftersales_approval_state, "asked")
        for note in after.mapped("note"):
            self.assertIn("300.00", note)

    def test_a_better_price_ends_the_waiting(self):
        order, line = self.offer_plan(20)
        order.action_ask_aftersales_approval()
        line.discount = 10
        self.assertFalse(order.aftersales_approval_state)
        self.assertFalse(order.sudo().activity_search([APPROVAL]))

    def test_a_refusal_is_told_with_its_note(self):
        order, _line = self.offer_plan(20)
        order.action_ask_aftersales_approval()
        action = self.by(self.decider, order).action_decide_aftersales_approval()
        wizard = self.env["aftersales.plan.approve"].with_user(self.decider)
        dialog = wizard.with_context(**action["context"]).create({"note": "Too much"})
        self.assertIn("20 % off", dialog.told)
        dialog.action_refuse()
        self.assertEqual(order.aftersales_approval_state, "refused")
        self.assertIn("Too much", order.message_ids[0].body)
        with self.assertRefused("needs the approval"):
            order.action_confirm()

    def test_a_manager_who_confirms_decides_and_it_is_logged(self):
        order, _line = self.offer_plan(20)
        order.action_ask_aftersales_approval()
        self.by(self.decider, order).action_confirm()
        self.assertEqual(order.state, "sale")
        self.assertIn("By confirming the order", "".join(order.message_ids.mapped("body")))
        self.assertFalse(order.sudo().activity_search([APPROVAL]))

    # --- The customer --------------------------------------------------------------------------

    def test_what_was_sent_holds_whatever_the_limit_becomes(self):
        order, line = self.offer_plan(10)
        order.action_quotation_sent()
        self.plan.discount_limit_percent = 5
        self.assertTrue(order.sudo()._has_to_be_signed())
        line.discount = 11
        self.assertFalse(order.sudo()._has_to_be_signed())

    def test_what_was_sent_before_there_was_a_limit_holds(self):
        self.plan.discount_limit_percent = 100
        order, _line = self.offer_plan(40)
        order.sudo().action_quotation_sent()
        order.sudo().aftersales_approval_terms = False  # as in a database of years
        self.plan.discount_limit_percent = 5
        self.assertTrue(order.sudo()._has_to_be_signed())
        self.assertTrue(self.offer_plan(40)[0].aftersales_approval_told)

    def test_a_payment_that_comes_all_the_same_waits_for_the_manager(self):
        order, line = self.offer_plan(10)
        line.discount = 50
        provider = self.env["payment.provider"].create({"name": "P", "code": "none"})
        method = self.env["payment.method"].create({"name": "Wire", "code": "t-wire"})
        payment = self.env["payment.transaction"].create(
            {
                "provider_id": provider.id,
                "payment_method_id": method.id,
                "amount": order.amount_total,
                "currency_id": order.currency_id.id,
                "partner_id": self.customer.id,
                "reference": "T-1",
                "state": "done",
                "sale_order_ids": [Command.set(order.ids)],
            }
        )
        self.assertFalse(payment._check_amount_and_confirm_order())
        self.assertEqual((order.state, order.aftersales_approval_state), ("draft", "asked"))
        self.by(self.decider, order).action_approve_aftersales_prices()
        self.assertEqual(order.state, "sale")

    # --- Ways around ---------------------------------------------------------------------------

    def test_nobody_writes_the_approval(self):
        order, _line = self.offer_plan(20)
        for user in (self.seller, self.decider):
            for name, value in FIELDS.items():
                with self.assertRaises(UserError, msg=name):
                    self.by(user, order).write({name: value})
                with self.assertRaises(UserError, msg=name):
                    order.with_user(user).sudo(False).create(
                        {"partner_id": self.customer.id, name: value}
                    )
                with self.assertRaises(UserError, msg=name):
                    self.by(user, order).copy({name: value})
        defaults = {f"default_{name}": value for name, value in FIELDS.items()}
        SaleOrder = self.env["sale.order"].with_user(self.seller).with_context(**defaults)
        fresh = SaleOrder.create({"partner_id": self.customer.id})
        self.assertFalse(fresh.sudo().aftersales_approval_state)
        self.assertFalse(fresh.sudo().aftersales_approval_terms)
        loaded = (
            self.env["sale.order"]
            .with_user(self.seller)
            .load(["partner_id", "aftersales_approval_state"], [[self.customer.name, "approved"]])
        )
        self.assertFalse(loaded["ids"])

    def test_nobody_writes_how_a_price_came_about(self):
        order, line = self.offer_plan()
        forged = {"aftersales_price_facts": {"price": 1}}
        vals = {"product_id": self.plan_product.id, **forged}
        for attempt in (
            lambda: line.write(forged),
            lambda: line.write({"aftersales_price_facts": False}),
            lambda: line.create({"order_id": order.id, **vals}),
            lambda: order.write({"order_line": [Command.create(vals)]}),
            lambda: order.copy({"order_line": [Command.create(vals)]}),
            lambda: line.copy({"order_id": order.id, **forged}),
        ):
            with self.assertRefused("cannot be changed by hand"):
                attempt()
        own = line.with_context(default_aftersales_price_facts={"price": 1})
        added = own.create({"order_id": order.id, "product_id": self.plan_product.id})
        self.assertEqual(added.aftersales_price_facts["price"], 600)

    def test_a_copy_takes_along_how_its_price_came_about(self):
        order, line = self.offer_plan()
        self.plan_product.list_price = 700
        copied = order.copy().order_line.filtered("aftersales_plan_id")
        self.assertEqual((copied.price_unit, copied.aftersales_price_facts["price"]), (600, 600))
        self.assertEqual(copied.aftersales_price_facts, line.aftersales_price_facts)

    def test_a_salesperson_decides_nothing(self):
        order, _line = self.offer_plan(20)
        for attempt in (
            "action_approve_aftersales_prices",
            "action_refuse_aftersales_prices",
            "action_decide_aftersales_approval",
        ):
            with self.assertRaises(AccessError):
                getattr(order, attempt)()
        with self.assertRaises(AccessError):
            self.env["aftersales.plan.approve"].with_user(self.seller).create(
                {"order_id": order.id}
            )
        with self.assertRaises(AccessError):
            self.by(self.seller, self.plan).discount_limit_percent = 100

    def test_a_copy_needs_an_approval_of_its_own(self):
        order, _line = self.offer_plan(20)
        self.by(self.decider, order).action_approve_aftersales_prices()
        copy = order.copy()
        self.assertFalse(copy.aftersales_approval_state)
        with self.assertRefused("20 % off"):
            copy.action_confirm()

    def test_a_confirmed_plan_gets_no_cheaper(self):
        order, line = self.offer_plan(10)
        order.action_confirm()
        for vals in ({"discount": 20}, {"price_unit": 100}):
            with self.assertRefused("Only a plan manager may lower the price"):
                line.write(vals)
        with self.assertRefused("Only a plan manager may lower the price"):
            order.order_line = [
                Command.create(
                    {
                        "product_id": self.discount_product().id,
                        "price_unit": -300,
                    }
                )
            ]
        line.discount = 5
        self.by(self.decider, line).discount = 30

    def discount_product(self):
        """Return the product of discounts on whole orders."""
        if not self.company.sale_discount_product_id:
            self.company.sale_discount_product_id = self.env["product.product"].create(
                {"name": "Discount", "type": "service", "taxes_id": False}
            )
        return self.company.sale_discount_product_id

    def test_a_plan_added_late_needs_the_approval_too(self):
        order = self.by(self.seller, self.quote((self.goods, 1), user_id=self.seller.id))
        order.action_confirm()
        with self.assertRefused("make a quotation of its own"):
            order.order_line = [
                Command.create({"product_id": self.plan_product.id, "discount": 50})
            ]

    def test_a_plan_added_late_within_the_limit_needs_none(self):
        order = self.by(self.seller, self.quote((self.goods, 1), user_id=self.seller.id))
        order.action_confirm()
        order.order_line = [Command.create({"product_id": self.plan_product.id, "discount": 10})]
        self.assertEqual(order.sudo().aftersales_contract_ids.amount_untaxed, 540.0)

    def test_a_renewal_that_needs_an_approval_is_asked_for_before_it_is_offered(self):
        order, _line = self.offer_plan(0)
        order.action_confirm()
        self.deliver(order.sudo().picking_ids)
        contract = order.sudo().aftersales_contract_ids
        contract.user_id = self.seller
        renewal = contract._make_renewal()
        renewal.order_line.discount = 50
        self.assertTrue(renewal._aftersales_is_held())
        contract._offer_by_mail(renewal)
        self.assertEqual((renewal.state, renewal.aftersales_approval_state), ("draft", "asked"))
        by_hand = contract.activity_search(["aftersales_plans.activity_renewal_by_hand"])
        self.assertIn("Its price needs the approval of a plan manager.", by_hand.note)

    # --- Money ---------------------------------------------------------------------------------

    def test_another_currency_and_taxes_in_the_price_make_no_discount(self):
        tax = self.env["account.tax"].create(
            {"name": "20 incl", "amount": 20, "price_include_override": "tax_included"}
        )
        self.plan_product.taxes_id = tax
        currency = self.env["res.currency"].create(
            {
                "name": "TST",
                "symbol": "T",
                "rounding": 0.05,
                "rate_ids": [Command.create({"name": "2020-01-01", "rate": 1.37})],
            }
        )
        pricelist = self.env["product.pricelist"].create(
            {"name": "T", "currency_id": currency.id, "company_id": self.company.id}
        )
        order, line = self.offer_plan(10, pricelist_id=pricelist.id)
        self.assertEqual(order.currency_id, currency)
        self.assertFalse(order.aftersales_approval_told)
        line.discount = 11
        self.assertIn("11 % off", order.aftersales_approval_told)

    def test_a_plan_without_a_price_has_no_discount(self):
        self.plan_product.list_price = 0
        order, line = self.offer_plan()
        line.price_unit = 50
        self.assertFalse(order.aftersales_approval_told)
        self.assertIsNone(line._aftersales_deal().discount)
