# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import api, fields, models

from .linked_records import FEEDBACK, open_action


class AftersalesScored(models.AbstractModel):
    """Somebody or something customers rated: its average, share of happy and number (15).

    Nothing is stored; one query for all records, of what the reader may see.
    """

    _name = "aftersales.scored"
    _description = "Scores"
    _scored_by = None  # the field of aftersales.feedback that leads here

    aftersales_score = fields.Float(
        string="Score", compute="_compute_aftersales_score", digits=(2, 1), help="Of 5."
    )
    aftersales_happy_percent = fields.Float(
        string="Happy (%)", compute="_compute_aftersales_score", digits=(5, 0)
    )
    aftersales_rated_count = fields.Integer(
        string="Times Rated", compute="_compute_aftersales_score"
    )

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_aftersales_score(self):
        feedbacks, found = self.env["aftersales.feedback"], {}
        rated = self._rated()
        if rated and feedbacks.has_access("read"):
            rows = feedbacks._read_group(
                [(self._scored_by, "in", rated._scored().ids), ("score", ">", 0)],
                [self._scored_by],
                ["score:avg", "happy_percent:avg", "__count"],
            )
            found = {key: values for key, *values in rows}
        for record in self:
            average, happy, count = found.get(record._scored(), (0, 0, 0))
            record.aftersales_score = average
            record.aftersales_happy_percent = happy
            record.aftersales_rated_count = count

    def _scored(self):
        """Return the records the scores are kept on, saved ones."""
        return self._origin

    def _rated(self):
        """Return these records but those of which it is known that nobody rated them."""
        return self

    def action_open_aftersales_scores(self):
        """Open what customers said, and what it adds up to."""
        domain = [(self._scored_by, "in", self._scored().ids), ("score", ">", 0)]
        return open_action(self.env, FEEDBACK, domain)


class ResPartner(models.Model):
    """Scores of a customer: those its contacts gave, together."""

    _name = "res.partner"
    _inherit = ["res.partner", "aftersales.scored"]
    _scored_by = "commercial_partner_id"

    def _scored(self):
        return self._origin.commercial_partner_id

    def _rated(self):
        return self._aftersales_with("aftersales.feedback")


class ProductTemplate(models.Model):
    """Scores of a product: those of the claims, deliveries and visits it was part of."""

    _name = "product.template"
    _inherit = ["product.template", "aftersales.scored"]
    _scored_by = "product_tmpl_ids"
