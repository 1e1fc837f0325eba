# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..calc.failure import DAYS_PER_MONTH, LEAST_FAILURES, LEAST_UNIT_MONTHS
from .choices import choices_of
from .linked_records import ASSETS, open_action

#: What exposure is split by only where somebody asks for it: each makes many rows of one.
SPLITS = {
    "lot_id": "lot_id",
    "plan_id": "plan_id",
    "cause_id": "cause_id",
    "age_band": "age",
    "age_year": "age",
    "date": "date",
}
ASKED = "aftersales_failure_splits"  # context: what the running query splits by


class AftersalesFailureReport(models.Model):
    """Failures and the time goods were in use, to be divided on any group (requirement 16).

    A row is a failure (``aftersales.failure`` says what counts) or the time in use of the goods of
    one product; their sums make a rate. The time is split by lot, plan, age, month or cause only in
    a query that names these, so the usual ones stay small. A failure has one cause, but goods in
    use are exposed to every cause: then the time stands once for each cause, and a sum over several
    causes is divided by their number. No table and no view.
    """

    _name = "aftersales.failure.report"
    _description = "Failure Rates by Product"
    _auto = False
    _order = "failures desc, id"
    _rec_name = "product_id"
    _depends = {
        "aftersales.asset": [
            "company_id", "date_delivered", "date_out", "left_contract_id", "lot_id", "product_id",
            "quantity", "status",
        ],
        "aftersales.cause": ["code"],
        "aftersales.claim.line": [
            "age_band", "age_months", "asset_id", "cause_id", "company_id", "date_occurred",
            "lot_id", "plan_id", "product_id", "quantity", "state",
        ],
        "aftersales.contract": ["asset_ids", "date_closed", "date_end", "date_start", "plan_id"],
        "product.product": ["product_tmpl_id"],
        "product.template": ["categ_id"],
    }  # fmt: skip

    company_id = fields.Many2one("res.company", readonly=True)
    product_id = fields.Many2one("product.product", readonly=True)
    categ_id = fields.Many2one("product.category", string="Product Category", readonly=True)
    lot_id = fields.Many2one("stock.lot", string="Lot/Serial", readonly=True)
    plan_id = fields.Many2one(
        "aftersales.plan", readonly=True, help="That covered the goods at the time."
    )
    cause_id = fields.Many2one("aftersales.cause", readonly=True)
    age_band = fields.Selection(
        selection=choices_of("age_band", "aftersales.claim.line"),
        string="Age",
        readonly=True,
    )
    age_year = fields.Integer(
        string="Year of Age",
        readonly=True,
        aggregator=None,
        help="0: the first year after the delivery.",
    )
    date = fields.Date(string="Month", readonly=True)
    failures = fields.Float(readonly=True, digits="Product Unit", help="Units that failed.")
    unit_months = fields.Float(
        string="Unit-Months",
        readonly=True,
        digits=(16, 1),
        help="Units × months in use, from the delivery until out of use or today.",
    )
    rate = fields.Float(
        string="Failures per 100 Units and Year",
        readonly=True,
        aggregator="avg",
        digits=(16, 2),
        help="Failures ÷ unit-months × 1,200. Empty where there is not enough data: fewer than 3 "
        "failures or 12 unit-months.",
    )

    # --- Sums and ratios -----------------------------------------------------------------------

    def _read_group_select(self, aggregate_spec, query):
        """Divide sums by sums; never average rates."""
        if aggregate_spec not in ("unit_months:sum", "rate:avg"):
            return super()._read_group_select(aggregate_spec, query)
        failures, months, cause = (
            self._field_to_sql(self._table, name, query)
            for name in ("failures", "unit_months", "cause_id")
        )
        causes = SQL("GREATEST(1, COUNT(DISTINCT %s) FILTER (WHERE %s > 0))", cause, months)
        whole = SQL("SUM(%s) / %s", months, causes)
        if aggregate_spec == "unit_months:sum":
            return whole
        return SQL(
            "CASE WHEN SUM(%s) >= %s AND %s >= %s THEN SUM(%s) * 1200 / (%s) END",
            failures,
            LEAST_FAILURES,
            whole,
            LEAST_UNIT_MONTHS,
            failures,
            whole,
        )

    @api.model
    def _read_group(
        self, domain, groupby=(), aggregates=(), having=(), offset=0, limit=None, order=None
    ):
        split = self._splitting([*groupby, *aggregates])
        parent = super(AftersalesFailureReport, split)
        return parent._read_group(domain, groupby, aggregates, having, offset, limit, order)

    @api.model
    def _read_grouping_sets(self, domain, grouping_sets, aggregates=(), order=None):
        split = self._splitting([*aggregates, *(spec for one in grouping_sets for spec in one)])
        parent = super(AftersalesFailureReport, split)
        return parent._read_grouping_sets(domain, grouping_sets, aggregates, order)

    @api.model
    def _search(self, domain, *args, **kwargs):
        names = [condition.field_expr for condition in Domain(domain).iter_conditions()]
        split = self._splitting(names)
        return super(AftersalesFailureReport, split)._search(domain, *args, **kwargs)

    def _splitting(self, specs):
        """Return this model with the time split by what ``specs`` of fields name as well."""
        names = {spec.split(":")[0].split(".")[0] for spec in specs}
        asked = {SPLITS[name] for name in names if name in SPLITS}
        return self.with_context(**{ASKED: sorted(asked | set(self.env.context.get(ASKED, ())))})

    # --- Rows ----------------------------------------------------------------------------------

    @property
    def _table_query(self):
        """Return the failures, and the time in use by what the query asks for."""
        failure = self.env["aftersales.failure"]
        return SQL(
            """
            SELECT failed.id * 2 AS id, failed.company_id, failed.product_id, template.categ_id,
                   failed.lot_id, failed.plan_id, failed.cause_id, failed.age_band,
                   failed.age AS age_year, failed.date, failed.failures, 0.0 AS unit_months,
                   NULL::numeric AS rate
              FROM (%(failed)s) failed
              JOIN product_product product ON product.id = failed.product_id
              JOIN product_template template ON template.id = product.product_tmpl_id
            UNION ALL
            SELECT (ROW_NUMBER() OVER ()) * 2 + 1, lived.company_id, lived.product_id,
                   template.categ_id, lived.lot_id, lived.plan_id, lived.cause_id,
                   lived.age_band, lived.age, lived.date, 0, lived.unit_days / %(month)s, NULL
              FROM (%(lived)s) lived
              JOIN product_product product ON product.id = lived.product_id
              JOIN product_template template ON template.id = product.product_tmpl_id
            """,
            failed=failure._failed(self._today(SQL("line.company_id"))),
            lived=failure._exposure(
                self._today(SQL("asset.company_id")), set(self.env.context.get(ASKED, ()))
            ),
            month=DAYS_PER_MONTH,
        )

    # --- Where it comes from -------------------------------------------------------------------

    def _claim_lines(self):
        """Return the claim lines of the failures among these rows, whose ids are even."""
        ids = [id_ // 2 for id_ in self.ids if not id_ % 2]
        return self.env["aftersales.claim.line"].browse(ids)

    def action_open(self):
        """Open the claim of a failure; the goods where the row is their time in use."""
        self.ensure_one()
        line = self._claim_lines()
        if line:
            return line.claim_id.get_formview_action()
        return open_action(self.env, ASSETS)

    def _today(self, company):
        """Return the SQL of the day it is in the ``company`` that this SQL names."""
        # sudo: a day for each, whose rows the rules leave out later; archived ones have rows too
        companies = self.env["res.company"].sudo().search([("active", "in", [True, False])])
        days = {one.id: one._aftersales_today() for one in companies}
        if len(set(days.values())) == 1:
            return SQL("%s::date", next(iter(days.values())))
        cases = SQL(" ").join(SQL("WHEN %s THEN %s::date", *item) for item in days.items())
        return SQL("CASE %s %s END", company, cases)
