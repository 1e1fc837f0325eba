# SPDX-License-Identifier: LGPL-3.0-or-later
from datetime import timedelta

from odoo import api, models
from odoo.fields import Command

# What a user's click brings along must neither slow down nor refuse our entries.
QUIET = {
    "tracking_disable": True,
    "mail_create_nolog": True,
    "validate_analytic": False,
    "account_default_taxes": False,
    "skip_analytic_sync": True,  # nothing to bring in line while the entry is being made
}


class AccountMove(models.Model):
    """How everything of ours is booked (design §6); called as superuser."""

    _inherit = "account.move"

    @api.model
    def _book_aftersales(self, company, vals):
        """Return a new entry, bill or invoice of ours, posted.

        :raises UserError: core refuses it
        """
        company_move = self.with_company(company).with_context(**QUIET)
        move = company_move.create({**vals, "company_id": company.id})
        move._post(soft=False)
        return move

    @api.model
    def _prepare_aftersales_entry(self, kind, company, day, reference, items, taxes=()):
        """Return an entry in the journal that ``company`` keeps for its kind.

        :param kind: a value of ``aftersales_entry``
        :param day: booked then, or on the first open day after it
        :param items: values from :meth:`_prepare_aftersales_item`
        :param taxes: those the items book
        """
        journal = company._aftersales_entry_journal(kind)
        self._aftersales_leave_out_deleted(items)
        return {
            "move_type": "entry",
            "journal_id": journal.id,
            "date": company._aftersales_open_day(journal, day, taxes),
            "ref": reference,
            "aftersales_entry": kind,
            "line_ids": [Command.create(vals) for vals in items],
        }

    @api.model
    def _aftersales_leave_out_deleted(self, items):
        """Take analytic accounts that were deleted since out of these items: they stop no entry."""
        used = {key for vals in items for key in vals["analytic_distribution"] or ()}
        if not used:
            return
        ids = {key: set(map(int, key.split(","))) for key in used}
        accounts = self.env["account.analytic.account"].browse(set().union(*ids.values()))
        known = set(accounts.exists().ids)
        for vals in items:
            vals["analytic_distribution"] = {
                key: percent
                for key, percent in (vals["analytic_distribution"] or {}).items()
                if ids[key] <= known
            }

    @api.model
    def _prepare_aftersales_item(self, name, partner, account, balance, **vals):
        """Return an item, with neither the taxes nor the analytic accounts others propose."""
        return {
            "name": name,
            "partner_id": partner.id,
            "account_id": account.id,
            "balance": balance,
            "tax_ids": [Command.clear()],
            "analytic_distribution": {},
            **vals,
        }


class ResCompany(models.Model):
    """Where and when something of ours can be booked."""

    _inherit = "res.company"

    def _aftersales_entry_journal(self, kind):
        """Return the journal that entries of ``kind`` are booked in; may be empty.

        A sibling that adds kinds to ``aftersales_entry`` overrides it and answers for its own.
        """
        self.ensure_one()
        if kind == "revenue":
            return self.aftersales_revenue_journal_id
        return self.env["account.journal"]

    def _aftersales_create_journal(self, name, code, journal_type, **values):
        """Create a journal under ``code``, or the first free code like it."""
        self.ensure_one()
        Journal = self.env["account.journal"].with_company(self)
        taken = set(
            Journal.with_context(active_test=False)
            .search([*Journal._check_company_domain(self), ("code", "=like", f"{code}%")])
            .mapped("code")
        )
        number = 1
        while code in taken:
            number += 1
            code = f"{code[:3]}{number}"
        return Journal.create(
            {
                "name": name,
                "code": code,
                "type": journal_type,
                "company_id": self.id,
                "show_on_dashboard": False,
                **values,
            }
        )

    def _aftersales_open_day(self, journal, day, taxes=()):
        """Return ``day``, or the first open day after it; with taxes also after the tax return.

        Exceptions that let some user work in a locked period are that user's, not ours.
        """
        locked = self._get_user_fiscal_lock_date(journal, ignore_exceptions=True)
        if taxes:
            company = self.with_context(ignore_exceptions=True)
            locked = max(locked, company.user_tax_lock_date)
        return max(day, locked + timedelta(days=1))
