# SPDX-License-Identifier: LGPL-3.0-or-later
from dataclasses import dataclass

from odoo import fields, models
from odoo.exceptions import UserError

# Proposals are not worth a line in the chatter.
QUIET = {"mail_create_nolog": True, "mail_create_nosubscribe": True, "tracking_disable": True}


@dataclass(frozen=True)
class Facts:
    """What is known about the people of a run: {commercial partner: amount}."""

    balances: dict
    available: dict
    busy: object  # those with a draft payout


class AftersalesPayoutRun(models.Model):
    """Whom a run pays how much, and whom it leaves out with which reason (requirement 74)."""

    _inherit = "aftersales.payout.run"

    def _propose(self):
        """Make a draft payout, or a line with the reason, for everybody the run is for."""
        self.ensure_one()
        payouts, left_out = [], []
        facts = self._facts(self._people())
        Payout = self.env["aftersales.payout"].with_company(self.company_id)
        for partner in facts.balances:
            vals = self._prepare_payout(partner, facts)
            reason = self._why_not(Payout.new(vals), facts)
            if not reason:
                payouts.append(vals)
            elif self._tells(partner, vals):
                left_out.append(self._prepare_left_out(partner, reason, facts.balances[partner]))
        Payout.with_context(**QUIET).create(payouts)
        self.env["aftersales.payout.run.left"].create(left_out)

    def _people(self):
        """Return the commercial partners the run is for: who was chosen, else all with a balance.

        Referrers with nothing owed either way are no news to anybody.
        """
        if self.referrer_ids:
            return self.referrer_ids.commercial_partner_id
        rows = self.env["aftersales.commission"]._read_group(
            [("company_id", "=", self.company_id.id)],
            ["referrer_id"],
            having=[("amount:sum", "!=", 0)],
        )
        return self.env["res.partner"].union(*(partner for (partner,) in rows))

    def _facts(self, partners):
        Commission = self.env["aftersales.commission"]
        partners = partners.sorted(lambda partner: (partner.name or "", partner.id))
        balances = Commission._balances(partners, self.company_id)
        drafts = self.env["aftersales.payout"].search(
            [("company_id", "=", self.company_id.id), ("state", "=", "draft")]
        )
        return Facts(
            {partner: balances[partner] for partner in partners},
            Commission._balances(partners, self.company_id, self.date),
            drafts.referrer_id.commercial_partner_id,
        )

    def _prepare_payout(self, partner, facts):
        return {
            "run_id": self.id,
            "referrer_id": partner.id,
            "company_id": self.company_id.id,
            "method": partner.referral_payout_method or "credit",
            "date": self.date,
            "amount": max(facts.available[partner], 0.0),
        }

    def _prepare_left_out(self, partner, reason, balance):
        return {
            "run_id": self.id,
            "referrer_id": partner.id,
            "reason": reason,
            "balance": balance,
        }

    def _tells(self, partner, vals):
        """Tell whether it is worth saying that ``partner`` is left out."""
        return bool(self.referrer_ids) or self.method in (False, vals["method"])

    # --- Reasons -------------------------------------------------------------------------------

    def _why_not(self, draft, facts):
        """Return why this run does not pay ``draft``, in words; empty when it does.

        :param draft: the payout it would be, not saved
        """
        return (
            draft._referrer_problem()
            or self._why_not_by_amount(draft, facts.balances[draft.referrer_id])
            or self._why_not_by_choice(draft, facts)
            or draft._what_is_missing()
        )

    def _why_not_by_choice(self, draft, facts):
        if self.method and self.method != draft.method:
            methods = dict(self._fields["method"]._description_selection(self.env))
            return self.env._("Is paid in: %s.", methods[draft.method])
        if draft.referrer_id in facts.busy:
            return self.env._("Has a draft payout already: post or cancel it first.")
        return ""

    def _why_not_by_amount(self, draft, balance):
        currency = self.currency_id
        if currency.compare_amounts(balance, 0) < 0:
            return self.env._(
                "Owes %s, which is set off against later rewards.", currency.format(-balance)
            )
        if currency.is_zero(balance):
            return self.env._("Nothing is owed.")
        if currency.is_zero(draft.amount):
            return self.env._("Nothing can be paid on this day; the rest is on hold.")
        if currency.compare_amounts(draft.amount, draft._minimum()) < 0:
            return self.env._(
                "%(available)s is less than the least payout of %(minimum)s.",
                available=currency.format(draft.amount),
                minimum=currency.format(draft._minimum()),
            )
        return ""


class AftersalesPayout(models.Model):
    """A line of a run's preview, which may be changed or left out."""

    _inherit = "aftersales.payout"
    _guarded = frozenset({"run_id"})

    run_id = fields.Many2one(
        "aftersales.payout.run",
        string="Payout Run",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )

    def write(self, vals):
        """Refuse to raise what a preview proposes beyond what can be paid."""
        result = super().write(vals)
        if "amount" in vals:
            self.filtered(lambda payout: payout.run_id)._check_within_available()
        return result

    def _check_within_available(self):
        for payout in self:
            if payout.currency_id.compare_amounts(payout.amount, payout.available) > 0:
                raise UserError(
                    self.env._(
                        "%(referrer)s can be paid %(available)s, not %(amount)s.",
                        referrer=payout.referrer_id.display_name,
                        available=payout.currency_id.format(payout.available),
                        amount=payout.currency_id.format(payout.amount),
                    )
                )

    def action_leave_out(self):
        """Take these drafts out of the preview of their run; the run notes who did so.

        :raises UserError: one is no draft of a preview
        """
        self.check_access("write")
        payouts = self.sudo()  # drafts are nobody's to delete; the right was checked above
        for payout in payouts:
            if payout.state != "draft" or payout.run_id.state != "preview":
                raise UserError(self.env._("%s is in no preview: cancel it instead.", payout.name))
        balances = {payout: payout._balance() for payout in payouts}
        reason = self.env._("Left out by %s.", self.env.user.name)
        self.env["aftersales.payout.run.left"].sudo().create(
            [
                payout.run_id._prepare_left_out(payout.referrer_id, reason, balances[payout])
                for payout in payouts
            ]
        )
        runs = payouts.run_id
        payouts.unlink()
        runs._ask_approval()
