# SPDX-License-Identifier: AGPL-3.0-or-later
from dateutil.relativedelta import relativedelta

from odoo import api, models
from odoo.tools import SQL, formatLang

from .fsm_order_type import CUSTOMERS_KINDS

LEAST_VISITS = 3  # completed; fewer say nothing about what a visit takes


class AftersalesPartsForecast(models.Model):
    """Adds what visits take from stock: mean parts of a visit × visits planned (requirement 13)."""

    _inherit = "aftersales.parts.forecast"

    @api.model
    def _other_parts(self, company):
        """Add what was used at visits of the past year."""
        return super()._other_parts(company) | self._parts_of_visits(company).keys()

    @api.model
    def _other_use(self, parts, company, months):
        """Add the use at visits; None where too few were completed to tell."""
        others = super()._other_use(parts, company, months)
        used, made = self._parts_of_visits(company), self._visits_made(company)
        planned = self._visits_planned(company, months)
        for part in parts.filtered(lambda part: part.id in used):
            per_visit = used[part.id] / made if made >= LEAST_VISITS else None
            for first, _until in months:
                visits = planned.get(first, 0)
                others.setdefault((part, first), []).append(
                    {
                        "kind": "visits",
                        "expected": None if per_visit is None else per_visit * visits,
                        "per_visit": per_visit,
                        "made": made,
                        "planned": visits,
                    }
                )
        return others

    @api.model
    def _other_in_words(self, other):
        """Say what visits take."""
        if other["kind"] != "visits":
            return super()._other_in_words(other)
        if other["per_visit"] is None:
            return self.env._(
                "Visits: not enough data, only %s were completed in 12 months.", other["made"]
            )
        return self.env._(
            "Visits: %(per_visit)s at each of the %(made)s completed in 12 months; %(planned)s are "
            "planned for the month.",
            per_visit=formatLang(self.env, other["per_visit"], digits=2),
            made=other["made"],
            planned=other["planned"],
        )

    @api.model
    def _parts_of_visits(self, company):
        """Return {product id: how many visits of the past year took, in the product's unit}."""
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT part.product_id,
                       SUM(part.quantity * unit.factor / own.factor)::float
                  FROM (%s) visit
                  JOIN aftersales_visit_part part ON part.visit_id = visit.id
                  JOIN product_product product ON product.id = part.product_id
                  JOIN product_template template ON template.id = product.product_tmpl_id
                  JOIN uom_uom unit ON unit.id = part.uom_id
                  JOIN uom_uom own ON own.id = template.uom_id
                 GROUP BY part.product_id
                """,
                self._select_visits_made(company),
            )
        )
        return dict(rows)

    @api.model
    def _visits_made(self, company):
        """Return how many visits to customers were completed in the past year."""
        self.env.flush_all()
        query = SQL("SELECT COUNT(*) FROM (%s) visit", self._select_visits_made(company))
        return self.env.execute_query(query)[0][0]

    @api.model
    def _select_visits_made(self, company):
        since = company._aftersales_start_of(company._aftersales_today() - relativedelta(years=1))
        return SQL(
            """
            SELECT visit.id
              FROM fsm_order visit
              JOIN fsm_order_type kind ON kind.id = visit.type AND kind.aftersales_kind IN %s
              JOIN fsm_stage stage ON stage.id = visit.stage_id AND stage.is_closed
             WHERE visit.company_id = %s AND visit.outcome = 'done' AND visit.date_end >= %s
            """,
            tuple(CUSTOMERS_KINDS),
            company.id,
            since,
        )

    @api.model
    def _visits_planned(self, company, months):
        """Return {first day of the month: visits to customers planned for it}.

        By the planned start, else by the end of the window; what is late counts as soon as can be.
        """
        rows = self.env.execute_query(
            SQL(
                """
                SELECT month.first, COUNT(*)
                  FROM unnest(%(firsts)s::date[], %(untils)s::date[]) AS month(first, until)
                  JOIN (%(visits)s) visit
                    ON GREATEST(visit.day, %(today)s) >= month.first
                   AND GREATEST(visit.day, %(today)s) < month.until
                 WHERE visit.company_id = %(company)s
                 GROUP BY month.first
                """,
                firsts=[first for first, _until in months],
                untils=[until for _first, until in months],
                visits=self._select_visits_planned(),
                today=company._aftersales_today(),
                company=company.id,
            )
        )
        return dict(rows)

    @api.model
    def _select_visits_planned(self):
        """Return the query of visits to customers that are still to be made, with their day."""
        return SQL(
            """
            SELECT visit.id, visit.company_id, visit.location_id,
                   COALESCE(visit.scheduled_date_start::date, visit.aftersales_window_end) AS day
              FROM fsm_order visit
              JOIN fsm_order_type kind ON kind.id = visit.type AND kind.aftersales_kind IN %s
              JOIN fsm_stage stage ON stage.id = visit.stage_id AND stage.is_closed IS NOT TRUE
             WHERE COALESCE(visit.scheduled_date_start::date, visit.aftersales_window_end)
                   IS NOT NULL
            """,
            tuple(CUSTOMERS_KINDS),
        )
