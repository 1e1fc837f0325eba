# SPDX-License-Identifier: LGPL-3.0-or-later
from datetime import date

import psycopg2

from odoo.tests import freeze_time, new_test_user, tagged
from odoo.tools import mute_logger

from .common_renewal import RenewalCase


@tagged("post_install", "-at_install")
class TestRenewalStart(RenewalCase):
    """The contract that follows: its first day, its goods, and what goes wrong (59, 63)."""

    def test_the_child_starts_the_day_after_without_gap_or_overlap(self):
        contract = self.running()
        goods = contract.asset_ids
        child = self.confirm(self.quoted(contract), "2026-11-15")
        self.assertRecordValues(
            child,
            [
                {
                    "state": "draft",
                    "date_start": date(2027, 1, 10),
                    "date_end": date(2028, 1, 9),
                    "renewed_from_id": contract.id,
                    "renewal_gap_days": 0,
                    "amount_untaxed": 1134.0,
                    "plan_id": self.plan.id,
                    "site_id": contract.site_id.id,
                }
            ],
        )
        self.assertEqual((child.asset_ids, contract.asset_ids), (goods, goods))
        self.assertEqual(goods.contract_id, contract)
        Asset = self.env["aftersales.asset"]
        self.assertEqual(Asset.search([("contract_id", "=", contract.id)]), goods)
        self.assertFalse(Asset.search([("contract_id", "=", child.id)]))
        self.assertEqual(contract.renewal_stage, "renewed")
        self.follow("2027-01-09")
        self.assertEqual((contract.state, child.state), ("active", "draft"))
        self.follow("2027-01-10")
        self.assertEqual((contract.state, child.state), ("expired", "active"))
        goods.invalidate_recordset()
        self.assertEqual(goods.contract_id, child)
        self.assertEqual(Asset.search([("contract_id", "=", child.id)]), goods)
        self.assertFalse(Asset.search([("contract_id", "=", contract.id)]))
        self.assertEqual(contract.renewal_stage, "renewed")
        self.assertFalse(contract.activity_ids)
        self.follow("2027-01-10")
        self.follow("2027-02-10")
        self.assertEqual(contract.renewal_ids, child)

    def test_days_missed_by_the_cron_change_no_date(self):
        contract = self.running()
        child = self.confirm(self.quoted(contract), "2026-11-15")
        self.follow("2027-02-12")
        self.assertEqual((contract.state, child.state), ("expired", "active"))
        self.assertEqual(child.date_start, date(2027, 1, 10))
        self.assertEqual(contract.date_closed, date(2027, 1, 9))

    def test_signed_late_there_is_a_gap_and_the_waiting_days_apply(self):
        self.plan.waiting_days = 7
        contract = self.running()
        self.follow("2027-01-10")
        order = contract._renewal_order() or self.quoted(contract, "2027-01-10")
        child = self.confirm(order, "2027-01-20")
        self.assertEqual((child.date_start, child.renewal_gap_days), (date(2027, 1, 27), 17))
        self.assertEqual(contract.renewal_stage, "renewed")
        self.assertFalse(contract.activity_ids, "nobody has to ask why any more")

    def test_signed_on_the_day_after_the_end_it_starts_at_once(self):
        self.plan.waiting_days = 7
        contract = self.running()
        order = self.quoted(contract, "2027-01-05")
        child = self.confirm(order, "2027-01-10")
        self.assertEqual((child.state, child.date_start), ("active", date(2027, 1, 10)))
        self.assertEqual(contract.state, "expired", "its last day is over")
        self.assertEqual(child.renewal_gap_days, 0)

    def test_the_child_follows_the_moved_end(self):
        contract = self.running()
        child = self.confirm(self.quoted(contract), "2026-11-15")
        with freeze_time("2026-11-20 12:00:00"):
            contract._suspend(date(2026, 11, 20), date(2026, 11, 29), "Winter")
        self.assertEqual(contract.date_end, date(2027, 1, 19))
        self.assertEqual((child.date_start, child.date_end), (date(2027, 1, 20), date(2028, 1, 19)))
        with freeze_time("2026-11-25 12:00:00"):
            contract.action_resume()
        self.assertEqual(child.date_start, date(2027, 1, 15))
        reason = self.env.ref("aftersales_plans.close_reason_moved")
        with freeze_time("2026-11-26 12:00:00"):
            contract._give_notice(date(2026, 12, 31), reason)
        self.assertEqual(child.date_start, date(2027, 1, 1))
        with freeze_time("2026-11-27 12:00:00"):
            contract.action_take_back_notice()
        self.assertEqual(child.date_start, date(2027, 1, 15))
        with freeze_time("2026-11-28 12:00:00"):
            contract._end(date(2026, 11, 28), reason)
        self.assertEqual(child.date_start, date(2026, 11, 29))

    def test_under_notice_the_child_starts_the_day_after_that(self):
        contract = self.running()
        order = self.quoted(contract)
        reason = self.env.ref("aftersales_plans.close_reason_moved")
        with freeze_time("2026-11-12 12:00:00"):
            contract._give_notice(date(2026, 12, 15), reason)
        child = self.confirm(order, "2026-11-20")
        self.assertEqual(child.date_start, date(2026, 12, 16))

    def test_goods_replaced_between_offer_and_signature_are_followed(self):
        contract = self.running()
        order = self.quoted(contract)
        old = contract.asset_ids
        with freeze_time("2026-11-14 12:00:00"):
            claim = self.claim(old, user=self.env.user)
            claim.action_submit()
            claim.action_approve()
            self.deliver(claim.picking_ids.filtered(lambda p: p.picking_type_code == "outgoing"))
        new = old.replaced_by_id
        self.assertTrue(new)
        child = self.confirm(order, "2026-11-15")
        self.assertEqual(child.asset_ids, new)
        self.assertEqual(new.contract_id, contract)

    def test_goods_returned_between_offer_and_signature_are_left_out(self):
        contract = self.running((self.plan_product, 1), (self.goods, 1), (self.goods, 1))
        order = self.quoted(contract)
        gone, stays = contract.asset_ids
        with freeze_time("2026-11-14 12:00:00"):
            gone._take_out("scrapped", date(2026, 11, 14))
        child = self.confirm(order, "2026-11-15")
        self.assertEqual(child.asset_ids, stays)
        with freeze_time("2026-11-16 12:00:00"):
            stays._take_out("scrapped", date(2026, 11, 16))
        self.assertEqual((contract.state, child.state), ("cancelled", "cancelled"))

    def test_with_no_goods_left_there_is_nothing_to_renew(self):
        contract = self.running()
        self.follow("2027-01-10")
        order = contract._renewal_order()
        with freeze_time("2027-01-14 12:00:00"):
            contract.asset_ids._take_out("scrapped", date(2027, 1, 14))
        with self.assertRefused("no goods that are still in use"):
            self.confirm(order, "2027-01-15")

    def test_goods_brought_back_are_under_both_again(self):
        contract = self.running((self.plan_product, 1), (self.goods, 1), (self.goods, 1))
        child = self.confirm(self.quoted(contract), "2026-11-15")
        gone = contract.asset_ids[0]
        with freeze_time("2026-11-16 12:00:00"):
            gone._take_out("scrapped", date(2026, 11, 16))
            gone._put_back()
        self.assertIn(gone, contract.asset_ids & child.asset_ids)

    def test_a_contract_is_renewed_once(self):
        contract = self.running()
        order = self.quoted(contract)
        second = order.copy()
        line = second.order_line
        line.write(
            {"aftersales_renews_id": contract.id, "aftersales_asset_ids": contract.asset_ids.ids}
        )
        child = self.confirm(order, "2026-11-15")
        with self.assertRefused(f"{contract.name} .*renewed already, by {child.name}"):
            self.confirm(second, "2026-11-16")
        with self.assertRefused("renewed already"), freeze_time("2026-11-16 12:00:00"):
            contract.action_renew()
        with mute_logger("odoo.sql_db"), self.assertRaises(psycopg2.errors.UniqueViolation):
            child.copy({"renewed_from_id": contract.id})
            self.env.flush_all()

    def test_two_lines_of_one_order_do_not_renew_the_same(self):
        contract = self.running()
        order = self.quoted(contract)
        order.order_line.copy({"order_id": order.id})
        order.order_line[-1].write(
            {"aftersales_renews_id": contract.id, "aftersales_asset_ids": contract.asset_ids.ids}
        )
        with self.assertRefused(f"{contract.name}.* is renewed by two lines of this order"):
            self.confirm(order, "2026-11-15")

    def test_goods_under_another_contract_are_not_renewed_with_it(self):
        contract, other = self.running(), self.running()
        order = self.quoted(contract)
        order.order_line.aftersales_asset_ids |= other.asset_ids
        with self.assertRefused(f"is covered by {other.name}.* already"):
            self.confirm(order, "2026-11-15")

    def test_a_cancelled_renewal_can_be_made_again(self):
        contract = self.running()
        order = self.quoted(contract)
        child = self.confirm(order, "2026-11-15")
        with freeze_time("2026-11-16 12:00:00"):
            order._action_cancel()
        self.assertEqual((child.state, contract.renewal_stage), ("cancelled", "running"))
        self.assertEqual(contract.asset_ids.contract_id, contract)
        again = self.confirm(self.quoted(contract, "2026-11-17"), "2026-11-18")
        self.assertEqual(again.date_start, date(2027, 1, 10))

    def test_a_cancelled_or_waiting_contract_cannot_be_renewed(self):
        contract = self.running()
        order = self.quoted(contract)
        with freeze_time("2026-11-12 12:00:00"):
            contract._end(date(2026, 11, 12), self.env.ref("aftersales_plans.close_reason_price"))
        with self.assertRefused(f"{contract.name} .*ended early, so it cannot be renewed"):
            self.quoted(contract)
        order.action_draft()
        with self.assertRefused(f"{contract.name} .*ended early"):
            self.confirm(order, "2026-11-13")
        waiting = self.quote((self.plan_product, 1), (self.goods, 1))
        waiting.action_confirm()
        with self.assertRefused("has not started yet"):
            self.quoted(waiting.aftersales_contract_ids)

    def test_a_contract_is_renewed_for_its_own_customer_alone(self):
        contract = self.running()
        stranger = self.env["res.partner"].create({"name": "Stranger"})
        quotation = self.quote((self.plan_product, 1))
        quotation.partner_id = stranger
        seller = new_test_user(self.env, "t-renews", "sales_team.group_sale_salesman_all_leads")
        line = quotation.order_line.with_user(seller)
        with self.assertRefused(f"{contract.name} is a contract of .*, not of Stranger"):
            line.aftersales_renews_id = contract.id
        order = self.quoted(contract)
        with self.assertRefused("not of Stranger"):
            order.partner_id = stranger
        with self.assertRefused("Boiler sells no service plan, so it cannot renew"):
            self.quote((self.goods, 1)).order_line.aftersales_renews_id = contract
        self.confirm(order, "2026-11-15")
        with self.assertRefused("what it renews cannot be changed any more"):
            order.order_line.aftersales_renews_id = False

    def test_a_copy_of_the_quotation_renews_nothing(self):
        contract = self.running()
        copy = self.quoted(contract).copy()
        self.assertFalse(copy.order_line.aftersales_renews_id)
        with self.assertRefused("covered by .* already"):
            self.confirm(copy, "2026-11-15")

    def test_a_merged_customer_keeps_the_renewal(self):
        other = self.env["res.partner"].create({"name": "Casa Verde SL"})
        contract = self.running()
        order = self.quoted(contract)
        merge = self.env["base.partner.merge.automatic.wizard"].create({})
        merge._merge((self.customer | other).ids, other)
        self.env.invalidate_all()
        self.assertEqual((contract.partner_id, order.partner_id), (other, other))
        child = self.confirm(order, "2026-11-15")
        self.assertEqual((child.partner_id, child.date_start), (other, date(2027, 1, 10)))

    def test_the_customer_signing_confirms_as_the_salesperson_does(self):
        contract = self.running()
        order = self.quoted(contract)
        with freeze_time("2026-11-15 12:00:00"):
            public = order.with_user(self.env.ref("base.public_user")).sudo()
            public.action_confirm()
        self.assertEqual(contract.renewal_stage, "renewed")

    def test_a_waiting_renewal_can_be_ended_before_it_starts(self):
        contract = self.running()
        child = self.confirm(self.quoted(contract), "2026-11-15")
        with freeze_time("2026-11-20 12:00:00"):
            child._end(date(2026, 11, 20), self.env.ref("aftersales_plans.close_reason_withdrawal"))
        self.assertEqual((child.state, child.amount_refunded), ("cancelled", 1134.0))
        self.assertEqual(contract.renewal_stage, "running")
