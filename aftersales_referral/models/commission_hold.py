# SPDX-License-Identifier: LGPL-3.0-or-later
from collections import defaultdict

from odoo import api, models

from odoo.addons.aftersales_plans.models.never_fail import never_fail

from ..calc import release
from .commission import BATCH_ORDERS, EARNED_KINDS

NOTHING_TO_WAIT_FOR = (False, "full")


class AftersalesCommission(models.Model):
    """From which day on a row can be paid out, and what can be paid out by then (79).

    The hold starts at the later of payment and full delivery. While an order's goods are under
    way its rows have no ``available_date``; the delivery, or the daily run, fills it once.
    """

    _inherit = "aftersales.commission"

    _waiting_for_goods_index = models.Index("(order_id) WHERE available_date IS NULL")

    # --- Waiting -------------------------------------------------------------------------------

    @api.model
    def _waits_for_goods(self, order):
        """Tell whether goods of this order are still to be delivered."""
        return order.delivery_status not in NOTHING_TO_WAIT_FOR

    @api.model
    def _first_payable_day(self, order, day):
        """Return from when what ``order`` earns on ``day`` can be paid; False: not known yet.

        What was delivered was so by that day: the payment is the later of the two.
        """
        if self._waits_for_goods(order):
            return False
        return release.first_payable_day(day, None, order.company_id.aftersales_hold_days)

    @api.model
    def _delivered_on(self, order):
        """Return the company's day of the last delivery; None without. Returns do not count."""
        done = order.picking_ids.filtered(
            lambda picking: picking.state == "done" and picking.picking_type_code != "incoming"
        )
        company = order.company_id
        # a transfer that is being validated right now has no date yet
        days = [
            company._aftersales_day_of(picking.date_done)
            if picking.date_done
            else company._aftersales_today()
            for picking in done
        ]
        return max(days, default=None)

    # --- Release -------------------------------------------------------------------------------

    @api.model
    def _on_goods_moved(self, moves):
        """Release what waited for these goods. Never raises: deliveries do not depend on it."""
        orders = moves.sale_line_id.order_id
        waiting = orders and self._search_waiting(orders)
        if waiting:
            with never_fail(self.env, f"Release of commissions of {orders}"):
                self._release(waiting.order_id)

    @api.model
    def _search_waiting(self, orders):
        return self.search([("order_id", "in", orders.ids), ("available_date", "=", False)])

    @api.model
    def _release(self, orders):
        """Give the waiting rows of delivered orders the day they can be paid from; once."""
        waiting = self._search_waiting(orders)
        held = self._latest_hold(waiting.order_id)
        for order, rows in waiting.grouped("order_id").items():
            if not self._waits_for_goods(order):
                days = release.release(
                    [release.Waiting(row, row.date, row.kind == "earned") for row in rows],
                    self._delivered_on(order),
                    order.company_id.aftersales_hold_days,
                    held.get(order),
                )
                for day in set(days.values()):
                    rows.filtered(lambda row, d=days, on=day: d[row] == on).available_date = day

    @api.model
    def _latest_hold(self, orders):
        """Return the latest day rows of these orders can be paid from: {order: day}."""
        return dict(
            self._read_group([("order_id", "in", orders.ids)], ["order_id"], ["available_date:max"])
        )

    @api.model
    def _release_delivered(self):
        """Release what a delivery could not: two at once, or an error in the log; twice-safe.

        :return: False when the cron it runs in has no time left
        """
        cron = self.env["ir.cron"]
        delivered = self.search(
            [
                ("available_date", "=", False),
                ("order_id.delivery_status", "in", NOTHING_TO_WAIT_FOR),
            ]
        ).order_id
        time_left = cron._commit_progress(remaining=len(delivered))
        for start in range(0, len(delivered), BATCH_ORDERS):
            batch = delivered[start : start + BATCH_ORDERS]
            with never_fail(self.env, f"Release of commissions of {batch}"):
                self._release(batch)
            time_left = cron._commit_progress(len(batch))
            if not time_left:
                break
        return bool(time_left)

    # --- Balances ------------------------------------------------------------------------------

    @api.model
    def _balances(self, partners, company, on=None):
        """Return what is owed per commercial partner: {partner: amount}, 0 for all others.

        :param on: count only what can be paid out on this day; without, everything
        """
        domain = [("referrer_id", "in", partners.ids), ("company_id", "=", company.id)]
        if not on:
            return defaultdict(float, self._read_group(domain, ["referrer_id"], ["amount:sum"]))
        groupby = ["referrer_id", "order_id"]
        free = {
            (partner, order): amount
            for partner, order, amount in self._read_group(
                [*domain, ("available_date", "<=", on)], groupby, ["amount:sum"]
            )
        }
        available = defaultdict(float)
        for partner, order, amount in self._read_group(domain, groupby, ["amount:sum"]):
            # a reversal that waits takes back at once what its order had made available
            available[partner] += min(free.get((partner, order), 0.0), amount)
        for partner, amount in available.items():
            available[partner] = company.currency_id.round(amount)
        return available

    @api.model
    def _earned_by_order(self, orders, until=None):
        """Return what these orders earned, less what was reversed: {order: amount}.

        :param until: last day of the rows that count
        """
        domain = [("order_id", "in", orders.ids), ("kind", "in", EARNED_KINDS)]
        if until:
            domain.append(("date", "<=", until))
        return dict(self._read_group(domain, ["order_id"], ["amount:sum"]))
