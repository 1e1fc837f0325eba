# SPDX-License-Identifier: AGPL-3.0-or-later
import base64

from odoo import fields, models
from odoo.exceptions import UserError

from ..models.visit_completion import IN_VAIN


class AftersalesVisitOutcome(models.TransientModel):
    """Asks why a visit came to nothing: nobody there, refused, not found."""

    _name = "aftersales.visit.outcome"
    _description = "Could Not Inspect"

    visit_id = fields.Many2one("fsm.order", required=True, readonly=True, ondelete="cascade")
    outcome = fields.Selection(IN_VAIN, string="What Happened", required=True, default="no_access")
    note = fields.Char(required=True)
    photo = fields.Image(max_width=1920, max_height=1920)

    def action_confirm(self):
        """Close the visit with this outcome.

        It uses nothing of the plan, unless nobody let us in on a date the customer had confirmed.

        :raises UserError: the visit is over, perhaps by a second click
        """
        self.ensure_one()
        visit = self.visit_id
        if visit.is_closed:
            raise UserError(self.env._("%s is over already: reopen it first.", visit.name))
        visit.write({"outcome": self.outcome, "outcome_note": self.note})
        labels = dict(self._fields["outcome"]._description_selection(self.env))
        visit.message_post(
            body=self.env._(
                "Could not inspect: %(outcome)s. %(note)s",
                outcome=labels[self.outcome],
                note=self.note,
            ),
            attachments=[("photo.jpg", base64.b64decode(self.photo))] if self.photo else [],
            subtype_xmlid="mail.mt_note",
        )
        visit.action_complete()
