import logging

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models

from ..calc.zone import day_begins

_logger = logging.getLogger(__name__)


class AftersalesStockCheck(models.Model):
    """Unsold goods of our own that a stock inspection looks at (requirement 40).

    One row per product, lot and place of one visit; made every day for what falls due by the end
    of the month, one visit per warehouse and month. What an open visit lists is not listed again,
    so planning may run twice. Vans are left out: their technicians see those goods anyway.
    """

    _name = "aftersales.stock.check"
    _description = "Goods of a Stock Inspection"
    _order = "visit_id desc, product_id, id"
    _rec_name = "place_id"
    _check_company_auto = True

    visit_id = fields.Many2one("fsm.order", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="visit_id.company_id", store=True, index=True)
    warehouse_id = fields.Many2one(
        related="visit_id.aftersales_warehouse_id", store=True, index=True
    )
    product_id = fields.Many2one(
        "product.product", required=True, index=True, ondelete="cascade", check_company=True
    )
    lot_id = fields.Many2one("stock.lot", string="Lot/Serial", ondelete="cascade")
    place_id = fields.Many2one("stock.location", string="Where", required=True, ondelete="cascade")
    quantity = fields.Float(
        string="On Hand", digits="Product Unit", help="When the visit was made."
    )
    uom_id = fields.Many2one(related="product_id.uom_id", string="Unit")
    date_due = fields.Date(string="Due", help="Came in, or was looked at last, so long ago.")
    date_checked = fields.Datetime(related="visit_id.date_end", string="Checked on", store=True)
    finding_ids = fields.One2many("aftersales.finding", "stock_check_id", string="Findings")
    result = fields.Char(string="Found", compute="_compute_result")

    @api.depends("finding_ids.condition", "finding_ids.quantity", "finding_ids.scrap_id")
    def _compute_result(self):
        labels = dict(self.finding_ids._fields["condition"]._description_selection(self.env))
        for row in self:
            row.result = ", ".join(
                f"{finding.quantity:g} {labels[finding.condition]}"
                + (f" ({self.env._('scrapped')})" if finding.scrap_id else "")
                for finding in row.finding_ids
            )

    def action_report(self):
        """Enter what is not in order with these goods."""
        self.ensure_one()
        form = self.env.ref("aftersales_inspection.aftersales_finding_view_form_stock")
        return {
            "type": "ir.actions.act_window",
            "name": self.product_id.display_name,
            "res_model": "aftersales.finding",
            "res_id": self.finding_ids[:1].id,
            "views": [(form.id, "form")],
            "target": "new",
            "context": {
                "default_visit_id": self.visit_id.id,
                "default_stock_check_id": self.id,
                "default_product_id": self.product_id.id,
                "default_lot_id": self.lot_id.id,
                "default_condition": "broken",
            },
        }

    # --- Planning ------------------------------------------------------------------------------

    @api.model
    def _cron_plan(self):
        """List what falls due by the end of the month, one warehouse after the other; resumable."""
        cron = self.env["ir.cron"]
        warehouses = self.env["stock.warehouse"].search([("view_location_id", "!=", False)])
        cron._commit_progress(remaining=len(warehouses))
        for warehouse in warehouses:
            check = self.with_company(warehouse.company_id)
            self._safely(lambda w=warehouse, c=check: c._plan(w), warehouse.display_name)
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
        visit = self.env["fsm.order"].search(
            [
                ("aftersales_warehouse_id", "=", warehouse.id),
                ("aftersales_window_start", "=", first),
            ]
        )
        visit = visit or self.env["fsm.order"].create(
            visit._prepare_stock_visit(warehouse, first, last)
        )
        if visit.is_started or visit.stage_id.is_closed:
            return
        for product, rows in due.items():
            self._safely(
                lambda rows=rows: self.create([{**row, "visit_id": visit.id} for row in rows]),
                product.display_name,
            )

    @api.model
    def _safely(self, step, name):
        """Carry out one step; what fails is undone and logged with its name, and stops no other."""
        try:
            with self.env.cr.savepoint():
                step()
        except Exception:
            _logger.exception("Stock inspection: %s was left out", name)

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


class FsmOrder(models.Model):
    """A stock inspection is a visit to our own warehouse, without contract or customer."""

    _inherit = "fsm.order"
    _guarded = frozenset({"aftersales_warehouse_id"})

    aftersales_warehouse_id = fields.Many2one(
        "stock.warehouse", string="Inspects", readonly=True, copy=False, ondelete="restrict"
    )
    stock_check_ids = fields.One2many(
        "aftersales.stock.check", "visit_id", string="Goods in Stock", readonly=True
    )

    _aftersales_stock_visit_unique = models.UniqueIndex(
        "(aftersales_warehouse_id, aftersales_window_start)"
        " WHERE aftersales_warehouse_id IS NOT NULL",
        "The stock of this warehouse has its inspection of this month already.",
    )

    def _prepare_inspected_goods(self):
        """Add own goods: once per product and lot, wherever they lie."""
        goods = {(row.product_id, row.lot_id) for row in self.stock_check_ids}
        return super()._prepare_inspected_goods() + [
            {"asset_id": False, "product_id": product.id, "lot_id": lot.id}
            for product, lot in sorted(goods, key=lambda pair: (pair[0].id, pair[1].id))
        ]

    def _prepare_stock_visit(self, warehouse, first, last):
        """Return the visit to ``warehouse`` of the month from ``first`` to ``last``."""
        planner = self.env["aftersales.visit.planner"]
        company = warehouse.company_id
        address = warehouse.partner_id or company.partner_id
        owner = {address: company.partner_id}
        zone = company._aftersales_tz()
        return {
            **planner._prepare_defaults(),
            "name": self.env._(
                "Stock inspection %(month)s · %(warehouse)s",
                month=f"{first:%Y-%m}",
                warehouse=warehouse.name,
            ),
            "type": self.env.ref("aftersales_inspection.fsm_order_type_stock").id,
            "location_id": self.env["fsm.location"]._of_addresses(owner)[address].id,
            "aftersales_warehouse_id": warehouse.id,
            "aftersales_window_start": first,
            "aftersales_window_end": last,
            "aftersales_unplaced_reason": self.env._("A dispatcher chooses day and technician"),
            "request_early": day_begins(zone, first),
            "request_late": day_begins(zone, last + relativedelta(days=1)),
        }
