# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import api, models


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
        Move = self.env["account.move"]
        liability = company.aftersales_store_credit_account_id
        items = [
            Move._prepare_aftersales_item(label, owner, side, balance)
            for owner, amount, label in parts
            for side, balance in ((account, amount), (liability, -amount))
        ]
        return Move._book_aftersales(
            company, Move._prepare_aftersales_entry("credit", company, day, reference, items)
        )
