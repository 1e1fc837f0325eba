# SPDX-License-Identifier: LGPL-3.0-or-later
from datetime import date, timedelta

from odoo import Command
from odoo.tests import freeze_time, new_test_user, tagged
from odoo.tools import SQL, mute_logger

from ..calc.failure import BY_AGE, DAYS_PER_MONTH
from ..calc.forecast import interval
from .common import AfterSalesCase

TODAY = "2026-04-16 12:00:00"


@tagged("post_install", "-at_install")
class TestPartsForecast(AfterSalesCase):
    """Boilers of two ages, with real deliveries and claims, forecast on 16 April 2026."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.forecast = cls.env["aftersales.parts.forecast"]
        cls.outlooks = cls.env["aftersales.parts.outlook"]
        cls.goods.categ_id = cls.env["product.category"].create({"name": "Heating"})
        cls.old = cls.sold_on("2023-06-10 12:00:00", cls.goods, 30)
        cls.new = cls.sold_on("2025-06-10 12:00:00", cls.goods, 20)
        for number in range(1, 5):
            cls.broken(cls.new, f"2025-{7 + number:02d}-05 12:00:00", cls.defect)

    @classmethod
    def sold_on(cls, moment, product, quantity):
        """Sell and deliver goods without a plan; return the asset."""
        with freeze_time(moment):
            order = cls.quote((product, quantity))
            order.action_confirm()
            cls.deliver(order.picking_ids)
        return cls.env["aftersales.asset"].search(
            [("move_id", "in", order.picking_ids.move_ids.ids)]
        )

    @classmethod
    def broken(cls, asset, moment, cause, ship=True):
        """Report one broken unit and approve it; shipped at once."""
        with freeze_time(moment):
            claim = cls.env["aftersales.claim"].create(
                {
                    "partner_id": cls.customer.id,
                    "line_ids": [Command.create({"asset_id": asset.id, "cause_id": cause.id})],
                }
            )
            claim.with_user(cls.manager).action_approve()
            if ship:
                cls.deliver(claim.sudo().picking_ids.filtered(lambda p: p.state == "assigned"))
        return claim

    def run_forecast(self):
        self.forecast._forecast_all(self.company)

    def run_cron(self):
        with self.enter_registry_test_mode():
            self.env.ref("aftersales_plans.cron_forecast_parts").method_direct_trigger()

    def make(self, name, category):
        """Make a product of which five are in stock."""
        product = self.env["product.product"].create(
            {"name": name, "type": "consu", "is_storable": True, "categ_id": category.id}
        )
        self.stock_up(product, 5)
        return product

    def outlook(self, product=None):
        return self.outlooks.search(
            [("product_id", "=", (product or self.goods).id), ("company_id", "=", self.company.id)]
        )

    # --- What is expected ----------------------------------------------------------------------

    @freeze_time(TODAY)
    def test_months_are_what_counting_unit_by_unit_and_day_by_day_gives(self):
        self.run_forecast()
        rows = self.outlook().month_ids.sorted("month")
        self.assertEqual(len(rows), 7)
        self.assertEqual(rows[0].month, date(2026, 4, 1))
        self.assertEqual([row.days for row in rows], [15, 31, 30, 31, 31, 30, 31])
        rates = self.rates_by_hand()
        for row in rows:
            first = max(row.month, date(2026, 4, 16))
            expected = self.count_by_hand(first, row.days, rates)
            with self.subTest(row.month):
                self.assertAlmostEqual(row.expected, expected, 2)
                self.assertGreater(expected, 0)
                self.assertEqual(row.units, 50)
        self.assertAlmostEqual(self.outlook().expected, sum(rows.mapped("expected")), 1)
        self.assertAlmostEqual(
            self.outlook().expected_quarter, sum(rows[1:4].mapped("expected")), 1
        )

    def rates_by_hand(self):
        """Return failures per unit and day: of the first year, and of all ages."""
        today, days = date(2026, 4, 16), {}
        for asset in self.env["aftersales.asset"].search([("product_id", "=", self.goods.id)]):
            until = asset.date_out or today
            for number in range((until - asset.date_delivered).days):
                age = number // 365.25 >= 1
                days[age] = days.get(age, 0) + asset.quantity
        return 4 / days[False], 4 / (days[False] + days[True])

    def count_by_hand(self, first, days, rates):
        """Add the chance of every unit to fail and be replaced, day by day."""
        total, middle = 0.0, first + timedelta(days // 2)
        for asset in self.env["aftersales.asset"].search(
            [("product_id", "=", self.goods.id), ("status", "=", "in_use")]
        ):
            young = middle < asset.date_delivered.replace(year=asset.date_delivered.year + 1)
            for number in range(days):
                if first + timedelta(number) <= asset.warranty_end:
                    total += asset.quantity * rates[not young]
        return total

    @freeze_time(TODAY)
    def test_several_warehouses_are_one_stock_wherever_the_goods_are_on_their_way(self):
        part = self.make("Burner", self.goods.categ_id)
        first = self.warehouse()
        second = self.env["stock.warehouse"].create(
            {"name": "South", "code": "T-S", "company_id": self.company.id}
        )
        shelves = second.lot_stock_id
        self.env["stock.quant"]._update_available_quantity(part, shelves, 4)

        def stock():
            self.env.invalidate_all()
            outlook = self.outlooks.new({"product_id": part.id, "company_id": self.company.id})
            return outlook._stock(self.company)[part]

        def move(source, target, quantity, kind):
            moved = self.env["stock.move"].create(
                {
                    "product_id": part.id,
                    "product_uom_qty": quantity,
                    "location_id": source.id,
                    "location_dest_id": target.id,
                    "picking_type_id": kind.id,
                }
            )
            moved._action_confirm()
            moved._action_assign()
            return moved

        self.assertEqual(stock(), (9.0, 0.0))
        move(self.env.ref("stock.stock_location_suppliers"), shelves, 3, second.in_type_id)
        self.assertEqual(stock(), (9.0, 3.0))
        between = move(first.lot_stock_id, shelves, 2, first.int_type_id)
        self.assertEqual(between.state, "assigned")
        self.assertEqual(sum(stock()), 12.0)
        transit = self.company.internal_transit_location_id
        sent = move(first.lot_stock_id, transit, 1, first.out_type_id)
        coming = move(transit, shelves, 1, second.in_type_id)
        self.assertEqual(sum(stock()), 12.0)
        sent.picked = True
        sent._action_done()
        self.assertEqual(sum(stock()), 12.0)
        self.assertNotEqual(coming.state, "done")

    @freeze_time(TODAY)
    def test_it_says_in_words_where_the_numbers_come_from(self):
        self.run_forecast()
        words = self.outlook().reason
        self.assertRegex(words, r"Boiler: 50\.0 units in use")
        self.assertRegex(words, r"\(year 1 of age\)")
        self.assertRegex(words, r"\(all ages\)")
        self.assertRegex(words, r"guarantee: 40 %; each of their failures takes 1\.00")
        self.assertRegex(words, "Other failures: not enough data, counted as taking none")

    @freeze_time(TODAY)
    def test_what_a_forecast_cannot_know_is_said(self):
        row = self.forecast.new({})
        self.assertEqual(row.reason, "No goods in use are known to take this part.")
        source = {
            "product": "Boiler",
            "units": 12.0,
            "rates": [{"per_month": 0.02, "age": 1, "origin": BY_AGE}],
            "covered": 1.0,
            "per_covered": 0.5,
            "ageless": 3.0,
            "metered": 0.0,
        }
        self.assertEqual(
            self.forecast.new({"facts": {"sources": [source]}}).reason,
            "Boiler: 12.0 units in use. Failures of 100 units in a month: 2.00 (year 2 of age). "
            "Under contract or guarantee: 100 %; each of their failures takes 0.50 parts. "
            "Delivery unknown: 3.0 units.",
        )

    def test_uses_of_an_add_on_that_is_gone_are_passed_over(self):
        """What it noted stays with the forecasts it made until they are made again."""
        self.assertEqual(self.forecast._other_in_words({"kind": "nobody's"}), "")

    def test_no_rule_for_what_is_archived_and_half_a_litre_is_no_whole_one(self):
        outlook = self.outlooks.new({"product_id": self.goods.id, "company_id": self.company.id})
        self.assertEqual(outlook._why_no_rule(), "Boiler: not enough data.")
        self.assertEqual(outlook._round_up(2.0000000001), 2.0)
        self.assertEqual(outlook._round_up(2.1), 3.0)
        self.goods.active = False
        self.assertEqual(outlook._why_no_rule(), "Boiler is archived: use up what is there.")
        oil = self.env["product.product"].create(
            {"name": "Oil", "uom_id": self.env.ref("uom.product_uom_litre").id}
        )
        litres = self.outlooks.new({"product_id": oil.id, "company_id": self.company.id})
        self.assertEqual(litres._round_up(0.301), 0.31)

    def test_a_company_without_warehouse_has_no_stock(self):
        company = self.env["res.company"].create({"name": "Office"})
        self.env["stock.warehouse"].search([("company_id", "=", company.id)]).active = False
        outlook = self.outlooks.new({"product_id": self.goods.id, "company_id": company.id})
        self.assertEqual(outlook._stock(company), {self.goods: (0.0, 0.0)})

    @freeze_time(TODAY)
    def test_a_contract_covers_until_its_last_day(self):
        self.run_forecast()
        before = self.outlook().month_ids.sorted("month").mapped("expected")
        contract = self.env["aftersales.contract"].create(
            {
                "plan_id": self.plan.id,
                "partner_id": self.customer.id,
                "site_id": self.customer.id,
                "date_start": "2026-01-01",
                "date_end": "2026-06-15",
                "state": "active",
                "asset_ids": self.old.ids,
            }
        )
        self.run_forecast()
        rows = self.outlook().month_ids.sorted("month")
        with_it = rows.mapped("expected")
        gain = [row.expected - old for row, old in zip(rows, before, strict=True)]
        rate = self.rates_by_hand()[1]
        for row, found, days in zip(rows, gain, [15, 31, 15, 0, 0, 0, 0], strict=True):
            with self.subTest(row.month):
                self.assertAlmostEqual(found, 30 * rate * days, delta=0.011)
        self.env["aftersales.suspension"].create(
            {"contract_id": contract.id, "date_start": "2026-05-22", "date_end": "2026-06-04"}
        )
        self.run_forecast()
        rested = [
            old - row.expected
            for row, old in zip(self.outlook().month_ids.sorted("month"), with_it, strict=True)
        ]
        for found, days in zip(rested, [0, 10, 4, 0, 0, 0, 0], strict=True):
            self.assertAlmostEqual(found, 30 * rate * days, delta=0.011)
        contract.contract_kind = "time_material"
        self.run_forecast()
        self.assertEqual(self.outlook().month_ids.sorted("month").mapped("expected"), before)

    @freeze_time(TODAY)
    def test_what_customers_pay_counts_as_far_as_it_was_delivered(self):
        misuse = self.env.ref("aftersales_plans.cause_misuse")
        claims = [self.broken(self.old, "2026-02-02 12:00:00", misuse) for _number in range(6)]
        orders = [claim.sudo().sale_order_id for claim in claims]
        for order in (orders[0], orders[1], orders[2]):
            order.action_confirm()
            self.deliver(order.picking_ids)
        orders[3].action_confirm()  # sold, and not delivered
        orders[4]._action_cancel()  # the claim came to nothing; the sixth customer thinks it over
        used = self.forecast._parts_used(self.company)
        self.assertEqual(used[self.goods, True].failures, 4)
        self.assertEqual(used[self.goods, True].parts, {self.goods.id: 4})
        self.assertEqual(
            [claim.state for claim in claims[2:]], ["done", "done", "cancelled", "approved"]
        )
        self.assertEqual(used[self.goods, False].failures, 4)
        self.assertEqual(used[self.goods, False].parts, {self.goods.id: 3})
        self.run_forecast()
        self.assertRegex(self.outlook().reason, r"Each other failure takes 0\.75")

    @freeze_time(TODAY)
    def test_units_that_run_more_count_more(self):
        other = self.old.copy({"quantity": 10, "status": "in_use", "date_delivered": "2025-06-10"})
        reading = {"unit": "h", "date": "2026-01-01 00:00:00", "value": 0}
        for asset, value in ((self.new, 100), (other, 400)):
            for vals in ({}, {"date": "2026-04-01 00:00:00", "value": value}):
                self.env["aftersales.reading"].create({**reading, **vals, "asset_id": asset.id})
        self.run_forecast()
        weights = self.weights()
        share = 16 / (16 + 10)
        mean = 100 * share + 400 * (1 - share)
        self.assertAlmostEqual(weights[10], 400 / mean, 6)
        self.assertAlmostEqual(weights[16], 100 / mean, 6)
        self.assertRegex(self.outlook().reason, r"26\.0 units have meter readings")

    def weights(self):
        """Return {quantity of an asset: how many times one of its units counts}."""
        rows = self.env.execute_query(
            self.forecast._select_units(
                self.goods, self.company, [(date(2026, 5, 1), date(2026, 6, 1))]
            )
        )
        self.assertAlmostEqual(sum(row[4] for row in rows), 60 * 31, 6)  # the mean counts once
        pace = self.env.execute_query(self.pace())
        return {self.env["aftersales.asset"].browse(i).quantity: factor for i, factor in pace}

    def pace(self):
        return SQL(
            "WITH asset AS (SELECT * FROM aftersales_asset WHERE product_id = %s) %s",
            self.goods.id,
            self.forecast._select_pace(),
        )

    # --- Bad input -----------------------------------------------------------------------------

    @freeze_time(TODAY)
    def test_without_failures_there_are_words_and_no_numbers(self):
        pump = self.make("Pump", self.env["product.category"])
        pumps = self.sold_on("2026-01-05 12:00:00", pump, 5)
        self.run_forecast()
        outlook = self.outlook(pump)
        self.assertFalse(outlook.enough_data)
        self.assertFalse(outlook.month_ids)
        self.assertEqual(
            (outlook.stock_state, outlook.shortage, outlook.overstock), ("no_data", 0, 0)
        )
        self.assertRegex(outlook.reason, "Pump: not enough data. 5.0 units in use")
        with self.assertRefused("Pump: not enough data"):
            outlook.with_user(self.planner()).action_propose_rules()
        self.broken(pumps, "2026-02-02 12:00:00", self.defect, ship=False)
        self.run_forecast()
        self.assertFalse(self.outlook(pump).enough_data, "One claim says nothing.")

    @freeze_time(TODAY)
    def test_the_category_speaks_for_a_product_of_few_failures(self):
        pump = self.make("Pump", self.goods.categ_id)
        self.sold_on("2026-01-05 12:00:00", pump, 5)
        self.run_forecast()
        self.assertTrue(self.outlook(pump).enough_data)
        self.assertRegex(self.outlook(pump).reason, r"\(its category\)")

    @freeze_time(TODAY)
    def test_twice_is_once_and_other_companies_are_left_alone(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self.run_cron()
        rows = self.forecast.search_count([])
        self.assertFalse(self.forecast._due_parts(self.company))
        self.run_cron()
        self.run_forecast()
        self.assertEqual(self.forecast.search_count([]), rows)
        self.assertFalse(self.outlooks.search([("company_id", "=", other.id)]))

    @freeze_time(TODAY)
    def test_queries_do_not_grow_with_the_goods(self):
        self.run_forecast()
        self.env.invalidate_all()
        few = self.queries()
        copies = [self.make(f"Boiler {number}", self.goods.categ_id) for number in range(5)]
        for product in copies:
            for asset in (self.old, self.new):
                asset.copy({"product_id": product.id, "status": "in_use", "move_id": False})
        self.run_forecast()  # outlooks are made
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertLessEqual(self.queries() - few, 9)

    def queries(self):
        start = self.env.cr.sql_log_count
        self.run_forecast()
        self.env.flush_all()
        return self.env.cr.sql_log_count - start

    # --- Stock ---------------------------------------------------------------------------------

    @freeze_time(TODAY)
    def test_stock_of_no_use_to_customers_does_not_count(self):
        self.run_forecast()
        outlook = self.outlook()
        self.assertEqual((outlook.on_hand, outlook.on_order), (46, 0))
        quants = self.env["stock.quant"]
        for place in (
            self.company.aftersales_returned_location_id,
            self.company.aftersales_second_grade_location_id,
            self.company.aftersales_lent_location_id,
        ):
            quants._update_available_quantity(self.goods, place, 7)
        self.env.invalidate_all()
        self.assertEqual(self.outlook().on_hand, 46)

    @freeze_time(TODAY)
    def test_shortage_and_overstock_follow_the_stock_at_once(self):
        self.run_forecast()
        outlook = self.outlook()
        self.assertGreater(outlook.need, 0)
        self.assertEqual(outlook.keep, 20 + self.high_of_a_year(outlook))  # 20 were sold
        self.assertEqual(outlook.stock_state, "overstock")
        self.assertEqual(outlook.overstock, 46 - outlook.keep)
        self.set_stock(-3)
        self.assertEqual(self.outlook().stock_state, "shortage")
        self.assertEqual(self.outlook().shortage, outlook.need + 3)
        found = self.outlooks.search([("stock_state", "=", "shortage")])
        self.assertIn(outlook, found)
        self.set_stock(outlook.need)
        self.assertEqual(self.outlook().stock_state, "fine")
        self.goods.active = False
        self.env.invalidate_all()
        self.assertEqual((outlook.stock_state, outlook.overstock), ("overstock", outlook.need))
        self.goods.write({"active": True, "is_storable": False})
        self.env.invalidate_all()
        self.assertEqual((outlook.stock_state, outlook.shortage), ("not_stocked", 0))

    def high_of_a_year(self, outlook):
        months = outlook.month_ids
        mean = sum(months.mapped("expected")) * 12 * DAYS_PER_MONTH / sum(months.mapped("days"))
        return interval(mean)[1]

    def set_stock(self, quantity):
        there = self.outlook().on_hand
        self.stock_up(self.goods, quantity - there)
        self.env.invalidate_all()

    # --- Reordering rules ----------------------------------------------------------------------

    def planner(self):
        groups = "aftersales_plans.group_agent,stock.group_stock_manager"
        return new_test_user(self.env, "t-planner", groups)

    def propose(self, user):
        action = self.outlook().with_user(user).action_propose_rules()
        return (
            self.env[action["res_model"]]
            .with_user(user)
            .with_context(**action["context"])
            .create({})
        )

    @freeze_time(TODAY)
    def test_a_rule_is_proposed_and_made_by_who_may(self):
        self.run_forecast()
        planner = self.planner()
        proposal = self.propose(planner)
        line = proposal.line_ids
        self.assertEqual((line.trigger, line.apply), ("none", True))
        self.assertEqual(line.new_min, self.outlook().need)
        self.assertGreater(line.new_max, line.new_min)
        self.assertEqual(line.new_max % 1, 0, "nobody orders parts of a boiler")
        proposal.action_apply()
        rule = self.env["stock.warehouse.orderpoint"].search([("product_id", "=", self.goods.id)])
        self.assertEqual(rule.trigger, "manual")
        self.assertEqual(rule.location_id, self.warehouse().lot_stock_id)
        self.assertEqual((rule.product_min_qty, rule.product_max_qty), (line.new_min, line.new_max))
        again = self.propose(planner)
        self.assertEqual((again.line_ids.trigger, again.line_ids.old_min), ("manual", line.new_min))
        again.action_apply()
        self.assertEqual(rule.search_count([("product_id", "=", self.goods.id)]), 1)

    @freeze_time(TODAY)
    def test_an_archived_rule_comes_back_and_orders_nothing_by_itself(self):
        self.run_forecast()
        planner = self.planner()
        self.propose(planner).action_apply()
        rule = self.env["stock.warehouse.orderpoint"].search([("product_id", "=", self.goods.id)])
        rule.write({"active": False, "trigger": "auto", "product_min_qty": 0})
        again = self.propose(planner)
        self.assertEqual(again.line_ids.trigger, "none")
        again.action_apply()
        self.assertRecordValues(
            rule,
            [{"active": True, "trigger": "manual", "product_min_qty": self.outlook().need}],
        )

    @freeze_time(TODAY)
    def test_a_rule_that_orders_by_itself_is_not_changed_unless_ticked(self):
        self.run_forecast()
        rule = self.env["stock.warehouse.orderpoint"].create(
            {
                "product_id": self.goods.id,
                "location_id": self.warehouse().lot_stock_id.id,
                "trigger": "auto",
                "product_min_qty": 50,
                "product_max_qty": 90,
            }
        )
        proposal = self.propose(self.planner())
        self.assertEqual((proposal.line_ids.trigger, proposal.line_ids.apply), ("auto", False))
        self.assertEqual((proposal.line_ids.old_min, proposal.line_ids.old_max), (50, 90))
        proposal.action_apply()
        self.assertEqual(rule.product_min_qty, 50)
        proposal.line_ids.apply = True
        proposal.action_apply()
        self.assertEqual((rule.product_min_qty, rule.trigger), (self.outlook().need, "auto"))

    @freeze_time(TODAY)
    def test_who_may_not_change_rules_is_told_whom_to_ask(self):
        self.run_forecast()
        planner = self.planner()
        planner.name = "Paula Planner"
        with self.assertRefused("Ask one of them"):
            self.outlook().with_user(self.agent).action_propose_rules()

    # --- Demand for service --------------------------------------------------------------------

    @freeze_time(TODAY)
    def test_demand_is_counted_by_age_and_month(self):
        self.run_forecast()
        rows = self.env["aftersales.service.demand"]._read_group(
            [("product_id", "=", self.goods.id), ("month", "=", "2026-05-01")],
            ["age_band"],
            ["units:sum", "failures:sum"],
        )
        young, old = self.rates_by_hand()
        found = {band: (units, failures) for band, units, failures in rows}
        self.assertEqual(sum(units for units, _failures in found.values()), 50)
        self.assertEqual(found["year_3"][0], 30)
        self.assertAlmostEqual(found["year_3"][1], 30 * old * 31, 6)
        self.assertAlmostEqual(found["year_1"][1], 20 * young * 31, 6)

    @freeze_time(TODAY)
    @mute_logger("odoo.addons.aftersales_plans.models.never_fail")
    def test_one_batch_that_fails_does_not_stop_the_run(self):
        def fail(*_args):
            raise ValueError("broken")

        self.patch(type(self.forecast), "_units_in_use", fail)
        self.run_cron()
        self.assertFalse(self.outlook())
