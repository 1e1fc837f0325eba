# SPDX-License-Identifier: LGPL-3.0-or-later
import psycopg2

from odoo import api, fields, models
from odoo.exceptions import UserError

from .by_index import by_index
from .work_off import fit_for, owner_of, work_off

ACTIVITY = "aftersales_plans.activity_followup"


class AftersalesFollowup(models.Model):
    """One matter for which we turn to a customer: a call, a greeting, a check (51, 54, 57).

    A row is one matter with one owner; ``key`` names the matter, so that nobody calls about it
    twice. What is to be done is an Odoo activity on it, due on ``date_due``; what came of it is
    said with the buttons of ``followup_outcome``. Nobody deletes one: it would come back.
    """

    _name = "aftersales.followup"
    _description = "Follow-up"
    _inherit = [
        "aftersales.guarded",
        "aftersales.state.gate",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "date_due, id"
    _check_company_auto = True
    _transitions = {"open": {"done", "dropped"}, "done": set(), "dropped": {"open"}}
    _guarded = frozenset(
        {"name", "state", "kind", "key", "date_done", "partner_id", "contract_id", "company_id"}
    )

    name = fields.Char(required=True, readonly=True)
    kind = fields.Selection(
        [
            ("courtesy", "Courtesy call"),
            ("important_date", "Important date"),
            ("retention", "Stay in touch"),
            ("dormant", "Cover not used"),
            ("feedback", "Low score"),
        ],
        required=True,
        readonly=True,
        index=True,
    )
    key = fields.Char(
        required=True,
        readonly=True,
        copy=False,
        help="The matter, such as courtesy/<order>; each is followed up once.",
    )
    state = fields.Selection(
        [("open", "To do"), ("done", "Done"), ("dropped", "Dropped")],
        default="open",
        required=True,
        readonly=True,
        tracking=True,
        index=True,
        group_expand=True,
    )
    partner_id = fields.Many2one(
        "res.partner", string="Customer", required=True, index=True, ondelete="cascade"
    )
    contract_id = fields.Many2one(
        "aftersales.contract", index="btree_not_null", ondelete="cascade", check_company=True
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    user_id = fields.Many2one(
        "res.users", string="Responsible", tracking=True, index=True, domain=[("share", "=", False)]
    )
    date_due = fields.Date(string="Due", required=True, index=True, tracking=True)
    date_done = fields.Date(string="Done on", readonly=True, copy=False)
    note = fields.Html(string="What Was Said")

    _key_unique = models.UniqueIndex("(key, company_id)", "This matter is followed up already.")
    _done_idx = models.Index("(company_id, date_done) WHERE state = 'done'")

    @api.model
    def _open(self, vals_list):
        """Open a follow-up for each matter that has none yet, and give its owner the activity.

        :param vals_list: values of rows; ``key`` names the matter; ``user_id`` is filled in with
            who answers for the customer where it is missing, or may not do it
        :return: the new rows; without those that somebody else opened at the same time
        """
        fresh = {}
        for vals in vals_list:
            company = vals.get("company_id") or self.env.company.id
            fresh.setdefault((vals["key"], company), {**vals, "company_id": company})
        known = self.search([("key", "in", [key for key, _company in fresh])])
        for followup in known:
            fresh.pop((followup.key, followup.company_id.id), None)
        followups = self._create_each(list(fresh.values()))
        for followup in followups:
            followup.user_id = followup._find_owner()
        followups.filtered(lambda one: one._is_by_hand())._schedule()
        return followups

    @api.model
    def _create_each(self, vals_list):
        """Create at once; where another run was faster with one of them, the others by themselves.

        That run's rows cannot be seen from here (REPEATABLE READ), only stumbled over.
        """
        try:
            with self.env.cr.savepoint():
                return self.create(vals_list)
        except psycopg2.errors.UniqueViolation:
            if len(vals_list) == 1:
                return self.browse()
        return self.browse().union(*(self._create_each([vals]) for vals in vals_list))

    def _find_owner(self):
        """Return who has it to do: ONE who may, else whoever else answers for the customer."""
        self.ensure_one()
        customer = self.partner_id
        wanted = (
            self.user_id
            | self.contract_id.user_id
            | customer.user_id
            | customer.commercial_partner_id.user_id
        )
        return (fit_for(self, wanted) or owner_of(self))[:1]

    # --- Activity ------------------------------------------------------------------------------

    def _is_by_hand(self):
        """Tell whether somebody has to do it; what goes out by itself is none of it."""
        self.ensure_one()
        return True

    def _schedule(self):
        """Give the owners the activity."""
        for followup in self:
            local = followup.with_context(lang=followup.user_id.lang)
            local.activity_schedule(
                ACTIVITY, date_deadline=followup.date_due, user_id=followup.user_id.id
            )

    def write(self, vals):
        """Let the activity follow day and owner."""
        result = super().write(vals)
        if not {"date_due", "user_id"}.isdisjoint(vals):
            for followup in self.filtered(lambda followup: followup.state == "open"):
                # sudo: the activity may be a colleague's; who may write the matter hands it over
                followup.sudo().activity_reschedule(
                    [ACTIVITY],
                    date_deadline=followup.date_due,
                    new_user_id=followup.user_id.id or None,
                )
        return result

    def _schedule_again(self):
        """Remind the owner of what has no activity: it was marked done by hand, or deleted.

        The outcome is not known then, so the matter stays to do.
        """
        for followup in self:
            followup._schedule()
            followup.activity_ids[-1:].summary = followup.with_context(
                lang=followup.user_id.lang
            )._reminder()

    def _message_auto_subscribe_notify(self, partner_ids, template):
        """Let the activity alone tell a new owner; another mail would say the same."""

    def _reminder(self):
        return self.env._("Record what came of it")

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        """Keep them: the daily job would open the same matter again.

        :raises UserError: naming the first
        """
        raise UserError(
            self.env._("%s: drop it instead; deleted, it would be opened again.", self[:1].name)
        )

    # --- Every day -----------------------------------------------------------------------------

    @api.model
    def _cron_turn_to_customers(self):
        """Open what is due today, each matter once, and keep what is open in order."""
        steps = [
            (company, find)
            for company in self.env["res.company"].search([])
            for find in self._daily_work()
        ]
        for company, find in steps:
            with by_index(self.env):
                work = find(self.with_company(company), company)
            if work and not work_off(self.env, work):
                return  # no time left; the job is called again

    @api.model
    def _daily_work(self):
        """Return functions of (follow-ups, company), in order, that return work for ``work_off``.

        What is found rests on what was done before: a greeting keeps its distance to a call.
        """
        return [type(self)._find_opted_out, type(self)._find_without_activity]

    @api.model
    def _find_opted_out(self, company):
        """Return the calls to customers who want none any more; a complaint is still answered."""
        found = self.search(
            [
                ("company_id", "=", company.id),
                ("state", "=", "open"),
                ("kind", "!=", "feedback"),
                ("partner_id.commercial_partner_id.aftersales_no_contact", "=", True),
            ]
        )
        return [(followup, "_drop_unwanted") for followup in found]

    @api.model
    def _find_without_activity(self, company):
        kind = self.env.ref(ACTIVITY, raise_if_not_found=False)
        if not kind:
            return []
        found = self.search(
            [
                ("company_id", "=", company.id),
                ("state", "=", "open"),
                ("date_due", "<=", company._aftersales_today()),
                ("activity_ids", "not any", [("activity_type_id", "=", kind.id)]),
            ]
        )
        return [(one, "_schedule_again") for one in found if one._is_by_hand()]
