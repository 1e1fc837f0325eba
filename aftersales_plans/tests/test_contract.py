# SPDX-License-Identifier: LGPL-3.0-or-later
from datetime import date

from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, freeze_time, new_test_user, tagged

from .common import AfterSalesCase


@tagged("post_install", "-at_install")
class TestContract(AfterSalesCase):
    def test_confirming_opens_a_draft_that_the_delivery_starts(self):
        with freeze_time("2026-03-10 12:00:00"):
            order = self.quote((self.goods, 2), (self.plan_product, 1))
            order.action_confirm()
        contract = order.aftersales_contract_ids
        self.assertRecordValues(
            contract,
            [
                {
                    "state": "draft",
                    "date_start": False,
                    "partner_id": self.customer.id,
                    "plan_id": self.plan.id,
                    "amount_untaxed": 600.0,
                }
            ],
        )
        with freeze_time("2026-03-15 12:00:00"):
            self.deliver(order.picking_ids)
        self.assertRecordValues(
            contract,
            [
                {
                    "state": "active",
                    "date_start": date(2026, 3, 15),
                    "date_end": date(2027, 3, 14),
                }
            ],
        )
        self.assertRecordValues(
            contract.entitlement_ids.filtered(lambda e: e.kind == "replacement"),
            [
                {
                    "date_start": date(2026, 3, 15),
                    "date_end": date(2027, 3, 14),
                    "included": 3,
                    "used": 0,
                    "remaining": 3,
                }
            ],
        )
        self.assertEqual(contract.asset_ids.product_id, self.goods)

    def test_the_day_is_the_day_where_the_company_is(self):
        self.company.partner_id.tz = "Pacific/Auckland"
        with freeze_time("2026-03-15 20:00:00"):
            contract = self.sell((self.goods, 1), (self.plan_product, 1))
        self.assertEqual(contract.date_start, date(2026, 3, 16))

    def test_terms_are_frozen_at_the_sale(self):
        contract = self.sell((self.goods, 1), (self.plan_product, 1))
        self.plan.write({"replacements_included": 1, "duration_months": 6})
        self.assertEqual((contract.replacements_included, contract.duration_months), (3, 12))

    def test_every_promise_is_copied_to_the_contract(self):
        self.plan.excluded_cause_ids = self.accident
        contract = self.sell((self.goods, 1), (self.plan_product, 1))
        for name in self.plan._terms_fields():
            self.assertEqual(contract[name], self.plan[name], name)

    def test_a_part_delivery_starts_the_term_and_the_rest_joins_it(self):
        order = self.quote((self.goods, 3), (self.plan_product, 1))
        order.action_confirm()
        with freeze_time("2026-03-15 12:00:00"):
            self.deliver(order.picking_ids, quantity=1)
        with freeze_time("2026-03-20 12:00:00"):
            self.deliver(order.picking_ids)
        contract = order.aftersales_contract_ids
        self.assertEqual(contract.date_start, date(2026, 3, 15))
        self.assertEqual(sorted(contract.asset_ids.mapped("quantity")), [1.0, 2.0])

    def test_full_delivery_waits_for_the_last_piece(self):
        self.plan.start_policy = "full_delivery"
        order = self.quote((self.goods, 3), (self.plan_product, 1))
        order.action_confirm()
        contract = order.aftersales_contract_ids
        with freeze_time("2026-03-15 12:00:00"):
            self.deliver(order.picking_ids, quantity=1)
        self.assertEqual(contract.state, "draft")
        with freeze_time("2026-03-20 12:00:00"):
            self.deliver(order.picking_ids)
        self.assertEqual((contract.state, contract.date_start), ("active", date(2026, 3, 20)))

    def test_confirmation_and_installation_start_it_as_the_terms_say(self):
        self.plan.start_policy = "confirmation"
        order = self.quote((self.goods, 1), (self.plan_product, 1))
        order.action_confirm()
        self.assertEqual(order.aftersales_contract_ids.state, "active")
        self.plan.start_policy = "installed"
        contract = self.sell((self.goods, 1), (self.plan_product, 1))
        self.assertEqual(contract.state, "draft")
        contract.action_mark_installed()
        self.assertEqual(contract.state, "active")
        with self.assertRaises(UserError):
            contract.action_mark_installed()

    def test_cancelling_the_order_ends_the_contract_and_confirming_again_makes_a_new_one(self):
        order = self.quote((self.goods, 1), (self.plan_product, 1))
        order.action_confirm()
        first = order.aftersales_contract_ids
        order._action_cancel()
        self.assertEqual(first.state, "cancelled")
        order.action_draft()
        order.action_confirm()
        self.assertEqual(first.state, "cancelled")
        self.assertEqual((order.aftersales_contract_ids - first).mapped("state"), ["draft"])

    def test_confirming_twice_opens_one_contract(self):
        order = self.quote((self.goods, 1), (self.plan_product, 1))
        order.action_confirm()
        self.env["aftersales.contract"]._create_from_orders(order)
        self.assertEqual(len(order.aftersales_contract_ids), 1)

    def test_an_illegal_move_is_refused_by_name(self):
        contract = self.sell((self.goods, 1), (self.plan_product, 1))
        contract._close("expired")
        with self.assertRefused(contract.name):
            contract._set_state("active")

    def test_a_plan_without_goods_is_refused_in_words_and_the_quotation_stays(self):
        order = self.quote((self.plan_product, 1))
        with self.assertRefused("covers nothing yet"):
            order.action_confirm()
        self.assertEqual(order.state, "draft")

    def test_a_plan_for_goods_bought_earlier_covers_them_after_the_waiting_days(self):
        self.sell((self.goods, 2))
        self.plan.waiting_days = 14
        with freeze_time("2026-03-01 12:00:00"):
            order = self.quote((self.plan_product, 1))
            order.action_confirm()
        contract = order.aftersales_contract_ids
        self.assertEqual(contract.asset_ids.product_id, self.goods)
        self.assertEqual((contract.state, contract.date_start), ("draft", date(2026, 3, 15)))

    def test_a_plan_sold_twice_on_one_line_an_archived_one_and_a_foreign_one_are_refused(self):
        order = self.quote((self.goods, 1), (self.plan_product, 2))
        with self.assertRefused("quantity to 1"):
            order.action_confirm()
        order = self.quote((self.goods, 1), (self.plan_product, 1))
        self.plan.active = False
        with self.assertRefused("no longer sold"):
            order.action_confirm()
        self.plan.write(
            {"active": True, "company_id": self.env["res.company"].create({"name": "Other"}).id}
        )
        with self.assertRefused("is a plan of Other"):
            order.action_confirm()

    def test_a_plan_covers_only_goods_of_its_categories(self):
        heating = self.env["product.category"].create({"name": "Heating"})
        self.plan.category_ids = heating
        order = self.quote((self.goods, 1), (self.plan_product, 1))
        self.assertFalse(order.order_line.aftersales_plan_line_id)
        self.goods.categ_id = self.env["product.category"].create(
            {"name": "Boilers", "parent_id": heating.id}
        )
        order = self.quote((self.goods, 1), (self.plan_product, 1))
        self.assertEqual(order.order_line[0].aftersales_plan_line_id, order.order_line[1])

    def test_goods_cannot_be_put_under_a_plan_of_another_order(self):
        other = self.quote((self.goods, 1), (self.plan_product, 1))
        order = self.quote((self.goods, 1), (self.plan_product, 1))
        with self.assertRefused("on the same order"):
            order.order_line[0].aftersales_plan_line_id = other.order_line[1]

    def test_two_plans_on_one_order_cover_what_each_line_says(self):
        silver = self.env["aftersales.plan"].create({"name": "Silver", "code": "T-SILVER"})
        silver_product = self.env["product.product"].create(
            {"name": "Silver plan", "type": "service", "aftersales_plan_id": silver.id}
        )
        order = self.quote(
            (self.goods, 1), (self.goods, 2), (self.plan_product, 1), (silver_product, 1)
        )
        order.order_line[1].aftersales_plan_line_id = order.order_line[3]
        order.action_confirm()
        self.deliver(order.picking_ids)
        covered = {
            contract.plan_id: contract.asset_ids.mapped("quantity")
            for contract in order.aftersales_contract_ids
        }
        self.assertEqual(covered, {self.plan: [1.0], silver: [2.0]})

    def test_a_service_without_plan_is_sold_as_any_service(self):
        self.plan_product.aftersales_plan_id = False
        order = self.quote((self.goods, 1), (self.plan_product, 1))
        order.action_confirm()
        self.assertEqual(order.state, "sale")
        self.assertFalse(order.aftersales_contract_ids)

    def test_goods_and_plan_saved_at_once_on_the_form_belong_together(self):
        for products in ((self.goods, self.plan_product), (self.plan_product, self.goods)):
            with Form(self.env["sale.order"]) as form:
                form.partner_id = self.customer
                for product in products:
                    with form.order_line.new() as line:
                        line.product_id = product
            order = form.save()
            order.action_confirm()
            self.deliver(order.picking_ids)
            self.assertEqual(order.aftersales_contract_ids.state, "active")

    def test_goods_taken_out_of_the_plan_stay_out(self):
        order = self.quote((self.goods, 1), (self.goods, 2), (self.plan_product, 1))
        order.order_line[1].aftersales_plan_line_id = False
        order.order_line = [Command.create({"product_id": self.goods.id, "product_uom_qty": 3})]
        self.assertEqual(
            order.order_line.filtered("aftersales_plan_line_id").mapped("product_uom_qty"),
            [1.0, 3.0],
        )

    def test_goods_that_are_not_registered_cannot_be_covered(self):
        self.goods.categ_id = self.env["product.category"].create(
            {"name": "Screws", "aftersales_register_assets": False}
        )
        order = self.quote((self.goods, 1), (self.plan_product, 1))
        with self.assertRefused("covers nothing yet"):
            order.action_confirm()

    def test_a_plan_alone_that_starts_at_confirmation_still_waits_its_days(self):
        self.sell((self.goods, 2))
        self.plan.write({"start_policy": "confirmation", "waiting_days": 30})
        with freeze_time("2026-03-01 12:00:00"):
            order = self.quote((self.plan_product, 1))
            order.action_confirm()
        self.assertEqual(order.aftersales_contract_ids.date_start, date(2026, 3, 31))

    def test_confirming_again_after_the_delivery_adopts_what_was_delivered(self):
        with freeze_time("2026-03-15 12:00:00"):
            first = self.sell((self.goods, 2), (self.plan_product, 1))
            order = first.sale_order_id
            order._action_cancel()
            order.action_draft()
            order.action_confirm()
        second = order.aftersales_contract_ids - first
        self.assertEqual((second.state, second.date_start), ("active", date(2026, 3, 15)))
        self.assertEqual(second.asset_ids, first.asset_ids)

    def test_a_plan_added_to_a_delivered_order_opens_its_contract(self):
        order = self.quote((self.goods, 2))
        order.action_confirm()
        self.deliver(order.picking_ids)
        order.order_line = [Command.create({"product_id": self.plan_product.id})]
        contract = order.aftersales_contract_ids
        self.assertEqual((contract.state, contract.asset_ids.quantity), ("active", 2.0))

    def test_nobody_writes_a_contract_into_being(self):
        seller = new_test_user(self.env, "t-seller", "sales_team.group_sale_salesman")
        own = {"user_id": seller.id, "partner_id": self.customer.id, "site_id": self.customer.id}
        Contract = self.env["aftersales.contract"].with_user(seller)
        for values in (
            {"replacements_unlimited": True},
            {"state": "active"},
            {"date_start": "2020-01-01"},
            {"asset_ids": [Command.set([])]},
        ):
            with self.assertRefused("by hand"):
                Contract.create({"plan_id": self.plan.id, **own, **values})
        self.env["ir.default"].with_user(seller).set(
            "aftersales.contract", "date_start", "2020-01-01", user_id=True
        )
        contract = Contract.with_context(
            default_state="active", default_replacements_unlimited=True
        ).create({"plan_id": self.plan.id, **own})
        self.assertRecordValues(
            contract,
            [
                {
                    "replacements_included": 3,
                    "replacements_unlimited": False,
                    "state": "draft",
                    "date_start": False,
                }
            ],
        )
        with self.assertRefused("by hand"):
            contract.write({"replacements_included": 99})
        with self.assertRefused("by hand"):
            contract.copy({"state": "active"})
        self.plan.replacements_included = 5
        self.assertEqual(contract.copy().replacements_included, 5)  # the plan as it is sold now
        self.plan.start_policy = "installed"
        contract = Contract.create({"plan_id": self.plan.id, **own})
        with self.assertRefused("was not sold"):
            contract.action_mark_installed()

    def test_nobody_reaches_other_records_through_a_new_contract(self):
        """What comes with a contract is created with the rights of whoever sends it."""
        other = self.sell((self.goods, 1), (self.plan_product, 1))
        entitlement = other.entitlement_ids[:1]
        message = other.message_post(body="Kept")
        seller = new_test_user(self.env, "t-seller", "sales_team.group_sale_salesman")
        own = {"user_id": seller.id, "partner_id": self.customer.id, "site_id": self.customer.id}
        Contract = self.env["aftersales.contract"].with_user(seller)
        for values in (
            {"entitlement_ids": [Command.update(entitlement.id, {"included": 999})]},
            {"message_ids": [Command.delete(message.id)]},
            {"sale_order_id": other.sale_order_id.id},
        ):
            with self.assertRaises(UserError, msg=values):
                Contract.create({"plan_id": self.plan.id, **own, **values})
        self.assertEqual((entitlement.included, message.exists()), (3, message))
        manager = self.env["aftersales.contract"].with_user(self.manager)
        with self.assertRefused("from the register"):
            manager.create(
                {
                    "plan_id": self.plan.id,
                    **own,
                    "date_start": "2026-01-01",
                    "asset_ids": [Command.create({"product_id": self.goods.id})],
                }
            )

    def test_terms_of_a_contract_that_is_over_stay(self):
        contract = self.sell((self.goods, 1), (self.plan_product, 1))
        contract._close("expired")
        with self.assertRefused("is over"):
            contract.with_user(self.manager).duration_months = 36

    def test_a_dropped_backorder_completes_the_delivery(self):
        self.plan.start_policy = "full_delivery"
        order = self.quote((self.goods, 2), (self.plan_product, 1))
        order.action_confirm()
        with freeze_time("2026-03-15 12:00:00"):
            self.deliver(order.picking_ids, quantity=1)
        contract = order.aftersales_contract_ids
        self.assertEqual(contract.state, "draft")
        with freeze_time("2026-03-20 12:00:00"):
            order.picking_ids.filtered(lambda p: p.state != "done").action_cancel()
        self.assertEqual((contract.state, contract.date_start), ("active", date(2026, 3, 20)))

    def test_a_contract_left_without_goods_ends_when_nothing_more_comes(self):
        order = self.quote((self.goods, 2), (self.plan_product, 1))
        order.action_confirm()
        self.deliver(order.picking_ids, quantity=1)
        contract = order.aftersales_contract_ids
        contract.asset_ids._take_out("returned", contract.date_start)
        self.assertEqual(contract.state, "active")
        order.picking_ids.filtered(lambda p: p.state != "done").action_cancel()
        self.assertEqual(contract.state, "cancelled")

    def test_amending_when_it_starts_starts_what_is_delivered(self):
        self.plan.start_policy = "installed"
        contract = self.sell((self.goods, 1), (self.plan_product, 1))
        contract.with_user(self.manager).start_policy = "first_delivery"
        self.assertEqual(contract.state, "active")

    def test_installation_does_not_skip_the_waiting_days(self):
        self.sell((self.goods, 1))
        self.plan.write({"start_policy": "installed", "waiting_days": 30})
        order = self.quote((self.plan_product, 1))
        order.action_confirm()
        with self.assertRefused("waits for installation"):
            order.aftersales_contract_ids.action_mark_installed()

    def test_a_plan_sold_after_the_delivery_does_not_start_before_its_sale(self):
        for policy in ("first_delivery", "confirmation"):
            self.plan.start_policy = policy
            with freeze_time("2024-01-10 12:00:00"):
                order = self.quote((self.goods, 1))
                order.action_confirm()
                self.deliver(order.picking_ids)
            with freeze_time("2026-03-15 12:00:00"):
                order.order_line = [Command.create({"product_id": self.plan_product.id})]
            contract = order.aftersales_contract_ids
            self.assertEqual((contract.state, contract.date_start), ("active", date(2026, 3, 15)))

    def test_goods_that_came_back_are_not_covered_again(self):
        contract = self.sell((self.goods, 2), (self.plan_product, 1))
        order = contract.sale_order_id
        contract.asset_ids._take_out("returned", contract.date_start)
        order._action_cancel()
        order.action_draft()
        order.action_confirm()
        fresh = order.aftersales_contract_ids - contract
        self.assertEqual((fresh.state, fresh.asset_ids.ids), ("draft", []))

    def test_a_plan_manager_amends_terms_but_not_the_state(self):
        contract = self.sell((self.goods, 1), (self.plan_product, 1)).with_user(self.manager)
        contract.replacements_included = 5
        self.assertEqual(contract.replacements_included, 5)
        with self.assertRefused("by hand"):
            contract.state = "expired"

    def test_a_duplicate_has_neither_dates_nor_goods(self):
        contract = self.sell((self.goods, 1), (self.plan_product, 1))
        copy = contract.with_user(self.manager).copy()
        self.assertEqual((copy.state, copy.date_start, copy.asset_ids.ids), ("draft", False, []))

    def test_the_calendar_of_each_company_decides(self):
        self.company.partner_id.tz = "America/Los_Angeles"
        self.plan.waiting_days = 14
        self.sell((self.goods, 2))
        with freeze_time("2026-03-01 20:00:00"):
            order = self.quote((self.plan_product, 1))
            order.action_confirm()
        contract = order.aftersales_contract_ids
        self.run_calendar("2026-03-15 02:00:00")  # still the 14th in Los Angeles
        self.assertEqual(contract.state, "draft")
        self.run_calendar("2026-03-15 20:00:00")
        self.assertEqual((contract.state, len(contract.entitlement_ids) > 0), ("active", True))

    def test_a_year_without_entitlements_is_repaired_by_the_calendar(self):
        contract = self.sell((self.goods, 1), (self.plan_product, 1))
        self.env.flush_all()
        self.env.cr.execute(
            "DELETE FROM aftersales_entitlement WHERE contract_id = %s", [contract.id]
        )
        self.env.cr.execute(
            "UPDATE aftersales_contract SET entitled_until = NULL WHERE id = %s", [contract.id]
        )
        self.env.invalidate_all()
        with self.enter_registry_test_mode():
            self.env.ref("aftersales_plans.cron_follow_calendar").method_direct_trigger()
        self.env.invalidate_all()
        self.assertIn("replacement", contract.entitlement_ids.mapped("kind"))

    def test_deleting_a_cancelled_order_keeps_its_cancelled_contract(self):
        order = self.quote((self.goods, 1), (self.plan_product, 1))
        order.action_confirm()
        contract = order.aftersales_contract_ids
        order._action_cancel()
        order.unlink()
        self.assertEqual((contract.state, contract.sale_order_id.ids), ("cancelled", []))

    def test_only_a_service_can_sell_a_plan(self):
        with self.assertRefused("must be Service"):
            self.goods.product_tmpl_id.aftersales_plan_id = self.plan

    def test_bad_terms_are_refused(self):
        for values in ({"duration_months": 0}, {"replacements_included": -1}):
            with self.assertRaises(ValidationError):
                self.plan.write(values)

    def test_the_calendar_expires_contracts_and_opens_the_next_year(self):
        self.plan.duration_months = 24
        with freeze_time("2026-03-15 12:00:00"):
            contract = self.sell((self.goods, 1), (self.plan_product, 1))
        self.assertEqual(len(contract.entitlement_ids), 1)
        self.run_calendar("2027-03-14 12:00:00")
        self.assertEqual(len(contract.entitlement_ids), 1)
        self.run_calendar("2027-03-15 12:00:00")
        self.run_calendar("2027-03-15 13:00:00")
        self.assertEqual(
            contract.entitlement_ids.mapped("date_start"), [date(2026, 3, 15), date(2027, 3, 15)]
        )
        self.run_calendar("2028-03-14 12:00:00")
        self.assertEqual(contract.state, "active")
        self.run_calendar("2028-03-15 12:00:00")
        self.assertEqual((contract.state, contract.date_closed), ("expired", date(2028, 3, 14)))
