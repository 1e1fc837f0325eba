# SPDX-License-Identifier: LGPL-3.0-or-later
from collections import defaultdict

from odoo import api, models
from odoo.tools import SQL

from .ledger_difference import LATE, UNEXPLAINED, UNMATCHED


class AftersalesCommission(models.Model):
    """What must hold after every step (requirement 75; design §6).

    Tests ask :meth:`_check_invariants` after every step, the nightly ``aftersales.ledger.check``
    goes through the same comparisons. None of them writes.
    """

    _inherit = "aftersales.commission"

    @api.model
    def _check_invariants(self, companies):
        """Return every difference between ledger, cards, lots and books, in words.

        :return: a list of sentences; empty when all is well
        """
        checker = self.sudo()  # compares sums over everybody's rows; shows differences only
        return [
            self.env._("%(company)s: %(what)s", company=company.name, what=difference.text)
            for company in companies
            for kind, compare in checker._comparisons()
            if kind == UNMATCHED
            for difference in compare(company)
        ]

    @api.model
    def _comparisons(self):
        """Return what is compared of one company: [(kind, method)].

        A method takes the company, writes nothing and returns ``Difference`` values. What the
        books hold for other reasons is added by an override.
        """
        return [
            (UNMATCHED, self._compare_accrued),
            (UNMATCHED, self._compare_entries_of_rows),
            (UNMATCHED, self._compare_cards),
            (UNMATCHED, self._compare_lots),
            (UNMATCHED, self._compare_movements),
            (UNMATCHED, self._compare_entries),
            (LATE, self._compare_waiting),
            (LATE, self._compare_expired),
            (UNEXPLAINED, self._compare_changed_rows),
            (UNEXPLAINED, self._compare_items),
        ]

    # --- Accounts ------------------------------------------------------------------------------

    @api.model
    def _accrued_accounts(self, company):
        """Return account A, and those that were A before the setting changed.

        A branch books on the accounts of the company it belongs to.
        """
        used = self._liabilities_of_entries(company, "commission")
        current = company.parent_ids.aftersales_accrued_commission_account_id
        return current | (used - self._counterpart_accounts(company))

    @api.model
    def _counterpart_accounts(self, company):
        """Return what rows were booked against: liabilities of the old books, for example."""
        rows = self._read_group(
            [("company_id", "=", company.id), ("counterpart_account_id", "!=", False)],
            ["counterpart_account_id"],
        )
        return self.env["account.account"].union(*(account for (account,) in rows))

    @api.model
    def _store_credit_accounts(self, company):
        """Return account L, and those that were L before the setting changed."""
        used = self._accounts_of_movements(company)
        current = company.parent_ids.aftersales_store_credit_account_id
        return current | (used - self._accrued_accounts(company))

    @api.model
    def _accounts_of_movements(self, company):
        """Return the liability accounts on which our entries book what lots say of them.

        What else an entry books is told apart by its amount: taxes, what is withheld, what was
        owed to a supplier, and whatever account store credit came from or went to.
        """
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                WITH moved AS (
                    SELECT move_id, SUM(amount) AS amount
                      FROM aftersales_credit_movement
                     WHERE move_id IS NOT NULL
                  GROUP BY move_id
                ), booked AS (
                    SELECT item.move_id, item.account_id, SUM(item.balance) AS balance
                      FROM account_move_line item
                      JOIN account_account account ON account.id = item.account_id
                     WHERE item.move_id IN (SELECT move_id FROM moved)
                       AND item.company_id = %(company)s
                       AND item.tax_line_id IS NULL
                       AND account.account_type = 'liability_current'
                  GROUP BY item.move_id, item.account_id
                )
                SELECT DISTINCT account_id
                  FROM booked
                  JOIN moved USING (move_id)
                 WHERE moved.amount != 0 AND ABS(balance + amount) < %(half_unit)s
              ORDER BY account_id
                """,
                company=company.id,
                half_unit=company.currency_id.rounding / 2,
            )
        )
        return self.env["account.account"].browse(row[0] for row in rows)

    @api.model
    def _liabilities_of_entries(self, company, entry):
        """Return the liability accounts (payables apart) our entries of a kind were booked on."""
        rows = self.env["account.move.line"]._read_group(
            [
                ("company_id", "=", company.id),
                ("move_id.aftersales_entry", "=", entry),
                ("account_id.account_type", "=", "liability_current"),
                ("tax_line_id", "=", False),
            ],
            ["account_id"],
        )
        return self.env["account.account"].union(*(account for (account,) in rows))

    @api.model
    def _read_posted(self, company, accounts, groupby):
        return self.env["account.move.line"]._read_group(
            [
                ("company_id", "in", company.ids),
                ("account_id", "in", accounts.ids),
                ("parent_state", "=", "posted"),
            ],
            groupby,
            ["balance:sum"],
        )

    # --- Store credit --------------------------------------------------------------------------

    @api.model
    def _sharing_cards(self, company):
        """Return the companies that share the cards of ``company``: it and its branches.

        Empty for a branch: its credit is compared with that of its root.
        """
        if company.parent_id:
            return company.browse()
        return company.search([("id", "child_of", company.id)])

    @api.model
    def _shared_credit_accounts(self, companies):
        """Return account L of companies that share their cards, now and before."""
        accounts = self.env["account.account"]
        return accounts.union(*(self._store_credit_accounts(company) for company in companies))

    @api.model
    def _wallet_cards(self, company):
        return (
            self.env["loyalty.card"]
            .with_context(active_test=False)
            .search_fetch(
                [("aftersales_wallet", "=", True), ("company_id", "=", company.id)], ["points"]
            )
        )

    @api.model
    def _reserved_credit(self, company):
        """Return what orders took from cards and no posted document holds (design §6)."""
        return sum(self._reserved_by_card(company).values())

    @api.model
    def _reserved_by_card(self, company):
        """Return what orders of ``company`` and its branches reserve: {card: amount}."""
        reserved = defaultdict(float)
        for card, taken in self.env["aftersales.credit.movement"]._read_group(
            [("company_id", "=", company.id), ("order_id", "!=", False)],
            ["card_id"],
            ["amount:sum"],
        ):
            reserved[card] -= taken
        for card, held in self.env["account.move.line"]._read_group(
            [
                ("aftersales_card_id.company_id", "=", company.id),
                ("parent_state", "=", "posted"),
            ],
            ["aftersales_card_id"],
            ["balance:sum"],
        ):
            reserved[card] -= held
        return {card: card.currency_id.round(amount) for card, amount in reserved.items()}
