# SPDX-License-Identifier: AGPL-3.0-or-later
from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.aftersales_plans.models.profit import KINDS_PER_SOURCE
from odoo.addons.aftersales_plans.models.profit_source import without_value


class AftersalesProfit(models.Model):
    """Adds what visits cost: work, the parts used there and the gifts (requirement 29)."""

    _inherit = "aftersales.profit"
    _depends = {
        "aftersales.visit.part": ["contract_id", "is_gift", "visit_id"],
        "sale.order.line": ["aftersales_visit_part_id", "order_id", "state"],
        "fsm.order": [
            "aftersales_contract_id", "aftersales_labour_cost", "aftersales_labour_missing",
            "aftersales_quotation_id", "aftersales_visit_number", "date_end", "date_start",
        ],
        "aftersales.contract": ["contract_kind"],
        "sale.order": ["state"],
        "stock.move": ["aftersales_visit_part_id", "date", "origin_returned_move_id", "value"],
    }  # fmt: skip

    kind = fields.Selection(selection_add=[("visit_parts", "Parts of visits"), ("gifts", "Gifts")])

    lacks = fields.Selection(
        selection_add=[
            ("worker_rate", "Hourly cost of the worker"),
            ("visit_hours", "Hours of the visit"),
        ]
    )

    @api.model
    def _queries(self):
        """Append the work, what left the van, and what came back to it."""
        came_back = SQL("JOIN stock_move move ON move.origin_returned_move_id = used.id")
        return [
            *super()._queries(),
            self._select_work_of_visits(),
            self._select_parts_of_visits(9, SQL("JOIN stock_move move ON move.id = used.id"), 1),
            self._select_parts_of_visits(10, came_back, -1),
        ]

    @api.model
    def _select_work_of_visits(self):
        """What the hours of completed visits cost when they were made.

        Not where an order or a quotation charges coming there: then it is the cost of that.
        """
        return self._select(
            8,
            "labour",
            SQL("visit.id"),
            SQL(
                """
                  FROM fsm_order visit
                 WHERE visit.aftersales_contract_id IS NOT NULL
                   AND (visit.aftersales_labour_cost > 0 OR visit.aftersales_labour_missing)
                   AND NOT EXISTS (
                           SELECT FROM sale_order charge
                             JOIN aftersales_contract owner
                               ON owner.id = visit.aftersales_contract_id
                            WHERE charge.id = visit.aftersales_quotation_id
                              AND charge.state != 'cancel'
                              AND (
                                      owner.contract_kind = 'time_material'
                                   OR visit.aftersales_visit_number < 0
                                  )
                       )
                """
            ),
            contract_id=SQL("visit.aftersales_contract_id"),
            moment=SQL("visit.date_end"),
            lacks=SQL(
                """
                CASE WHEN NOT visit.aftersales_labour_missing THEN NULL
                     WHEN visit.date_end > visit.date_start
                      AND visit.date_end <= visit.date_start + INTERVAL '1 day' THEN 'worker_rate'
                     ELSE 'visit_hours' END
                """
            ),
            labour=SQL("COALESCE(visit.aftersales_labour_cost, 0)"),
        )

    @api.model
    def _select_parts_of_visits(self, number, join, sign):
        """Goods used at visits; ``join`` says which moves of them count, ``sign`` how.

        What the quotation of the visit charges is the cost of that, not of the contract.
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
                             JOIN fsm_order visit
                               ON visit.aftersales_quotation_id = charge.order_id
                            WHERE charge.aftersales_visit_part_id = part.id
                              AND visit.id = part.visit_id
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

    @api.model
    def _missing_in_words(self, lacks, count):
        """Name the visits nobody knows the cost of."""
        match lacks:
            case "worker_rate" if count == 1:
                return self.env._("1 visit without hourly cost")
            case "worker_rate":
                return self.env._("%s visits without hourly cost", count)
            case "visit_hours" if count == 1:
                return self.env._("1 visit without start and end")
            case "visit_hours":
                return self.env._("%s visits without start and end", count)
        return super()._missing_in_words(lacks, count)

    def _entry(self):
        """Lead to the visit."""
        match self.id % KINDS_PER_SOURCE:
            case 8:
                return self._source("fsm.order")
            case 9 | 10:
                move = self._source("stock.move")
                return (move.origin_returned_move_id or move).aftersales_visit_id
        return super()._entry()


class AftersalesContract(models.Model):
    """Which costs visits add."""

    _inherit = "aftersales.contract"

    def _kinds_of_cost(self):
        """Add those of visits."""
        return super()._kinds_of_cost() | {"visit_parts", "gifts"}
