# SPDX-License-Identifier: LGPL-3.0-or-later
from datetime import date

from openpyxl import load_workbook

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import Form, freeze_time, new_test_user, tagged
from odoo.tools import file_open

from .common import AfterSalesCase


@tagged("post_install", "-at_install")
class TestAsset(AfterSalesCase):
    def assets(self, product=None):
        return self.env["aftersales.asset"].search(
            [("product_id", "=", (product or self.goods).id)]
        )

    def test_every_delivery_is_registered_plan_or_no_plan(self):
        with freeze_time("2026-03-15 12:00:00"):
            self.sell((self.goods, 2))
        self.assertRecordValues(
            self.assets(),
            [
                {
                    "quantity": 2.0,
                    "partner_id": self.customer.id,
                    "site_id": self.customer.id,
                    "date_delivered": date(2026, 3, 15),
                    "warranty_end": date(2028, 3, 14),
                    "contract_id": False,
                }
            ],
        )

    def test_one_asset_per_serial_number(self):
        serial = self.env["product.product"].create(
            {"name": "Pump", "type": "consu", "is_storable": True, "tracking": "serial"}
        )
        for name in ("P-1", "P-2"):
            lot = self.env["stock.lot"].create({"name": name, "product_id": serial.id})
            self.stock_up(serial, 1, lot)
        self.sell((serial, 2))
        self.assertEqual(sorted(self.assets(serial).mapped("name")), ["Pump (P-1)", "Pump (P-2)"])

    def test_the_product_may_have_a_guarantee_of_its_own(self):
        self.goods.aftersales_warranty_months = 6
        with freeze_time("2026-08-31 12:00:00"):
            self.sell((self.goods, 1))
        self.assertEqual(self.assets().warranty_end, date(2027, 2, 27))

    def test_categories_can_be_left_out(self):
        self.goods.categ_id = self.env["product.category"].create(
            {"name": "Screws", "aftersales_register_assets": False}
        )
        self.sell((self.goods, 1))
        self.assertFalse(self.assets())

    def test_the_unit_of_the_sale_is_converted_to_the_products_own(self):
        order = self.quote((self.goods, 1))
        order.order_line.product_uom_id = self.env["uom.uom"].create(
            {
                "name": "Pallet",
                "relative_uom_id": self.goods.uom_id.id,
                "relative_factor": 6,
            }
        )
        order.action_confirm()
        self.deliver(order.picking_ids)
        self.assertEqual(self.assets().quantity, 6.0)

    def test_goods_that_come_back_from_a_return_are_not_registered_twice(self):
        contract = self.sell((self.goods, 2), (self.plan_product, 1))
        picking = contract.sale_order_id.picking_ids
        for _way in ("back to us", "back to the customer"):
            picking = self.send_back(picking, 2)
        self.assertEqual(self.assets().mapped("quantity"), [2.0])

    def test_what_a_delivery_says_is_not_the_service_desks_to_change(self):
        self.sell((self.goods, 1))
        asset = self.assets().with_user(self.agent)
        for values in ({"warranty_end": "2099-01-01"}, {"quantity": 99}):
            with self.assertRefused("follow from its delivery"):
                asset.write(values)
        with self.assertRefused("by hand"):
            asset.write({"contract_ids": [(5,)]})
        asset.write({"condition": "worn"})
        asset.with_user(self.manager).warranty_end = date(2030, 1, 1)
        self.assertEqual((asset.condition, asset.warranty_end), ("worn", date(2030, 1, 1)))

    def test_a_duplicate_is_covered_by_nothing(self):
        contract = self.sell((self.goods, 1), (self.plan_product, 1))
        copy = contract.asset_ids.with_user(self.agent).copy()
        self.assertFalse(copy.contract_ids or copy.move_id)
        self.assertEqual(len(contract.asset_ids), 1)

    def test_splitting_keeps_the_sum_and_refuses_more_than_there_is(self):
        self.sell((self.goods, 5))
        asset = self.assets()
        child = asset._split(2)
        self.assertEqual((asset.quantity, child.quantity), (3.0, 2.0))
        self.assertEqual(child.origin_asset_id, asset)
        self.assertEqual(child._split(2), child)
        with self.assertRefused("holds 3.0"):
            asset._split(4)

    def test_a_delivery_of_nothing_registers_nothing(self):
        pump = self.env["product.product"].create(
            {"name": "Pump", "type": "consu", "is_storable": True}
        )
        self.stock_up(pump, 5)
        order = self.quote((self.goods, 2), (pump, 1), (self.plan_product, 1))
        order.action_confirm()
        picking = order.picking_ids
        picking.move_ids.filtered(lambda move: move.product_id == self.goods).quantity = 0
        picking.move_ids.picked = True
        picking.with_context(
            skip_backorder=True, picking_ids_not_to_backorder=picking.ids
        ).button_validate()
        self.assertFalse(self.assets())
        self.assertEqual(order.aftersales_contract_ids.asset_ids, self.assets(pump))

    def test_a_lot_shared_by_two_customers_is_two_assets(self):
        tracked, lot = self.tracked("lot", "L-1", 10)
        villa = self.env["res.partner"].create({"name": "Villa Rosa"})
        self.sell((tracked, 4))
        self.sell((tracked, 3), partner_id=villa.id)
        self.assertEqual(
            {asset.partner_id: (asset.lot_id, asset.quantity) for asset in self.assets(tracked)},
            {self.customer: (lot, 4.0), villa: (lot, 3.0)},
        )

    def test_the_items_of_a_combo_follow_the_plan_that_covers_the_combo(self):
        combos = self.env["product.category"].create({"name": "Sets"})
        self.plan.category_ids = combos
        pump = self.env["product.product"].create(
            {"name": "Pump", "type": "consu", "is_storable": True}
        )
        self.stock_up(pump, 5)
        choices = self.env["product.combo"].create(
            [
                {"name": goods.name, "combo_item_ids": [Command.create({"product_id": goods.id})]}
                for goods in (self.goods, pump)
            ]
        )
        heating = self.env["product.product"].create(
            {
                "name": "Heating Set",
                "type": "combo",
                "categ_id": combos.id,
                "combo_ids": [Command.set(choices.ids)],
            }
        )
        self.plan.start_policy = "full_delivery"
        order = self.quote((heating, 1), (self.plan_product, 1))
        combo_line, plan_line = order.order_line
        order.order_line = [
            Command.create(
                {
                    "product_id": choice.combo_item_ids.product_id.id,
                    "combo_item_id": choice.combo_item_ids.id,
                    "linked_line_id": combo_line.id,
                }
            )
            for choice in choices
        ]
        items = order.order_line - combo_line - plan_line
        self.assertEqual(items.aftersales_plan_line_id, plan_line)
        combo_line.aftersales_plan_line_id = False
        self.assertFalse(items.aftersales_plan_line_id)
        combo_line.aftersales_plan_line_id = plan_line
        order.action_confirm()
        self.deliver(order.picking_ids)
        contract = order.aftersales_contract_ids
        self.assertEqual(contract.asset_ids.product_id, self.goods | pump)
        self.assertEqual(contract.state, "active")

    # --- By hand -------------------------------------------------------------------------------

    def manual(self, **values):
        """Register goods bought elsewhere, as the service desk."""
        return (
            self.env["aftersales.asset"]
            .with_user(self.agent)
            .create(
                {
                    "product_id": self.goods.id,
                    "partner_id": self.customer.id,
                    "site_id": self.customer.id,
                    "date_delivered": "2024-03-15",
                    "provenance": "third_party",
                    **values,
                }
            )
        )

    def test_goods_bought_elsewhere_are_imported_from_a_table(self):
        head = ["product_id", "serial", "quantity", "partner_id", "site_id", "date_delivered"]
        row = ["Boiler", "B-17", "1", "Casa Verde", "Casa Verde", "2024-03-15"]
        result = (
            self.env["aftersales.asset"]
            .with_user(self.agent)
            .load([*head, "warranty_end", "provenance"], [[*row, "2026-09-14", "Bought elsewhere"]])
        )
        self.assertFalse(result["messages"])
        asset = self.env["aftersales.asset"].browse(result["ids"])
        self.assertRecordValues(
            asset,
            [
                {
                    "name": "Boiler (B-17)",
                    "partner_id": self.customer.id,
                    "warranty_end": date(2026, 9, 14),
                    "provenance": "third_party",
                    "status": "in_use",
                }
            ],
        )

    def test_the_import_template_names_fields_that_exist(self):
        template = self.env["aftersales.asset"].get_import_templates()[0]["template"]
        with file_open(template.lstrip("/"), "rb") as file:
            sheet = load_workbook(file).active
        heads = [cell.value for cell in sheet[1]]
        labels = {field["string"] for field in self.env["aftersales.asset"].fields_get().values()}
        self.assertEqual(len(heads), 9)
        self.assertFalse(set(heads) - labels)

    def test_a_serial_number_that_cannot_be_right_is_refused_in_words(self):
        pump, lot = self.tracked("serial", "P-1", 1)
        for values, words in (
            ({"lot_id": lot.id}, "P-1 belongs to Pump, not to Boiler"),
            ({"serial": "B-1", "quantity": 2}, "its quantity is 1, not 2"),
        ):
            with self.assertRefused(words):
                self.manual(**values)
        self.manual(serial="B-1")
        with self.assertRefused("registered already: it belongs to Casa Verde"):
            self.manual(serial="B-1")

    def test_assets_are_found_by_serial_product_and_customer(self):
        asset = self.manual(serial="XK-4711")
        for words in ("XK-4711", "Boil", "Casa Ver"):
            found = self.env["aftersales.asset"].name_search(words)
            self.assertIn((asset.id, "Boiler (XK-4711)"), found, words)

    def test_status_and_history_are_not_written_by_hand(self):
        asset = self.manual()
        for values in ({"status": "scrapped"}, {"date_out": "2026-01-01"}):
            with self.assertRefused("by hand"):
                asset.write(values)

    # --- A new owner, another place, the end ----------------------------------------------------

    def hand_over(self, assets, **values):
        """Fill in the dialog as the service desk does."""
        wizard = Form(
            self.env["aftersales.asset.handover"]
            .with_user(self.agent)
            .with_context(default_asset_ids=assets.ids)
        )
        for name, value in values.items():
            setattr(wizard, name, value)
        wizard = wizard.save()
        wizard.action_apply()
        return wizard

    def test_moving_goods_keeps_their_plan_and_takes_a_contract_along_that_covers_no_other(self):
        contract = self.sell((self.goods, 1), (self.plan_product, 1))
        asset = contract.asset_ids
        cabin = self.env["res.partner"].create({"name": "Cabin", "parent_id": self.customer.id})
        wizard = self.hand_over(asset, site_id=cabin, note="Moved house")
        self.assertTrue(wizard.keep_cover)
        self.assertEqual((asset.site_id, asset.contract_id), (cabin, contract))
        self.assertEqual((contract.site_id, contract.state), (cabin, "active"))
        note = asset.message_ids[0].body
        self.assertIn("Site: Casa Verde → Casa Verde, Cabin.", note)
        self.assertIn(f"{contract.display_name} goes along. Moved house", note)
        self.assertNotIn("Owner", note)

    def test_a_new_owner_gets_the_plan_only_when_that_is_said(self):
        contract = self.sell((self.goods, 1), (self.goods, 2), (self.plan_product, 1))
        first, second = contract.asset_ids
        villa = self.env["res.partner"].create({"name": "Villa Rosa"})
        wizard = self.hand_over(first, partner_id=villa)
        self.assertFalse(wizard.keep_cover)
        self.assertEqual((first.partner_id, first.site_id), (villa, villa))
        self.assertEqual((contract.asset_ids, contract.state), (second, "active"))
        self.assertEqual(contract.partner_id, self.customer)
        self.hand_over(second, partner_id=villa, keep_cover=True)
        self.assertEqual((contract.asset_ids, contract.partner_id), (second, villa))

    def test_goods_without_a_plan_move_without_a_word_about_one(self):
        self.sell((self.goods, 1))
        cabin = self.env["res.partner"].create({"name": "Cabin", "parent_id": self.customer.id})
        asset = self.assets()
        self.hand_over(asset, site_id=cabin, note="Moved house")
        body = asset.message_ids[0].body
        self.assertIn("Site: Casa Verde → Casa Verde, Cabin. Moved house", body)

    def test_the_contract_of_goods_sold_on_without_it_ends(self):
        contract = self.sell((self.goods, 1), (self.plan_product, 1))
        villa = self.env["res.partner"].create({"name": "Villa Rosa"})
        self.hand_over(contract.asset_ids, partner_id=villa)
        self.assertEqual(contract.state, "cancelled")

    def scrap(self, assets, user=None, **values):
        wizard = (
            self.env["aftersales.asset.scrap"]
            .with_user(user or self.agent)
            .create(
                {
                    "asset_ids": [Command.set(assets.ids)],
                    "date": "2026-04-01",
                    "reason": "Worn out",
                    **values,
                }
            )
        )
        wizard.action_apply()

    @freeze_time("2026-04-02 12:00:00")
    def test_what_is_scrapped_leaves_its_plan_and_the_last_of_it_ends_the_contract(self):
        with freeze_time("2026-03-15 12:00:00"):
            contract = self.sell((self.goods, 1), (self.goods, 2), (self.plan_product, 1))
        first, second = contract.asset_ids
        self.scrap(first)
        self.assertEqual((first.status, first.date_out), ("scrapped", date(2026, 4, 1)))
        self.assertEqual(
            (first.contract_id, first.left_contract_id.id), (contract.browse(), contract.id)
        )
        self.assertEqual((contract.asset_ids, contract.state), (second, "active"))
        self.assertIn("Worn out", first.message_ids[0].body)
        self.scrap(second)
        self.assertEqual(contract.state, "cancelled")

    @freeze_time("2026-04-02 12:00:00")
    def test_scrapping_is_refused_on_wrong_days_twice_and_to_salespeople(self):
        with freeze_time("2026-03-15 12:00:00"):
            self.sell((self.goods, 1))
        asset = self.assets()
        for day, words in (("2026-04-03", "a day ahead"), ("2026-03-14", "delivered on")):
            with self.assertRefused(words):
                self.scrap(asset, date=day)
        seller = new_test_user(self.env, "t-seller", "sales_team.group_sale_salesman")
        with self.assertRaises(AccessError):
            self.scrap(asset, user=seller)
        self.scrap(asset)
        with self.assertRefused("out of use already"):
            self.scrap(asset)
        with self.assertRefused("out of use"):
            self.hand_over(asset, site_id=self.agent.partner_id)
        with self.assertRefused("out of use: Scrapped on 04/01/2026"):
            self.claim(asset).action_approve()

    @freeze_time("2026-04-02 12:00:00")
    def test_a_manager_undoes_a_scrapping_and_the_plan_covers_it_again(self):
        with freeze_time("2026-03-15 12:00:00"):
            contract = self.sell((self.goods, 1), (self.goods, 2), (self.plan_product, 1))
        asset = contract.asset_ids[0]
        self.scrap(asset)
        with self.assertRaises(AccessError):
            asset.with_user(self.agent).action_back_in_use()
        asset.with_user(self.manager).action_back_in_use()
        self.assertEqual((asset.status, asset.date_out), ("in_use", False))
        self.assertIn(asset, contract.asset_ids)
        with self.assertRefused("cannot be brought back"):
            asset.with_user(self.manager).action_back_in_use()

    def test_a_plan_sold_later_covers_nothing_that_is_out_of_use(self):
        self.sell((self.goods, 1))
        asset = self.assets()
        self.scrap(asset, date=asset.date_delivered)
        order = self.quote((self.plan_product, 1))
        with self.assertRefused("covers nothing yet"):
            order.action_confirm()

    # --- The passport ---------------------------------------------------------------------------

    def test_the_passport_counts_what_belongs_to_the_goods(self):
        contract = self.sell((self.goods, 3), (self.plan_product, 1))
        asset = contract.asset_ids
        asset._split(1)
        self.claim(asset)
        for record in (asset, self.goods.product_tmpl_id, self.customer):
            self.env["ir.attachment"].create(
                {"name": "Manual", "res_model": record._name, "res_id": record.id, "raw": b"x"}
            )
        asset.invalidate_recordset()
        asset = asset.with_user(self.agent)
        self.assertEqual(
            (asset.contract_count, asset.claim_count, asset.child_count, asset.document_count),
            (1, 1, 1, 2),
        )
        action = asset.action_open_documents()
        self.assertEqual(
            self.env["ir.attachment"].search(action["domain"]).mapped("name"), ["Manual"] * 2
        )
        self.assertEqual(
            asset.action_open_claims()["context"]["default_partner_id"], self.customer.id
        )

    def test_who_may_not_read_products_finds_the_files_of_the_goods_alone(self):
        asset = self.sell((self.goods, 1), (self.plan_product, 1)).asset_ids
        portal = new_test_user(self.env, "t-portal", "base.group_portal")
        mine = [("res_model", "=", "aftersales.asset"), ("res_id", "=", asset.id)]
        self.assertNotEqual(asset._documents(), mine)
        self.assertEqual(asset.with_user(portal)._documents(), mine)

    def test_the_guarantee_runs_to_its_last_day(self):
        with freeze_time("2026-03-15 12:00:00"):
            self.sell((self.goods, 1))
        asset = self.assets()
        for day, state in (("2028-03-14", "running"), ("2028-03-15", "ended")):
            with freeze_time(f"{day} 12:00:00"):
                asset.invalidate_recordset(["guarantee_state"])
                self.assertEqual(asset.guarantee_state, state)

    @freeze_time("2026-04-02 20:00:00")
    def test_dialogs_offer_the_day_of_the_company_and_not_that_of_a_user_ahead(self):
        with freeze_time("2026-03-15 12:00:00"):
            contract = self.sell((self.goods, 1), (self.plan_product, 1))
        self.agent.tz = self.manager.tz = "Pacific/Auckland"  # 3 April there
        dialogs = self.env(user=self.agent, context={"default_asset_ids": contract.asset_ids.ids})
        form = Form(dialogs["aftersales.asset.scrap"])
        self.assertEqual(form.date, date(2026, 4, 2))
        form.reason = "Worn out"
        self.assertEqual(Form(dialogs["aftersales.asset.handover"]).date, date(2026, 4, 2))
        created = dialogs["aftersales.asset.scrap"].create(
            {"asset_ids": [Command.set(contract.asset_ids.ids)], "reason": "Worn out"}
        )
        self.assertEqual(created.date, date(2026, 4, 2))
        form.save().action_apply()
        self.assertEqual(created.asset_ids.date_out, date(2026, 4, 2))

    @freeze_time("2026-04-02 20:00:00")
    def test_dialogs_offer_the_day_of_the_contracts_company(self):
        """The user works in a company where it is tomorrow already."""
        contract = self.sell((self.goods, 1), (self.plan_product, 1))
        ahead = self.env["res.company"].create({"name": "Far East"})
        ahead.partner_id.tz = "Pacific/Auckland"
        self.manager.company_ids |= ahead
        dialogs = self.env(
            user=self.manager,
            context={
                "default_contract_id": contract.id,
                "allowed_company_ids": [ahead.id, self.company.id],
            },
        )
        self.assertEqual(dialogs.company, ahead)
        self.assertEqual(Form(dialogs["aftersales.contract.end"]).last_day, date(2026, 4, 2))
        self.assertEqual(Form(dialogs["aftersales.contract.suspend"]).date_start, date(2026, 4, 2))
        created = dialogs["aftersales.contract.suspend"].create(
            {"contract_id": contract.id, "date_end": "2026-04-09", "reason": "Away"}
        )
        self.assertEqual(created.date_start, date(2026, 4, 2))

    @freeze_time("2026-04-02 12:00:00")
    def test_goods_are_handed_over_neither_before_their_delivery_nor_ahead(self):
        with freeze_time("2026-03-15 12:00:00"):
            contract = self.sell((self.goods, 1), (self.plan_product, 1))
        villa = self.env["res.partner"].create({"name": "Villa Rosa"})
        for day, words in ((date(1990, 1, 1), "delivered on"), (date(2026, 4, 3), "a day ahead")):
            with self.assertRefused(words):
                self.hand_over(contract.asset_ids, partner_id=villa, date=day)
        self.assertEqual((contract.state, contract.asset_ids.partner_id), ("active", self.customer))
        asset = contract.asset_ids
        self.hand_over(asset, partner_id=villa, date=date(2026, 3, 15))
        self.assertEqual(asset.partner_id, villa)
