# SPDX-License-Identifier: AGPL-3.0-or-later
from odoo import api, fields, models


class AftersalesStockCheck(models.Model):
    """Unsold goods of our own that a stock inspection looks at (requirement 40).

    One row per product, lot and place of one visit, made by ``stock_check_plan``; what is found
    there is in ``stock_finding``.
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
