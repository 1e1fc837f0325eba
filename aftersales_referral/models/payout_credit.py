from odoo import models
from odoo.fields import Command


class AftersalesPayout(models.Model):
    """Paid in store credit: from A to L, and onto the referrer's card (requirement 74)."""

    _inherit = "aftersales.payout"

    def _post_credit(self):
        """Move the amount from A to L and put it on the referrer's card."""
        partner = self.referrer_id.commercial_partner_id
        entry = (
            self.env["account.move"]
            .with_company(self.company_id)
            .create(self._prepare_credit_entry(partner))
        )
        entry._post(soft=False)
        card = self.env["loyalty.card"]._wallet_of(partner, self.company_id)
        self.write({"move_id": entry.id, "card_id": card.id})
        card._grant(
            self.amount,
            self.env._("Referral reward %s", self.name),
            self,
            kind="payout",
            payout_id=self.id,
            move_id=entry.id,
            date_expiry=self.company_id._aftersales_credit_expiry(self.date),
        )
        return entry

    def _prepare_credit_entry(self, partner):
        company = self.company_id
        sides = (
            (company.aftersales_accrued_commission_account_id, self.amount),
            (company.aftersales_store_credit_account_id, -self.amount),
        )
        return {
            "move_type": "entry",
            "journal_id": company.aftersales_commission_journal_id.id,
            "date": self.date,
            "ref": self.name,
            "aftersales_entry": "payout",
            "line_ids": [
                Command.create(
                    {
                        "name": self.name,
                        "partner_id": partner.id,
                        "account_id": account.id,
                        "balance": balance,
                    }
                )
                for account, balance in sides
            ],
        }
