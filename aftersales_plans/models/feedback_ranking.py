# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import api, fields, models
from odoo.tools import SQL

from .feedback import HAPPY
from .linked_records import FEEDBACK, open_action

MONTHS = 12
Z = 1.96  # 95 % of a normal distribution lie within


class AftersalesFeedbackRanking(models.Model):
    """Who makes customers happy: one row per person or team and company (requirement 15).

    Counts the ratings of the last 12 months. The rank follows the lower end of the 95 % interval
    of the share of happy customers (Wilson's score): with one rating of 5 it is 21 %, with twenty
    84 %, so that nobody wins by a single friend. No table and no view; nothing to keep up to date.
    """

    _name = "aftersales.feedback.ranking"
    _description = "Ranking by Feedback"
    _auto = False
    _order = "rank_percent desc, rated desc, id"
    _depends = {
        "aftersales.feedback": ["company_id", "date_rated", "score", "user_id"],
        "res.users": ["partner_id"],
        "res.partner": ["name"],
    }

    kind = fields.Selection([("owner", "Owner of the matter")], string="Who", readonly=True)
    name = fields.Char(readonly=True)
    user_id = fields.Many2one("res.users", string="Responsible", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    rated = fields.Integer(string="Ratings", readonly=True, aggregator="sum")
    score = fields.Float(string="Average", readonly=True, digits=(2, 1), aggregator=None)
    happy_percent = fields.Float(string="Happy (%)", readonly=True, digits=(5, 1), aggregator=None)
    unhappy = fields.Integer(string="Low Scores", readonly=True, aggregator="sum")
    rank_percent = fields.Float(
        string="Surely Happy (%)",
        readonly=True,
        digits=(5, 1),
        aggregator=None,
        help="At least this share of customers is happy, with 95 % certainty: "
        "few ratings count little.",
    )

    @property
    def _table_query(self):
        """Return all subjects in one; ids are number of the subject's kind and row."""
        parts = [
            SQL(
                """
                SELECT %(number)s + subject.first * 16 AS id, %(kind)s::text AS kind, subject.*
                  FROM (%(subject)s) AS subject
                """,
                number=number,
                kind=kind,
                subject=subject,
            )
            for number, (kind, subject) in enumerate(self._subjects().items())
        ]
        return SQL(" UNION ALL ").join(parts)

    @api.model
    def _columns(self):
        """Return the columns that name a subject; a sibling adds its own, in :meth:`_links`."""
        return ["user_id"]

    @api.model
    def _subjects(self):
        """Return {kind: SELECT}; each is made by :meth:`_select`."""
        name = SQL(
            "(SELECT p.name FROM res_users u JOIN res_partner p ON p.id = u.partner_id "
            "WHERE u.id = rated.key)"
        )
        return {"owner": self._select("user_id", name)}

    @api.model
    def _select(self, column, name):
        """Return the SELECT of one kind of subject.

        :param column: of aftersales.feedback, and of this model
        :param name: SQL for the name of ``rated.key``
        """
        since = fields.Date.subtract(fields.Date.context_today(self), months=MONTHS)
        links = SQL(", ").join(
            SQL(
                "%s AS %s",
                SQL("rated.key") if own == column else SQL("NULL::integer"),
                SQL.identifier(own),
            )
            for own in self._columns()
        )
        return SQL(
            """
            SELECT rated.first, %(name)s AS name, rated.company_id, %(links)s,
                   rated.n AS rated, rated.score, rated.unhappy,
                   100.0 * rated.h / rated.n AS happy_percent,
                   100.0 * GREATEST(0.0, (
                       rated.h + %(zz)s / 2
                       - %(z)s * sqrt(rated.h * (rated.n - rated.h) / rated.n + %(zz)s / 4)
                   ) / (rated.n + %(zz)s)) AS rank_percent
              FROM (
                    SELECT %(column)s AS key, company_id, MIN(id) AS first,
                           COUNT(*)::float AS n, AVG(score) AS score,
                           COUNT(*) FILTER (WHERE score >= %(happy)s)::float AS h,
                           COUNT(*) FILTER (WHERE mood = 'unhappy') AS unhappy
                      FROM aftersales_feedback
                     WHERE score > 0 AND date_rated > %(since)s AND %(column)s IS NOT NULL
                  GROUP BY %(column)s, company_id
                   ) AS rated
            """,
            name=name,
            links=links,
            column=SQL.identifier(column),
            happy=HAPPY,
            since=since,
            z=Z,
            zz=Z * Z,
        )

    def action_open(self):
        """Open the ratings behind a rank."""
        self.ensure_one()
        column = next(name for name in self._columns() if self[name])
        domain = [(column, "=", self[column].id), ("score", ">", 0)]
        return open_action(self.env, FEEDBACK, domain)
