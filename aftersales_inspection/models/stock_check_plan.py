# SPDX-License-Identifier: AGPL-3.0-or-later
from dateutil.relativedelta import relativedelta

from odoo import api, models

from odoo.addons.aftersales_plans.models.never_fail import never_fail

from ..calc.zone import day_begins


class AftersalesStockCheck(models.Model):
    """Lists every day what falls due by the end of the month, one visit per warehouse and month.

    What an open visit lists is not listed again, so planning may run twice. Vans are left out:
    their technicians see those goods anyway.
    """

    _inherit = "aftersales.stock.check"

    @api.model
    def _cron_plan(self):
        """List what falls due by the end of the month, one warehouse after the other; resumable."""
        cron = self.env["ir.cron"]
        warehouses = self.env["stock.warehouse"].search([("view_location_id", "!=", False)])
        cron._commit_progress(remaining=len(warehouses))
        for warehouse in warehouses:
            with never_fail(self.env, f"Stock inspection of {warehouse}"):
                self.with_company(warehouse.company_id)._plan(warehouse)
            if not cron._commit_progress(1):
                return

    @api.model
    def _plan(self, warehouse):
        """Put what falls due in ``warehouse`` on its visit of this month, made when there is none.

        Once that visit is begun or over, what falls due belongs to the next month's: its checks
        are loaded, and what nobody looked at must not count as inspected.
        """
        first = warehouse.company_id._aftersales_today().replace(day=1)
        last = first + relativedelta(months=1, days=-1)
        due = self._find_due(warehouse, last)
        if not due:
            return
        visit = self.env["aftersales.visit.planner"]._stock_visit(warehouse, first, last)
        if visit.is_started or visit.stage_id.is_closed:
            return
        for product, rows in due.items():
            with never_fail(self.env, f"Stock inspection of {product}"):
                self.create([{**row, "visit_id": visit.id} for row in rows])

    @api.model
    def _find_due(self, warehouse, last):
        """Return {product: [values of rows]} of what is due in ``warehouse`` by the day ``last``.

        Due is counted from the last inspection of the product there, else from when it came in.
        """
        months = self._cadences()
        on_hand = self._on_hand(warehouse, months)
        checked = dict(
            self._read_group(
                [
                    ("warehouse_id", "=", warehouse.id),
                    ("product_id", "in", [product.id for product in on_hand]),
                    ("visit_id.outcome", "=", "done"),
                ],
                ["product_id"],
                ["date_checked:max"],
            )
        )
        listed = self.search(
            [("warehouse_id", "=", warehouse.id), ("visit_id.stage_id.is_closed", "=", False)]
        ).product_id
        due = {}
        for product, places in on_hand.items():
            since = checked.get(product) or min(place[-1] for place in places)
            day = warehouse.company_id._aftersales_day_of(since)
            day += relativedelta(months=months[product])
            if day <= last and product not in listed:
                due[product] = [
                    {
                        "product_id": product.id,
                        "lot_id": lot.id,
                        "place_id": place.id,
                        "quantity": quantity,
                        "date_due": day,
                    }
                    for lot, place, quantity, _since in places
                ]
        return due

    @api.model
    def _cadences(self):
        """Return {product: months} of what is inspected in stock."""
        products = self.env["product.product"].search(
            [
                ("is_storable", "=", True),
                "|",
                ("product_tmpl_id.aftersales_stock_check_months", ">", 0),
                ("categ_id.aftersales_stock_check_months", ">", 0),
            ]
        )
        return {
            product: product.aftersales_stock_check_months
            or product.categ_id.aftersales_stock_check_months
            for product in products
        }

    @api.model
    def _on_hand(self, warehouse, months):
        """Return {product: [(lot, place, quantity, in since), …]} on the shelves."""
        technicians = self.env["fsm.person"].with_context(active_test=False)
        vans = technicians.search([("van_location_id", "!=", False)]).van_location_id
        groups = self.env["stock.quant"]._read_group(
            [
                ("product_id", "in", [product.id for product in months]),
                ("company_id", "=", warehouse.company_id.id),
                ("location_id", "child_of", warehouse.view_location_id.id),
                ("location_id.usage", "=", "internal"),
                "!",
                ("location_id", "child_of", vans.ids),
            ],
            ["product_id", "lot_id", "location_id"],
            ["quantity:sum", "in_date:min"],
        )
        on_hand = {}
        for product, lot, place, quantity, since in groups:
            if product.uom_id.compare(quantity, 0) > 0:
                on_hand.setdefault(product, []).append((lot, place, quantity, since))
        return on_hand


class AftersalesVisitPlanner(models.AbstractModel):
    """How a visit to our own warehouse is entered: its window is the month, promised to nobody."""

    _inherit = "aftersales.visit.planner"

    @api.model
    def _stock_visit(self, warehouse, first, last):
        """Return the visit to ``warehouse`` of the month from ``first`` to ``last``."""
        Order = self.env["fsm.order"]
        visit = Order.search(
            [
                ("aftersales_warehouse_id", "=", warehouse.id),
                ("aftersales_window_start", "=", first),
            ]
        )
        if visit:
            return visit
        company = warehouse.company_id
        address = warehouse.partner_id or company.partner_id
        locations = self.env["fsm.location"]._of_addresses({address: company.partner_id})
        vals = self._prepare_stock_visit(warehouse, locations[address], first, last)
        return Order.create(vals)

    @api.model
    def _prepare_stock_visit(self, warehouse, location, first, last):
        zone = warehouse.company_id._aftersales_tz()
        return {
            **self._defaults(),
            "name": self.env._(
                "Stock inspection %(month)s · %(warehouse)s",
                month=f"{first:%Y-%m}",
                warehouse=warehouse.name,
            ),
            "type": self.env.ref("aftersales_inspection.fsm_order_type_stock").id,
            "location_id": location.id,
            "aftersales_warehouse_id": warehouse.id,
            "aftersales_window_start": first,
            "aftersales_window_end": last,
            "aftersales_unplaced_reason": self.env._("A dispatcher chooses day and technician"),
            "request_early": day_begins(zone, first),
            "request_late": day_begins(zone, last + relativedelta(days=1)),
        }
