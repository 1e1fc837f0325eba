# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.aftersales_plans.models.profit import KINDS_PER_SOURCE


class AftersalesProfit(models.Model):
    """Adds, as a memo, what holders of contracts earned and what they brought (requirement 29).

    Neither is part of a contract's margin: a commission is a cost of the referred order, and so is
    that order's margin its own.
    """

    _inherit = "aftersales.profit"
    _depends = {
        "aftersales.commission": ["amount", "date", "kind", "referral_id"],
        "aftersales.referral": ["contract_id"],
        "sale.order": ["currency_rate", "date_order", "margin", "referral_id", "state"],
    }

    kind = fields.Selection(
        selection_add=[
            ("commission", "Commission (memo)"),
            ("referred", "Referred order (memo)"),
        ]
    )
    commission = fields.Monetary(
        string="Commission (memo)",
        readonly=True,
        help="What the holder earned by recommending us; a cost of the referred orders, not of the "
        "contract.",
    )
    referred_margin = fields.Monetary(
        string="Margin Brought (memo)",
        readonly=True,
        help="Margin of the orders the holder brought, as sold, before the commission.",
    )

    @api.model
    def _columns(self):
        """Add the memos."""
        memo = dict.fromkeys(("commission", "referred_margin"), SQL("0::numeric"))
        return {**super()._columns(), **memo}

    @api.model
    def _queries(self):
        """Append the ledger's rows and the orders of referrals that rest on a contract."""
        return [
            *super()._queries(),
            self._select(
                12,
                "commission",
                SQL("row.id"),
                SQL(
                    """
                      FROM aftersales_commission row
                      JOIN aftersales_referral referral ON referral.id = row.referral_id
                     WHERE referral.contract_id IS NOT NULL
                       AND row.kind IN ('earned', 'reversed', 'adjusted')
                    """
                ),
                contract_id=SQL("referral.contract_id"),
                day=SQL("row.date"),
                commission=SQL("row.amount"),
            ),
            self._select(
                13,
                "referred",
                SQL("sold.id"),
                SQL(
                    """
                      FROM sale_order sold
                      JOIN aftersales_referral referral ON referral.id = sold.referral_id
                     WHERE referral.contract_id IS NOT NULL AND sold.state = 'sale'
                    """
                ),
                contract_id=SQL("referral.contract_id"),
                moment=SQL("sold.date_order"),
                referred_margin=SQL("sold.margin / COALESCE(NULLIF(sold.currency_rate, 0), 1)"),
            ),
        ]

    def _entry(self):
        """Lead to the ledger's row, or to the order."""
        match self.id % KINDS_PER_SOURCE:
            case 12:
                return self._source("aftersales.commission")
            case 13:
                return self._source("sale.order")
        return super()._entry()
