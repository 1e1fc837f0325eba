# SPDX-License-Identifier: LGPL-3.0-or-later
from contextlib import contextmanager
from datetime import date
from unittest.mock import patch

from psycopg2.errors import SerializationFailure

from odoo import SUPERUSER_ID, Command, api
from odoo.modules.registry import Registry
from odoo.tests import BaseCase, freeze_time, get_db_name, new_test_user, tagged

from ..models import backfill
from .common import AfterSalesCase

MOVES = 300
BATCH = 50


@tagged("post_install", "-at_install")
class TestAssetBackfill(AfterSalesCase):
    """A company that delivered for years before the add-on was installed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.backfills = cls.env["aftersales.backfill"]
        cls.backfills.search([]).unlink()

    def forget(self):
        """Empty the register, as if it had not been there when the goods were delivered."""
        self.env["aftersales.asset"].with_context(active_test=False).search([]).unlink()

    def ship(self, count, product=None, quantity=1):
        """Deliver ``count`` times without a sale, all in one transfer; unregistered."""
        product = product or self.goods
        picking = self.env["stock.picking"].create(
            {
                "partner_id": self.customer.id,
                "picking_type_id": self.warehouse().out_type_id.id,
                "move_ids": [
                    Command.create({"product_id": product.id, "product_uom_qty": quantity})
                    for _number in range(count)
                ],
            }
        )
        # Core merges equal moves when it confirms them; years of deliveries are not merged.
        picking.move_ids._action_confirm(merge=False)
        self.stock_up(product, count * quantity)
        picking.action_assign()
        picking.move_ids.picked = True
        moves = picking.move_ids._action_done()
        self.env["aftersales.asset"].search([("move_id", "in", moves.ids)]).unlink()
        return moves

    def start(self):
        """Start for the company; return its row."""
        self.backfills._start(self.company)
        return self.backfills.search([("company_id", "=", self.company.id)])

    def work(self):
        """Let the cron work through everything that is to do."""
        with self.enter_registry_test_mode():
            self.env.ref("aftersales_plans.cron_backfill").method_direct_trigger()
        self.env.invalidate_all()

    def assets(self, moves):
        return self.env["aftersales.asset"].search([("move_id", "in", moves.ids)], order="id")

    def test_it_is_interrupted_resumed_and_run_twice(self):
        moves = self.ship(MOVES)
        row = self.start()
        self.assertEqual((row.done, row.percent, row.running), (0, 0.0, True))
        already = row.total - MOVES
        with patch.object(backfill, "BATCH_MOVES", BATCH):
            for _batch in range(2):
                row._register_batch()
            self.assertEqual((row.done, row.running), (2 * BATCH, True))
            registered = self.env["aftersales.asset"].search_count([])
            row.action_pause()
            self.work()
            self.assertEqual(self.env["aftersales.asset"].search_count([]), registered)
            self.start()
            self.assertEqual(row.done, 2 * BATCH, "it goes on where it was")
            self.work()
        self.assertEqual((row.done, row.total, row.running), (row.total, MOVES + already, False))
        self.assertEqual(self.assets(moves).move_id, moves)
        self.assertEqual(len(self.assets(moves)), MOVES)
        row = self.start()
        self.assertEqual((row.done, row.running), (0, True))
        self.work()
        self.assertEqual((len(self.assets(moves)), row.running), (MOVES, False))

    def test_what_is_delivered_in_between_is_registered_once(self):
        old = self.ship(3)
        row = self.start()
        order = self.quote((self.goods, 2))
        order.action_confirm()
        self.deliver(order.picking_ids)
        live = order.picking_ids.move_ids
        old_and_late = self.assets(old | live)
        self.assertEqual(old_and_late.move_id, live)
        self.work()
        self.assertEqual(self.assets(old | live).mapped("move_id"), old | live)
        self.assertEqual(len(self.assets(old | live)), 4)
        self.assertFalse(row.running)

    def test_an_asset_from_the_past_is_what_it_would_have_been(self):
        with freeze_time("2024-05-31 12:00:00"):
            contract = self.sell((self.goods, 2), (self.plan_product, 1))
        order = contract.sale_order_id
        sent = self.env["mail.mail"].search_count([])
        self.forget()
        contract.sudo().write({"asset_ids": [Command.clear()]})
        self.start()
        with freeze_time("2026-05-31 12:00:00"):
            self.work()
        asset = self.assets(order.picking_ids.move_ids)
        self.assertRecordValues(
            asset,
            [
                {
                    "quantity": 2.0,
                    "partner_id": self.customer.id,
                    "date_delivered": date(2024, 5, 31),
                    "warranty_end": date(2026, 5, 30),
                    "status": "in_use",
                }
            ],
        )
        self.assertFalse(contract.asset_ids, "an old contract is not opened by it")
        self.assertEqual(self.env["mail.mail"].search_count([]), sent)
        self.assertFalse(asset.message_ids)
        self.assertFalse(asset.message_follower_ids)

    def test_what_came_back_since_is_not_in_use(self):
        with freeze_time("2026-03-15 12:00:00"):
            order = self.quote((self.goods, 5))
            order.action_confirm()
            self.deliver(order.picking_ids)
        with freeze_time("2026-03-20 12:00:00"):
            back = self.send_back(order.picking_ids, 3)
        with freeze_time("2026-03-25 12:00:00"):
            self.send_back(back, 1)
        self.forget()
        self.start()
        self.work()
        asset, child = self.assets(order.picking_ids.move_ids)
        self.assertRecordValues(
            asset | child,
            [
                {"quantity": 3.0, "status": "in_use", "date_out": False},
                {"quantity": 2.0, "status": "returned", "date_out": date(2026, 3, 20)},
            ],
        )
        self.assertEqual(child.origin_asset_id, asset)
        self.send_back(back, 2)
        self.assertEqual((asset | child).mapped("status"), ["in_use", "in_use"])

    def test_a_serial_number_sold_twice_is_with_its_last_owner(self):
        pump, lot = self.tracked("serial", "P-1", 1)
        villa = self.env["res.partner"].create({"name": "Villa Rosa"})
        with freeze_time("2024-01-10 12:00:00"):
            self.sell((pump, 1))
        with freeze_time("2024-02-10 12:00:00"):
            picking = self.env["stock.picking"].create(
                {
                    "partner_id": self.customer.id,
                    "picking_type_id": self.warehouse().in_type_id.id,
                    "location_id": self.env.ref("stock.stock_location_customers").id,
                    "move_ids": [Command.create({"product_id": pump.id, "product_uom_qty": 1})],
                }
            )
            picking.action_confirm()
            picking.move_ids.move_line_ids.lot_id = lot
            picking.button_validate()
        with freeze_time("2024-03-10 12:00:00"):
            self.sell((pump, 1), partner_id=villa.id)
        self.forget()
        self.start()
        self.work()
        first, second = self.env["aftersales.asset"].search(
            [("lot_id", "=", lot.id)], order="date_delivered"
        )
        self.assertEqual((first.status, first.date_out), ("returned", date(2024, 2, 10)))
        self.assertEqual((second.status, second.partner_id), ("in_use", villa))

    def test_screws_sand_and_the_replacements_of_claims_are_left_out(self):
        contract = self.sell((self.goods, 1), (self.plan_product, 1))
        claim = self.claim(contract.asset_ids)
        claim.action_approve()
        self.deliver(claim.sudo().picking_ids)
        screws = self.env["product.product"].create(
            {
                "name": "Screws",
                "type": "consu",
                "is_storable": True,
                "categ_id": self.env["product.category"]
                .create({"name": "Small Parts", "aftersales_register_assets": False})
                .id,
            }
        )
        moves = self.ship(2, screws)
        before = self.env["aftersales.asset"].search_count([])
        self.start()
        self.work()
        self.assertFalse(self.assets(moves))
        self.assertEqual(len(self.assets(claim.sudo().move_ids)), 1)
        self.assertGreaterEqual(self.env["aftersales.asset"].search_count([]), before)

    def test_one_bad_delivery_is_named_and_the_others_go_on(self):
        moves = self.ship(5)
        self.env.cr.execute(
            "UPDATE stock_move SET date = '0001-01-01' WHERE id = %s", [moves[2].id]
        )
        self.env.invalidate_all()
        self.company.partner_id.tz = "America/New_York"  # a day before the first of all days
        row = self.start()
        with self.assertLogs("odoo.addons.aftersales_plans.models.backfill", "WARNING"):
            self.work()
        self.assertEqual(self.assets(moves).move_id, moves - moves[2])
        self.assertEqual((row.failed, row.running), (1, False))
        self.assertIn(moves[2].reference, row.failures)
        self.assertIn("1 could not be", row.progress)

    def test_a_batch_takes_as_many_queries_whatever_its_size(self):
        self.start()
        self.work()
        counts = {}
        for size in (100, 400):
            moves = self.ship(size)
            self.start()
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.backfills._register_moves(moves)
            self.env.flush_all()
            counts[size] = self.env.cr.sql_log_count - before
            self.assertEqual(len(self.assets(moves)), size)
        # the ORM inserts 100 rows at a time
        self.assertLessEqual(counts[400] - counts[100], 9, counts)

    def test_each_company_goes_its_own_way(self):
        moves = self.ship(2)
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self.backfills._start(other)
        self.work()
        self.assertFalse(self.assets(moves))
        row = self.backfills.search([("company_id", "=", other.id)])
        self.assertEqual((row.total, row.running), (0, False))

    def test_a_return_before_its_delivery_was_reached_is_noticed(self):
        order = self.quote((self.goods, 2))
        order.action_confirm()
        self.deliver(order.picking_ids)
        self.forget()
        row = self.start()
        self.send_back(order.picking_ids, 1)
        self.assertEqual(row.late_returns, 1)
        self.work()
        self.assertEqual(
            self.assets(order.picking_ids.move_ids).mapped("status"), ["in_use", "returned"]
        )

    def test_the_settings_start_and_stop_it(self):
        moves = self.ship(2)
        settings = self.env["res.config.settings"].create({})
        settings.action_aftersales_backfill_start()
        settings = self.env["res.config.settings"].create({})
        total = settings.aftersales_backfill_id.total
        self.assertTrue(settings.aftersales_backfill_running)
        self.assertEqual(
            settings.aftersales_backfill_progress,
            f"Existing deliveries: 0 of {total} registered",
        )
        settings.action_aftersales_backfill_pause()
        self.assertFalse(settings.aftersales_backfill_id.running)
        self.assertFalse(self.assets(moves))
        seller = new_test_user(self.env, "t-seller", "sales_team.group_sale_salesman")
        with self.assertRefused("Ask a plan manager"):
            self.backfills.with_user(seller).action_start()
        self.backfills.with_user(self.manager).action_start()
        self.assertTrue(settings.aftersales_backfill_id.running)


@tagged("post_install", "-at_install")
class TestBackfillRace(BaseCase):
    """A batch and a return at the same time: whichever is second is repeated by the database."""

    def setUp(self):
        super().setUp()
        with self.environment() as env:
            self.company_id = env["res.company"].search([], limit=1).id
            self.row_id = (
                env["aftersales.backfill"].search([("company_id", "=", self.company_id)]).id
                or env["aftersales.backfill"].create({"company_id": self.company_id}).id
            )
            row = env["aftersales.backfill"].browse(self.row_id)
            self.addCleanup(self.restore, row.read(["running", "done", "late_returns"])[0])
            row.running = True

    @contextmanager
    def environment(self):
        """Yield an environment of its own; committed at the end of the block."""
        with Registry(get_db_name()).cursor() as cr:
            yield api.Environment(cr, SUPERUSER_ID, {})

    def restore(self, values):
        with self.environment() as env:
            env["aftersales.backfill"].browse(values.pop("id")).write(values)

    def batch(self, env):
        """Write what every batch writes at its end."""
        env["aftersales.backfill"].browse(self.row_id).done += 1
        env.flush_all()

    def goods_come_back(self, env):
        env["aftersales.backfill"]._on_unregistered_return(
            env["res.company"].browse(self.company_id)
        )
        env.flush_all()

    def test_the_second_of_batch_and_return_is_repeated(self):
        for first, second in (
            (self.batch, self.goods_come_back),
            (self.goods_come_back, self.batch),
        ):
            with Registry(get_db_name()).cursor() as cr:
                late = api.Environment(cr, SUPERUSER_ID, {})
                late["aftersales.backfill"].search_count([])  # it sees the past from now on
                with self.environment() as env:
                    first(env)
                with self.assertRaises(SerializationFailure):
                    second(late)
                late.clear()
                cr.rollback()
