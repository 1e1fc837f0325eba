# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import api, fields, models
from odoo.tools import SQL

from .turn import take_turn

HAPPY, LOW = 4, 2  # of 5: core's border of a happy face, and where we call the customer
MOODS = [("happy", "Happy"), ("neutral", "Neutral"), ("unhappy", "Unhappy")]
COUNTED = {
    "score:avg": "AVG(NULLIF(%s, 0))",
    "happy_percent:avg": "AVG(CASE WHEN %(score)s >= %(happy)s THEN 100.0"
    " WHEN %(score)s > 0 THEN 0.0 END)",
    "rated:sum": "COUNT(NULLIF(%s, 0))",
}


class AftersalesFeedback(models.Model):
    """What one customer thought of one claim, delivery or visit (requirement 15).

    One row per document: asked for by mail, given on the document's page, or left out with the
    reason. The rating itself is Odoo's (``rating_id``, page ``/rate/<token>/<face>``); its score
    stands here, with whom it is about, so that scores need no column in core's tables, and count
    only where a customer answered *us*. Written by nobody but our methods.
    """

    _name = "aftersales.feedback"
    _description = "Feedback"
    _inherit = "aftersales.guarded"
    _order = "date desc, id desc"
    _check_company_auto = True

    name = fields.Char(string="About", required=True, readonly=True)
    kind = fields.Selection(
        [("claim", "Claim"), ("delivery", "Delivery")], required=True, readonly=True, index=True
    )
    res_model = fields.Char(string="Model", required=True, readonly=True)
    res_id = fields.Many2oneReference(
        string="Document", model_field="res_model", required=True, readonly=True
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Contact",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
        help="Who is asked.",
    )
    commercial_partner_id = fields.Many2one(
        related="partner_id.commercial_partner_id", string="Customer", store=True, index=True
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    user_id = fields.Many2one(
        "res.users",
        string="Responsible",
        readonly=True,
        index="btree_not_null",
        help="Who dealt with the claim, or sold what was delivered.",
    )
    product_tmpl_ids = fields.Many2many("product.template", string="Products", readonly=True)
    date = fields.Date(
        string="Day", required=True, readonly=True, index=True, help="When it was done."
    )
    date_asked = fields.Date(
        string="Asked on", readonly=True, help="The day the request leaves; empty: not asked."
    )
    left_out = fields.Selection(
        [
            ("wish", "Wants no calls or mails"),
            ("address", "Has no e-mail address"),
            ("gap", "Was asked about something else"),
        ],
        string="Not Asked",
        readonly=True,
    )
    rating_id = fields.Many2one(
        "rating.rating",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        groups="base.group_system",
    )
    score = fields.Float(
        readonly=True, digits=(2, 1), aggregator="avg", help="1 unhappy, 3 neutral, 5 happy."
    )
    mood = fields.Selection(
        MOODS, string="Feedback", compute="_compute_mood", store=True, index="btree_not_null"
    )
    happy_percent = fields.Float(
        string="Happy (%)", compute="_compute_counted", aggregator="avg", digits=(5, 1)
    )
    rated = fields.Integer(string="Ratings", compute="_compute_counted", aggregator="sum")
    comment = fields.Text(readonly=True)
    date_rated = fields.Date(string="Rated on", readonly=True, index="btree_not_null")

    _document_unique = models.UniqueIndex(
        "(res_model, res_id)", "The customer is asked about this document once."
    )
    _rated_idx = models.Index("(date DESC, id DESC) WHERE score > 0")  # the list: ratings alone
    _asked_idx = models.Index("(commercial_partner_id, date_asked) WHERE date_asked IS NOT NULL")

    def _guarded_names(self):
        """Let nobody write anything by hand: it is the customer's word."""
        return frozenset(name for name, field in self._fields.items() if field.store)

    @api.depends("score")
    def _compute_mood(self):
        for feedback in self:
            feedback.mood = self._mood_of(feedback.score)

    @api.model
    def _mood_of(self, score):
        """Return the word for a score; none for 0, which is no rating."""
        if not score:
            return False
        return "happy" if score >= HAPPY else "unhappy" if score <= LOW else "neutral"

    @api.depends("score")
    def _compute_counted(self):
        for feedback in self:
            feedback.rated = bool(feedback.score)
            feedback.happy_percent = 100.0 * (feedback.score >= HAPPY)

    def _read_group_select(self, aggregate_spec, query):
        """Leave what nobody rated yet out of averages and numbers."""
        if aggregate_spec not in COUNTED:
            return super()._read_group_select(aggregate_spec, query)
        score = self._field_to_sql(self._table, "score", query)
        if aggregate_spec == "happy_percent:avg":
            return SQL(COUNTED[aggregate_spec], score=score, happy=HAPPY)
        return SQL(COUNTED[aggregate_spec], score)

    # --- Rows ----------------------------------------------------------------------------------

    @api.model
    def _of(self, record):
        """Return the row about ``record`` as superuser, made if there is none."""
        feedbacks = self.sudo()  # follows from the document's end or the customer's click
        own = [("res_model", "=", record._name), ("res_id", "=", record.id)]
        found = feedbacks.search(own)
        if not found:
            take_turn(record)  # of two that ask at once the later one sees the row of the first
            found = feedbacks.create(record._prepare_feedback())
        return found

    def _token(self):
        """Return the token of the rating page; made once.

        Whoever holds it rates in the customer's name: it goes into the customer's mail and page.
        """
        self.ensure_one()
        hidden = self.sudo()  # see above
        if not hidden.rating_id:
            hidden.rating_id = hidden.rating_id.create(
                {
                    "partner_id": hidden.partner_id.id,
                    "res_model_id": self.env["ir.model"]._get_id(hidden.res_model),
                    "res_id": hidden.res_id,
                }
            )
        return hidden.rating_id.access_token

    def _rating_path(self, score):
        """Return the address of the rating page with a face chosen; opening it changes nothing."""
        return f"/rate/{self._token()}/{score}"

    def _document(self):
        """Return what the feedback is about; empty when it was deleted."""
        self.ensure_one()
        return self.env[self.res_model].browse(self.res_id).exists()

    def action_open_document(self):
        """Open what the feedback is about."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "views": [(False, "form")],
        }
