# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import fields, models
from odoo.tools import SQL
from odoo.tools.sql import column_exists, table_exists

from .age_bands import AGE_BANDS, select_age_band


class AftersalesContract(models.Model):
    """What a contract mainly covers, as it was at the start: for reports (requirement 29)."""

    _inherit = "aftersales.contract"
    _guarded = frozenset({"goods_product_id", "goods_age_band"})

    goods_product_id = fields.Many2one(
        "product.product",
        string="Covered Product",
        readonly=True,
        copy=False,
        help="Of several covered products, the one with the highest price on its order.",
    )
    goods_age_band = fields.Selection(
        AGE_BANDS,
        string="Age of the Goods",
        readonly=True,
        copy=False,
        help="Of the covered product, when the contract started.",
    )

    def _auto_init(self):
        """Note the goods of contracts of years before, by the database."""
        cr, table, name = self.env.cr, self._table, "goods_product_id"
        had_none = table_exists(cr, table) and not column_exists(cr, table, name)
        result = super()._auto_init()
        if had_none:
            cr.execute(note_goods(SQL("TRUE")))
        return result

    def _open_periods(self):
        """Note the goods beside the entitlements, when a contract starts or goes on."""
        result = super()._open_periods()
        self._note_goods()
        return result

    def _note_goods(self):
        """Note product and age of the goods of the contracts that have none yet, in one query."""
        unknown = self.filtered(lambda contract: not contract.goods_product_id)
        if unknown.asset_ids:
            self.env.flush_all()
            self.env.cr.execute(note_goods(SQL("contract.id IN %s", tuple(unknown.ids))))
            unknown.invalidate_recordset(["goods_product_id", "goods_age_band"])


def note_goods(which):
    """Return the statement that notes the goods of the contracts ``which`` names.

    The oldest of the dearest, so the same goods give the same answer.
    """
    younger = "goods.date_start < goods.date_delivered + make_interval(months => %s)"
    return SQL(
        """
        UPDATE aftersales_contract contract
           SET goods_product_id = goods.product_id,
               goods_age_band = CASE WHEN goods.date_delivered IS NOT NULL THEN %(band)s END
          FROM (
                   SELECT DISTINCT ON (contract.id)
                          contract.id, contract.date_start, asset.product_id, asset.date_delivered
                     FROM aftersales_contract contract
                     JOIN aftersales_contract_asset_rel rel ON rel.contract_id = contract.id
                     JOIN aftersales_asset asset ON asset.id = rel.asset_id
                     LEFT JOIN stock_move move ON move.id = asset.move_id
                     LEFT JOIN sale_order_line line ON line.id = move.sale_line_id
                    WHERE contract.date_start IS NOT NULL AND %(which)s
                    ORDER BY contract.id, line.price_subtotal DESC NULLS LAST,
                             asset.date_delivered, asset.id
               ) AS goods
         WHERE goods.id = contract.id
        """,
        band=select_age_band(lambda end: SQL(younger, end)),
        which=which,
    )
