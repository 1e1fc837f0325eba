# SPDX-License-Identifier: AGPL-3.0-or-later
from odoo import api, fields, models
from odoo.tools import SQL

from .fsm_order_type import CUSTOMERS_KINDS
from .visit_completion import OUTCOMES


class AftersalesVisitReport(models.Model):
    """One visit we promised a customer, counted honestly (requirements 33, 34).

    A visit is *due* when its window is over, or earlier when it is done: nobody looks better by
    moving a date, nor worse for what is not late yet. It is counted in the month of the day it was
    done or, where that is earlier or it was not done, of the last day of its window. It is *done*
    when somebody was there and concluded (outcome done, stage closed); due and not done is
    *missed*: no access, refused, cancelled by hand and still open alike. The rate is done / due.

    Left out is what nobody promises any more: visits dropped with a cancelled contract before
    their window was over, with amended terms, or with a cancelled order. Own stock and repairs
    are no promised visits. There is no table and no view, so nothing has to be kept up to date.
    """

    _name = "aftersales.visit.report"
    _description = "Visits Done and Due"
    _auto = False
    _order = "date_due, id"
    _rec_name = "visit_id"
    _depends = {
        "aftersales.contract": ["date_closed", "state"],
        "fsm.location": ["partner_id"],
        "fsm.order": [
            "aftersales_contract_id", "aftersales_partner_id", "aftersales_plan_id",
            "aftersales_user_id", "aftersales_visit_number", "aftersales_window_end", "company_id",
            "date_end", "district_id", "location_id", "outcome", "person_id", "stage_id",
            "territory_id", "type",
        ],
        "fsm.order.type": ["aftersales_kind"],
        "fsm.stage": ["is_closed"],
        "res.company": ["partner_id"],
        "res.partner": ["city", "tz"],
    }  # fmt: skip

    visit_id = fields.Many2one("fsm.order", readonly=True)
    kind = fields.Selection(list(CUSTOMERS_KINDS.items()), readonly=True)
    is_first = fields.Boolean(
        string="First Visit", readonly=True, help="Visit 1 of a contract: fixed at the sale."
    )
    contract_id = fields.Many2one("aftersales.contract", readonly=True)
    plan_id = fields.Many2one("aftersales.plan", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    user_id = fields.Many2one("res.users", string="Salesperson", readonly=True)
    person_id = fields.Many2one("fsm.person", string="Technician", readonly=True)
    territory_id = fields.Many2one("res.territory", readonly=True)
    district_id = fields.Many2one("res.district", readonly=True)
    city = fields.Char(readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    date_due = fields.Date(
        string="Counted on",
        readonly=True,
        help="Last day of the window, or the day it was done before.",
    )
    window_end = fields.Date(string="Window to", readonly=True)
    outcome = fields.Selection(OUTCOMES, readonly=True)
    promised = fields.Integer(readonly=True)
    due = fields.Integer(readonly=True, help="Window over, or done.")
    done = fields.Integer(readonly=True)
    missed = fields.Integer(readonly=True, help="Due and not done.")
    rate = fields.Float(
        string="Done / Due (%)",
        readonly=True,
        aggregator="avg",
        digits=(5, 1),
        help="Of what was due, how much was done.",
    )

    @property
    def _table_query(self):
        """Return a row for each visit that is still promised or was, with its facts as numbers."""
        return SQL(
            """
            SELECT visit.id,
                   visit.id AS visit_id,
                   kind.aftersales_kind AS kind,
                   kind.aftersales_kind = 'inspection' AND visit.aftersales_visit_number = 1
                       AS is_first,
                   visit.aftersales_contract_id AS contract_id,
                   visit.aftersales_plan_id AS plan_id,
                   visit.aftersales_partner_id AS partner_id,
                   visit.aftersales_user_id AS user_id,
                   visit.person_id, visit.territory_id, visit.district_id,
                   site.city,
                   visit.company_id,
                   CASE WHEN made.done AND made.day < visit.aftersales_window_end
                        THEN made.day
                        ELSE visit.aftersales_window_end
                    END AS date_due,
                   visit.aftersales_window_end AS window_end,
                   visit.outcome,
                   1 AS promised,
                   fact.due::int AS due,
                   made.done::int AS done,
                   (fact.due AND NOT made.done)::int AS missed,
                   CASE WHEN fact.due THEN made.done::int * 100.0 END AS rate
              %(visits)s
             CROSS JOIN LATERAL %(made)s AS made
             CROSS JOIN LATERAL %(fact)s AS fact
             WHERE %(promised)s
            """,
            visits=self._from_visits(),
            made=self._select_made(),
            fact=self._select_due(),
            promised=self._is_or_was_promised(),
        )

    @api.model
    def _from_visits(self):
        return SQL(
            """
              FROM fsm_order visit
              JOIN fsm_order_type kind
                ON kind.id = visit.type AND kind.aftersales_kind IN %s
              JOIN fsm_stage stage ON stage.id = visit.stage_id
              JOIN fsm_location location ON location.id = visit.location_id
              JOIN res_partner site ON site.id = location.partner_id
              JOIN res_company company ON company.id = visit.company_id
              JOIN res_partner place ON place.id = company.partner_id
              LEFT JOIN aftersales_contract contract ON contract.id = visit.aftersales_contract_id
            """,
            tuple(CUSTOMERS_KINDS),
        )

    @api.model
    def _select_made(self):
        """Return whether the visit is done, and on which day where the company is."""
        return SQL(
            """(
                SELECT stage.is_closed IS TRUE
                   AND stage.id != %s
                   AND COALESCE(visit.outcome, '') = 'done' AS done,
                       (visit.date_end AT TIME ZONE 'UTC'
                            AT TIME ZONE COALESCE(place.tz, 'UTC'))::date AS day
            )""",
            self._cancelled_stage_id(),
        )

    @api.model
    def _select_due(self):
        """Return whether the visit is due: done, or its window is over where the company is."""
        return SQL(
            """(
                SELECT made.done OR visit.aftersales_window_end < (
                           %s AT TIME ZONE 'UTC' AT TIME ZONE COALESCE(place.tz, 'UTC')
                       )::date AS due
            )""",
            fields.Datetime.now(),
        )

    @api.model
    def _is_or_was_promised(self):
        """Return what leaves out visits that were dropped before their window was over."""
        return SQL(
            """
                visit.aftersales_window_end IS NOT NULL
            AND (
                    stage.id != %s
                 OR contract.id IS NOT NULL AND (
                        contract.state != 'cancelled'
                     OR visit.aftersales_window_end < contract.date_closed
                    )
                )
            """,
            self._cancelled_stage_id(),
        )

    @api.model
    def _cancelled_stage_id(self):
        return self.env.ref("fieldservice.fsm_stage_cancelled").id

    def action_open(self):
        """Open the visit."""
        self.ensure_one()
        return self.visit_id.get_formview_action()
