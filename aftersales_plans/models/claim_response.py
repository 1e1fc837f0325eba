# SPDX-License-Identifier: LGPL-3.0-or-later
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from .claim import OPEN_STATES
from .work_off import work_off

ANSWERS = ("approved", "refused")
SETTLED = ("done", "refused")
OVERDUE_ACTIVITY = "aftersales_plans.activity_answer_overdue"


class AftersalesClaim(models.Model):
    """When a claim has to be answered, when it was, and who is told otherwise (requirement 70).

    The promise of a plan with support at any time counts every hour; any other counts the hours
    of the company's working calendar.
    """

    _inherit = "aftersales.claim"
    _guarded = frozenset({"date_responded", "date_done", "date_escalated"})

    response_deadline = fields.Datetime(
        string="Answer Due",
        compute="_compute_response_deadline",
        store=True,
        copy=False,
        help="Until when the plan promises an answer.",
    )
    date_responded = fields.Datetime(
        string="Answered on",
        readonly=True,
        copy=False,
        help="First decision, or first message to the customer.",
    )
    date_done = fields.Datetime(
        string="Settled on", readonly=True, copy=False, help="Done or refused."
    )
    date_escalated = fields.Datetime(string="Escalated on", readonly=True, copy=False)
    response_hours_taken = fields.Float(
        string="Hours to Answer",
        compute="_compute_response_hours_taken",
        store=True,
        aggregator="avg",
        help="Counted as the plan promises them: working hours, or every hour.",
    )
    resolution_hours = fields.Float(
        string="Hours to Settle",
        compute="_compute_resolution_hours",
        store=True,
        aggregator="avg",
        help="Every hour from the report until the claim was done or refused.",
    )
    is_late = fields.Boolean(
        string="Late",
        compute="_compute_is_late",
        search="_search_is_late",
        help="Not answered, although the promised time has passed.",
    )

    # What the overview counts of the last weeks, among years of claims.
    _reported_idx = models.Index("(date_reported)")
    _done_idx = models.Index("(date_done) WHERE date_done IS NOT NULL")
    _unanswered_idx = models.Index(
        "(response_deadline) WHERE date_responded IS NULL AND state IN ('draft', 'submitted')"
    )

    def _guarded_fields(self):
        """Add what is measured."""
        return super()._guarded_fields() | {
            "response_deadline",
            "response_hours_taken",
            "resolution_hours",
        }

    @api.depends(
        "date_reported", "company_id", "contract_id.response_hours", "contract_id.support_level"
    )
    def _compute_response_deadline(self):
        for claim in self:
            hours, reported = claim.contract_id.response_hours, claim.date_reported
            if not hours or not reported:
                claim.response_deadline = False
            elif claim.contract_id._counts_every_hour():
                claim.response_deadline = reported + timedelta(hours=hours)
            else:
                claim.response_deadline = claim.company_id._aftersales_after(reported, hours)

    @api.depends("date_reported", "date_responded")
    def _compute_response_hours_taken(self):
        for claim in self:
            reported, answered = claim.date_reported, claim.date_responded
            if not reported or not answered or answered < reported:
                claim.response_hours_taken = 0.0
            elif claim.contract_id._counts_every_hour():
                claim.response_hours_taken = (answered - reported).total_seconds() / 3600
            else:
                claim.response_hours_taken = claim.company_id._aftersales_hours_between(
                    reported, answered
                )

    @api.depends("date_reported", "date_done")
    def _compute_resolution_hours(self):
        for claim in self:
            settled = claim.date_done
            claim.resolution_hours = (
                (settled - claim.date_reported).total_seconds() / 3600 if settled else 0.0
            )

    @api.depends("state", "date_responded", "response_deadline")
    def _compute_is_late(self):
        now = fields.Datetime.now()
        for claim in self:
            claim.is_late = bool(
                claim.state in OPEN_STATES
                and not claim.date_responded
                and claim.response_deadline
                and claim.response_deadline < now
            )

    def _search_is_late(self, operator, value):
        if operator != "in":
            return NotImplemented
        late = (
            Domain("state", "in", OPEN_STATES)
            & Domain("date_responded", "=", False)
            & Domain("response_deadline", "<", fields.Datetime.now())
        )
        return late if True in value else ~late

    # --- Answered and settled ------------------------------------------------------------------

    def _on_state(self, state):
        """Note when the claims were answered and settled."""
        result = super()._on_state(state)
        hidden = self.sudo()  # follows from the state, which the caller was allowed to change
        if state in ANSWERS:
            hidden._note_answer()
        if state in SETTLED:
            hidden.date_done = fields.Datetime.now()
        elif state == "draft":
            hidden.date_done = False
        elif state == "cancelled":
            hidden._stop_pushing()
        return result

    def _message_post_after_hook(self, message, msg_vals):
        """Take the first message of a colleague to the customer for an answer."""
        result = super()._message_post_after_hook(message, msg_vals)
        if self._answers_customer(message):
            self.sudo()._note_answer()  # follows from the message, which was allowed
        return result

    def _answers_customer(self, message):
        """Tell whether ``message`` was written by a colleague and goes to the customer."""
        author = message.author_id
        internal = message.is_internal or message.subtype_id.internal
        if message.message_type != "comment" or internal or author.partner_share:
            return False
        receivers = (message.partner_ids | self.message_partner_ids) - author
        return self.partner_id.commercial_partner_id in receivers.commercial_partner_id

    def _note_answer(self):
        """Note that the claims are answered now, if they were not; nobody has to be pushed."""
        unanswered = self.filtered(lambda claim: not claim.date_responded)
        unanswered.date_responded = fields.Datetime.now()
        unanswered._stop_pushing()

    def _stop_pushing(self):
        self.filtered("date_escalated").activity_unlink([OVERDUE_ACTIVITY])

    # --- Escalation ----------------------------------------------------------------------------

    @api.model
    def _cron_escalate(self):
        """Push the answer of late claims, each once."""
        late = self.search([("is_late", "=", True), ("date_escalated", "=", False)])
        work_off(
            self.env,
            [(claim, "_escalate") for claim in late],
            on_error=type(self)._mark_escalated,
            owner=type(self)._escalation_users,
        )

    def _escalate(self):
        """Give whoever answers for this claim something to do today."""
        self.ensure_one()
        for user in self._escalation_users():
            self.activity_schedule(
                OVERDUE_ACTIVITY,
                user_id=user.id,
                summary=self.env._("Answer %s", self.partner_id.display_name),
            )
        self._mark_escalated()

    def _mark_escalated(self):
        """Push this claim no more."""
        self.date_escalated = fields.Datetime.now()

    def _escalation_users(self):
        """Return the responsible; without one who can see it, the company's plan managers."""
        self.ensure_one()
        managers = self.env.ref("aftersales_plans.group_manager").all_user_ids
        return self.user_id.filtered(self._is_visible_to) or managers.filtered(self._is_visible_to)

    def _is_visible_to(self, user):
        """Tell whether ``user`` works here and may read this claim."""
        at_work = user.active and not user.share and self.company_id in user.company_ids
        return at_work and self.with_user(user).has_access("read")
