# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import models


class AftersalesPayout(models.Model):
    """Paid in store credit: onto account L and the referrer's card (requirements 74, 86).

    Without taxes A / L. Where taxes apply, a bill as for money, which an entry AP / L settles: the
    credit is what would have been paid, with VAT and without what is withheld. A bonus comes on
    top, E / L, in the same entry. All of it is one lot.
    """

    _inherit = "aftersales.payout"

    def _post_credit(self):
        """Move the amount to L and put it on the referrer's card.

        :return: the entry or bill that takes it from A
        """
        bill = self._taxes() and self._post_bill(invoice_payment_term_id=False)
        entry = self.env["account.move"]._book_aftersales(
            self.company_id, self._prepare_credit_entry(bill)
        )
        if bill:
            self._payable_items(bill | entry).reconcile()
        card = self.env["loyalty.card"]._wallet_of(
            self.referrer_id.commercial_partner_id, self.company_id
        )
        self.write({"move_id": entry.id, "card_id": card.id})
        self._grant_credit(entry)
        return bill or entry

    def _grant_credit(self, entry):
        """Put on the card what ``entry`` books on L, as one lot.

        Its months begin when it can be spent: a draft may have waited long for its approval.
        """
        today = self.company_id._aftersales_today()
        on_credit = entry.line_ids.filtered(
            lambda line: line.account_id == self.company_id.aftersales_store_credit_account_id
        )
        self.card_id._grant(
            -sum(on_credit.mapped("balance")),
            self.env._("Referral reward %s", self.name),
            self,
            kind="payout",
            payout_id=self.id,
            move_id=entry.id,
            date_expiry=self.company_id._aftersales_credit_expiry(max(self.date, today)),
        )

    def _payable_items(self, moves):
        """Return the items of ``moves`` on payable accounts."""
        return moves.line_ids.filtered(
            lambda line: line.account_id.account_type == "liability_payable"
        )

    # --- The entry -----------------------------------------------------------------------------

    def _prepare_credit_entry(self, bill):
        """Return the entry: from A or, with a bill, from AP to L; the bonus from E to L."""
        company = self.company_id
        credit = company.aftersales_store_credit_account_id
        items = self._prepare_settled(bill) if bill else [self._prepare_accrued()]
        rest = -sum(vals["balance"] for vals in items)
        items.append(self._prepare_item(credit, rest))
        if self.bonus_amount:
            expense = company.aftersales_commission_expense_account_id
            name = self.env._("Bonus, payout %s", self.name)
            items.append(self._prepare_item(expense, self.bonus_amount, name))
            items.append(self._prepare_item(credit, -self.bonus_amount, name))
        withheld = self._withheld_on_payment(self._taxes())
        return self.env["account.move"]._prepare_aftersales_entry(
            "payout", company, self.date, self.name, items, withheld
        )

    def _prepare_accrued(self):
        return self._prepare_item(
            self.company_id.aftersales_accrued_commission_account_id, self.amount
        )

    def _prepare_settled(self, bill):
        """Return the items that settle the bill, and what core withholds when it is paid."""
        items = [
            self._prepare_item(line.account_id, -line.balance) for line in self._payable_items(bill)
        ]
        return items + self._prepare_withheld(bill)

    def _prepare_withheld(self, bill):
        """Return the items core's payment of the bill would withhold, computed by core."""
        if not self._withheld_on_payment(bill.invoice_line_ids.tax_ids):
            return []
        payment = (
            self.env["account.payment.register"]
            .with_company(self.company_id)
            .with_context(active_model="account.move", active_ids=bill.ids)
            .create({"payment_date": bill.date})
        )
        return payment.withholding_line_ids._prepare_withholding_amls_create_values()

    def _prepare_item(self, account, balance, name=None):
        return self.env["account.move"]._prepare_aftersales_item(
            name or self.name, self.referrer_id.commercial_partner_id, account, balance
        )
