# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import models
from odoo.exceptions import AccessError

from ..calc import decision

SHIPPED_TYPES = (decision.CONTRACT, decision.WARRANTY, decision.GOODWILL)


class AftersalesClaim(models.Model):
    """How a claim is decided and approved, in one transaction (requirements 7, 52, 71, 72)."""

    _inherit = "aftersales.claim"

    def action_approve(self):
        """Decide, use the quota, ship what is covered and quote what is not."""
        self.check_access("write")
        self._check_has_lines()
        for claim in self:
            claim._approve()

    def _approve(self):
        """Carry out the approval of one claim; one transaction."""
        self.ensure_one()
        self.line_ids._check_still_there()
        self._open_year()
        self._set_state("approved")
        self._decide()
        self._check_limits()
        if decision.CONTRACT in self.line_ids.mapped("billing_type"):
            self.contract_id._check_benefits_not_held()
        given = self._given_lines()
        at_hand = given & self._lines_at_hand()
        self._ship(given - at_hand)
        self._expect_parts(given.filtered("part_returns"))
        if self.handling == "specialist":
            self._send_specialist()
        self._quote(self._prepare_charges())
        self._tell_customer("approved")
        self._hand_over(at_hand)
        self._finish()

    def _open_year(self):
        """Open the contract year of the day where the daily job has not come to it yet."""
        contract = self.contract_id
        if contract and not self.entitlement_id and contract._covers_day(self.date_occurred):
            contract.sudo()._open_periods()  # follows from the calendar; approving was checked

    def _given_lines(self):
        """Return the lines whose goods we ship for free, as they are decided now."""
        return self.line_ids.filtered(
            lambda line: line.cause_id.replaces_part and line.billing_type in SHIPPED_TYPES
        )

    # --- Who may -------------------------------------------------------------------------------

    def _check_limits(self):
        """Let each role approve up to its limit; above it a plan manager does (52).

        :raises AccessError: naming the claim and the limit
        """
        if self.env.user.has_group("aftersales_plans.group_manager"):
            return
        for types, limit in self._limits().items():
            value = sum(line.list_value for line in self.line_ids if line.billing_type in types)
            if limit is not None and value > limit:
                raise AccessError(
                    self.env._(
                        "Claim %(claim)s gives goods worth %(value)s away as %(kind)s, your limit "
                        "is %(limit)s: ask a plan manager to approve it.",
                        claim=self.name,
                        value=self.currency_id.format(value),
                        kind=self.line_ids._billing_labels(types),
                        limit=self.currency_id.format(limit),
                    )
                )

    def _limits(self):
        """Return {billing types: list price the user may give away in one claim; None: any}."""
        company, agent = self.company_id, self.env.user.has_group("aftersales_plans.group_agent")
        goodwill, covered = (
            (company.aftersales_goodwill_limit_agent, company.aftersales_cover_limit_agent)
            if agent
            else (company.aftersales_goodwill_limit, company.aftersales_cover_limit)
        )
        return {
            (decision.GOODWILL,): goodwill,
            (decision.CONTRACT, decision.WARRANTY): covered or None,
        }

    # --- Hooks for siblings --------------------------------------------------------------------

    def _lines_at_hand(self):
        """Return the lines whose goods somebody has with him: the warehouse ships the others.

        Called once at each approval, after the lines are decided. An override must not write.
        """
        return self.line_ids.browse()

    def _hand_over(self, lines):
        """Give the customer the goods of ``lines``, which are free for him and at hand.

        Called once at each approval, inside its transaction, with what :meth:`_lines_at_hand` named
        and when everything else is done. An override moves them to the company's after-sales
        location, by moves that carry claim and claim line.
        """

    def _send_specialist(self):
        """Send somebody to fit what this claim ships (12).

        Called once at each approval of a claim handled by a specialist, inside its transaction,
        after the goods were ordered from stock. An override writes its own tables only.
        """
