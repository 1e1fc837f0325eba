# SPDX-License-Identifier: LGPL-3.0-or-later
from datetime import date

from odoo.fields import Command
from odoo.tests import freeze_time, new_test_user, tagged
from odoo.tools import SQL

from ..models.renewal_run import LAPSED
from ..models.work_off import give_once
from .common_proof import poisoned
from .common_renewal import RenewalCase


@tagged("post_install", "-at_install")
class TestRenewalPrice(RenewalCase):
    """What going on costs, cent by cent (25, 26, 62)."""

    def test_a_year_at_1200_goes_on_at_1134_until_the_deadline_then_at_1260(self):
        contract = self.running()
        order = self.quoted(contract)
        line = order.order_line
        self.assertRecordValues(
            line,
            [
                {
                    "price_unit": 1260.0,
                    "discount": 10.0,
                    "price_subtotal": 1134.0,
                    "product_uom_qty": 1.0,
                    "aftersales_renews_id": contract.id,
                }
            ],
        )
        self.assertEqual(order.aftersales_renewal_deadline, date(2026, 12, 11))
        self.assertEqual(order.validity_date, date(2027, 1, 9))
        self.assertEqual(line._aftersales_struck_price(), 1260.0)
        self.follow("2026-12-11")
        self.assertEqual(order.amount_untaxed, 1134.0, "the last day of the discount")
        self.follow("2026-12-12")
        self.assertEqual((line.price_subtotal, line.discount), (1260.0, 0.0))
        self.assertFalse(line._aftersales_struck_price(), "nothing dearer is charged later")
        line.discount = 3
        self.follow("2026-12-13")
        self.assertEqual(line.discount, 3, "the deadline passes once")

    def test_two_years_at_2160_go_on_for_one_at_1190_70(self):
        contract = self.running()
        contract.write({"amount_untaxed": 2160.0, "duration_months": 24})
        contract.renewal_discount_percent = 0
        order = self.quoted(contract, "2027-11-11")
        self.assertEqual(order.amount_untaxed, 1190.70)
        self.assertFalse(order.order_line._aftersales_struck_price(), "no discount goes away")

    def test_an_odd_price_is_rounded_once(self):
        contract = self.running()
        contract.amount_untaxed = 99.99
        order = self.quoted(contract)
        # 99.99 × 1.05 = 104.9895; × 0.9 = 94.49055
        self.assertEqual(order.amount_untaxed, 94.49)
        self.assertEqual(order.order_line._aftersales_struck_price(), 104.99)
        self.follow("2027-01-05")
        self.assertEqual(order.amount_untaxed, 104.99)

    def test_the_net_price_holds_with_taxes_on_top(self):
        contract = self.running()
        self.plan_product.taxes_id = self.tax(21, included=False)
        order = self.quoted(contract)
        self.assertEqual((order.amount_untaxed, order.amount_total), (1134.0, 1372.14))

    def test_the_net_price_holds_with_taxes_in_the_price(self):
        contract = self.running()
        self.plan_product.taxes_id = self.tax(21, included=True)
        order = self.quoted(contract)
        self.assertEqual((order.amount_untaxed, order.amount_total), (1134.0, 1372.14))
        self.assertEqual(order.order_line._aftersales_struck_price(), 1260.0)
        self.follow("2026-12-12")
        self.assertEqual((order.amount_untaxed, order.amount_total), (1260.0, 1524.6))

    def test_taxes_in_the_price_and_two_years_come_to_1190_70_as_well(self):
        contract = self.running()
        contract.write({"amount_untaxed": 2160.0, "duration_months": 24})
        contract.renewal_discount_percent = 0
        self.plan_product.taxes_id = self.tax(21, included=True)
        order = self.quoted(contract, "2027-11-11")
        self.assertEqual((order.amount_untaxed, order.amount_total), (1190.70, 1440.75))

    def test_the_discounts_of_the_purchase_count(self):
        with freeze_time("2026-01-10 12:00:00"):
            order = self.quote((self.plan_product, 1), (self.goods, 1))
            order.order_line[0].discount = 20
            order.action_confirm()
            self.deliver(order.picking_ids)
        contract = order.aftersales_contract_ids
        renewal = self.quoted(contract)
        self.assertEqual(renewal.amount_untaxed, 907.2)  # 960 × 1.05 × 0.9
        self.assertEqual(contract._purchase_discount(), 20.0)
        self.assertIn("20 %", renewal.aftersales_renewal_warning)

    def test_a_plan_that_was_given_away_is_offered_at_its_list_price(self):
        contract = self.running()
        contract.amount_untaxed = 0
        order = self.quoted(contract)
        self.assertEqual((order.amount_untaxed, order.order_line.discount), (1200.0, 0.0))
        self.assertFalse(order.aftersales_renewal_deadline)

    def test_another_currency_takes_the_rate_of_the_day(self):
        contract = self.running()
        currency = self.env["res.currency"].create({"name": "XTS", "symbol": "x"})
        for day, rate in (("2026-01-01", 2.0), ("2026-11-01", 4.0)):
            self.env["res.currency.rate"].create(
                {"currency_id": currency.id, "name": day, "rate": rate}
            )
        self.customer.property_product_pricelist = self.env["product.pricelist"].create(
            {"name": "XTS", "currency_id": currency.id}
        )
        order = self.quoted(contract)
        self.assertEqual(order.currency_id, currency)
        self.assertEqual(order.amount_untaxed, 4536.0)  # 1,134 × 4
        child = self.confirm(order, "2026-11-20")
        self.assertEqual(child.amount_untaxed, 1134.0, "in the currency of the company")
        self.assertEqual(child._sold_price(), (4536.0, currency))

    def test_what_was_sold_abroad_goes_on_at_the_price_there(self):
        currency = self.env["res.currency"].create({"name": "XTS", "symbol": "x"})
        for day, rate in (("2026-01-01", 2.0), ("2026-11-01", 4.0)):
            self.env["res.currency.rate"].create(
                {"currency_id": currency.id, "name": day, "rate": rate}
            )
        pricelist = self.env["product.pricelist"].create(
            {"name": "XTS", "currency_id": currency.id}
        )
        self.customer.property_product_pricelist = pricelist
        contract = self.running()
        self.assertEqual(contract.amount_untaxed, 1200.0)
        self.assertEqual(self.quoted(contract).amount_untaxed, 2268.0)  # 2,400 × 1.05 × 0.9
        contract.renewal_line_ids.order_id._action_cancel()
        self.customer.property_product_pricelist = False
        back = self.quoted(contract)
        self.assertEqual(back.currency_id, self.company.currency_id)
        self.assertEqual(back.amount_untaxed, 567.0)  # 2,268 ÷ 4

    def test_the_price_after_the_deadline_is_the_one_struck_through_whatever_the_rate_is(self):
        contract = self.running()
        currency = self.env["res.currency"].create({"name": "XTS", "symbol": "x"})
        for day, rate in (("2026-01-01", 4.0), ("2026-11-20", 5.0)):
            self.env["res.currency.rate"].create(
                {"currency_id": currency.id, "name": day, "rate": rate}
            )
        self.customer.property_product_pricelist = self.env["product.pricelist"].create(
            {"name": "XTS", "currency_id": currency.id}
        )
        order = self.quoted(contract)
        with freeze_time("2026-12-01 12:00:00"):
            self.assertEqual(order.order_line._aftersales_struck_price(), 5040.0)
        self.follow("2026-12-12")
        self.assertEqual(order.amount_untaxed, 5040.0)

    def test_a_price_agreed_by_hand_outlives_the_deadline(self):
        by_price, by_percent = self.quoted(self.running()), self.quoted(self.running())
        by_price.order_line.price_unit = 1000.0
        by_percent.order_line.discount = 25.0
        self.assertEqual(by_price.order_line._aftersales_struck_price(), 1000.0)
        self.assertFalse(by_percent.order_line._aftersales_struck_price())
        self.follow("2026-12-12")
        self.assertEqual(by_price.amount_untaxed, 1000.0, "the renewal discount alone went")
        self.assertEqual(by_percent.amount_untaxed, 945.0)

    def test_what_is_signed_or_being_paid_keeps_its_price_past_the_deadline(self):
        signed, paying, left = (self.quoted(self.running()) for _ in range(3))
        signed.write({"signed_by": "C", "signed_on": "2026-12-11 20:00:00"})
        provider = self.env["payment.provider"].create({"name": "Bank", "code": "none"})
        method = self.env["payment.method"].create({"name": "Wire", "code": "t-wire"})
        for order, state in ((paying, "pending"), (left, "draft")):
            values = {
                "provider_id": provider.id,
                "payment_method_id": method.id,
                "partner_id": self.customer.id,
                "currency_id": order.currency_id.id,
                "amount": order.amount_total,
                "reference": f"T-{state}",
                "state": state,
                "last_state_change": "2026-12-11 20:00:00",
            }
            order.transaction_ids = [Command.create(values)]
        self.follow("2026-12-12")
        orders = signed | paying | left
        self.assertEqual(orders.mapped("amount_untaxed"), [1134.0, 1134.0, 1134.0])
        self.follow("2026-12-13")
        self.assertEqual(orders.mapped("amount_untaxed"), [1134.0, 1134.0, 1260.0], "given up")

    def test_after_the_deadline_the_invoice_shows_the_uplifted_price(self):
        order = self.quoted(self.running())
        self.plan_product.invoice_policy = "order"
        self.follow("2026-12-12")
        self.confirm(order, "2026-12-20")
        with freeze_time("2026-12-20 12:00:00"):
            invoice = order._create_invoices()
        self.assertEqual((invoice.amount_untaxed, invoice.invoice_line_ids.discount), (1260.0, 0.0))

    def test_update_prices_keeps_the_price_of_the_renewal(self):
        order = self.quoted(self.running())
        self.plan_product.list_price = 5000
        order.action_update_prices()
        self.assertEqual(order.amount_untaxed, 1134.0)

    def test_another_plan_in_one_click_and_back(self):
        higher = self.plan.copy({"name": "Vip", "code": "T-VIP", "sequence": 10})
        vip = self.env["product.product"].create(
            {
                "name": "Vip plan",
                "type": "service",
                "list_price": 2000.0,
                "taxes_id": False,
                "aftersales_plan_id": higher.id,
            }
        )
        others = self.env["aftersales.plan"].search([("id", "not in", (self.plan | higher).ids)])
        others.active = False
        contract = self.running()
        order = self.quoted(contract)
        goods = order.order_line.aftersales_asset_ids
        self.assertEqual(order.aftersales_plan_up_id, vip)
        self.assertFalse(order.aftersales_plan_down_id)
        with freeze_time("2026-11-12 12:00:00"):
            order.action_aftersales_plan_up()
        self.assertEqual((order.amount_untaxed, order.order_line.discount), (2000.0, 0.0))
        self.assertFalse(order.aftersales_renewal_deadline)
        self.assertEqual(order.order_line.aftersales_asset_ids, goods)
        self.assertRegex(order.order_line.name, "Boiler")
        self.assertEqual(order.aftersales_plan_down_id, self.plan_product)
        with freeze_time("2026-11-13 12:00:00"):
            order.action_aftersales_plan_down()
        self.assertEqual((order.amount_untaxed, order.order_line.discount), (1134.0, 10.0))
        self.assertEqual(order.aftersales_renewal_deadline, date(2026, 12, 11), "as offered first")
        with freeze_time("2026-11-14 12:00:00"):
            order.action_aftersales_plan_up()
        child = self.confirm(order, "2026-11-15")
        self.assertEqual((child.plan_id, child.renewed_from_id), (higher, contract))


@tagged("post_install", "-at_install")
class TestRenewalRun(RenewalCase):
    """The daily run and the stages a contract passes (25, 59, 64)."""

    def test_every_contract_has_its_renewal_day_from_the_first_day_on(self):
        contract = self.running()
        self.assertEqual(contract.date_renewal, date(2026, 11, 10))
        self.assertEqual(contract.renewal_stage, "running")

    def test_the_quotation_comes_on_its_day_and_once(self):
        contract = self.running(user_id=self.manager.id)
        self.follow("2026-11-09")
        self.assertFalse(contract._renewal_order())
        self.follow("2026-11-10")
        order = contract._renewal_order()
        self.assertRecordValues(
            order,
            [
                {
                    "state": "draft",
                    "partner_id": self.customer.id,
                    "user_id": self.manager.id,
                    "partner_shipping_id": contract.site_id.id,
                    "amount_untaxed": 1134.0,
                    "aftersales_renewal_deadline": date(2026, 12, 10),
                }
            ],
        )
        self.assertEqual(order.order_line.aftersales_asset_ids, contract.asset_ids)
        self.assertEqual(contract.renewal_stage, "offered")
        self.follow("2026-11-10")
        self.follow("2026-11-11")
        self.assertEqual(contract.renewal_line_ids.order_id, order)

    def test_who_is_faster_than_the_run_is_not_overtaken_by_what_it_found_before(self):
        Contract = self.env["aftersales.contract"]
        refused, signed = self.running(), self.running()
        order = self.quoted(signed)
        with freeze_time("2026-12-12 12:00:00"):
            work = Contract._renewal_work(self.company)
            self.assertLessEqual(
                {(refused, "_offer_renewal"), (order, "_end_renewal_discount")}, set(work)
            )
            refused._not_renewing(self.env.ref("aftersales_plans.close_reason_price"))
            order.action_confirm()
            for record, method in work:
                getattr(record, method)()
        self.assertFalse(refused._renewal_order())
        self.assertTrue(refused.lapse_reason_id)
        self.assertEqual(order.amount_untaxed, 1134.0, "as signed")

    def test_one_that_fails_stops_no_other(self):
        bad, good = self.running(), self.running()
        order = self.quoted(self.running())  # past its deadline; comes after all contracts
        with (
            freeze_time("2026-12-12 12:00:00"),
            self.enter_registry_test_mode(),
            poisoned(bad, "_offer_renewal"),
        ):
            self.env.ref("aftersales_plans.cron_follow_renewals").method_direct_trigger()
        self.assertFalse(bad._renewal_order())
        self.assertTrue(good._renewal_order())
        self.assertEqual(order.amount_untaxed, 1260.0)
        self.assertIn("poison", bad.activity_ids.note)

    def test_a_run_a_month_late_offers_with_the_full_days_and_31_days_after_the_end(self):
        contract = self.running()
        self.follow("2027-02-09")
        order = contract._renewal_order()
        self.assertEqual(contract.state, "expired")
        self.assertEqual(order.aftersales_renewal_deadline, date(2027, 3, 11))
        self.assertEqual(order.validity_date, date(2027, 3, 11))
        forgotten = self.running()
        self.follow("2027-02-10")
        self.assertFalse(forgotten._renewal_order(), "32 days after the end")

    def test_a_plan_left_to_the_salesperson_is_renewed_by_the_button_alone(self):
        contract = self.running()
        contract.renewal_policy = "none"
        self.follow("2026-11-10")
        self.assertFalse(contract._renewal_order())
        with freeze_time("2026-11-12 12:00:00"):
            action = contract.action_renew()
            self.assertEqual(action["res_id"], contract._renewal_order().id)
            self.assertEqual(contract.action_renew()["res_id"], action["res_id"], "opens it")

    def test_a_salesperson_decides_about_own_running_contracts_and_no_colleagues(self):
        seller, colleague = (
            new_test_user(
                self.env,
                login,
                "sales_team.group_sale_salesman",
                company_ids=[Command.set(self.company.ids)],
                company_id=self.company.id,
            )
            for login in ("t-seller", "t-colleague")
        )
        contract, other = self.running(user_id=seller.id), self.running(user_id=seller.id)
        with freeze_time("2026-11-12 12:00:00"):
            give_once(contract, LAPSED, lambda local: "By a colleague")
            contract.activity_ids.user_id = colleague
            mine = contract.with_user(seller)
            order = self.env["sale.order"].browse(mine.action_renew()["res_id"])
            self.assertEqual((order.user_id, order.amount_untaxed), (seller, 1134.0))
            self.assertFalse(contract.activity_ids)
            self.leave(other.with_user(seller))
            self.assertEqual(other.renewal_stage, "lapsed")
            for reader in (colleague, self.agent):
                with self.assertRefused("renewed by its salesperson .t-seller"):
                    contract.with_user(reader).action_renew()
                with self.assertRefused("renewed by its salesperson .t-seller"):
                    contract.with_user(reader).action_not_renew()
                self.assertFalse(contract.with_user(reader).may_renew)
            with self.assertRefused("renewed by its salesperson .t-seller"):
                self.leave(contract.with_user(colleague))
            contract.user_id = colleague
            with self.assertRefused("is offered already, by"):
                contract.with_user(colleague).action_renew()
            own = self.quote((self.goods, 1), user_id=colleague.id)
            contract.user_id = seller
            self.leave(contract.with_user(colleague), order_ids=own.ids)
            self.assertEqual(own.state, "cancel")
            self.assertFalse(contract.lapse_reason_id, "that quotation does not renew it")
            contract.user_id = colleague
            self.leave(contract.with_user(colleague))
        self.assertEqual(order.state, "cancel", "the quotation of a colleague, too")

    def leave(self, contract, **values):
        """Say as the user of ``contract`` that it is not renewed."""
        reason = self.env.ref("aftersales_plans.close_reason_dissatisfied")
        wizard = contract.env["aftersales.contract.leave"]
        values |= {"contract_ids": contract.ids, "reason_id": reason.id}
        wizard.create(values).action_confirm()

    def test_an_archived_plan_gives_the_owner_one_task_in_words(self):
        contract = self.running(user_id=self.manager.id)
        self.plan.active = False
        self.follow("2026-11-10")
        self.follow("2026-11-11")
        self.assertFalse(contract._renewal_order())
        task = contract.activity_ids
        self.assertEqual((len(task), task.user_id), (1, self.manager))
        self.assertRegex(str(task.note), f"{contract.name}: the plan Gold is no longer sold")
        self.plan.active = True
        self.quoted(contract, "2026-11-12")
        self.assertFalse(contract.activity_ids, "settled")

    def test_a_plan_archived_after_the_offer_cannot_be_confirmed(self):
        order = self.quoted(self.running())
        self.plan.active = False
        with self.assertRefused("no longer sold"):
            self.confirm(order, "2026-11-12")

    def test_what_keeps_a_contract_from_being_offered_is_said(self):
        contract = self.running()
        self.assertFalse(contract._renewal_offer_error())
        self.plan.active = False
        with self.assertRefused(f"{contract.name}: the plan Gold is no longer sold"):
            self.quoted(contract)
        self.plan.active = True
        fences = self.plan.copy({"name": "Fences", "code": "FENCES"})
        fences.category_ids = self.env["product.category"].create({"name": "Fences"})
        product = self.env["product.product"].create(
            {"name": "Fences", "type": "service", "aftersales_plan_id": fences.id}
        )
        words = f"Fences covers none of the goods of {contract.name}. Choose another plan."
        with self.assertRefused(words):
            self.quoted(contract, product=product)
        goods = contract.asset_ids
        goods.active = False
        with self.assertRefused(f"{contract.name}.* covers no goods that are still in use"):
            self.quoted(contract)
        goods.active = True
        with freeze_time("2026-11-12 12:00:00"):
            contract._end(date(2026, 11, 12), self.env.ref("aftersales_plans.close_reason_price"))
        self.assertIn("was ended early", contract._renewal_offer_error())

    def test_a_quotation_that_sells_something_else_goes_on_without_what_is_not_renewed(self):
        contract = self.running()
        order = self.quoted(contract)
        order.order_line = [Command.create({"product_id": self.goods.id})]
        contract._not_renewing(self.env.ref("aftersales_plans.close_reason_price"))
        self.assertEqual(order.state, "draft")
        self.assertEqual(order.order_line.product_id, self.goods)

    def test_a_contract_that_ends_unrenewed_has_its_owner_ask_why_once(self):
        contract = self.running(user_id=self.manager.id)
        self.follow("2026-11-10")
        self.follow("2027-01-09")
        self.assertEqual(contract.renewal_stage, "offered")
        self.follow("2027-01-10")
        self.follow("2027-01-11")
        self.assertEqual((contract.state, contract.renewal_stage), ("expired", "lapsed"))
        self.assertEqual(len(contract.activity_search([LAPSED])), 1)
        self.assertFalse(contract.leave_reason_id)
        reason = self.env.ref("aftersales_plans.close_reason_price")
        contract._not_renewing(reason)
        self.assertEqual(contract.leave_reason_id, reason)
        self.assertFalse(contract.activity_search([LAPSED]))
        self.assertFalse(contract._renewal_order())

    def test_will_not_renew_asks_for_the_reason_and_drops_the_quotation(self):
        contract = self.running()
        order = self.quoted(contract)
        reason = self.env.ref("aftersales_plans.close_reason_moved")
        action = contract.action_not_renew()
        wizard = self.env[action["res_model"]].with_context(**action["context"])
        wizard.create({"reason_id": reason.id, "note": "Sold the house"}).action_confirm()
        self.assertEqual((order.state, contract.state), ("cancel", "active"))
        self.assertEqual((contract.renewal_stage, contract.leave_reason_id), ("lapsed", reason))
        self.assertIn("Sold the house", contract.message_ids[0].body)
        self.follow("2026-12-01")
        self.assertFalse(contract._renewal_order(), "it is not offered again by itself")
        after_all = self.quoted(contract, "2026-12-02")
        self.assertTrue(after_all)
        self.assertEqual(contract.renewal_stage, "offered")
        self.assertFalse(contract.leave_reason_id)

    def test_cancelling_the_quotation_by_its_button_asks_for_the_reason(self):
        contract = self.running()
        order = self.quoted(contract)
        seller = self.manager
        seller.group_ids |= self.env.ref("sales_team.group_sale_salesman_all_leads")
        action = order.with_user(seller).action_cancel()
        self.assertEqual(order.state, "draft")
        wizard = self.env[action["res_model"]].with_user(seller).with_context(**action["context"])
        reason = self.env.ref("aftersales_plans.close_reason_price")
        wizard.create({"reason_id": reason.id}).action_confirm()
        self.assertEqual((order.state, contract.lapse_reason_id), ("cancel", reason))

    def test_an_early_end_counts_as_leaving_but_a_withdrawal_does_not(self):
        left, withdrew = self.running(), self.running()
        reason = self.env.ref("aftersales_plans.close_reason_dissatisfied")
        order = self.quoted(left)
        with freeze_time("2026-11-20 12:00:00"):
            left._end(date(2026, 11, 20), reason)
        self.assertEqual((left.renewal_stage, left.leave_reason_id), ("ended", reason))
        self.assertEqual(order.state, "cancel", "it can no longer be signed")
        with freeze_time("2026-01-15 12:00:00"):
            void = self.env.ref("aftersales_plans.close_reason_withdrawal")
            withdrew._end(date(2026, 1, 15), void)
        self.assertEqual(withdrew.renewal_stage, "ended")
        self.assertFalse(withdrew.leave_reason_id)

    def test_what_is_due_is_found_by_an_index(self):
        Contract = self.env["aftersales.contract"]
        today = date(2026, 11, 10)
        queries = [Contract._search(d) for d in Contract._renewal_due(self.company, today)]
        self.env.cr.execute("SET LOCAL enable_seqscan = off")
        for query in queries:  # which index a small table takes differs
            rows = self.env.execute_query(SQL("EXPLAIN %s", query.select()))
            self.assertNotIn("Seq Scan", "\n".join(row for (row,) in rows))

    def test_the_plan_says_in_words_what_will_happen(self):
        auto = (
            "60 days before the end the customer is told that it goes on by itself, if that was "
            "agreed; else a quotation is made to be signed."
        )
        by_then = "It costs the old price plus 5 % a year, less 10 % when signed"
        for values, words in (
            (
                {"renewal_policy": "offer"},
                "60 days before the end a quotation is made to be signed. "
                f"{by_then} within 30 days.",
            ),
            (
                {"renewal_policy": "auto", "renewal_offer_days": 0},
                f"{auto} {by_then} before the contract ends.",
            ),
            (
                {"renewal_policy": "none", "renewal_notice_days": 14},
                "Nothing is offered by itself; the list shows it 14 days before the end. "
                f"{by_then} before the contract ends.",
            ),
            (
                {"renewal_discount_percent": 0, "renewal_uplift_percent": 2.5},
                "Nothing is offered by itself; the list shows it 14 days before the end. "
                "It costs the old price plus 2.5 % a year.",
            ),
        ):
            with self.subTest(values):
                self.plan.write(values)
                self.assertEqual(self.plan.renewal_hint, words)

    def test_terms_of_the_renewal_that_make_no_sense_are_refused(self):
        days = "Gold: notice and days of the renewal discount cannot be negative"
        percents = "Gold: the renewal discount lies between 0 and 100 %"
        for values, words in (
            ({"renewal_notice_days": -1}, days),
            ({"renewal_offer_days": -1}, days),
            ({"renewal_discount_percent": 100}, percents),
            ({"renewal_discount_percent": -1}, percents),
            ({"renewal_uplift_percent": -100}, percents),
        ):
            with self.subTest(values), self.assertRefused(words):
                self.plan.write(values)

    def test_the_plan_counts_its_contracts(self):
        contract = self.running()
        self.assertEqual(self.plan.contract_count, 1)
        contract.copy()
        self.plan.copy({"code": "NONE"})
        self.env.invalidate_all()
        self.assertEqual(self.plan.contract_count, 2)
        self.assertEqual(self.plan.search([("code", "=", "NONE")]).contract_count, 0)

    def test_days_it_rested_are_told_and_what_was_sold_without_an_order_had_no_discount(self):
        contract = self.running()
        with freeze_time("2026-03-01 12:00:00"):
            contract._suspend(date(2026, 3, 1), date(2026, 3, 7))
        self.assertIn(("Suspended", "7 days"), contract._renewal_facts())
        contract.sudo().sale_line_id = False
        self.assertEqual(contract._purchase_discount(), 0.0)

    def test_the_quotation_tells_how_long_the_discount_holds_and_that_it_is_over(self):
        order = self.quoted(self.running())
        self.assertRegex(
            order.aftersales_renewal_told,
            "^10 % off when signed by 12/11/2026; then it costs .*1,260.00.$",
        )
        self.follow("2026-12-12")
        self.assertEqual(order.aftersales_renewal_told, "The renewal discount ended on 12/11/2026.")

    def test_a_call_books_a_meeting_with_the_customer_on_the_contract(self):
        contract = self.running()
        action = contract.action_plan_call()
        event = (
            self.env["calendar.event"]
            .with_context(**action["context"])
            .create({"start": "2096-11-12 10:00:00", "stop": "2096-11-12 11:00:00"})
        )
        told = [("model", "=", event._name), ("res_id", "=", event.id)]
        self.assertFalse(
            self.env["mail.mail"].search([*told]), "the customer is called, not mailed"
        )
        self.assertIn(self.customer, event.partner_ids)
        self.assertEqual((event.res_model, event.res_id), (contract._name, contract.id))
        self.assertEqual(contract.meeting_count, 1)

    def test_the_quotation_shows_what_the_last_term_was_like(self):
        contract = self.running()
        order = self.quoted(contract)
        facts = str(order.aftersales_renewal_facts)
        self.assertIn("0 of 3 used", facts)
        self.assertIn("Margin", facts)
        self.agent.group_ids |= self.env.ref("sales_team.group_sale_salesman_all_leads")
        self.assertNotIn("Margin", str(order.with_user(self.agent).aftersales_renewal_facts))
