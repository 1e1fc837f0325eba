# SPDX-License-Identifier: LGPL-3.0-or-later
from collections import defaultdict

from odoo import api, models
from odoo.tools import SQL

from ..calc.forecast import Use, parts_per_failure, pieces_per_failure


class AftersalesPartsForecast(models.Model):
    """What failures took from stock so far, under cover and without (requirements 13, 14)."""

    _inherit = "aftersales.parts.forecast"

    @api.model
    def _parts_per_failure(self, products, company):
        """Return {product: ({part id: per covered failure}, {part id: per other failure} or None)}.

        Too few covered failures: each is taken to need one of the same product. Too few others:
        what those of the category took; None where that is not known either. One query.
        """
        used = self._parts_used(company)
        of_category = defaultdict(list)
        products.union(*(product for product, _covered in used)).mapped("categ_id")  # all at once
        for (product, covered), use in used.items():
            if not covered and product.categ_id:
                of_category[product.categ_id].append(use)
        result = {}
        for product in products:
            same = pieces_per_failure(of_category[product.categ_id]) if product.categ_id else None
            otherwise = None if same is None else {product.id: same}
            result[product] = (
                parts_per_failure(used.get((product, True)), {product.id: 1.0}),
                parts_per_failure(used.get((product, False)), otherwise),
            )
        return result

    @api.model
    def _parts_used(self, company):
        """Return {(product that failed, under cover): :class:`Use`} of a company, in one query.

        A failure is what ``aftersales.failure`` counts. What was shipped for it counts, less what
        came back; what a customer pays, as far as its order delivered it, and not at all before
        the customer decided; what is free and has yet to leave, as one of the same. Causes that
        replace no part took nothing.
        """
        self.env.flush_all()
        failures, parts = defaultdict(float), defaultdict(lambda: defaultdict(float))
        for product_id, covered, part_id, failed, taken in self.env.execute_query(
            self._select_parts_used(company)
        ):
            key = self.env["product.product"].browse(product_id), covered
            failures[key] += failed
            if taken:
                parts[key][part_id] += taken
        return {key: Use(number, dict(parts[key])) for key, number in failures.items()}

    @api.model
    def _select_parts_used(self, company):
        failure = self.env["aftersales.failure"]
        return SQL(
            """
            WITH failed AS (
                SELECT line.id, counted.product_id, line.product_id AS part_id,
                       counted.failures AS quantity, line.claim_id, line.state,
                       line.billing_type IN ('contract', 'warranty') AS covered,
                       line.billing_type = 'billable' AS billable,
                       line.billing_type != 'refused' AND cause.replaces_part AS replaced
                  FROM (%(counted)s) counted
                  JOIN aftersales_claim_line line ON line.id = counted.id
                  JOIN aftersales_cause cause ON cause.id = line.cause_id
                 WHERE counted.company_id = %(company)s AND line.billing_type IS NOT NULL
            ), shipped AS (
                SELECT failed.id, stock_line.product_id AS part_id,
                       SUM(stock_line.quantity_product_uom * CASE
                               WHEN move.origin_returned_move_id IS NULL THEN 1 ELSE -1
                           END) AS taken
                  FROM failed
                  JOIN stock_move move ON move.aftersales_claim_line_id = failed.id
                   AND move.state = 'done' AND move.aftersales_step IS NULL
                  JOIN stock_location place ON place.usage = 'customer' AND place.id = CASE
                           WHEN move.origin_returned_move_id IS NULL THEN move.location_dest_id
                           ELSE move.location_id
                       END
                  JOIN stock_move_line stock_line ON stock_line.move_id = move.id
                 GROUP BY failed.id, stock_line.product_id
            ), sold AS (
                SELECT failed.id, failed.part_id,
                       LEAST(failed.quantity, ordered.taken * failed.quantity
                             / SUM(failed.quantity) OVER alike) AS taken
                  FROM failed
                  JOIN aftersales_claim claim ON claim.id = failed.claim_id
                  JOIN LATERAL (
                        SELECT SUM(sold.qty_delivered) AS taken FROM sale_order_line sold
                         WHERE sold.order_id = claim.sale_order_id
                           AND sold.product_id = failed.part_id AND failed.replaced
                       ) ordered ON ordered.taken > 0
                 WHERE failed.billable
                   AND NOT EXISTS (SELECT 1 FROM shipped WHERE shipped.id = failed.id)
                WINDOW alike AS (PARTITION BY failed.claim_id, failed.part_id)
            ), waiting AS (
                SELECT id, part_id, quantity AS taken, billable FROM failed
                 WHERE state = 'approved' AND replaced
                   AND id NOT IN (SELECT id FROM shipped UNION SELECT id FROM sold)
            ), taken AS (
                SELECT * FROM shipped UNION ALL SELECT * FROM sold UNION ALL
                SELECT id, part_id, taken FROM waiting WHERE NOT billable
            )
            SELECT product_id, covered, NULL::int, SUM(quantity)::float, 0::float
              FROM failed WHERE id NOT IN (SELECT id FROM waiting WHERE billable)
             GROUP BY product_id, covered
            UNION ALL
            SELECT failed.product_id, failed.covered, taken.part_id, 0, SUM(taken.taken)::float
              FROM taken JOIN failed USING (id)
             GROUP BY failed.product_id, failed.covered, taken.part_id
            """,
            company=company.id,
            counted=failure._failed(failure._day(company, None)),
        )
