# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import fields, models
from odoo.tools import SQL


class AftersalesReconciliation(models.Model):
    """What ledger, books, cards and lots say of one referrer in one company (requirement 75).

    ``ledger`` must equal ``accrued`` (account A), and ``points + reserved`` must equal
    ``liability`` (account L); ``lots`` must equal ``points``. Store credit stands in the row of the
    company at the root: branches share its cards. What is on L for an order's credit line belongs
    to the owner of the card, whoever the invoice is for.

    Accounts and reserved credit are those of ``aftersales.commission._comparisons``, which the
    nightly check uses: the columns add up to its sums. There is no table.
    """

    _name = "aftersales.reconciliation"
    _description = "Reconciliation of Rewards"
    _auto = False
    _order = "difference_total DESC, ledger DESC, id"
    _rec_name = "partner_id"
    _depends = {
        "account.move": ["aftersales_entry"],
        "account.move.line": [
            "account_id", "aftersales_card_id", "balance", "company_id", "parent_state",
            "partner_id",
        ],
        "aftersales.commission": ["amount", "company_id", "referrer_id"],
        "aftersales.credit.lot": ["card_id", "remaining"],
        "aftersales.credit.movement": ["amount", "card_id", "company_id", "order_id"],
        "loyalty.card": ["aftersales_wallet", "company_id", "partner_id", "points"],
        "res.partner": ["commercial_partner_id"],
    }  # fmt: skip

    partner_id = fields.Many2one("res.partner", string="Referrer", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    ledger = fields.Monetary(readonly=True, help="All rows of the commission ledger.")
    accrued = fields.Monetary(
        string="Accrued (A)", readonly=True, help="What accrued commissions owe in the books."
    )
    difference_accrued = fields.Monetary(
        string="Difference A", readonly=True, help="Ledger less accrued commissions."
    )
    points = fields.Monetary(string="On Cards", readonly=True, help="What is on the cards.")
    reserved = fields.Monetary(
        readonly=True, help="Taken by confirmed orders, and not on a posted invoice yet."
    )
    liability = fields.Monetary(
        string="Store Credit (L)", readonly=True, help="What the store credit account owes."
    )
    difference_credit = fields.Monetary(
        string="Difference L", readonly=True, help="Cards and reserved less the account."
    )
    lots = fields.Monetary(readonly=True, help="What remains of the lots.")
    difference_lots = fields.Monetary(readonly=True, help="Lots less cards.")
    difference_total = fields.Monetary(
        string="Differences", readonly=True, help="All differences together, without their signs."
    )

    @property
    def _table_query(self):
        """Return a row per commercial partner and company with anything to compare."""
        return SQL(
            """
            WITH figure AS (%(ledger)s UNION ALL %(accrued)s UNION ALL %(liability)s
                            UNION ALL %(cards)s UNION ALL %(reserved)s),
                 owned AS (
                     SELECT COALESCE(owner.commercial_partner_id, 0) AS partner_id,
                            figure.company_id,
                            SUM(ledger) AS ledger, SUM(accrued) AS accrued,
                            SUM(liability) AS liability, SUM(points) AS points,
                            SUM(lots) AS lots, SUM(reserved) AS reserved
                       FROM figure
                  LEFT JOIN res_partner owner ON owner.id = figure.partner_id
                   GROUP BY 1, 2
                 )
            SELECT owned.company_id::bigint * 1000000000 + owned.partner_id AS id,
                   NULLIF(owned.partner_id, 0) AS partner_id,
                   owned.company_id, company.currency_id,
                   ledger, accrued, points, reserved, liability, lots,
                   ledger - accrued AS difference_accrued,
                   points + reserved - liability AS difference_credit,
                   lots - points AS difference_lots,
                   ABS(ledger - accrued) + ABS(points + reserved - liability)
                       + ABS(lots - points) AS difference_total
              FROM owned
              JOIN res_company company ON company.id = owned.company_id
             WHERE owned.company_id IN %(companies)s
               AND (ledger != 0 OR accrued != 0 OR points != 0 OR reserved != 0
                    OR liability != 0 OR lots != 0)
            """,
            companies=(0, *self._companies().ids),
            ledger=self._select_ledger(),
            accrued=self._select_accrued(),
            liability=self._select_liability(),
            cards=self._select_cards(),
            reserved=self._select_reserved(),
        )

    def _select_ledger(self):
        return SQL(
            """
            SELECT referrer_id AS partner_id, company_id, SUM(amount) AS ledger,
                   0::numeric AS accrued, 0::numeric AS liability, 0::numeric AS points,
                   0::numeric AS lots, 0::numeric AS reserved
              FROM aftersales_commission
             GROUP BY 1, 2
            """
        )

    def _select_accrued(self):
        return SQL(
            """
            SELECT aml.partner_id, aml.company_id, 0, -SUM(aml.balance), 0, 0, 0, 0
              FROM account_move_line aml
             WHERE (aml.company_id, aml.account_id) IN %(accounts)s
               AND aml.parent_state = 'posted'
             GROUP BY 1, 2
            """,
            accounts=self._pairs(self._accrued_accounts_by_company()),
        )

    def _select_liability(self):
        return SQL(
            """
            SELECT owner_id, root_id, 0, 0, -SUM(balance), 0, 0, 0
              FROM (%s) AS item
             GROUP BY 1, 2
            """,
            self._select_liability_items(),
        )

    def _select_liability_items(self):
        """Return the items on L: per owner of the card of a credit line, else per partner."""
        by_company = self._credit_accounts_by_company()
        roots = [(company.id, company.root_id.id) for company in by_company] or [(0, 0)]
        return SQL(
            """
            SELECT aml.id, COALESCE(card.partner_id, aml.partner_id) AS owner_id, root.root_id,
                   aml.balance
              FROM account_move_line aml
              JOIN (VALUES %(roots)s) AS root (id, root_id) ON root.id = aml.company_id
         LEFT JOIN loyalty_card card ON card.id = aml.aftersales_card_id
             WHERE (aml.company_id, aml.account_id) IN %(accounts)s
               AND aml.parent_state = 'posted'
            """,
            roots=SQL(", ").join(SQL("(%s, %s)", *pair) for pair in roots),
            accounts=self._pairs(by_company),
        )

    def _select_cards(self):
        return SQL(
            """
            SELECT card.partner_id, card.company_id, 0, 0, 0,
                   SUM(card.points)::numeric, SUM(COALESCE(lot.remaining, 0)), 0
              FROM loyalty_card card
         LEFT JOIN (SELECT card_id, SUM(remaining) AS remaining
                      FROM aftersales_credit_lot GROUP BY card_id) lot ON lot.card_id = card.id
             WHERE card.aftersales_wallet
             GROUP BY 1, 2
            """
        )

    def _select_reserved(self):
        """Return what orders reserve, as the nightly check counts it."""
        ledger = self.env["aftersales.commission"].sudo()  # sums; rules of the report apply
        rows = [
            SQL("(%s, %s, %s)", card.partner_id.id or 0, company.id, amount)
            for company in self._companies()
            if not company.parent_id
            for card, amount in ledger._reserved_by_card(company).items()
        ]
        return SQL(
            """
            SELECT NULLIF(partner_id, 0), company_id, 0, 0, 0, 0, 0, amount::numeric
              FROM (VALUES %s) AS held (partner_id, company_id, amount)
            """,
            SQL(", ").join(rows or [SQL("(0, 0, 0)")]),
        )

    # --- Whose books, which accounts -----------------------------------------------------------

    def _companies(self):
        """Return the companies that have rewards or accounts for them; rules decide who reads."""
        # which they are; what is read of them is the reader's by company rule
        return self.env["aftersales.ledger.check"].sudo()._companies_to_check()

    def _accrued_accounts_by_company(self):
        # numbers of accounts, for a query under the company rule
        ledger = self.env["aftersales.commission"].sudo()
        return {company: ledger._accrued_accounts(company) for company in self._companies()}

    def _credit_accounts_by_company(self):
        """Return account L per company: that of all who share the cards."""
        # numbers of accounts, for a query under the company rule
        ledger = self.env["aftersales.commission"].sudo()
        by_company = {}
        for root, companies in self._companies().grouped("root_id").items():
            accounts = ledger._shared_credit_accounts(ledger._sharing_cards(root))
            by_company.update(dict.fromkeys(companies, accounts))
        return by_company

    def _pairs(self, by_company):
        return tuple(
            (company.id, account.id)
            for company, accounts in by_company.items()
            for account in accounts
        ) or ((0, 0),)
