# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import api, fields, models

from .feedback import LOW
from .never_fail import never_fail


class AftersalesFollowup(models.Model):
    """A low score is followed up by whoever answers for what was rated."""

    _inherit = "aftersales.followup"
    _guarded = frozenset({"feedback_id"})

    feedback_id = fields.Many2one(
        "aftersales.feedback", index="btree_not_null", ondelete="set null", readonly=True
    )
    feedback_comment = fields.Text(related="feedback_id.comment", string="The Customer Wrote")

    def action_open_rated(self):
        """Open what the customer rated."""
        return self.feedback_id.action_open_document()


class AftersalesFeedback(models.Model):
    """What follows from a customer's rating, in the customer's click, which it never stops."""

    _inherit = "aftersales.feedback"

    @api.model
    def _on_rated(self, rating):
        """Note score and comment of a rating of ours, and raise the alert for a low one."""
        # sudo: core's page, which asked for the customer's token, or our own
        row = self.sudo().search([("rating_id", "=", rating.id)])
        if not row:
            return
        row.write(
            {
                "score": rating.rating,
                "comment": rating.feedback,
                "date_rated": row.company_id._aftersales_today(),
            }
        )
        with never_fail(self.env, f"What follows from {row}"):
            row._follow_up()

    def _follow_up(self):
        """Open the follow-up of a low score; a better one later is noted on it."""
        followup = self.env["aftersales.followup"].search([("feedback_id", "=", self.id)])
        if followup and self.score > LOW:
            followup._message_log(
                body=self.env._("The customer changed the score to %s of 5.", round(self.score))
            )
        elif self.score <= LOW:
            followup._open([self._prepare_followup()])

    def _prepare_followup(self):
        """Return the values of the follow-up; who dealt with the matter has it to do today."""
        owner = self.user_id
        local = self.with_context(lang=owner.lang or self.env.lang)
        return {
            "name": local.env._("%s: the customer is not happy", self.name),
            "kind": "feedback",
            "key": f"feedback/{self.rating_id.id}",
            "partner_id": self.partner_id.id,
            "company_id": self.company_id.id,
            "user_id": owner.id,
            "date_due": self.company_id._aftersales_today(),
            "feedback_id": self.id,
        }
