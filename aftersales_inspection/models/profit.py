from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.aftersales_plans.models.profit_source import without_value


class AftersalesProfit(models.Model):
    """Adds what visits cost: the parts used there and the gifts (requirement 29)."""

    _inherit = "aftersales.profit"
    _depends = {
        "aftersales.visit.part": ["contract_id", "is_gift"],
        "sale.order.line": ["aftersales_visit_part_id", "state"],
        "stock.move": ["aftersales_visit_part_id", "date", "origin_returned_move_id", "value"],
    }

    kind = fields.Selection(selection_add=[("visit_parts", "Parts of visits"), ("gifts", "Gifts")])

    @api.model
    def _queries(self):
        """Append what left the van, and what came back to it."""
        came_back = SQL("JOIN stock_move move ON move.origin_returned_move_id = used.id")
        return [
            *super()._queries(),
            self._select_parts_of_visits(9, SQL("JOIN stock_move move ON move.id = used.id"), 1),
            self._select_parts_of_visits(10, came_back, -1),
        ]

    @api.model
    def _select_parts_of_visits(self, number, join, sign):
        """Goods used at visits; ``join`` says which moves of them count, ``sign`` how.

        What an order or a quotation charges is the cost of that, not of the contract.
        """
        value = SQL("%s * ABS(move.value)", sign)
        return self._select(
            number,
            SQL("CASE WHEN part.is_gift THEN 'gifts' ELSE 'visit_parts' END"),
            SQL("move.id"),
            SQL(
                """
                  FROM aftersales_visit_part part
                  JOIN stock_move used ON used.aftersales_visit_part_id = part.id
                  %s
                 WHERE part.contract_id IS NOT NULL
                   AND used.state = 'done'
                   AND move.state = 'done'
                   AND NOT EXISTS (
                           SELECT FROM sale_order_line charge
                            WHERE charge.aftersales_visit_part_id = part.id
                              AND charge.state != 'cancel'
                       )
                """,
                join,
            ),
            contract_id=SQL("part.contract_id"),
            moment=SQL("move.date"),
            lacks=without_value(SQL("move")),
            parts=SQL("CASE WHEN part.is_gift THEN 0 ELSE %s END", value),
            goodwill=SQL("CASE WHEN part.is_gift THEN %s ELSE 0 END", value),
        )


class AftersalesContract(models.Model):
    """Which costs visits add."""

    _inherit = "aftersales.contract"

    def _kinds_of_cost(self):
        """Add those of visits."""
        return super()._kinds_of_cost() | {"visit_parts", "gifts"}
