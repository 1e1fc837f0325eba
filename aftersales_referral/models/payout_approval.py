# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command, Domain
from odoo.tools import plaintext2html

from .payout import DECIDED

APPROVE_PAYOUT = "aftersales_referral.mail_activity_type_approve_payout"


class AftersalesPayout(models.Model):
    """Above the company's limit another accountant approves a payout (requirement 79).

    What was posted in the month to the same referrer without approval counts with it: paying in
    parts is no way around. Neither who entered or changed it, nor who registered a referral it pays
    for. A change of what was approved takes the approval back.
    """

    _inherit = "aftersales.payout"
    _guarded = frozenset({"entered_by_ids"})

    to_approve = fields.Boolean(compute="_compute_to_approve", search="_search_to_approve")
    entered_by_ids = fields.Many2many(
        "res.users",
        string="Entered by",
        readonly=True,
        copy=False,
        help="Who entered the payout, or changed what is paid to whom.",
    )

    may_approve = fields.Boolean(
        compute="_compute_may_approve", help="Whether the user may approve it, who looks at it."
    )

    @api.depends(
        "amount", "state", "approved_by_id", "referrer_id", "company_id.aftersales_payout_limit"
    )
    def _compute_to_approve(self):
        posted = self._read_unapproved(
            self.company_id.filtered("aftersales_payout_limit"),
            self.referrer_id.commercial_partner_id,
        )
        for payout in self:
            company, partner = payout.company_id, payout.referrer_id.commercial_partner_id
            limit = company.aftersales_payout_limit
            whole = posted.get((company, partner), 0.0) + payout.amount
            above = limit and payout.currency_id.compare_amounts(whole, limit) > 0
            payout.to_approve = above and payout.state == "draft" and not payout.approved_by_id

    @api.model
    def _read_unapproved(self, companies, partners):
        """Return what was posted to these commercial partners in this month without approval.

        :return: {(company, partner): amount}
        """
        sums = {}
        for company in companies:
            month = company._aftersales_today().replace(day=1)
            # sums alone, for whoever may read a payout
            for partner, amount in self.sudo()._read_group(
                [
                    ("company_id", "=", company.id),
                    ("state", "=", "posted"),
                    ("approved_by_id", "=", False),
                    ("commission_ids.date", ">=", month),
                    ("referrer_id.commercial_partner_id", "in", partners.ids),
                ],
                ["referrer_id.commercial_partner_id"],
                ["amount:sum"],
            ):
                sums[company, partner] = amount
        return sums

    @api.depends("to_approve", "referrer_id", "company_id", "entered_by_ids")
    @api.depends_context("uid")
    def _compute_may_approve(self):
        for payout in self:
            # what is not saved yet is entered by the user
            asked = payout.to_approve and payout._origin
            payout.may_approve = asked and self.env.user not in payout._involved()

    @api.model
    def _search_to_approve(self, operator, value):
        if operator != "in":
            return NotImplemented
        # limits alone; rules decide whose payouts are found
        companies = self.env["res.company"].sudo().search([("aftersales_payout_limit", ">", 0)])
        waiting = Domain("state", "=", "draft") & Domain("approved_by_id", "=", False)
        drafts = self.search(waiting & Domain("company_id", "in", companies.ids))
        posted = self._read_unapproved(companies, drafts.referrer_id.commercial_partner_id)
        above = Domain.OR(
            Domain("company_id", "=", company.id)
            & Domain("amount", ">", company.aftersales_payout_limit)
            for company in companies
        ) | Domain.OR(
            Domain("company_id", "=", company.id)
            & Domain("referrer_id.commercial_partner_id", "=", partner.id)
            & Domain("amount", ">", company.aftersales_payout_limit - amount)
            for (company, partner), amount in posted.items()
        )
        found = waiting & above
        return found if True in value else ~found

    @api.model_create_multi
    def create(self, vals_list):
        """Ask for the approval of what is above the limit."""
        payouts = super().create(vals_list)
        payouts.sudo().entered_by_ids = self.env.user  # no client names somebody else
        payouts._ask_approval()
        return payouts

    def write(self, vals):
        """Take the approval back when something else is to be paid than was approved."""
        if DECIDED.isdisjoint(vals):
            return super().write(vals)
        before = {payout: payout._what_is_decided() for payout in self}
        result = super().write(vals)
        changed = self.filtered(lambda payout: payout._what_is_decided() != before[payout])
        if changed:
            # who changes what is paid never approves it as well; referrers choose the method only
            who = {} if self.env.user.share else {"entered_by_ids": [Command.link(self.env.uid)]}
            # nobody's to write by hand; follows from the write above
            changed.sudo().write({"approved_by_id": False, **who})
            changed._ask_approval()
        return result

    def _what_is_decided(self):
        return tuple(self[name] for name in sorted(DECIDED))

    # --- Asking --------------------------------------------------------------------------------

    def _ask_approval(self):
        """Give an accountant who may approve something to do; a run asks for all of its own."""
        self.run_id.sudo()._ask_approval()  # anybody's to-do
        for payout in self.filtered(lambda payout: not payout.run_id).sudo():  # anybody's to-do
            if not payout.to_approve:
                payout.activity_unlink([APPROVE_PAYOUT])
                continue
            approvers = payout._approvers()
            asked = payout.activity_search([APPROVE_PAYOUT])
            if approvers and not asked.user_id & approvers:
                asked.unlink()
                payout.activity_schedule(
                    APPROVE_PAYOUT,
                    user_id=approvers[0].id,
                    summary=self.env._("Approve payout %s", payout.name),
                    note=plaintext2html(
                        self.env._(
                            "%(amount)s to %(referrer)s, above the limit of %(limit)s.",
                            amount=payout.currency_id.format(payout.amount),
                            referrer=payout.referrer_id.display_name,
                            limit=payout._limit_in_words(),
                        )
                    ),
                )

    def _on_state(self, state):
        """Leave nobody an approval to give for what was cancelled."""
        result = super()._on_state(state)
        if state == "cancelled":
            self.sudo()._ask_approval()  # anybody's to-do
        return result

    def _limit_in_words(self):
        return self.currency_id.format(self.company_id.aftersales_payout_limit)

    def _approvers(self):
        """Return the accountants who may approve this payout, whom the company names first."""
        self.ensure_one()
        company = self.company_id
        accountants = company._aftersales_users("aftersales_plans.group_accountant")
        return (company._aftersales_accountant() | accountants) - self._involved()

    def _involved(self):
        """Return who entered or changed this payout, or registered a referral it pays for."""
        # who registered what, whoever may read those referrals
        referrals = (
            self.env["aftersales.commission"]
            .sudo()
            ._read_group(
                [
                    ("referrer_id", "=", self.referrer_id.commercial_partner_id.id),
                    ("company_id", "=", self.company_id.id),
                    ("referral_id", "!=", False),
                ],
                [],
                ["referral_id:recordset"],
            )[0][0]
        )
        registered = referrals.create_uid | referrals.user_id
        return registered | self.create_uid | self.entered_by_ids

    # --- Deciding ------------------------------------------------------------------------------

    def action_approve(self):
        """Approve these payouts.

        :raises UserError: one needs no approval
        :raises AccessError: the user entered one, or registered a referral it pays for
        """
        self.check_access("write")
        for payout in self:
            if not payout.to_approve:
                raise UserError(self.env._("%s needs no approval.", payout.name))
            if self.env.user in payout._involved():
                raise AccessError(
                    self.env._(
                        "You entered or changed %(payout)s, or registered a referral of "
                        "%(referrer)s: another accountant approves it.",
                        payout=payout.name,
                        referrer=payout.referrer_id.display_name,
                    )
                )
        payouts = self.sudo()  # nobody writes an approval by hand; checked above
        payouts.approved_by_id = self.env.user
        payouts.activity_feedback([APPROVE_PAYOUT])
        payouts.run_id._ask_approval()

    def action_take_approval_back(self):
        """Let these payouts wait for an approval again; any accountant may.

        :raises UserError: one is not approved, or no draft any more
        """
        self.check_access("write")
        for payout in self:
            if payout.state != "draft" or not payout.approved_by_id:
                raise UserError(
                    self.env._("%s is not approved, or no draft any more.", payout.name)
                )
        self.sudo().approved_by_id = False  # nobody writes an approval by hand; checked above
        self._ask_approval()

    def _check_approved(self):
        """Refuse to post what waits for an approval.

        :raises UserError: naming the limit
        """
        self.invalidate_recordset(["to_approve"])  # another one may have been posted meanwhile
        for payout in self:
            if payout.to_approve:
                raise UserError(
                    self.env._(
                        "%(payout)s, %(amount)s to %(referrer)s, is above the limit of %(limit)s, "
                        "alone or with what was posted this month: another accountant "
                        "approves it first.",
                        payout=payout.name,
                        amount=payout.currency_id.format(payout.amount),
                        referrer=payout.referrer_id.display_name,
                        limit=payout._limit_in_words(),
                    )
                )
