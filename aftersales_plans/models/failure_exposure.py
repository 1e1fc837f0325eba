# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import api, models
from odoo.tools import SQL

from .age_bands import select_age_band


class AftersalesFailure(models.AbstractModel):
    """Splits the time goods were in use by what a report asks for (requirement 16).

    Each step takes a query of spells (``since``, ``until``, half-open) and returns one of shorter
    spells that add up to the same days.
    """

    _inherit = "aftersales.failure"

    @api.model
    def _exposure(self, day, asked):
        """Return the query of ``unit_days`` by company, product and what is ``asked``.

        :param day: SQL of the day asked, which may name ``asset``
        :param asked: any of ``lot_id, plan_id, cause_id, age, date``; other columns are empty
        """
        spells = SQL(
            """
            SELECT id, company_id, product_id, %s AS lot_id, quantity, since, until,
                   NULL::varchar AS age_band, NULL::int AS age, NULL::int AS plan_id
              FROM (%s) lived
            """,
            SQL("lot_id") if "lot_id" in asked else SQL("NULL::int"),
            self._lived(day),
        )
        if "age" in asked:
            spells = self._by_age(spells)
        if "plan_id" in asked:
            spells = self._by_plan(spells)
        summed = self._by_month(spells) if "date" in asked else self._at_any_time(spells)
        return self._by_cause(summed) if "cause_id" in asked else self._of_any_cause(summed)

    @api.model
    def _at_any_time(self, spells):
        return SQL(
            """
            SELECT company_id, product_id, lot_id, plan_id, age_band, age, NULL::date AS date,
                   SUM(quantity * (until - since)) AS unit_days
              FROM (%s) spell
             GROUP BY 1, 2, 3, 4, 5, 6
            """,
            spells,
        )

    @api.model
    def _by_month(self, spells):
        """Add up by month; ``date`` is its first day.

        No row for each month of each asset: what comes into use and goes out is added up by month,
        and a running sum says what is in use through the months between.
        """
        return SQL(
            """
            SELECT company_id, product_id, lot_id, plan_id, age_band, age, first::date AS date,
                   CASE WHEN first = month THEN in_month ELSE 0 END
                   + (CASE WHEN first = month THEN held - change ELSE held END)
                     * ((first + INTERVAL '1 month')::date - first::date) AS unit_days
              FROM (
                SELECT *, SUM(change) OVER (kind ORDER BY month) AS held,
                       LEAD(month) OVER (kind ORDER BY month) AS next
                  FROM (
                    SELECT company_id, product_id, lot_id, plan_id, age_band, age,
                           date_trunc('month', day::timestamp) AS month, SUM(n) AS change,
                           SUM(n * ((date_trunc('month', day::timestamp) + INTERVAL '1 month')::date
                                    - day)) AS in_month
                      FROM (
                        SELECT spell.*, edge.*
                          FROM (%s) spell,
                               LATERAL (VALUES (since, quantity), (until, -quantity)) edge (day, n)
                      ) edges
                     GROUP BY 1, 2, 3, 4, 5, 6, 7
                  ) changes
                WINDOW kind AS (PARTITION BY company_id, product_id, lot_id, plan_id, age_band, age)
              ) runs,
                   LATERAL generate_series(
                     month, COALESCE(next - INTERVAL '1 month', month), '1 month'
                   ) first
            """,
            spells,
        )

    @api.model
    def _by_age(self, spells):
        """Split at each birthday of the goods, and once more at three months.

        Spell 0 are the first three months, 1 the rest of the first year, then a year each.
        """
        return SQL(
            """
            SELECT id, company_id, product_id, lot_id, quantity, plan_id,
                   (since + make_interval(months => begins))::date AS since,
                   LEAST(until, (since + make_interval(months => ends))::date) AS until,
                   %(band)s AS age_band, begins / 12 AS age
              FROM (%(spells)s) whole,
                   LATERAL generate_series(0, EXTRACT(year FROM age(until, since))::int + 1) number,
                   LATERAL (
                     SELECT CASE number WHEN 0 THEN 0 WHEN 1 THEN 3 ELSE 12 * number - 12 END
                                AS begins,
                            CASE number WHEN 0 THEN 3 ELSE 12 * number END AS ends
                   ) months
             WHERE (since + make_interval(months => begins))::date < until
            """,
            band=select_age_band(lambda end: SQL("ends <= %s", end)),
            spells=spells,
        )

    @api.model
    def _by_plan(self, spells):
        """Split into what contracts of each plan covered, and the time without one.

        What went out of use stands no more on the contract it left, so that is asked too.
        """
        return SQL(
            """
            (WITH spell AS MATERIALIZED (%(spells)s), covers AS (
                SELECT linked.asset_id, contract.plan_id, contract.date_start AS first,
                       LEAST(contract.date_end, contract.date_closed) + 1 AS after
                  FROM (
                    SELECT asset_id, contract_id FROM aftersales_contract_asset_rel
                     UNION
                    SELECT id, left_contract_id FROM aftersales_asset
                     WHERE left_contract_id IS NOT NULL
                  ) linked
                  JOIN aftersales_contract contract ON contract.id = linked.contract_id
                 WHERE contract.state != 'draft'
            ), covered AS (
                SELECT spell.id, spell.company_id, spell.product_id, spell.lot_id, spell.quantity,
                       spell.age_band, spell.age, covers.plan_id,
                       GREATEST(spell.since, covers.first) AS since,
                       LEAST(spell.until, covers.after) AS until
                  FROM spell JOIN covers ON covers.asset_id = spell.id
                 WHERE covers.first < spell.until AND covers.after > spell.since
            )
            SELECT * FROM covered
            UNION ALL
            SELECT id, company_id, product_id, lot_id, quantity, age_band, age, NULL, since, until
              FROM spell
            UNION ALL
            SELECT id, company_id, product_id, lot_id, -quantity, age_band, age, NULL, since, until
              FROM covered)
            """,
            spells=spells,
        )

    @api.model
    def _by_cause(self, summed):
        """Let the time stand once for each cause: goods in use are exposed to all of them."""
        return SQL(
            """
            SELECT summed.*, cause.id AS cause_id
              FROM (%s) summed, aftersales_cause cause
             WHERE cause.code != 'no_fault'
            """,
            summed,
        )

    @api.model
    def _of_any_cause(self, summed):
        return SQL("SELECT *, NULL::int AS cause_id FROM (%s) summed", summed)
