from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Command


class AftersalesPayout(models.Model):
    """Paid in money: a bill we write for the referrer, on what is accrued (requirement 86)."""

    _inherit = "aftersales.payout"

    def _post_cash(self):
        """Post the bill we write for the referrer, on what is accrued (requirement 86).

        :raises UserError: the referrer has not agreed to that yet
        """
        partner = self.referrer_id.commercial_partner_id
        if not partner.referral_self_billing_date or partner.referral_self_billing_date > self.date:
            raise UserError(
                self.env._(
                    "%s has not agreed to self-billing yet: enter the day of the agreement on the "
                    "contact before the first payment in money.",
                    partner.display_name,
                )
            )
        bill = self.env["account.move"].with_company(self.company_id).create(self._prepare_bill())
        bill._post(soft=False)
        self.bill_id = bill
        return bill

    def _prepare_bill(self):
        return {
            "move_type": "in_invoice",
            "journal_id": self.company_id.aftersales_self_billing_journal_id.id,
            "partner_id": self.referrer_id.commercial_partner_id.id,
            "invoice_date": self.date,
            "currency_id": self.currency_id.id,
            "ref": self.name,
            "aftersales_entry": "payout",
            "invoice_line_ids": [
                Command.create(
                    {
                        "name": self.env._("Referral reward, payout %s", self.name),
                        "account_id": self.company_id.aftersales_accrued_commission_account_id.id,
                        "quantity": 1,
                        "price_unit": self.amount,
                        "tax_ids": [Command.clear()],
                    }
                )
            ],
        }
