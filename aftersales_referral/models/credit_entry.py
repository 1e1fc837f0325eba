from odoo import api, models
from odoo.fields import Command

from .commission_entry import ENTRY_CONTEXT


class AftersalesCreditLot(models.Model):
    """The journal entries of store credit no payout makes: goodwill, opening, taken back, expired.

    Account L stands against another account, a line per owner on either side (design §6).
    """

    _inherit = "aftersales.credit.lot"

    @api.model
    def _post_credit_entry(self, company, parts, account, day, reference):
        """Book changes of store credit on L against ``account``.

        :param company: whose books; a branch books on the L of its root
        :param parts: [(owner, amount, label)], positive: granted
        :param day: booked then, or on the first open day after it
        :return: the entry, posted
        :raises UserError: core refuses the entry
        """
        vals = self._prepare_credit_entry(company, parts, account, day, reference)
        Move = self.env["account.move"].with_company(company).with_context(**ENTRY_CONTEXT)
        entry = Move.create(vals)
        entry._post(soft=False)
        return entry

    @api.model
    def _prepare_credit_entry(self, company, parts, account, day, reference):
        journal = company.aftersales_commission_journal_id
        liability = company.aftersales_store_credit_account_id
        return {
            "move_type": "entry",
            "company_id": company.id,
            "journal_id": journal.id,
            "date": self.env["aftersales.commission"]._entry_date(company, journal, day),
            "ref": reference,
            "aftersales_entry": "credit",
            "line_ids": [
                Command.create(
                    {
                        "name": label,
                        "partner_id": owner.id,
                        "account_id": side.id,
                        "balance": balance,
                        "tax_ids": [Command.clear()],  # whatever the account proposes
                        "analytic_distribution": {},
                    }
                )
                for owner, amount, label in parts
                for side, balance in ((account, amount), (liability, -amount))
            ],
        }
