# SPDX-License-Identifier: LGPL-3.0-or-later
from contextlib import contextmanager
from unittest.mock import patch

from odoo.fields import Command
from odoo.tools import SQL

KINDS = ("unmatched", "late", "unexplained", "failed")
LONG_AGO = "2020-01-01"
# Everything a check could touch by mistake.
TABLES = (
    "aftersales_commission",
    "aftersales_commission_evidence",
    "aftersales_referral",
    "aftersales_payout",
    "aftersales_credit_lot",
    "loyalty_card",
    "loyalty_history",
    "account_move",
    "account_move_line",
    "account_partial_reconcile",
    "sale_order",
    "sale_order_line",
)


class LedgerCheckCommon:
    """Builders of differences: what happens to a ledger past its guards."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.accrued = cls.company.aftersales_accrued_commission_account_id
        cls.none = cls.env["res.partner"]
        cls.Check = cls.env["aftersales.ledger.check"]

    def _paid_order(self, **vals):
        order = self._order(**vals)
        self._pay(self._invoice(order))
        return order

    def _sql(self, query, *values):
        """Change the database past the guards of the models."""
        self.env.flush_all()
        self.env.cr.execute(query, values)
        self.env.invalidate_all()

    def _lose_payment(self, order):
        """Take the payment of an order away without any event."""
        lines = order.invoice_ids.line_ids.ids
        self._sql("DELETE FROM account_partial_reconcile WHERE debit_move_id = ANY(%s)", lines)

    def _date_back(self, table, day, record=None):
        """Let rows (or one) have been written on another day."""
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "UPDATE %s SET write_date = %s, create_date = %s WHERE id = %s OR %s",
                SQL.identifier(table),
                day,
                day,
                record.id if record else 0,
                not record,
            )
        )
        self.env.invalidate_all()

    def _nothing_changed_lately(self):
        """Let everything lie long in the past but the checks."""
        for table in TABLES:
            self._date_back(table, LONG_AGO)
        self._sql("UPDATE aftersales_commission SET date = %s", LONG_AGO)
        self._date_back("aftersales_ledger_check", "2027-03-14 02:30:00")

    @contextmanager
    def _deaf_ledger(self):
        """Let the ledger miss what happens."""
        with patch.object(type(self.Commission), "_settle_moves", lambda *_args: None):
            yield

    def _book(self, account, balance, partner=None, company=None, against=None):
        """Post an entry by hand: ``balance`` on ``account``, the rest elsewhere."""
        company = company or self.company
        other = against or self.company_data["default_account_revenue"]
        journal = self.company_data["default_journal_misc"]
        entry = (
            self.env["account.move"]
            .with_company(company)
            .create(
                {
                    "move_type": "entry",
                    "journal_id": journal.id,
                    "date": "2027-03-15",
                    "line_ids": [
                        Command.create(
                            {
                                "account_id": line_account.id,
                                "balance": amount,
                                "partner_id": partner.id if partner else False,
                            }
                        )
                        for line_account, amount in ((account, balance), (other, -balance))
                    ],
                }
            )
        )
        entry.action_post()
        return entry

    def _check(self, company=None):
        """Check every order, as the button does; return the check."""
        self.env.flush_all()
        check = self.Check.sudo()._start(company or self.company, self.accountant)
        check._run(lambda: False)
        return check

    def _written(self):
        """Return what stands in every table a check could touch."""
        self.env.flush_all()
        contents = []
        for table in TABLES:
            query = SQL(
                "SELECT COUNT(*), MD5(STRING_AGG(t::text, '' ORDER BY id)) FROM %s t",
                SQL.identifier(table),
            )
            contents.append((table, *self.env.execute_query(query)))
        return contents

    def _texts(self, check, kind):
        return "\n".join(check.line_ids.filtered(lambda line: line.kind == kind).mapped("name"))

    def _opened(self, action):
        """Return the records an action shows."""
        records = self.env[action["res_model"]]
        if action.get("res_id"):
            return records.browse(action["res_id"])
        return records.search(action["domain"])

    def _items(self, account, partner=None):
        domain = [("account_id", "=", account.id), ("parent_state", "=", "posted")]
        if partner:
            domain.append(("partner_id", "=", partner.id))
        return self.env["account.move.line"].search(domain)

    def assertFound(self, check, **expected):
        """Check the counters, all of them, and that the lines are as many."""
        found = {kind: check[f"{kind}_count"] for kind in KINDS}
        self.assertEqual(
            found, dict.fromkeys(KINDS, 0) | expected, "\n".join(check.line_ids.mapped("name"))
        )
        self.assertEqual(len(check.line_ids), sum(found.values()))
        self.assertEqual(check.state, "differences" if any(found.values()) else "well")
