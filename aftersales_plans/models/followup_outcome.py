# SPDX-License-Identifier: LGPL-3.0-or-later
from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import UserError

from .followup import ACTIVITY
from .linked_records import CLAIMS, open_dialog, open_records

TRIES = 3  # calls nobody answers, then the matter is dropped


class AftersalesFollowup(models.Model):
    """What came of a follow-up, said with one button each (requirement 54)."""

    _inherit = "aftersales.followup"
    _guarded = frozenset({"outcome", "tries", "drop_reason", "claim_id"})

    outcome = fields.Selection(
        [("satisfied", "Satisfied"), ("not_satisfied", "Not satisfied"), ("other", "Reached")],
        readonly=True,
        copy=False,
        tracking=True,
        index="btree_not_null",
    )
    tries = fields.Integer(
        string="Not Reached", readonly=True, copy=False, help="How often nobody answered."
    )
    drop_reason = fields.Char(string="Dropped Because", readonly=True, copy=False, tracking=True)
    claim_id = fields.Many2one(
        "aftersales.claim",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="Opened because the customer was not satisfied.",
    )

    def action_satisfied(self):
        """Record that the customer was reached and is satisfied."""
        self._settle("satisfied")

    def action_done(self):
        """Record that the customer was reached, where satisfaction was not the question."""
        self._settle("other")

    def action_not_satisfied(self):
        """Ask what is wrong, and make a claim of it."""
        self.ensure_one()
        self.check_access("write")
        self._check_to_do()
        return open_dialog(
            self.env._("What Is Wrong?"),
            "aftersales.followup.complaint",
            default_followup_id=self.id,
        )

    def action_not_reached(self):
        """Try again on the next working day; after three tries the matter is dropped."""
        self.check_access("write")
        self._check_to_do()
        for followup in self:
            followup.sudo().tries += 1  # checked above; nobody's to write by hand
            if followup.tries >= TRIES:
                followup._drop(self.env._("Not reached %s times", TRIES))
                continue
            today = followup.company_id._aftersales_today()
            followup.date_due = followup.company_id._aftersales_working_day(
                today + timedelta(days=1), today + timedelta(days=14)
            )
            followup._message_log(body=self.env._("Not reached, try %s.", followup.tries))

    def action_drop(self):
        """Ask why nobody is to call about it."""
        self.check_access("write")
        self._check_to_do()
        return open_dialog(
            self.env._("Drop"), "aftersales.followup.drop", default_followup_ids=self.ids
        )

    def action_take_up_again(self):
        """Let the owner do what was dropped, today or on the next working day."""
        self.check_access("write")
        for followup in self:
            today = followup.company_id._aftersales_today()
            followup._set_state("open")
            # checked above; nobody's to write by hand
            followup.sudo().write({"tries": 0, "drop_reason": False, "date_done": False})
            followup.date_due = followup.company_id._aftersales_working_day(
                today, today + timedelta(days=14)
            )
            followup._schedule()

    def action_open_claim(self):
        """Open the claim that came of it."""
        return open_records(self.claim_id, CLAIMS)

    def _check_to_do(self):
        """Raise where a matter is settled.

        :raises UserError: naming the first
        """
        settled = self.filtered(lambda followup: followup.state != "open")[:1]
        if settled:
            raise UserError(
                self.env._(
                    "%s is settled already. Where it was dropped, take it up again.", settled.name
                )
            )

    def _settle(self, outcome, claim=None):
        """Record the outcome, with its day, and do the activity.

        :param outcome: one of ``outcome``
        :param claim: that came of it
        """
        self.check_access("write")
        self._check_to_do()
        for followup in self:
            # checked above; nobody's to write by hand
            followup.sudo().write(
                {
                    "outcome": outcome,
                    "claim_id": claim and claim.id,
                    "date_done": followup._day_of_contact(),
                }
            )
        self._set_state("done")

    def _day_of_contact(self):
        """Return the day the customer heard of us."""
        return self.company_id._aftersales_today()

    def _on_reached(self):
        """Let others note that the customers heard of us on ``date_done``; empty here.

        Called once they are done. An override writes its own tables only and calls ``super()``.
        """

    def _drop(self, reason):
        """Let nobody call about it, and note why; callers check who may."""
        for followup in self:
            # checked by the caller; nobody's to write by hand
            followup.sudo().drop_reason = reason
        self._set_state("dropped")

    def _drop_unwanted(self):
        self._drop(self.env._("The customer wants no calls or mails by us"))

    def _on_state(self, state):
        """Do the activity with the matter, or take it away."""
        result = super()._on_state(state)
        hidden = self.sudo()  # the activity may be a colleague's; the matter was checked
        if state == "done":
            for followup in hidden:
                outcomes = dict(followup._fields["outcome"]._description_selection(self.env))
                followup.activity_feedback([ACTIVITY], feedback=outcomes.get(followup.outcome))
            self._on_reached()
        elif state == "dropped":
            hidden.activity_unlink([ACTIVITY])
        return result
