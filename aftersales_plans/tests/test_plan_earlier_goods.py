# SPDX-License-Identifier: LGPL-3.0-or-later
from datetime import date

from odoo import Command
from odoo.tests import Form, freeze_time, tagged

from .common_plan_offer import OfferCase


@tagged("post_install", "-at_install")
class TestGoodsBoughtEarlier(OfferCase):
    def test_selected_goods_become_a_quotation_and_a_contract_after_the_waiting_days(self):
        self.plan.waiting_days = 14
        asset, other = self.deliver_asset(), self.deliver_asset()
        offer = self.offer_assets(asset)
        action = self.option(offer, self.plan).action_choose()
        order = self.env["sale.order"].browse(action["res_id"])
        self.assertEqual(order.partner_id, self.customer)
        self.assertEqual(order.order_line.aftersales_asset_ids, asset)
        self.assertRegex(order.order_line.name, "For goods bought earlier: Boiler")
        with freeze_time("2026-03-01 12:00:00"):
            order.action_confirm()
        contract = order.aftersales_contract_ids
        self.assertEqual(contract.asset_ids, asset)
        self.assertEqual((contract.state, contract.date_start), ("draft", date(2026, 3, 15)))
        self.assertFalse(other.contract_id)

    def test_a_customer_who_is_not_saved_yet_has_none(self):
        typed = self.env["res.partner"].new({"name": "Somebody new"})
        with self.assertNoLogs("odoo.domains"):
            self.assertEqual(typed.aftersales_uncovered_count, 0)
            self.assertEqual(typed.aftersales_volume_deal_count, 0)

    def test_from_the_customer_all_goods_without_plan_are_offered_site_by_site(self):
        here = self.deliver_asset()
        site = self.env["res.partner"].create(
            {"name": "Barn", "parent_id": self.customer.id, "type": "delivery"}
        )
        there = self.deliver_asset(partner_shipping_id=site.id)
        self.sell((self.goods, 1), (self.plan_product, 1))
        self.assertEqual(self.customer.aftersales_uncovered_count, 2)
        offer = self.wizard(self.customer.with_user(self.seller).action_offer_aftersales_plan())
        self.assertEqual(offer.site_ids, self.customer | site)
        with Form(offer) as form:
            form.site_id = self.customer
            self.assertEqual(len(form.goods_ids), 1)
            form.site_id = site
        self.assertEqual(offer.goods_ids.asset_id, there)
        action = self.option(offer, self.plan).action_choose()
        order = self.env["sale.order"].browse(action["res_id"])
        self.assertEqual(order.partner_shipping_id, site)
        order.action_confirm()
        self.assertEqual(order.aftersales_contract_ids.asset_ids, there)
        self.assertEqual(order.aftersales_contract_ids.site_id, site)
        self.assertFalse(here.contract_id)

    def test_a_customer_without_such_goods_is_told_so(self):
        with self.assertRefused("has no goods without a plan"):
            self.customer.with_user(self.seller).action_offer_aftersales_plan()

    def test_goods_that_do_not_belong_together_are_refused_by_name(self):
        asset = self.deliver_asset()
        stranger = self.env["res.partner"].create({"name": "Stranger"})
        theirs = self.deliver_asset(partner_id=stranger.id)
        with self.assertRefused("belongs to .*for each customer"):
            self.offer_assets(asset | theirs)
        site = self.env["res.partner"].create(
            {"name": "Barn", "parent_id": self.customer.id, "type": "delivery"}
        )
        with self.assertRefused("for each site"):
            self.offer_assets(asset | self.deliver_asset(partner_shipping_id=site.id))
        covered = self.sell((self.goods, 1), (self.plan_product, 1)).asset_ids
        with self.assertRefused("is covered by .* already"):
            self.offer_assets(asset | covered)
        asset.sudo().replaced_by_id = self.deliver_asset()
        with self.assertRefused("was replaced by"):
            self.offer_assets(asset)

    def test_goods_that_are_archived_or_another_companys_are_refused_by_name(self):
        asset = self.deliver_asset()
        offer = self.offer_assets(asset)
        option = self.option(offer, self.plan)
        asset.active = False
        with self.assertRefused("is archived. Leave it out or bring it back"):
            option.action_choose()
        asset.active = True
        other = self.env["res.company"].create({"name": "Sister"})
        error = asset._offer_error(self.customer, asset.site_id, other)
        self.assertRegex(error, f"was delivered by {self.company.name}, the plan is sold by Sister")

    def test_confirming_checks_the_goods_again(self):
        asset = self.deliver_asset()
        orders = [
            self.quote(
                partner_id=self.customer.id,
                order_line=[
                    Command.create(
                        {
                            "product_id": self.plan_product.id,
                            "aftersales_asset_ids": [Command.set(asset.ids)],
                        }
                    )
                ],
            )
            for _time in range(2)
        ]
        orders[0].action_confirm()
        with self.assertRefused("is covered by .* already"):
            orders[1].action_confirm()
        self.plan.category_ids = self.env["product.category"].create({"name": "Elsewhere"})
        with self.assertRefused("its category is not in the plan"):
            orders[1].action_confirm()

    def test_the_same_goods_under_two_plan_lines_are_refused(self):
        asset = self.deliver_asset()
        order = self.quote((self.plan_product, 1), (self.silver_product, 1))
        with self.assertRefused("both cover Boiler"):
            order.action_confirm()
        order.order_line.aftersales_asset_ids = asset
        with self.assertRefused("both cover Boiler"):
            order.action_confirm()

    def test_a_plan_for_goods_bought_earlier_takes_no_goods_of_the_order(self):
        asset = self.deliver_asset()
        order = self.quote((self.plan_product, 1))
        order.order_line.aftersales_asset_ids = asset
        order.order_line = [Command.create({"product_id": self.goods.id})]
        goods = order.order_line - order.order_line[0]
        self.assertFalse(goods.aftersales_plan_line_id)
        with self.assertRefused("is for goods bought earlier"):
            goods.aftersales_plan_line_id = order.order_line[0]
        with self.assertRefused("sells no service plan"):
            goods.aftersales_asset_ids = asset

    def test_full_cover_of_used_goods_without_history_warns_and_is_noted(self):
        asset, repaired = self.deliver_asset(), self.deliver_asset()
        (asset | repaired).provenance = "used"
        self.claim(repaired)
        offer = self.offer_assets(asset | repaired)
        option = self.option(offer, self.plan)
        self.assertRegex(option.warning, "without repair history: Boiler\\.")
        self.silver.contract_kind = "fixed_price"
        self.assertFalse(self.option(offer, self.silver).warning)
        order = self.env["sale.order"].browse(option.action_choose()["res_id"])
        self.assertRegex(order.message_ids[0].body, "without repair history")
