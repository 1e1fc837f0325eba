# SPDX-License-Identifier: LGPL-3.0-or-later
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import format_date

from .contract import LIVE_STATES


class AftersalesContract(models.Model):
    """Contracts under notice: they end early on a day that lies ahead (requirement 89).

    Until then everything goes on. The day after, the daily job ends them by their terms, with what
    was used by then; whatever happens later than the last day is not covered. Where a plan manager
    let the plan pay for it all the same, that changes nothing about the end.
    """

    _inherit = "aftersales.contract"
    _guarded = frozenset({"notice_day", "notice_reason_id"})

    notice_day = fields.Date(
        string="Ends Early on",
        readonly=True,
        copy=False,
        tracking=True,
        index="btree_not_null",
        help="Last day of cover.",
    )
    notice_reason_id = fields.Many2one(
        "aftersales.close.reason", readonly=True, copy=False, ondelete="restrict"
    )

    def _give_notice(self, last_day, reason):
        """Let the contract end after ``last_day``, which lies ahead; callers check who may.

        :raises UserError: naming the contract and what is wrong with the day or the reason
        """
        self.ensure_one()
        if self.state not in LIVE_STATES:
            raise UserError(self.env._("%s is over already.", self.name))
        if reason.void:
            raise UserError(
                self.env._(
                    "%(contract)s: %(reason)s takes effect at once. Choose today, or another "
                    "reason.",
                    contract=self.name,
                    reason=reason.name,
                )
            )
        if self.date_start and last_day < self.date_start:
            raise UserError(
                self.env._(
                    "%(contract)s starts on %(day)s only. End it today instead.",
                    contract=self.name,
                    day=format_date(self.env, self.date_start),
                )
            )
        if self.date_end and last_day >= self.date_end:
            raise UserError(
                self.env._(
                    "%(contract)s ends on %(day)s by itself. Choose an earlier day.",
                    contract=self.name,
                    day=format_date(self.env, self.date_end),
                )
            )
        # nobody's to write by hand
        self.sudo().write({"notice_day": last_day, "notice_reason_id": reason.id})
        self._on_contract_notice()
        self.message_post(
            body=self.env._(
                "Will end on %(day)s: %(reason)s. What the customer gets back is reckoned then, "
                "by the terms.",
                day=format_date(self.env, last_day),
                reason=reason.name,
            )
        )

    def action_take_back_notice(self):
        """Let the contract run on to its agreed end.

        :raises AccessError: no plan manager, who alone gives notice
        """
        self.check_access("write")
        if not (self.env.su or self.env.user.has_group("aftersales_plans.group_manager")):
            raise AccessError(
                self.env._("Ask a plan manager to take back the early end of %s.", self[:1].name)
            )
        for contract in self.filtered(lambda c: c.notice_day and c.state in LIVE_STATES):
            # checked above; nobody's to write by hand
            contract.sudo().write({"notice_day": False, "notice_reason_id": False})
            contract._on_contract_notice()
            contract.message_post(body=self.env._("Runs on: the early end was taken back."))

    def _on_contract_notice(self):
        """Let a sibling act on a contract that ends early on a day ahead, or no longer does; empty.

        Called by :meth:`_give_notice` and :meth:`action_take_back_notice` inside their transaction.
        An override writes its own tables only.
        """

    @api.model
    def _due(self, company):
        """Add the contracts whose last day is over, and let them do nothing else."""
        over = Domain("notice_day", "<", company._aftersales_today())
        return [
            (Domain("state", "in", LIVE_STATES) & over, "_end_as_noticed"),
            *((Domain(domain) & ~over, method) for domain, method in super()._due(company)),
        ]

    def _end_as_noticed(self):
        for contract in self:
            last_day = contract.notice_day
            if contract.date_start:  # goods may have come after the last day
                last_day = max(last_day, contract.date_start - timedelta(days=1))
            contract._end(last_day, contract.notice_reason_id)

    def _covers_day(self, day):
        """Cover nothing that happens after the last day."""
        if self.notice_day and day > self.notice_day:
            return False
        return super()._covers_day(day)
