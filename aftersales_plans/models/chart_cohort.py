# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import api, fields, models
from odoo.tools import SQL

QUARTERS = 100  # are followed: 25 years of each customer
DIGITS = len(str(QUARTERS - 1))
SHARE = "100.0 * SUM(%s) / NULLIF(SUM(%s), 0)"


class AftersalesCohortChart(models.Model):
    """Of the customers whose first contract began in one quarter: who is still covered later (64).

    One row per company, quarter of the first contract and quarter since then that is over. A
    customer, with all contacts of one company, is *covered* in a quarter when a contract runs on
    its last day: a contract of twelve months from 10 January covers four quarters, 0 to 3. No
    table and no view: contracts are merged into spans without overlaps, whose first and last
    quarters are counted and added up, so that time grows with the contracts, not with the quarters
    they cover.
    """

    _name = "aftersales.cohort.chart"
    _description = "Customers Kept"
    _auto = False
    _order = "cohort desc, quarter"
    _rec_name = "cohort"
    _depends = {
        "aftersales.contract": [
            "company_id", "date_closed", "date_end", "date_start", "partner_id", "state",
        ],
        "res.partner": ["commercial_partner_id"],
    }  # fmt: skip

    company_id = fields.Many2one("res.company", readonly=True)
    cohort = fields.Date(
        string="First Contract", readonly=True, help="First day of the quarter it began in."
    )
    quarter = fields.Selection("_quarters", string="Quarters Later", readonly=True)
    customers = fields.Integer(readonly=True, help="Whose first contract began in the quarter.")
    covered = fields.Integer(readonly=True, help="On the last day of the later quarter.")
    share = fields.Float(string="Still Covered (%)", readonly=True, aggregator="avg", digits=(5, 1))

    def _read_group_select(self, aggregate_spec, query):
        """Weigh cohorts by their size."""
        if aggregate_spec != "share:avg":
            return super()._read_group_select(aggregate_spec, query)
        covered, customers = (
            self._field_to_sql(self._table, name, query) for name in ("covered", "customers")
        )
        return SQL(SHARE, covered, customers)

    @property
    def _table_query(self):
        """Return the rows; quarters are numbers, four a year."""
        return SQL(
            """
            WITH span AS (
                SELECT contract.company_id, person.commercial_partner_id AS customer,
                       (EXTRACT(YEAR FROM contract.date_start) * 4
                        + EXTRACT(QUARTER FROM contract.date_start) - 1)::int AS first,
                       LEAST(
                           (EXTRACT(YEAR FROM ends.after) * 4
                            + EXTRACT(QUARTER FROM ends.after) - 1)::int,
                           %(now)s
                       ) - 1 AS last
                  FROM aftersales_contract contract
                  JOIN res_partner person ON person.id = contract.partner_id
                 CROSS JOIN LATERAL (
                        SELECT LEAST(contract.date_closed, contract.date_end) + 1 AS after
                       ) AS ends
                 WHERE contract.state != 'draft' AND ends.after > contract.date_start
            ), alone AS (
                SELECT company_id, customer, last,
                       GREATEST(first, 1 + MAX(last) OVER earlier) AS first,
                       MIN(first) OVER whole AS cohort,
                       ROW_NUMBER() OVER whole = 1 AS is_first
                  FROM span
                WINDOW whole AS (PARTITION BY company_id, customer ORDER BY first, last),
                       earlier AS (
                           whole ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
                       )
            ), size AS (
                SELECT company_id, cohort, COUNT(*) AS customers
                  FROM alone WHERE is_first GROUP BY company_id, cohort
            ), change AS (
                SELECT company_id, cohort, first AS quarter, COUNT(*) AS n
                  FROM alone WHERE last >= first GROUP BY company_id, cohort, first
             UNION ALL
                SELECT company_id, cohort, last + 1, -COUNT(*)
                  FROM alone WHERE last >= first GROUP BY company_id, cohort, last
            ), total AS (
                SELECT company_id, cohort, quarter, SUM(n) AS n
                  FROM change GROUP BY company_id, cohort, quarter
            )
            SELECT ((size.company_id * 400 + size.cohort %% 400) * 400
                    + (later.quarter - size.cohort) %% 400)::int AS id,
                   size.company_id,
                   MAKE_DATE(size.cohort / 4, size.cohort %% 4 * 3 + 1, 1) AS cohort,
                   LPAD((later.quarter - size.cohort)::text, %(digits)s, '0') AS quarter,
                   size.customers::int AS customers,
                   now.covered::int AS covered,
                   100.0 * now.covered / size.customers AS share
              FROM size
             CROSS JOIN LATERAL GENERATE_SERIES(
                       size.cohort, LEAST(%(now)s, size.cohort + %(quarters)s) - 1
                   ) AS later(quarter)
              JOIN LATERAL (
                    SELECT COALESCE(SUM(total.n), 0) AS covered
                      FROM total
                     WHERE total.company_id = size.company_id
                       AND total.cohort = size.cohort
                       AND total.quarter <= later.quarter
                   ) AS now ON TRUE
            """,
            now=self._quarter_now(),
            digits=DIGITS,
            quarters=QUARTERS,
        )

    @api.model
    def _quarters(self):
        """Return the quarters since the first contract in words; as keys they sort as numbers."""
        words = [self.env._("Same quarter"), self.env._("1 quarter later")]
        words += [self.env._("%s quarters later", n) for n in range(2, QUARTERS)]
        return [(f"{n:0{DIGITS}}", word) for n, word in enumerate(words)]

    def _quarter_now(self):
        """Return the number of the quarter that is not over yet."""
        today = fields.Date.context_today(self)
        return today.year * 4 + (today.month - 1) // 3
