from datetime import date

from odoo.tests import freeze_time, tagged

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
            wizard = (
                self.env["stock.return.picking"]
                .with_context(active_id=picking.id, active_ids=picking.ids)
                .create({"picking_id": picking.id})
            )
            wizard.product_return_moves.quantity = 2
            picking = wizard._create_return()
            self.deliver(picking)
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
