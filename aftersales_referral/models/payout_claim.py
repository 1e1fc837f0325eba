# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Command

from .reward_accounts import OPENING_SETTINGS


class AftersalesCommission(models.Model):
    """What a referrer owes is claimed with an invoice, or given up with a reason (79)."""

    _inherit = "aftersales.commission"

    @api.model
    def _owed_by(self, referrer, company):
        """Return what ``referrer`` owes, as nobody else can settle it at the same time.

        :raises UserError: nothing is owed (any more)
        """
        partner = referrer.commercial_partner_id
        partner._take_payout_turn()
        owed = -self._balances(partner, company)[partner]
        if company.currency_id.compare_amounts(owed, 0) <= 0:
            raise UserError(self.env._("%s owes nothing any more.", partner.display_name))
        return owed

    @api.model
    def _write_off(self, referrer, company, reason):
        """Give up what ``referrer`` owes: an adjustment, booked on E (requirement 74).

        :return: the ledger row
        """
        self._check_accountant()
        owed = self._owed_by(referrer, company)
        return self._adjust([self._prepare_settlement(referrer, company, owed, reason)])

    @api.model
    def _claim(self, referrer, company, reason):
        """Claim what ``referrer`` owes with a posted invoice on account A.

        Invoice and ledger row are written together, so that A and the ledger agree at every
        moment. Core does the rest: it is sent, paid and followed up like any invoice.

        :return: the ledger row
        :raises UserError: nothing is owed, or accounts are missing
        """
        self._check_accountant()
        company.check_access("read")
        owed = self._owed_by(referrer, company)
        company._aftersales_check_reward_settings(OPENING_SETTINGS)
        # only accountants come here; entries are the ledger's own to write
        Move = self.env["account.move"].sudo()
        invoice = Move._book_aftersales(
            company, self.sudo()._prepare_claim(referrer, company, owed, reason)
        )
        receivable = invoice.line_ids.account_id.filtered(
            lambda account: account.account_type == "asset_receivable"
        )
        settlement = self._prepare_settlement(
            referrer,
            company,
            owed,
            reason,
            account_move_id=invoice.id,
            counterpart_account_id=receivable.id,
        )
        return self._adjust([settlement])

    @api.model
    def _prepare_settlement(self, referrer, company, amount, reason, **vals):
        partner = referrer.commercial_partner_id
        # of this company alone: which others are looked at must not change the number
        number = self.search_count(
            [("referrer_id", "=", partner.id), ("company_id", "=", company.id)]
        )
        key = f"owed-{company.id}-{partner.id}-{number + 1}"
        return self._prepare_adjustment(referrer, company, amount, reason, key=key, **vals)

    @api.model
    def _prepare_claim(self, referrer, company, amount, reason):
        """Return the invoice: what was paid too much, without tax, from A to the receivable."""
        today = company._aftersales_today()
        journal = self._claim_journal(company)
        return {
            "move_type": "out_invoice",
            "journal_id": journal.id,
            "partner_id": referrer.commercial_partner_id.id,
            "invoice_date": company._aftersales_open_day(journal, today),
            "currency_id": company.currency_id.id,
            "aftersales_entry": "commission",
            "invoice_line_ids": [
                Command.create(
                    {
                        "name": self.env._("Referral rewards paid too much: %s", reason),
                        "account_id": company.aftersales_accrued_commission_account_id.id,
                        "quantity": 1,
                        "price_unit": amount,
                        "tax_ids": [Command.clear()],
                    }
                )
            ],
        }

    @api.model
    def _claim_journal(self, company):
        Journal = self.env["account.journal"]
        journal = Journal.search(
            [*Journal._check_company_domain(company), ("type", "=", "sale")], limit=1
        )
        if not journal:
            raise UserError(
                self.env._("%s has no sales journal to claim anything with.", company.name)
            )
        return journal

    def _reverse_claim(self):
        """Return the credit note of the invoice a debt was claimed with; of other rows nothing.

        :raises UserError: the invoice is paid
        """
        # entries are the ledger's own; only accountants take them back
        entry = self.sudo().account_move_id
        invoice = entry.filtered(lambda move: move.move_type == "out_invoice")
        if invoice:
            self.referrer_id._take_payout_turn()
        if invoice and invoice.payment_state != "not_paid":
            raise UserError(
                self.env._("%s is paid: cancel the payment first.", invoice.display_name)
            )
        return invoice._reverse_aftersales(self.env._("%s taken back", invoice.name))
