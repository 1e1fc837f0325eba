from odoo import fields, models
from odoo.tools import SQL

PROMISED_KINDS = ("inspection", "installation", "training")


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
        "aftersales.contract": ["date_closed", "partner_id", "plan_id", "state", "user_id"],
        "fsm.location": ["partner_id"],
        "fsm.order": [
            "aftersales_contract_id", "aftersales_partner_id", "aftersales_sale_line_id",
            "aftersales_visit_number", "aftersales_window_end", "aftersales_window_start",
            "company_id", "date_end", "district_id", "location_id", "outcome", "person_id",
            "stage_id", "territory_id", "type",
        ],
        "fsm.order.type": ["aftersales_kind"],
        "fsm.stage": ["is_closed"],
        "res.company": ["partner_id"],
        "res.partner": ["city", "tz"],
        "sale.order": ["user_id"],
        "sale.order.line": ["order_id"],
    }  # fmt: skip

    visit_id = fields.Many2one("fsm.order", readonly=True)
    kind = fields.Selection(
        [("inspection", "Inspection"), ("installation", "Installation"), ("training", "Training")],
        readonly=True,
    )
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
    outcome = fields.Selection(
        [
            ("done", "Done"),
            ("no_access", "No access"),
            ("refused", "Refused by the customer"),
            ("not_found", "Site not found"),
        ],
        readonly=True,
    )
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
        """Return the rows, with today where each company is."""
        return SQL(
            """
            SELECT visit.id,
                   visit.id AS visit_id,
                   kind.aftersales_kind AS kind,
                   kind.aftersales_kind = 'inspection' AND visit.aftersales_visit_number = 1
                       AS is_first,
                   visit.aftersales_contract_id AS contract_id,
                   contract.plan_id,
                   visit.aftersales_partner_id AS partner_id,
                   COALESCE(contract.user_id, sale.user_id) AS user_id,
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
                   fact.done::int AS done,
                   (fact.due AND NOT fact.done)::int AS missed,
                   CASE WHEN fact.due THEN fact.done::int * 100.0 END AS rate
              FROM fsm_order visit
              JOIN fsm_order_type kind
                ON kind.id = visit.type AND kind.aftersales_kind IN %(kinds)s
              JOIN fsm_stage stage ON stage.id = visit.stage_id
              JOIN fsm_location location ON location.id = visit.location_id
              JOIN res_partner site ON site.id = location.partner_id
              JOIN res_company company ON company.id = visit.company_id
              JOIN res_partner place ON place.id = company.partner_id
              LEFT JOIN aftersales_contract contract ON contract.id = visit.aftersales_contract_id
              LEFT JOIN sale_order_line line ON line.id = visit.aftersales_sale_line_id
              LEFT JOIN sale_order sale ON sale.id = line.order_id
             CROSS JOIN LATERAL (
                       SELECT stage.is_closed IS TRUE
                          AND stage.id != %(cancelled)s
                          AND COALESCE(visit.outcome, '') = 'done' AS done,
                              (visit.date_end AT TIME ZONE 'UTC'
                                   AT TIME ZONE COALESCE(place.tz, 'UTC'))::date AS day
                   ) AS made
             CROSS JOIN LATERAL (
                       SELECT made.done,
                              made.done OR visit.aftersales_window_end < (
                                  %(now)s AT TIME ZONE 'UTC' AT TIME ZONE COALESCE(place.tz, 'UTC')
                              )::date AS due
                   ) AS fact
             WHERE visit.aftersales_window_end IS NOT NULL
               AND (
                       stage.id != %(cancelled)s
                    OR contract.id IS NOT NULL AND (
                           contract.state != 'cancelled'
                        OR visit.aftersales_window_end < contract.date_closed
                       )
                   )
            """,
            kinds=PROMISED_KINDS,
            cancelled=self.env.ref("fieldservice.fsm_stage_cancelled").id,
            now=fields.Datetime.now(),
        )

    def action_open(self):
        """Open the visit."""
        self.ensure_one()
        return self.visit_id.get_formview_action()
