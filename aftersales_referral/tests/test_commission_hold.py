# SPDX-License-Identifier: LGPL-3.0-or-later
from unittest.mock import patch

from odoo.tests import freeze_time, tagged

from .common import TODAY, ReferralCommon


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestCommissionHold(ReferralCommon):
    """Rewards are payable some days after the later of payment and full delivery (79)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.aftersales_hold_days = 14
        cls.warehouse = cls._user("wanda", "stock.group_stock_user")

    def _days(self, order):
        rows = self._rows(order)
        return [(row.amount, str(row.available_date or "waits")) for row in rows]

    def _available(self, day):
        balances = self.Commission._balances(self.referrer, self.company, day)
        return balances.get(self.referrer, 0.0)

    def test_what_is_paid_before_the_delivery_waits_for_it(self):
        order = self._order(ship=True)
        self._pay(self._invoice(order), 600.0)
        self.assertEqual(self._days(order), [(75.0, "waits")])
        self.assertEqual(self._available("2030-01-01"), 0.0)
        with freeze_time("2027-03-20"):
            self._deliver(order.with_user(self.warehouse).sudo(False))
        self.assertEqual(self._days(order), [(75.0, "2027-04-03")])
        self.assertEqual(self._available("2027-04-02"), 0.0)
        self.assertEqual(self._available("2027-04-03"), 75.0)

    def test_what_is_paid_after_the_delivery_waits_from_the_payment(self):
        order = self._order(ship=True)
        invoice = self._invoice(order)
        self._deliver(order)
        with freeze_time("2027-03-20"):
            self._pay(invoice)
        self.assertEqual(self._days(order), [(150.0, "2027-04-03")])

    def test_a_part_of_the_goods_is_not_enough(self):
        order = self._order(ship=True, confirm=False)
        order.order_line.product_uom_qty = 3
        order.action_confirm()
        self._pay(self._invoice(order))
        self._deliver(order, quantity=2)
        self.assertEqual(order.delivery_status, "partial")
        self.assertEqual(self._days(order), [(450.0, "waits")])
        with freeze_time("2027-04-10"):
            self._deliver(order)
        self.assertEqual(self._days(order), [(450.0, "2027-04-24")])

    def test_what_will_not_come_is_not_waited_for(self):
        order = self._order(ship=True, confirm=False)
        order.order_line.product_uom_qty = 3
        order.action_confirm()
        self._pay(self._invoice(order))
        self._deliver(order, quantity=2)
        with freeze_time("2027-04-10"):
            order.picking_ids.filtered(lambda one: one.state != "done").action_cancel()
        self.assertEqual(order.delivery_status, "full")
        self.assertEqual(self._days(order), [(450.0, "2027-03-29")], "14 days from the delivery")

    def test_a_reversal_waits_with_what_it_reverses(self):
        order = self._order(ship=True)
        invoice = self._invoice(order)
        self._pay(invoice)
        with freeze_time("2027-03-18"):
            self._credit(invoice, 200.0)
        self.assertEqual(self._days(order), [(150.0, "waits"), (-30.0, "waits")])
        with freeze_time("2027-03-20"):
            self._deliver(order)
        self.assertEqual(self._days(order), [(150.0, "2027-04-03"), (-30.0, "2027-04-03")])
        self.assertEqual(self._available("2027-04-03"), 120.0)
        self.assertInvariants()

    def test_a_reversal_that_waits_takes_back_at_once_what_was_available(self):
        self.company.aftersales_hold_days = 0
        order = self._order(ship=True)
        invoice = self._invoice(order)
        self._deliver(order)
        self._pay(invoice, 600.0)
        order.order_line = [(0, 0, {"product_id": self.goods.id, "product_uom_qty": 1})]
        self._pay(invoice)
        self.assertEqual(self._days(order), [(75.0, TODAY), (75.0, "waits")])
        self._credit(invoice, 800.0)
        self.assertEqual(self._days(order)[2:], [(-120.0, "waits")])
        self.assertEqual(self._available(TODAY), 30.0, "not 75: only 30 are left in all")

    def test_an_order_of_services_waits_from_the_payment(self):
        service = self._product("Laying tiles", 1000.0, type="service")
        order = self._order((service, 1000.0), ship=True)
        self.assertFalse(order.delivery_status)
        self._pay(self._invoice(order))
        self.assertEqual(self._days(order), [(150.0, "2027-03-29")])

    def test_a_day_once_given_is_never_changed(self):
        order = self._order(ship=True)
        self._pay(self._invoice(order))
        self._deliver(order)
        row = self._rows(order).sudo()
        with self.assertRefused(Exception, "never changed"):
            row.available_date = "2027-03-16"
        order.order_line = [(0, 0, {"product_id": self.goods.id, "product_uom_qty": 1})]
        self._deliver(order)
        self.assertEqual(self._days(order), [(150.0, "2027-03-29")])

    def test_a_return_neither_prolongs_nor_shortens_the_hold(self):
        order = self._order(ship=True)
        picking = self._deliver(order)
        wizard = (
            self.env["stock.return.picking"]
            .with_context(active_id=picking.id, active_model="stock.picking")
            .create({})
        )
        wizard.product_return_moves.quantity = 1
        returned = wizard._create_return()
        with freeze_time("2027-03-18"):
            self._pay(self._invoice(order))
        self.assertEqual(self._days(order), [(150.0, "waits")], "goods are under way")
        with freeze_time("2027-03-25"):
            returned.move_ids.picked = True
            returned.button_validate()
        self.assertEqual(self._days(order), [(150.0, "2027-04-01")])

    def test_the_day_is_the_companys(self):
        self.company.partner_id.tz = "Asia/Tokyo"
        order = self._order(ship=True)
        self._pay(self._invoice(order))
        with freeze_time("2027-03-19 20:00:00"):
            self._deliver(order)
        self.assertEqual(self._days(order), [(150.0, "2027-04-03")], "20 March in Tokyo")

    def test_the_daily_run_releases_what_a_delivery_could_not(self):
        order = self._order(ship=True)
        self._pay(self._invoice(order))
        broken = patch.object(type(self.Commission), "_release", side_effect=ValueError("broken"))
        with broken, self.assertLogs("odoo.addons.aftersales_plans.models.never_fail", "ERROR"):
            self._deliver(order)
        self.assertEqual(order.delivery_status, "full")
        self.assertEqual(self._days(order), [(150.0, "waits")])
        cron = self.env.ref("aftersales_referral.cron_post_entries")
        with freeze_time("2027-03-17"), self.enter_registry_test_mode():
            cron.method_direct_trigger()
            cron.method_direct_trigger()
        self.assertEqual(self._days(order), [(150.0, "2027-03-29")], "from the delivery")

    def test_a_failing_settlement_stops_no_payment(self):
        order = self._order()
        invoice = self._invoice(order)
        broken = patch.object(
            type(self.Commission), "_prepare_differences", side_effect=ValueError("broken")
        )
        with broken, self.assertLogs("odoo.addons.aftersales_plans.models.never_fail", "ERROR"):
            self._pay(invoice, 600.0)
        self.assertEqual(invoice.amount_residual, 600.0)
        self.assertFalse(self._rows(order))
        self._pay(invoice)
        self.assertEarned(order, 150.0)

    def test_a_delivery_without_rewards_costs_one_query_more(self):
        order = self._order(referrer=self.env["res.partner"], ship=True)
        moves = order.picking_ids.move_ids
        moves.sale_line_id.order_id.mapped("name")
        self.env.flush_all()
        with self.assertQueryCount(1):
            moves._release_commissions()
