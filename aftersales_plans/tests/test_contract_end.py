# SPDX-License-Identifier: LGPL-3.0-or-later
from datetime import date, timedelta

from odoo import Command
from odoo.tests import Form, freeze_time, new_test_user, tagged

from .common import AfterSalesCase, speak


@tagged("post_install", "-at_install")
class TestContractEnd(AfterSalesCase):
    """A plan for 1,200.00 that starts on 1 January 2026 and ends before its time."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.plan_product.write({"list_price": 1200.0, "taxes_id": [Command.clear()]})
        cls.moved = cls.env.ref("aftersales_plans.close_reason_moved")
        cls.withdrawal = cls.env.ref("aftersales_plans.close_reason_withdrawal")
        with freeze_time("2026-01-01 12:00:00"):
            cls.contract = cls.sell((cls.goods, 1), (cls.plan_product, 1))

    def invoice(self, order=None):
        with freeze_time("2026-01-02 12:00:00"):
            invoice = (order or self.contract.sale_order_id)._create_invoices()
            invoice.action_post()
        return invoice

    def end(self, day, reason=None, **values):
        """End the contract from its dialog as a plan manager; return the credit notes."""
        before = self.contract.sale_order_id.invoice_ids
        with freeze_time(f"{day} 12:00:00"):
            wizard = Form(
                self.env["aftersales.contract.end"]
                .with_user(self.manager)
                .with_context(default_contract_id=self.contract.id)
            )
            wizard.reason_id = reason or self.moved
            for name, value in values.items():
                setattr(wizard, name, value)
            wizard.save().action_confirm()
        return self.contract.sale_order_id.invoice_ids - before

    def test_the_dialog_says_why_so_much_before_anything_is_pressed(self):
        with freeze_time("2026-04-01 12:00:00"):
            wizard = Form(
                self.env["aftersales.contract.end"]
                .with_user(self.manager)
                .with_context(default_contract_id=self.contract.id)
            )
            wizard.reason_id = self.moved
            self.assertEqual(wizard.refund_label, "274 of 365 days are left.")
            wizard.reason_id = self.withdrawal
            self.assertEqual(wizard.refund_label, "Too late to withdraw: choose another reason.")

    def test_91_of_365_days_served_give_900_82_back(self):
        invoice = self.invoice()
        credit_note = self.end("2026-04-01")
        self.assertRecordValues(
            self.contract,
            [
                {
                    "state": "cancelled",
                    "date_closed": date(2026, 4, 1),
                    "close_reason_id": self.moved.id,
                    "amount_refunded": 900.82,
                }
            ],
        )
        self.assertRecordValues(
            credit_note,
            [
                {
                    "move_type": "out_refund",
                    "state": "draft",
                    "reversed_entry_id": invoice.id,
                    "amount_untaxed": 900.82,
                }
            ],
        )
        self.assertEqual(credit_note.invoice_line_ids.product_id, self.plan_product)
        credit_note.action_post()
        self.assertEqual(self.contract.sale_line_id.qty_to_invoice, 0.0)

    def test_the_refund_says_why_in_the_language_of_the_customer(self):
        speak(self, {"%(contract)s ended early": "%(contract)s завершён досрочно"})
        self.customer.lang = "ru_RU"
        self.invoice()
        credit_note = self.end("2026-04-01")
        self.assertIn(f"{self.contract.name} завершён досрочно", credit_note.ref)

    def test_the_refund_is_taxed_as_the_plan_was(self):
        tax = self.env["account.tax"].create({"name": "VAT 20", "amount": 20.0})
        order = self.quote((self.goods, 1), (self.plan_product, 1))
        order.order_line[1].tax_ids = tax
        with freeze_time("2026-01-01 12:00:00"):
            order.action_confirm()
            self.deliver(order.picking_ids)
        self.contract = order.aftersales_contract_ids
        self.invoice()
        self.assertRecordValues(
            self.end("2026-04-01"), [{"amount_untaxed": 900.82, "amount_tax": 180.16}]
        )

    def test_prices_that_include_the_tax_give_the_same_share_back(self):
        tax = self.env["account.tax"].create(
            {"name": "VAT 20 incl", "amount": 20.0, "price_include_override": "tax_included"}
        )
        order = self.quote((self.goods, 1), (self.plan_product, 1))
        order.order_line[1].tax_ids = tax
        with freeze_time("2026-01-01 12:00:00"):
            order.action_confirm()
            self.deliver(order.picking_ids)
        self.contract = order.aftersales_contract_ids
        self.assertEqual(self.contract.amount_untaxed, 1000.0)
        self.invoice()
        self.assertRecordValues(
            self.end("2026-04-01"), [{"amount_untaxed": 750.68, "amount_total": 900.82}]
        )

    def test_what_was_not_invoiced_is_not_paid_back_but_the_rest_stays_due(self):
        self.assertFalse(self.end("2026-04-01"))
        line = self.contract.sale_line_id
        self.assertEqual((line.price_subtotal, line.qty_to_invoice), (299.18, 1.0))

    def test_a_withdrawal_in_time_gives_everything_back_and_covers_nothing(self):
        self.assertEqual(self.contract.withdrawal_end, date(2026, 1, 15))
        self.invoice()
        credit_note = self.end("2026-01-15", self.withdrawal)
        self.assertEqual(credit_note.amount_untaxed, 1200.0)
        self.assertFalse(self.contract._covers_day(date(2026, 1, 10)))

    def test_a_withdrawal_too_late_is_refused_in_words(self):
        with self.assertRefused("could withdraw until 01/15/2026. Choose another"):
            self.end("2026-01-16", self.withdrawal)

    def test_a_locked_order_does_not_stop_the_warehouse(self):
        order = self.contract.sale_order_id
        order.action_lock()
        with freeze_time("2026-04-01 12:00:00"):
            self.contract._on_last_asset_gone(date(2026, 4, 1))
        self.assertEqual((self.contract.sale_line_id.price_subtotal, order.locked), (299.18, True))

    def test_a_draft_invoice_is_brought_down(self):
        with freeze_time("2026-01-02 12:00:00"):
            invoice = self.contract.sale_order_id._create_invoices()
        self.assertFalse(self.end("2026-04-01"))
        row = invoice.invoice_line_ids.filtered(lambda r: r.product_id == self.plan_product)
        self.assertEqual(row.price_subtotal, 299.18)

    def test_a_cancelled_invoice_counts_for_nothing(self):
        with freeze_time("2026-01-02 12:00:00"):
            self.contract.sale_order_id._create_invoices().button_cancel()
        self.end("2026-04-01")
        line = self.contract.sale_line_id
        self.assertEqual((line.price_subtotal, line.qty_to_invoice), (299.18, 1.0))

    def test_a_discount_on_the_line_is_not_given_twice(self):
        self.contract.sale_line_id.discount = 50.0
        self.end("2026-04-01")
        self.assertEqual(self.contract.amount_refunded, 450.41)
        self.assertEqual(self.contract.sale_line_id.price_subtotal, 149.59)

    def test_a_discount_on_the_order_is_shared_by_the_plan(self):
        """Goods 500 and plan 1,200 with 10 % off the order: the plan costs 1,080."""
        order = self.quote((self.goods, 1), (self.plan_product, 1))
        self.env["sale.order.discount"].create(
            {"sale_order_id": order.id, "discount_type": "so_discount", "discount_percentage": 0.1}
        ).action_apply_discount()
        with freeze_time("2026-01-01 12:00:00"):
            order.action_confirm()
            self.deliver(order.picking_ids)
        self.contract = order.aftersales_contract_ids
        self.assertEqual(self.contract.amount_untaxed, 1080.0)
        self.invoice()
        self.assertEqual(self.end("2026-04-01").amount_untaxed, 810.74)

    def test_a_price_changed_after_the_sale_is_the_price(self):
        self.contract.sale_line_id.price_unit = 365.0
        self.invoice()
        self.assertEqual(self.end("2026-04-01").amount_untaxed, 274.0)
        self.assertEqual(self.contract.amount_refunded, 274.0)

    def test_it_cannot_end_before_something_it_gave_nor_before_it_began(self):
        with freeze_time("2026-03-01 12:00:00"):
            claim = self.claim(self.contract.asset_ids)
            claim.action_approve()
        with self.assertRefused(f"was used after 02/28/2026: {claim.name}"):
            self.end("2026-04-01", last_day=date(2026, 2, 28))
        with self.assertRefused("before its start"):
            self.end("2026-04-01", last_day=date(2025, 12, 30))

    def test_goods_gone_before_the_start_give_everything_back_and_no_more(self):
        self.invoice()
        self.contract._on_last_asset_gone(date(1990, 1, 1))
        self.assertEqual(
            (self.contract.amount_refunded, self.contract.date_closed), (1200.0, date(2025, 12, 31))
        )

    def test_an_ended_plan_is_sold_again_on_a_new_line_at_its_price(self):
        self.end("2026-04-01")
        order, line = self.contract.sale_order_id, self.contract.sale_line_id
        line.product_uom_qty = 0
        with self.assertRefused("Add a new line"):
            line.product_uom_qty = 1
        order._action_cancel()
        order.action_draft()
        self.assertEqual(line.price_unit, 1200.0)

    def test_a_price_typed_on_a_quotation_stays_whoever_asks_for_a_quotation_once_more(self):
        order, line = self.contract.sale_order_id, self.contract.sale_line_id
        order._action_cancel()
        order.action_draft()
        line.price_unit = 900.0
        order.message_subscribe(self.customer.ids)  # as sending it does
        reader = new_test_user(
            self.env, "t-portal", "base.group_portal", partner_id=self.customer.id
        )
        order.with_user(reader).action_draft()  # core changes nothing, so asks for no right
        self.assertEqual((order.state, line.price_unit), ("draft", 900.0))

    def test_less_what_was_used(self):
        self.contract.refund_policy = "pro_rata_less_used"
        self.goods.standard_price = 250.0
        with freeze_time("2026-02-01 12:00:00"):
            claim = self.claim(self.contract.asset_ids)
            claim.action_approve()
            self.deliver(claim.sudo().picking_ids)
        self.invoice()
        self.end("2026-04-01")
        self.assertEqual(self.contract.amount_refunded, 650.82)

    def test_terms_without_refund_give_nothing_back(self):
        self.contract.refund_policy = "none"
        self.invoice()
        self.assertFalse(self.end("2026-04-01"))
        self.assertEqual(self.contract.amount_refunded, 0.0)

    def test_something_else_may_be_agreed_but_not_more_than_the_price(self):
        self.invoice()
        with self.assertRefused("lies between 0 and its price"):
            self.end("2026-04-01", amount=1300.0)
        self.assertEqual(self.contract.state, "active")
        self.assertEqual(self.end("2026-04-01", amount=500.0).amount_untaxed, 500.0)

    def test_it_cannot_end_in_the_future_nor_twice(self):
        with freeze_time("2026-04-01"), self.assertRefused("cannot lie in the future"):
            self.contract._end(date(2026, 5, 1), self.moved)
        self.end("2026-04-01")
        with self.assertRefused("is over already"):
            self.contract._end(date(2026, 4, 1), self.moved)

    def test_what_broke_before_the_last_day_is_still_covered(self):
        self.end("2026-04-01")
        self.assertTrue(self.contract._covers_day(date(2026, 4, 1)))
        self.assertFalse(self.contract._covers_day(date(2026, 4, 2)))

    def test_a_cancelled_order_covers_nothing(self):
        self.contract.sale_order_id._action_cancel()
        self.assertEqual(self.contract.close_reason_id.name, "Order cancelled")
        self.assertFalse(self.contract._covers_day(date(2026, 1, 1)))

    def test_all_goods_gone_ends_it_by_its_terms(self):
        self.invoice()
        with freeze_time("2026-04-01 12:00:00"):
            self.contract._on_last_asset_gone(date(2026, 4, 1))
        self.assertEqual(
            (self.contract.state, self.contract.amount_refunded), ("cancelled", 900.82)
        )

    def test_a_contract_in_foreign_currency_is_refunded_in_the_currency_of_its_invoice(self):
        euro = self.env.ref("base.EUR")
        euro.active = True
        self.env["res.currency.rate"].search([("currency_id", "=", euro.id)]).unlink()
        self.env["res.currency.rate"].create(
            {"currency_id": euro.id, "name": "2025-12-01", "rate": 0.5}
        )
        pricelist = self.env["product.pricelist"].create({"name": "EUR", "currency_id": euro.id})
        order = self.quote((self.goods, 1), (self.plan_product, 1), pricelist_id=pricelist.id)
        order.order_line[1].price_unit = 600.0
        with freeze_time("2026-01-01 12:00:00"):
            order.action_confirm()
            self.deliver(order.picking_ids)
        self.contract = order.aftersales_contract_ids
        self.assertEqual(self.contract.amount_untaxed, 1200.0)
        self.invoice()
        credit_note = self.end("2026-04-01")
        self.assertEqual(
            (self.contract.amount_refunded, credit_note.amount_untaxed, credit_note.currency_id),
            (900.82, 450.41, euro),
        )

    def test_only_a_plan_manager_ends_contracts(self):
        seller = new_test_user(self.env, "t-seller", "sales_team.group_sale_salesman")
        for user in (seller, self.agent):
            self.assertFalse(
                self.env["aftersales.contract.end"].with_user(user).has_access("create")
            )
        draft = self.quote((self.goods, 1), (self.plan_product, 1))
        draft.action_confirm()
        own = draft.aftersales_contract_ids
        own.user_id = seller
        with freeze_time("2026-04-01 12:00:00"):
            own._give_notice(date(2026, 6, 30), self.moved)
        with self.assertRefused("Ask a plan manager"):
            own.with_user(seller).action_take_back_notice()

    def notice(self, reason=None):
        """Give notice on 1 April for 30 June, from the dialog."""
        return self.end("2026-04-01", reason, last_day=date(2026, 6, 30))

    def tomorrow_comes(self, day):
        with freeze_time(f"{day} 12:00:00"), self.enter_registry_test_mode():
            self.env.ref("aftersales_plans.cron_follow_calendar").method_direct_trigger()
        self.env.invalidate_all()

    def test_a_day_that_lies_ahead_ends_the_contract_when_it_has_come(self):
        self.invoice()
        self.assertFalse(self.notice())
        self.assertEqual(self.contract.state, "active")
        covered = [self.contract._covers_day(date(2026, 6, 30) + timedelta(n)) for n in (0, 1)]
        self.assertEqual(covered, [True, False])
        self.tomorrow_comes("2026-06-30")
        self.assertEqual(self.contract.state, "active")
        self.tomorrow_comes("2026-07-01")
        self.assertRecordValues(
            self.contract,
            [
                {
                    "state": "cancelled",
                    "date_closed": date(2026, 6, 30),
                    "close_reason_id": self.moved.id,
                    "amount_refunded": 604.93,  # 184 of 365 days
                }
            ],
        )

    def test_notice_can_be_taken_back(self):
        self.notice()
        self.contract.with_user(self.manager).action_take_back_notice()
        self.tomorrow_comes("2026-07-01")
        self.assertEqual((self.contract.state, self.contract.notice_day), ("active", False))

    def test_what_was_given_after_the_last_day_stops_no_end(self):
        """A plan manager may let the plan pay for what happened later."""
        self.notice()
        with freeze_time("2026-07-01 08:00:00"):
            claim = self.claim(self.contract.asset_ids, user=self.manager)
            claim.line_ids.write({"forced_billing_type": "contract", "overrule_note": "Promised"})
            claim.action_approve()
        self.assertEqual(claim.line_ids.billing_type, "contract")
        self.tomorrow_comes("2026-07-01")
        self.assertEqual(
            (self.contract.state, self.contract.date_closed), ("cancelled", date(2026, 6, 30))
        )

    def test_goods_that_come_after_the_last_day_start_no_plan(self):
        with freeze_time("2026-04-01 12:00:00"):
            order = self.quote((self.goods, 1), (self.plan_product, 1))
            order.action_confirm()
        self.contract = order.aftersales_contract_ids
        self.notice()
        with freeze_time("2026-07-05 08:00:00"):  # the daily job did not run for some days
            self.deliver(order.picking_ids)
        self.tomorrow_comes("2026-07-05")
        self.assertEqual((self.contract.state, self.contract.amount_refunded), ("cancelled", 1200))

    def test_a_notice_that_took_effect_is_not_taken_back(self):
        self.notice()
        self.tomorrow_comes("2026-07-01")
        said = self.contract.message_ids
        self.contract.with_user(self.manager).action_take_back_notice()
        self.assertEqual(
            (self.contract.notice_day, self.contract.message_ids), (date(2026, 6, 30), said)
        )

    def test_notice_is_refused_in_words(self):
        with self.assertRefused("Withdrawal by the customer takes effect at once"):
            self.notice(self.withdrawal)
        with self.assertRefused("ends on 12/31/2026 by itself"):
            self.end("2026-04-01", last_day=date(2026, 12, 31))

    def test_notice_is_refused_before_the_start_and_after_the_end(self):
        later = self.sell((self.goods, 1), (self.plan_product, 1))
        later.sudo().write({"date_start": "2026-09-01", "date_end": "2027-08-31"})
        with self.assertRefused(f"{later.name} starts on 09/01/2026 only. End it today instead"):
            later._give_notice(date(2026, 8, 1), self.moved)
        self.end("2026-04-01")
        with self.assertRefused(f"{self.contract.name} is over already"):
            self.contract._give_notice(date(2026, 8, 1), self.moved)

    def test_what_was_sold_elsewhere_is_paid_back_elsewhere(self):
        """An imported contract has no order here: its price is the one that was entered."""
        self.contract.sudo().sale_line_id = False
        self.assertEqual(self.contract._price_now(), 1200.0)
        self.assertFalse(self.contract._settle_price(900.82))
        self.assertEqual(self.contract.amount_untaxed, 1200.0)

    def test_nobody_writes_a_notice_by_hand(self):
        with self.assertRefused("cannot be changed by hand"):
            self.contract.with_user(self.manager).notice_day = date(2026, 6, 30)
