# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import freeze_time, new_test_user, tagged
from odoo.tools import mute_logger

from .common import TODAY
from .common_store_credit import StoreCreditCommon


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestStoreCreditChange(StoreCreditCommon):
    """Changed and cancelled orders put back exactly what they took, once (requirements 75, 79)."""

    def test_lots_remember_which_order_took_what(self):
        first = self._spend((self.goods_untaxed, 30.0), confirm=False)
        second = self._spend((self.goods_untaxed, 50.0), confirm=False)
        both = (first | second).with_user(self.salesperson)
        both.with_context(skip_procurement=True).action_confirm()
        self.assertCredit(20.0, 80.0, 100.0)
        taken = both.sudo()._store_credit_taken()
        self.assertEqual(taken, {(first, self.card): 30, (second, self.card): 50})
        both._action_cancel()
        self.assertCredit(100.0, 0.0, 100.0)

    def test_two_orders_at_once_that_claim_too_much_are_refused(self):
        orders = [self._spend((self.goods_untaxed, 60.0), confirm=False) for _number in range(2)]
        with self.assertRefused(UserError, "has.*40.00 of store credit left.*60.00 are needed"):
            (orders[0] | orders[1]).with_user(self.salesperson).action_confirm()
        self.assertCredit(100.0, 0.0, 100.0)

    def test_a_claim_somebody_else_has_spent_is_refused_in_words(self):
        late = self._spend((self.goods_untaxed, 60.0), confirm=False)
        self._spend((self.goods_untaxed, 70.0))
        with self.assertRefused(UserError, r"claims.*60\.00.*Rita.*30\.00 left.*“Reward”"):
            late.with_user(self.salesperson).action_confirm()
        late.with_user(self.salesperson).action_open_reward_wizard()
        self.assertEqual(late.amount_total, 30.0)
        late.with_user(self.salesperson).action_confirm()
        self.assertCredit(0.0, 100.0, 100.0)

    def test_a_removed_credit_line_gives_back_what_no_invoice_holds(self):
        order = self._spend((self.goods_untaxed, 60.0))
        self._credit_line(order).with_user(self.salesperson).unlink()
        self.assertEqual(order.amount_total, 60.0)
        self.assertCredit(100.0, 0.0, 100.0)
        slates = self._product("Slates", 30.0, invoice_policy="delivery")
        order = self._spend((slates, 30.0, 2.0))
        self._invoice_part(order, Slates=1.0)
        with self.assertRefused(UserError, "Set the quantity to 0"):
            self._credit_line(order).with_user(self.salesperson).unlink()
        self._credit_line(order).with_user(self.salesperson).product_uom_qty = 0.0
        self.assertCredit(70.0, 0.0, 70.0)
        last = self._invoice_part(order, Slates=2.0)
        self.assertEqual(last.amount_total, 30.0)
        self.assertEqual(order.invoice_status, "invoiced")
        self.assertCredit(70.0, 0.0, 70.0)

    def test_rewards_of_a_confirmed_order_are_computed_anew(self):
        order = self._spend((self.goods_untaxed, 60.0)).with_user(self.salesperson)
        before = len(self.card.aftersales_lot_ids.movement_ids)
        order._update_programs_and_rewards()
        self.assertEqual(len(self.card.aftersales_lot_ids.movement_ids), before)
        self.assertCredit(40.0, 60.0, 100.0)
        order.order_line[0].price_unit = 80.0
        order._update_programs_and_rewards()
        self.assertCredit(20.0, 80.0, 100.0)
        order.order_line[0].product_uom_qty = 0.5
        order._update_programs_and_rewards()
        self.assertEqual(order.amount_total, 0.0)
        self.assertCredit(60.0, 40.0, 100.0)
        order.order_line[0].product_uom_qty = 0.0
        order._update_programs_and_rewards()
        self.assertFalse(self._credit_line(order))
        self.assertCredit(100.0, 0.0, 100.0)

    def test_goods_removed_after_invoicing_leave_the_credit_to_the_credit_note(self):
        order = self._spend((self.goods_untaxed, 60.0)).with_user(self.salesperson)
        invoice = self._invoice(order.with_user(self.env.user))
        order.order_line[0].product_uom_qty = 0.0
        order._update_programs_and_rewards()
        self.assertCredit(40.0, 0.0, 40.0)
        self._reverse(invoice).action_post()
        self.assertCredit(100.0, 0.0, 100.0)
        order._action_cancel()
        self.assertCredit(100.0, 0.0, 100.0)

    def test_goods_taken_off_an_invoiced_order_free_the_credit_kept_for_them(self):
        slates = self._product("Slates", 30.0, invoice_policy="delivery")
        order = self._spend((slates, 30.0, 2.0))
        self._invoice_part(order, Slates=1.0)
        self.assertCredit(40.0, 30.0, 70.0)
        order.order_line[0].product_uom_qty = 1.0
        self.assertCredit(70.0, 0.0, 70.0)
        order.order_line[0].product_uom_qty = 2.0
        self.assertCredit(40.0, 30.0, 70.0)

    def test_more_goods_let_more_be_claimed(self):
        order = self._spend((self.goods_untaxed, 60.0)).with_user(self.salesperson)
        order.order_line = [
            Command.create({"product_id": self.goods_untaxed.id, "price_unit": 30.0})
        ]
        order._update_programs_and_rewards()
        self.assertEqual(order.amount_total, 0.0)
        self.assertCredit(10.0, 90.0, 100.0)
        order._action_cancel()
        self.assertCredit(100.0, 0.0, 100.0)

    def test_a_partly_invoiced_order_gives_back_the_rest_when_cancelled(self):
        slates = self._product("Slates", 50.0, invoice_policy="delivery")
        order = self._spend((slates, 50.0, 2.0))
        first = self._invoice_part(order, Slates=1.0)
        note = self._reverse(first)
        note.invoice_line_ids[0].quantity = 0.5
        note.action_post()
        self.assertCredit(25.0, 50.0, 75.0)
        order.with_user(self.salesperson)._action_cancel()
        self.assertCredit(75.0, 0.0, 75.0)
        note.button_draft()
        self.assertCredit(50.0, 0.0, 50.0)
        first.button_draft()
        self.assertCredit(100.0, 0.0, 100.0)

    def test_history_tells_what_a_cancelled_order_took_and_gave_back(self):
        order = self._spend((self.goods_untaxed, 60.0))
        order._action_cancel()
        rows = self.card.history_ids.filtered(lambda row: row.order_model == "sale.order")
        self.assertEqual(
            sorted(rows.mapped(lambda row: (row.description, row.issued, row.used))),
            [(f"Given back: {order.name}", 60.0, 0.0), (f"Order {order.name}", 0.0, 60.0)],
        )

    def test_an_order_whose_invoice_holds_credit_is_not_deleted(self):
        order = self._spend((self.goods_untaxed, 60.0))
        self._invoice(order)
        order._action_cancel()
        with self.assertRefused(UserError, "paid with store credit"):
            order.unlink()

    def test_the_customer_signs_a_quotation_paid_with_credit(self):
        portal = new_test_user(self.env, "rita", "base.group_portal", partner_id=self.referrer.id)
        order = self._spend((self.goods_untaxed, 60.0), confirm=False)
        order.with_user(portal).sudo()._validate_order()
        self.assertEqual(order.state, "sale")
        self.assertCredit(40.0, 60.0, 100.0)

    # --- Guards --------------------------------------------------------------------------------

    def test_points_never_fall_below_zero(self):
        with self.assertRefused(UserError, "has.*100.00 of store credit left"):
            self.card.sudo()._change_points(-100.01, "Too much", self.env["sale.order"])
        with mute_logger("odoo.sql_db"), self.assertRefused(Exception, "store_credit_not_negative"):
            self.env.cr.execute("UPDATE loyalty_card SET points = -1 WHERE id = %s", self.card.ids)

    def test_other_programs_keep_core_s_ways(self):
        action = self.env["loyalty.program"].create_from_template("ewallet")
        program = self.env["loyalty.program"].browse(action["res_id"])
        program.reward_ids.required_points = 0.01
        card = self.env["loyalty.card"].create(
            {"program_id": program.id, "partner_id": self.customer.id, "points": 50.0}
        )
        order = self._order((self.goods_untaxed, 60.0), referrer=self.nobody, confirm=False)
        order = order.with_user(self.salesperson)
        order._update_programs_and_rewards()
        order._apply_program_reward(program.reward_ids, card.with_user(self.salesperson))
        order.action_confirm()
        self.assertEqual((card.points, card.history_ids.used), (0.0, 50.0))
        order.with_user(self.env.user)._action_cancel()  # core: salespeople may not
        self.assertEqual(card.points, 50.0)
        self.assertFalse(card.history_ids)
        card.points = -5.0
        self.env.flush_all()

    def test_nobody_hands_out_or_widens_store_credit(self):
        boss = new_test_user(self.env, "boss", "sales_team.group_sale_manager")
        program = self.card.program_id.with_user(boss)
        wizard = self.env["loyalty.generate.wizard"].with_user(boss)
        values = {"program_id": program.id, "mode": "anonymous", "coupon_qty": 3}
        other = self.env["loyalty.program"].browse(
            self.env["loyalty.program"].create_from_template("ewallet")["res_id"]
        )
        attempts = (
            lambda: wizard.create(values).generate_coupons(),
            lambda: other.reward_ids.with_user(boss).write({"program_id": program.id}),
            lambda: program.write({"active": False}),
            lambda: program.action_archive(),
            lambda: program.unlink(),
            lambda: program.write(
                {"pos_ok": True} if "pos_ok" in program else {"limit_usage": True}
            ),
            lambda: self.card.with_user(boss).copy({"code": "TWIN"}),
            lambda: self.card.with_user(boss).action_archive(),
            lambda: self.card.with_user(boss).write({"code": "MINE"}),
            lambda: self.card.with_user(boss).write({"program_id": other.id}),
        )
        for number, attempt in enumerate(attempts):
            with self.subTest(number), self.assertRaises(UserError):
                attempt()
        self.assertCredit(100.0, 0.0, 100.0)

    def test_nobody_turns_store_credit_into_an_ordinary_card_or_back(self):
        manager = self._user("manu", "sales_team.group_sale_manager")
        program = self.env["loyalty.program"].create({"name": "Own", "program_type": "ewallet"})
        owner = self.referrer.id
        other = program.coupon_ids.create({"program_id": program.id, "partner_id": owner})
        flag = {"aftersales_wallet": True}
        Program = program.with_user(manager)
        attempts = (
            lambda: self.card.with_user(self.salesperson).write({"aftersales_wallet": False}),
            lambda: self.card.with_user(self.salesperson).write({"company_id": False}),
            lambda: self.card.with_user(self.salesperson).write({"currency_id": False}),
            lambda: other.with_user(self.salesperson).write(flag),
            lambda: Program.with_context(default_aftersales_wallet=True).create(
                {"name": "Mine", "program_type": "ewallet"}
            ),
        )
        for number, attempt in enumerate(attempts):
            with self.subTest(number), self.assertRaises(AccessError):
                attempt()
        cards = other.with_user(manager).with_context(default_aftersales_wallet=True)
        values = {"program_id": program.id, "partner_id": owner, "points": 500.0}
        made = cards.create([values, {**values, **flag}])
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(made.mapped("aftersales_wallet"), [False, False])
        self.card.with_user(self.salesperson).message_subscribe(self.customer.ids)
        self.assertCredit(100.0, 0.0, 100.0)

    def test_a_code_shares_no_store_credit(self):
        order = self._order(
            (self.goods_untaxed, 60.0), referrer=self.nobody, confirm=False
        ).with_user(self.salesperson)
        self.assertIn("error", order._try_apply_code(self.card.code))
        self.assertFalse(order.order_line.filtered("coupon_id"))

    def test_a_quotation_for_another_customer_loses_the_credit(self):
        order = self._spend((self.goods_untaxed, 60.0), confirm=False).with_user(self.salesperson)
        order.partner_id = self.customer
        with self.assertRefused(ValidationError, "another customer"):
            order.action_confirm()
        order._update_programs_and_rewards()
        self.assertFalse(self._credit_line(order))
        order.action_confirm()
        self.assertCredit(100.0, 0.0, 100.0)

    def test_a_quotation_changed_to_another_currency_spends_no_credit(self):
        order = self._spend((self.goods_untaxed, 60.0), confirm=False).with_user(self.salesperson)
        other = self.setup_other_currency("EUR")
        pricelist = self.env["product.pricelist"].create({"name": "EU", "currency_id": other.id})
        order.pricelist_id = pricelist
        self.assertEqual(order.currency_id, other)
        words = f"orders in {self.company.currency_id.name} only.*pricelist.*remove the credit line"
        with self.assertRefused(ValidationError, words):
            order.action_confirm()
        self._credit_line(order).unlink()
        order.action_confirm()
        self.assertCredit(100.0, 0.0, 100.0)
