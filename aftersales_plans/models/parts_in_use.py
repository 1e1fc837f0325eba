# SPDX-License-Identifier: LGPL-3.0-or-later
from collections import defaultdict

from odoo import api, models
from odoo.tools import SQL

from ..calc.forecast import Units

LEAST_PACE, MOST_PACE = 0.25, 4.0


class AftersalesPartsForecast(models.Model):
    """Units in use, counted by month and age: never one by one (requirements 13, 48)."""

    _inherit = "aftersales.parts.forecast"

    @api.model
    def _units_in_use(self, products, company, months):
        """Return {(product id, first day): [:class:`Units`]} and {product id: units with a meter}.

        A unit counts as under cover on days of the statutory guarantee and of a full-service
        contract that runs or is known to start, less the days it rests. One whose meter runs x
        times as fast as others of its product counts x times, 0.25 to 4. One query, whatever the
        number of units.

        :param months: [(first day, day after the last)]
        """
        self.env.flush_all()
        units, metered = defaultdict(list), {}
        for product_id, first, age, *numbers, read in self.env.execute_query(
            self._select_units(products, company, months)
        ):
            units[product_id, first].append(Units(age, *numbers))
            metered[product_id] = metered.get(product_id, 0.0)
            if first == months[0][0]:
                metered[product_id] += read
        return units, metered

    @api.model
    def _select_units(self, products, company, months):
        """Return the query; ages are those in the middle of the month."""
        return SQL(
            """
            WITH month AS (
                SELECT first, until, first + (until - first) / 2 AS middle
                  FROM unnest(%(firsts)s::date[], %(untils)s::date[]) AS month(first, until)
            ), asset AS (
                SELECT id, product_id, quantity, date_delivered, warranty_end
                  FROM aftersales_asset
                 WHERE company_id = %(company)s AND product_id = ANY(%(products)s)
                   AND status = 'in_use'
            ), pace AS (%(pace)s), unit AS (
                SELECT asset.*, asset.quantity * COALESCE(pace.factor, 1) AS weight,
                       CASE WHEN pace.factor IS NULL THEN 0 ELSE asset.quantity END AS read
                  FROM asset LEFT JOIN pace ON pace.asset_id = asset.id
            ), counted AS (
                SELECT unit.product_id, month.first, month.middle, unit.date_delivered,
                       unit.quantity, unit.read, unit.weight,
                       month.until - month.first AS days,
                       GREATEST(0, LEAST(month.until, COALESCE(unit.warranty_end + 1, month.first))
                                   - month.first) AS covered_days
                  FROM unit CROSS JOIN month
                 UNION ALL
                SELECT unit.product_id, month.first, month.middle, unit.date_delivered,
                       0, 0, unit.weight, 0,
                       GREATEST(0, LEAST(month.until, contract.date_end + 1, contract.date_closed)
                                   - GREATEST(month.first, contract.date_start,
                                              unit.warranty_end + 1))
                  FROM unit
                  JOIN aftersales_contract_asset_rel covered ON covered.asset_id = unit.id
                  JOIN aftersales_contract contract ON contract.id = covered.contract_id
                   AND contract.state IN ('draft', 'active', 'suspended')
                   AND contract.contract_kind = 'full_service'
                   AND contract.date_start IS NOT NULL
                  JOIN month ON month.until > contract.date_start
                   AND month.first <= contract.date_end
                 UNION ALL
                SELECT unit.product_id, month.first, month.middle, unit.date_delivered,
                       0, 0, unit.weight, 0,
                       -GREATEST(0, LEAST(month.until, contract.date_end + 1, contract.date_closed,
                                          rest.date_end + 1)
                                    - GREATEST(month.first, contract.date_start,
                                               unit.warranty_end + 1, rest.date_start))
                  FROM unit
                  JOIN aftersales_contract_asset_rel covered ON covered.asset_id = unit.id
                  JOIN aftersales_contract contract ON contract.id = covered.contract_id
                   AND contract.state IN ('active', 'suspended')
                   AND contract.contract_kind = 'full_service'
                  JOIN aftersales_suspension rest ON rest.contract_id = contract.id
                  JOIN month ON month.until > rest.date_start AND month.first <= rest.date_end
            )
            SELECT product_id, first,
                   CASE WHEN date_delivered IS NOT NULL
                        THEN GREATEST(0, EXTRACT(year FROM age(middle, date_delivered)))::int
                    END AS age,
                   SUM(quantity)::float, SUM(weight * days)::float,
                   SUM(weight * covered_days)::float, SUM(read)::float
              FROM counted
             GROUP BY product_id, first, 3
             ORDER BY product_id, first, 3
            """,
            company=company.id,
            products=list(products.ids),
            firsts=[first for first, _until in months],
            untils=[until for _first, until in months],
            pace=self._select_pace(),
        )

    @api.model
    def _select_pace(self):
        """Return how many times as fast as its product's mean each metered unit of asset runs.

        Meters of a product are compared by the unit most of its assets are read in.
        """
        return SQL(
            """
            SELECT asset_id, LEAST(%s, GREATEST(%s, per_day / mean))::float AS factor
              FROM (
                SELECT asset_id, per_day, quantity,
                       SUM(quantity * per_day) OVER alike / SUM(quantity) OVER alike AS mean
                  FROM (
                    SELECT read.asset_id, asset.product_id, asset.quantity, read.unit,
                           SUM(up) / (EXTRACT(epoch FROM MAX(date) - MIN(date)) / 86400) AS per_day
                      FROM (
                        SELECT asset_id, unit, date,
                               CASE WHEN is_reset THEN 0
                                    ELSE value - LAG(value, 1, value) OVER (
                                             PARTITION BY asset_id, unit ORDER BY date, id
                                         )
                                END AS up
                          FROM aftersales_reading
                         WHERE asset_id IN (SELECT id FROM asset)
                           ) read
                      JOIN asset ON asset.id = read.asset_id
                     GROUP BY read.asset_id, asset.product_id, asset.quantity, read.unit
                    HAVING MAX(date) > MIN(date)
                       ) meter
                  JOIN (
                    SELECT DISTINCT ON (asset.product_id) asset.product_id, reading.unit
                      FROM aftersales_reading reading JOIN asset ON asset.id = reading.asset_id
                     GROUP BY asset.product_id, reading.unit
                     ORDER BY asset.product_id, COUNT(DISTINCT asset.id) DESC, reading.unit
                       ) usual USING (product_id, unit)
                WINDOW alike AS (PARTITION BY product_id)
                   ) compared
             WHERE mean > 0
            """,
            MOST_PACE,
            LEAST_PACE,
        )
