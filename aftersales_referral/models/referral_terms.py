# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import api, models
from odoo.exceptions import ValidationError


class AftersalesReferral(models.Model):
    """The rate promised for a referral: the best contract of two days (requirements 2-4, 78).

    The days are that of the registration and that of the order's confirmation. A branch honours
    the contracts of the companies above it.
    """

    _inherit = "aftersales.referral"

    @api.model
    def _prepare_frozen_terms(self, referrer, company, source="salesperson"):
        """Return what is frozen at registration: the referrer's best rate, the company's rules.

        Without an active contract the rate is 0 and the day of the order decides. A salesperson
        is told at once, unless a contract is sold that has not started yet.

        :param source: a value of ``source``
        :raises ValidationError: no contract promises a reward, and a salesperson is asking
        """
        today = company._aftersales_today()
        contract = self._best_contract(referrer, company, {today})
        if not contract and source == "salesperson":
            self._check_contract_ahead(referrer, company)
        return self._prepare_terms(contract, company)

    @api.model
    def _prepare_terms(self, contract, company):
        return {
            **self._prepare_rate(contract),
            "scope": company.aftersales_referral_scope,
            "date_end": company._aftersales_referral_end(company._aftersales_today()),
            "amount_limit": company.aftersales_referral_limit,
        }

    @api.model
    def _prepare_rate(self, contract):
        return {
            "contract_id": contract.id,
            "plan_id": contract.plan_id.id,
            "rate": contract.referral_percent,
        }

    @api.model
    def _best_contract(self, referrer, company, days):
        """Return the contract that promises most on one of ``days``; none: an empty recordset."""
        # Which contract backs the referral is decided here, whoever registers it.
        contracts = (
            self.env["aftersales.contract"]
            .sudo()
            .search(
                [
                    *self._rewarding(referrer, company),
                    ("state", "!=", "draft"),
                    ("date_start", "<=", max(days)),
                    ("date_end", ">=", min(days)),
                ],
                order="referral_percent desc, date_start, id",
            )
        )
        today = company._aftersales_today()
        return contracts.filtered(
            lambda contract: any(self._is_active_on(contract, day, today) for day in days)
        )[:1]

    @api.model
    def _rewarding(self, referrer, company):
        return [
            ("company_id", "in", company.parent_ids.ids),
            ("partner_id.commercial_partner_id", "=", referrer.commercial_partner_id.id),
            ("referral_percent", ">", 0),
        ]

    @api.model
    def _is_active_on(self, contract, day, today):
        """Tell whether a contract runs, or ran, on ``day``; its state knows about today only."""
        if not contract.date_start <= day <= contract.date_end:
            return False
        if day >= today:
            return contract.state == "active"
        closed = contract.date_closed
        return not (closed and day > closed) and not contract._is_suspended_on(day)

    @api.model
    def _check_contract_ahead(self, referrer, company):
        """Let a salesperson name who has bought a contract that has not started yet.

        :raises ValidationError: there is none either
        """
        # as in _best_contract
        ahead = (
            self.env["aftersales.contract"]
            .sudo()
            .search_count([*self._rewarding(referrer, company), ("state", "=", "draft")], limit=1)
        )
        if not ahead:
            raise ValidationError(self._no_contract_message(referrer))

    @api.model
    def _no_contract_message(self, referrer):
        return self.env._(
            "%s has no active service contract that rewards referrals. Sell one first, or leave "
            '"Referred by" empty.',
            referrer.display_name or self.env._("The referrer"),
        )

    def _improve_terms(self, day):
        """Take the better rate of the day of the order; return in words why there is none.

        :return: False when there is a rate
        """
        contract = self._best_contract(self.referrer_id, self.company_id, {day})
        if contract.referral_percent > self.rate:
            self.write(self._prepare_rate(contract))
        if self.rate:
            return False
        return self.env._(
            "%(referrer)s had no active service contract that rewards referrals, neither on the "
            "day of the registration nor on the day of the order.",
            referrer=self.referrer_id.display_name,
        )
