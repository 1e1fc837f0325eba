# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo.tests import HttpCase, new_test_user, tagged

from .common import AfterSalesCase
from .test_portal_contract import PortalPlansCase


@tagged("post_install", "-at_install")
class TestTours(HttpCase, AfterSalesCase):
    def test_an_agent_settles_a_claim_by_phone(self):
        contract = self.sell((self.goods, 10), (self.plan_product, 1))
        earlier = self.claim(contract.asset_ids)  # without any claim there is no such tile
        self.start_tour("/odoo/after-sales", "aftersales_claim_by_phone", login="t-agent")
        claim = contract.claim_ids - earlier
        self.assertEqual((claim.state, claim.user_id), ("approved", self.agent))
        self.assertEqual(claim.picking_ids.sudo().state, "assigned")

    def test_a_salesperson_sells_goods_with_a_plan(self):
        new_test_user(self.env, "t-seller", "sales_team.group_sale_salesman_all_leads")
        self.start_tour("/odoo/after-sales/sales/new", "aftersales_sell_plan", login="t-seller")
        order = self.env["sale.order"].search([("partner_id", "=", self.customer.id)], limit=1)
        goods, plan_line = order.order_line
        self.assertEqual(goods.aftersales_plan_line_id, plan_line)
        self.assertEqual(order.aftersales_contract_ids.plan_id, self.plan)

    def test_a_warehouse_worker_delivers_and_the_contract_starts(self):
        new_test_user(self.env, "t-wendy", "stock.group_stock_user")
        order = self.quote((self.goods, 2), (self.plan_product, 1))
        order.action_confirm()
        contract, picking = order.aftersales_contract_ids, order.picking_ids
        self.assertEqual(contract.state, "draft")
        address = f"/odoo/action-stock.action_picking_tree_all/{picking.id}"
        self.start_tour(address, "aftersales_deliver", login="t-wendy")
        self.assertEqual((picking.state, contract.state), ("done", "active"))
        self.assertEqual(contract.asset_ids.mapped("quantity"), [2])

    def test_a_plan_manager_opens_the_list_behind_a_number(self):
        contract = self.sell((self.goods, 1), (self.plan_product, 1))
        self.env["aftersales.claim"].search([]).user_id = self.agent
        self.claim(contract.asset_ids).user_id = False
        self.start_tour("/odoo/after-sales", "aftersales_overview", login="t-manager")

    def test_a_manager_sets_up_the_tiers_from_the_guide(self):
        young = self.env["res.company"].create({"name": "Nordstein"})
        self.manager.write({"company_ids": [(4, young.id)], "company_id": young.id})
        self.start_tour("/odoo/service-contracts", "aftersales_set_up_tiers", login="t-manager")
        tiers = self.env["aftersales.plan"].search([("company_id", "=", young.id)])
        self.assertEqual(tiers.mapped("code"), ["VIP", "GOLD", "STANDARD"])
        self.assertEqual(len(tiers.product_ids), 3)


@tagged("post_install", "-at_install")
class TestPhoneTours(PortalPlansCase):
    browser_size = "390x844"
    touch_enabled = True

    def test_a_customer_reports_a_broken_tile_with_a_photo(self):
        self.start_tour("/my", "aftersales_report_online", login="casa")
        claim = self.contract.claim_ids
        self.assertEqual((claim.state, claim.channel), ("submitted", "portal"))
        self.assertEqual(
            (claim.description, claim.line_ids.asset_id), ("A corner broke off.", self.asset)
        )
        self.assertEqual(claim.photo_ids.mimetype, "image/png")
