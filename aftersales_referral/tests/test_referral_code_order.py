# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import freeze_time, new_test_user, tagged

from .common import TODAY, ReferralCommon


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestReferralCodeOrder(ReferralCommon):
    """A code typed on a quotation or in a cart names who brought the customer (requirement 8)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.code = cls.referrer._get_referral_code()
        cls.nobody = cls.env["res.partner"]
        cls.shopper = new_test_user(cls.env, "shopper", "base.group_portal")
        cls.visitor = cls.env.ref("base.public_user").sudo()

    def _quotation(self, **vals):
        vals = {"referrer": self.nobody, "confirm": False, **vals}
        return self._order(**vals).with_user(self.salesperson)

    def _cart(self, user=None, partner=None):
        """Return a cart as the shop has it: the visitor's user, as superuser."""
        user = user or self.shopper
        order = self._quotation(partner=partner or user.partner_id)
        return order.with_user(user).sudo()

    def _enter(self, order, code=None):
        """Enter a code with core's button *Coupon Code*."""
        wizard = self.env["sale.loyalty.coupon.wizard"].with_user(self.salesperson)
        return wizard.create(
            {"order_id": order.id, "coupon_code": code or self.code}
        ).action_apply()

    def _welcome(self, discount=10.0, **vals):
        program = self.env["loyalty.program"].create(
            {
                "name": "Welcome",
                "program_type": "promotion",
                "trigger": "auto",
                "applies_on": "current",
                "company_id": self.company.id,
                "rule_ids": [Command.create({"minimum_amount": 0, "minimum_qty": 0})],
                "reward_ids": [
                    Command.create(
                        {
                            "reward_type": "discount",
                            "discount": discount,
                            "discount_mode": "percent",
                            "discount_applicability": "order",
                        }
                    )
                ],
                **vals,
            }
        )
        self.company.aftersales_welcome_program_id = program
        return program

    # --- Salesperson ---------------------------------------------------------------------------

    def test_a_code_typed_in_any_case_and_with_spaces_names_the_referrer(self):
        order = self._quotation()
        typed = f" {self.code[:4].lower()} {self.code[4:]} "
        action = self._enter(order, typed)
        self.assertEqual(action["tag"], "display_notification")
        self.assertIn("Rita Referrer is named", action["params"]["message"])
        self.assertEqual(order.referrer_id, self.referrer)
        self.assertRecordValues(
            order.referral_id, [{"source": "code", "rate": 15.0, "state": "registered"}]
        )

    def test_a_salesperson_reads_why_a_code_is_refused_and_nothing_changes(self):
        old = self._order(referrer=self.nobody)
        order = self._quotation()
        fields = ["referrer_id", "referral_id", "referral_code_id", "amount_total", "order_line"]
        before = order.read(fields)
        with self.assertRefused(ValidationError, f"not a new customer: {old.name}"):
            self._enter(order)
        self.env.invalidate_all()
        self.assertEqual(order.read(fields), before)
        with self.assertRefused(ValidationError, "invalid"):
            self._enter(order, "NOSUCHCODE")

    def test_a_refusal_does_not_harm_the_cart(self):
        self._order(referrer=self.nobody)
        order = self._quotation()
        before = order.sudo().message_ids
        status = order._try_apply_code(self.code)
        self.assertIn("not a new customer", status["error"])
        self.env.invalidate_all()
        self.assertFalse(order.referrer_id or order.referral_code_id or order.referral_id)
        self.assertFalse(self.env["aftersales.referral"].search([]))
        self.assertEqual(order.sudo().message_ids, before)
        self.assertEqual(order.amount_total, 1200.0)

    def test_the_same_code_again_is_fine_and_another_one_is_told(self):
        order = self._quotation()
        self._enter(order)
        referral = order.referral_id
        self._enter(order)
        self.assertEqual(order.referral_id, referral)
        other = self.env["res.partner"].create({"name": "Otto"})
        self._contract(other, self.plan)
        with self.assertRefused(ValidationError, "names Rita Referrer as who referred"):
            self._enter(order, other._get_referral_code())
        self.assertEqual(order.referrer_id, self.referrer)

    def test_a_confirmed_order_takes_no_code(self):
        order = self._order(referrer=self.nobody).with_user(self.salesperson)
        with self.assertRefused(ValidationError, "must be named before"):
            self._enter(order)
        self.assertFalse(order.referral_code_id)

    def test_nobody_enters_a_code_on_an_order_he_may_not_write(self):
        other = self._user("sam", "sales_team.group_sale_salesman")
        order = self._quotation().with_user(other)
        with self.assertRaises(UserError):
            order._try_apply_code(self.code)
        self.assertFalse(order.sudo().referrer_id)
        with self.assertRefused(UserError, "Coupon Code"):
            self._quotation().referral_code_id = self.env["aftersales.referral.code"].search([])[0]

    def test_core_s_own_codes_work_as_before(self):
        program = self._welcome(
            name="Spring",
            program_type="promo_code",
            trigger="with_code",
            rule_ids=[Command.create({"mode": "with_code", "code": "SPRING", "minimum_qty": 0})],
        )
        self.company.aftersales_welcome_program_id = False
        order = self._quotation()
        action = self._enter(order, "SPRING")
        self.assertEqual(action["context"]["default_reward_ids"], program.reward_ids.ids)
        self.assertFalse(order.referrer_id)
        self._enter(order)
        self.assertEqual(order.referrer_id, self.referrer)

    def test_promotions_and_coupons_cannot_take_the_code_of_a_customer(self):
        rule = {"mode": "with_code", "code": self.code.lower(), "minimum_qty": 0}
        with self.assertRefused(ValidationError, "referral code of a customer"):
            self._welcome(program_type="promo_code", rule_ids=[Command.create(rule)])
        program = self._welcome()
        with self.assertRefused(ValidationError, "referral code of a customer"):
            self.env["loyalty.card"].create({"program_id": program.id, "code": self.code})
        Code = self.env["aftersales.referral.code"]
        self.env["loyalty.card"].create({"program_id": program.id, "code": "ABCD2345"})
        self.assertTrue(Code._in_use("ABCD2345"))
        self.assertFalse(Code._in_use("ABCD2346"))

    def test_strange_texts_are_no_codes(self):
        find = self.env["aftersales.referral.code"]._find
        for text in (None, "", "  ", "%", "\x00", "ABC\x00DEFG", "_" * 8, "<script>", "É" * 8):
            self.assertFalse(find(text), text)

    # --- Shop ----------------------------------------------------------------------------------

    def test_a_customer_in_the_shop_enters_a_code(self):
        cart = self._cart()
        self.assertFalse(cart._try_apply_code(self.code))
        self.assertEqual(cart.referral_id.source, "code")
        self.assertEqual(cart.referral_id.referred_id, self.shopper.partner_id)

    def test_a_customer_in_the_shop_never_learns_why_a_code_is_refused(self):
        self._order(referrer=self.nobody, partner=self.shopper.partner_id)
        cart = self._cart()
        refused, unknown = cart._try_apply_code(self.code), cart._try_apply_code("ZZZZZZZZ")
        self.assertTrue(refused["not_found"] and unknown["not_found"])
        self.assertEqual(
            refused["error"].replace(self.code, "?"), unknown["error"].replace("ZZZZZZZZ", "?")
        )
        self.assertFalse(cart.referrer_id or cart.referral_code_id)
        own = self._cart(partner=self.referrer)
        self.assertTrue(own._try_apply_code(self.code)["not_found"])
        self.env.invalidate_all()
        self.assertFalse(own.referrer_id)
        named = self._quotation(referrer=self.referrer, partner=self._partner("Nina"))
        other = self._partner("Otto")
        self._contract(other, self.plan)
        status = named.with_user(self.shopper).sudo()._try_apply_code(other._get_referral_code())
        self.assertNotIn("Rita", status["error"])
        self.assertTrue(status["not_found"])

    def _partner(self, name, **vals):
        return self.env["res.partner"].create({"name": name, **vals})

    def test_the_cart_of_a_visitor_waits_for_his_name(self):
        program = self._welcome()
        cart = self._cart(user=self.visitor, partner=self.visitor.partner_id)
        self.assertFalse(cart._try_apply_code(self.code))
        self.assertEqual(cart.referrer_id, self.referrer)
        self.assertFalse(cart.referral_id)
        self.assertFalse(cart.order_line.reward_id)
        nina = self._partner("Nina")
        cart.partner_id = nina
        self.assertRecordValues(
            cart.referral_id, [{"source": "code", "referred_id": nina.id, "state": "registered"}]
        )
        self.assertEqual(cart.order_line.reward_id.program_id, program)

    def test_visitors_of_different_referrers_do_not_meet(self):
        other = self._partner("Otto")
        self._contract(other, self.plan)
        public = self.visitor.partner_id
        for code in (self.code, other._get_referral_code()):
            cart = self._cart(user=self.visitor, partner=public)
            self.assertFalse(cart._try_apply_code(code))
        self.assertFalse(self.env["aftersales.referral"].search([("referred_id", "=", public.id)]))

    def test_no_rule_of_ours_stops_a_checkout(self):
        cart = self._cart(user=self.visitor, partner=self.visitor.partner_id)
        cart._try_apply_code(self.code)
        cart.partner_id = self.referrer  # he says who he is, and that is the referrer himself
        self.assertEqual(cart.partner_id, self.referrer)
        self.assertFalse(cart.referrer_id or cart.referral_code_id or cart.referral_id)
        self.assertFalse(self.env["aftersales.referral"].search([]))
        cart.action_confirm()
        self.assertEqual(cart.state, "sale")
        self.assertIn("cannot refer", "".join(cart.message_ids.mapped("body")))

    # --- Welcome discount ----------------------------------------------------------------------

    def _discount(self, order):
        return sum(order.order_line.filtered("reward_id").mapped("price_total"))

    def test_a_newcomer_with_a_code_gets_the_welcome_discount_and_it_lowers_the_reward(self):
        self._welcome()
        order = self._quotation()
        self._enter(order)
        self.assertAlmostEqual(self._discount(order), -120.0)
        self.assertAlmostEqual(order.amount_total, 1080.0)
        self.assertAlmostEqual(order.referral_expected_amount, 135.0)
        self._enter(order)
        self.assertAlmostEqual(self._discount(order), -120.0)
        order.action_confirm()
        self._pay(self._invoice(order.with_env(self.env)))
        self.assertEarned(order, 135.0)

    def test_the_welcome_discount_is_for_nobody_else(self):
        self._welcome()
        order = self._quotation()
        order._update_programs_and_rewards()
        self.assertFalse(order.coupon_point_ids)
        self.assertFalse(order._get_claimable_rewards())
        named = self._quotation(referrer=self.referrer)
        named._update_programs_and_rewards()
        self.assertFalse(named._get_claimable_rewards())

    def test_the_welcome_discount_s_own_code_works_for_newcomers_only(self):
        self._welcome(
            program_type="promo_code",
            trigger="with_code",
            rule_ids=[Command.create({"mode": "with_code", "code": "HELLO", "minimum_qty": 0})],
        )
        order = self._quotation()
        with self.assertRefused(ValidationError, "not available for this order"):
            self._enter(order, "HELLO")
        self._enter(order)
        self.assertAlmostEqual(self._discount(order), -120.0)

    def test_the_welcome_discount_goes_with_the_referrer(self):
        self._welcome()
        other = self._partner("Otto")
        self._contract(other, self.plan)
        for referrer in (self.nobody, other):
            order = self._quotation(partner=self._partner("Nina"))
            self._enter(order)
            self.assertAlmostEqual(self._discount(order), -120.0)
            order.referrer_id = referrer
            self.assertAlmostEqual(order.amount_total, 1200.0)
            self.assertFalse(order.referral_code_id)
            self.assertFalse(order.coupon_point_ids)

    def test_the_welcome_discount_is_given_once(self):
        self._welcome()
        first, second = self._quotation(), self._quotation()
        self._enter(first)
        self._enter(second)
        first.action_confirm()
        second.action_confirm()
        self.assertAlmostEqual(first.amount_total, 1080.0)
        self.assertAlmostEqual(second.amount_total, 1200.0)
        first._update_programs_and_rewards()
        self.assertAlmostEqual(first.amount_total, 1080.0)

    def test_why_there_is_no_welcome_discount_is_said_and_the_code_is_taken(self):
        self._welcome(rule_ids=[Command.create({"minimum_amount": 5000.0})])
        order = self._quotation()
        message = self._enter(order)["params"]["message"]
        self.assertIn("A minimum of 5000", message)
        self.assertEqual(order.referrer_id, self.referrer)
        self.assertAlmostEqual(order.amount_total, 1200.0)

    def test_a_choice_of_welcome_gifts_is_left_to_whoever_enters_the_code(self):
        gift = self._product("Mug", 5.0)
        program = self._welcome()
        program.reward_ids = [
            Command.create({"reward_type": "product", "reward_product_id": gift.id})
        ]
        order = self._quotation()
        action = self._enter(order)
        self.assertEqual(set(action["context"]["default_reward_ids"]), set(program.reward_ids.ids))
        self.assertEqual(order.referrer_id, self.referrer)

    def test_a_newcomer_who_came_by_the_link_gets_the_welcome_discount(self):
        self._welcome()
        Referral = self.env["aftersales.referral"].sudo()  # as the form of the link makes it
        referral = Referral.create(
            {
                "referrer_id": self.referrer.id,
                "referred_id": self.customer.id,
                "source": "link",
                "user_id": self.salesperson.id,
            }
        )
        order = self._quotation(referrer=self.referrer)
        self.assertEqual(order.referral_id, referral)
        self.assertEqual(referral.source, "link")
        self.assertAlmostEqual(order.amount_total, 1080.0)
