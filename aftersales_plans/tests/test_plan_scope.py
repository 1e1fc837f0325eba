# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import Command
from odoo.exceptions import AccessError

from .common_discount import DiscountCase


class TestPlanScope(DiscountCase):
    """Less promised for less money (requirement 28)."""

    def test_the_contract_begins_with_what_is_left_and_says_so(self):
        order, _line = self.offer_plan(20, [self.fewer])
        order.action_confirm()
        contract = order.sudo().aftersales_contract_ids
        self.assertEqual(contract.replacements_included, 2)
        self.assertEqual(contract.entitlement_ids.included, 2)
        self.assertEqual(contract.amount_untaxed, 480.0)
        self.assertEqual(contract.reduction_ids, self.fewer)
        self.assertIn("2 replacements a year", "".join(contract.message_ids.mapped("body")))
        self.assertEqual(self.plan.replacements_included, 3, "the plan stays as it is")

    def test_every_kind_takes_off_what_it_says(self):
        self.plan.write(
            {
                "replacements_unlimited": True,
                "response_hours": 8,
                "support_level": "always",
                "claim_value_limit": 0,
            }
        )
        cases = {
            ("replacements", "number", 1): ("replacements_included", 1),
            ("response", "number", 24): ("response_hours", 24),
            ("response", "number", 0): ("response_hours", 0),
            ("support", "support_level", "business_hours"): ("support_level", "business_hours"),
            ("claim_limit", "value_limit", 300): ("claim_value_limit", 300),
            ("term_limit", "value_limit", 900): ("term_value_limit", 900),
            ("labour", "number", 0): ("labour_included", False),
            ("freight", "number", 0): ("freight_included", False),
        }
        for (kind, name, value), (term, left) in cases.items():
            one = self.reduction(kind, kind=kind, **{name: value})
            self.assertEqual(self.plan._reduced_by(one)[term], left, kind)
        causes = self.reduction("x", kind="causes", cause_ids=[Command.set(self.accident.ids)])
        self.assertIn(self.accident.name, self.plan._reduced_by(causes)._exclusions())
        self.assertNotIn(self.accident.name, self.plan._exclusions())

    def test_what_comes_off_one_line_comes_off_no_other(self):
        one = self.reduction("1 replacement a year", number=1)
        reduced = [self.plan._reduced_by(which) for which in (self.fewer, one, one.browse())]
        self.assertEqual([plan.replacements_included for plan in reduced], [2, 1, 3])
        self.assertFalse(self.plan._reduction_error(self.fewer))

    def test_a_promise_is_never_raised(self):
        self.plan.write({"claim_value_limit": 300, "response_hours": 24})
        for values in (
            {"number": 3},
            {"number": 5},
            {"kind": "response", "number": 8},
            {"kind": "claim_limit", "value_limit": 500},
            {"kind": "support"},
        ):
            more = self.reduction("More", **values)
            with self.assertRefused("“More” takes nothing off Gold"):
                self.offer_plan(0, [more])
        self.plan.contract_kind = "fixed_price"  # replaces nothing anyway
        with self.assertRefused("takes nothing off"):
            self.offer_plan(0, [self.fewer])

    def test_the_same_thing_is_not_paid_for_twice(self):
        one = self.reduction("1 replacement a year", number=1, discount_percent=15)
        with self.assertRefused("beside the other reductions"):
            self.offer_plan(30, [self.fewer, one])

    def test_a_reduction_of_another_plan_or_without_a_plan_is_refused(self):
        other = self.env["aftersales.plan"].create({"name": "Other", "code": "T-O"})
        self.fewer.plan_ids = other
        with self.assertRefused("cannot be taken off Gold"):
            self.offer_plan(0, [self.fewer])
        self.fewer.plan_ids = False
        order, line = self.offer_plan()
        with self.assertRefused("sells no service plan"):
            (order.order_line - line).aftersales_reduction_ids = self.fewer

    def test_the_quotation_tells_the_customer(self):
        order, line = self.offer_plan(20, [self.fewer])
        self.assertIn("Agreed for this price: 2 replacements a year", line.name)
        told = order._aftersales_plans_told()
        self.assertIn("2 replacements a year", told[0]["benefits"])
        line.aftersales_reduction_ids = False
        self.assertNotIn("Agreed", line.name)
        self.assertIn("3 replacements a year", order._aftersales_plans_told()[0]["benefits"])

    def test_a_plan_without_work_does_not_tell_that_work_is_in_its_price(self):
        self.assertIn("parts and work", self.plan.kind_in_words)
        work = self.reduction("Work is charged", kind="labour", discount_percent=15)
        order, _line = self.offer_plan(20, [work])
        told = " ".join(order._aftersales_plans_told()[0]["conditions"])
        self.assertIn("work is charged", told)
        self.assertNotIn("parts and work", told)
        order.action_confirm()
        contract = order.sudo().aftersales_contract_ids
        self.assertNotIn("parts and work", " ".join(map(str, contract._printed_conditions())))

    def test_another_plan_drops_what_it_does_not_allow(self):
        small = self.env["aftersales.plan"].create(
            {"name": "Small", "code": "T-S", "replacements_included": 1}
        )
        product = self.env["product.product"].create(
            {"name": "Small", "type": "service", "aftersales_plan_id": small.id}
        )
        _order, line = self.offer_plan(20, [self.fewer])
        line.product_id = product
        self.assertFalse(line.aftersales_reduction_ids)

    def test_once_sold_it_stays_as_agreed(self):
        order, line = self.offer_plan(20, [self.fewer])
        order.action_confirm()
        with self.assertRefused("stays as it was agreed"):
            line.aftersales_reduction_ids = False
        with self.assertRefused("Archive it and make another"):
            self.fewer.number = 0
        with self.assertRefused("Archive it"):
            self.fewer.unlink()

    def test_renewing_the_same_plan_goes_on_with_less(self):
        order, _line = self.offer_plan(20, [self.fewer])
        order.action_confirm()
        self.deliver(order.sudo().picking_ids)
        self.fewer.active = False  # not granted any more, but what was sold goes on
        contract = order.sudo().aftersales_contract_ids
        renewal = self.by(self.seller, contract)._make_renewal()
        line = renewal.order_line
        self.assertEqual(line.aftersales_reduction_ids, self.fewer)
        self.assertEqual(line.price_unit, 480.0)
        self.assertFalse(renewal.aftersales_approval_told, "the price follows the old contract's")

    def test_a_copy_leaves_out_what_is_no_longer_granted(self):
        self.plan.response_hours = 8
        answer = self.reduction("Answer within 48 hours", kind="response", number=48)
        order, line = self.offer_plan(0, [self.fewer, answer])
        self.assertEqual(order.copy().order_line.aftersales_reduction_ids, self.fewer | answer)
        answer.active = False
        self.assertEqual(order.copy().order_line.aftersales_reduction_ids, self.fewer)
        self.assertEqual(line.aftersales_reduction_ids, self.fewer | answer)

    def test_causes_that_are_excluded_already_take_nothing_off(self):
        less = self.reduction("No accidents", kind="causes", cause_ids=self.accident.ids)
        self.assertTrue(less._left_of_causes(self.plan))
        self.plan.excluded_cause_ids = self.accident
        self.assertEqual(less._left_of_causes(self.plan), {})

    def test_a_plan_that_comes_back_online_at_its_agreed_price_is_reduced_still(self):
        order, line = self.offer_plan(20, [self.fewer])
        order = order.sudo()
        order._aftersales_drop_online(line.sudo(), self.customer)
        told = order._aftersales_plans_told()
        self.assertIn("2 replacements a year", told[0]["benefits"])
        order._aftersales_choose_online(self.plan_product, self.customer)
        line = order._aftersales_plan_lines()
        self.assertEqual((line.discount, line.aftersales_reduction_ids), (20.0, self.fewer))
        self.assertFalse(order._aftersales_unapproved())

    def test_only_plan_managers_make_the_list(self):
        with self.assertRaises(AccessError):
            self.by(self.seller, self.fewer).discount_percent = 90
        with self.assertRaises(AccessError):
            self.fewer.with_user(self.seller).action_create_usual()
        Reduction = self.env["aftersales.scope.reduction"].with_user(self.manager)
        Reduction.action_create_usual()
        usual = Reduction.search([("name", "=", "Work is charged")])
        self.assertEqual((usual.kind, usual.discount_percent), ("labour", 15))
        with self.assertRefused("has the usual reductions already"):
            Reduction.action_create_usual()

    def test_what_is_no_longer_granted_is_not_chosen(self):
        self.fewer.active = False
        with self.assertRefused("no longer granted"):
            self.offer_plan(20, [self.fewer])

    def test_nonsense_is_refused(self):
        for words, values in (
            ("less than 0", {"number": -1}),
            ("up to which value", {"kind": "claim_limit"}),
            ("which causes", {"kind": "causes"}),
            ("which phone support is left", {"kind": "support", "support_level": False}),
            ("between 0 and 100", {"number": 1, "discount_percent": 101}),
        ):
            with self.assertRefused(words):
                self.reduction("x", **values)
        with self.assertRefused("between 0 and 100"):
            self.plan.discount_limit_percent = -1
