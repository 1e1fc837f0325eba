# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import fields, models
from odoo.exceptions import UserError

from odoo.addons.aftersales_plans.models.linked_records import open_action

from .client_actions import PAYOUTS

FIXED_ONCE_PREPARED = {"date", "method", "referrer_ids", "company_id"}


# One file per concern: what a run is, whom it pays, how it posts.
class AftersalesPayoutRun(models.Model):
    """Payouts of many referrers, looked over together and posted together (requirement 74).

    Preparing it makes a draft payout for whoever can be paid and a line with the reason for who
    is left out; nothing is booked by that. Posting it posts the drafts, a long run in the
    background. Created by accountants; its state changes by the buttons alone.
    """

    _name = "aftersales.payout.run"
    _description = "Payout Run"
    _inherit = [
        "aftersales.guarded",
        "aftersales.state.gate",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "id desc"
    _check_company_auto = True
    _guarded = frozenset({"name", "state", "user_id"})
    _transitions = {
        "draft": {"preview", "cancelled"},
        "preview": {"draft", "posting", "cancelled"},
        "posting": {"done"},
        "done": {"posting"},
        "cancelled": set(),
    }

    name = fields.Char(required=True, readonly=True, copy=False, default="/")
    state = fields.Selection(
        [
            ("draft", "New"),
            ("preview", "Preview"),
            ("posting", "Posting"),
            ("done", "Done"),
            ("cancelled", "Cancelled"),
        ],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
    )
    date = fields.Date(
        required=True,
        default=lambda self: self.env.company._aftersales_today(),
        copy=False,
        help="What can be paid on this day is proposed; the payouts are dated with it.",
    )
    method = fields.Selection(
        [("cash", "Money"), ("credit", "Store credit")],
        string="Only Who Is Paid in",
        help="By the choice of the referrers; empty: both.",
    )
    referrer_ids = fields.Many2many(
        "res.partner", string="Only These Referrers", help="Empty: all who are owed something."
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    user_id = fields.Many2one(
        "res.users", string="Posted by", readonly=True, copy=False, help="Is told when it is done."
    )
    payout_ids = fields.One2many(
        "aftersales.payout", "run_id", domain=[("state", "!=", "cancelled")]
    )
    left_out_ids = fields.One2many("aftersales.payout.run.left", "run_id", readonly=True)

    _posting_idx = models.Index("(id) WHERE state = 'posting'")

    def _number(self, vals):
        company_id = vals.get("company_id") or self.env.company.id
        sequence = self.env["ir.sequence"].with_company(company_id)
        return {"name": sequence.next_by_code("aftersales.payout.run")}

    def write(self, vals):
        """Refuse to change whom a run is for once it is prepared."""
        if not FIXED_ONCE_PREPARED.isdisjoint(vals) and any(run.state != "draft" for run in self):
            raise UserError(
                self.env._("A run that is prepared is not changed any more: start over first.")
            )
        return super().write(vals)

    # --- Buttons -------------------------------------------------------------------------------

    def action_prepare(self):
        """Propose a payout for everybody who can be paid, and say why others cannot."""
        self.check_access("write")
        # Referrers of other companies are left out with a reason, whether the user sees them.
        for run in self.sudo():
            run._set_state("preview")
            run._propose()

    def action_start_over(self):
        """Throw the preview away, to change the day or the people."""
        self.check_access("write")
        for run in self.sudo():  # drafts are nobody's to delete; the right was checked above
            run._set_state("draft")
            run._throw_preview_away()

    def action_post(self):
        """Post the payouts of the run, or what is left of it; a long one in the background.

        Twice is once: while it is at work nothing else is begun.

        :raises UserError: its day lies ahead, or there is nothing to post
        """
        self.check_access("write")
        for run in self.sudo():  # states are nobody's to write; the right was checked above
            if run.state != "posting":
                run._start_posting()

    def action_cancel(self):
        """Cancel a run of which nothing was posted.

        :raises UserError: a payout of its preview was posted by itself
        """
        self.check_access("write")
        for run in self.sudo():  # drafts are nobody's to delete; the right was checked above
            run._set_state("cancelled")
            if run.posted_count:
                raise UserError(
                    self.env._("%s has a posted payout: cancel that one first.", run.name)
                )
            run._throw_preview_away()

    def action_open_payouts(self):
        """Open the payouts of this run in a list of their own."""
        self.ensure_one()
        return open_action(self.env, PAYOUTS, [("run_id", "=", self.id)])

    def _throw_preview_away(self):
        self._drafts().unlink()
        self.left_out_ids.unlink()
        self._ask_approval()

    def _drafts(self):
        return self.payout_ids.filtered(lambda payout: payout.state == "draft")
