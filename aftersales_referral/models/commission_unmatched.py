# SPDX-License-Identifier: LGPL-3.0-or-later
from collections import defaultdict

from odoo import api, models
from odoo.tools import SQL

from .ledger_difference import CARDS, UNMATCHED, Difference


class AftersalesCommission(models.Model):
    """Sums that must be equal: ledger and account A, cards and account L, lots and points.

    Read with one query per sum, whatever the number of rows.
    """

    _inherit = "aftersales.commission"

    @api.model
    def _compare_accrued(self, company):
        """Σ ledger rows = what A owes, per commercial partner."""
        currency = company.currency_id
        ledger, waiting = self._ledger_by_partner(company)
        accrued = defaultdict(float)
        accounts = self._accrued_accounts(company)
        for partner, balance in self._read_posted(company, accounts, ["partner_id"]):
            accrued[partner.commercial_partner_id] -= balance
        return [
            Difference(
                UNMATCHED,
                f"partner-{partner.id or 0}",
                self.env._(
                    "%(partner)s: the ledger says %(ledger)s, accrued commissions say %(accrued)s.",
                    partner=partner.display_name or self.env._("no partner"),
                    ledger=currency.format(ledger[partner]),
                    accrued=currency.format(accrued[partner]),
                )
                + self._say_waiting(company, waiting[partner]),
                ledger[partner],
                accrued[partner],
                (("partner_id", partner.id),),
            )
            for partner in {**ledger, **accrued}
            if currency.compare_amounts(ledger[partner], accrued[partner])
        ]

    @api.model
    def _ledger_by_partner(self, company):
        """Return {commercial partner: amount} of all rows, and of those without an entry."""
        everything, waiting = defaultdict(float), defaultdict(float)
        domain = [("company_id", "=", company.id)]
        for sums, more in ((everything, []), (waiting, [("account_move_id", "=", False)])):
            for partner, amount in self._read_group(domain + more, ["referrer_id"], ["amount:sum"]):
                sums[partner.commercial_partner_id] += amount
        return everything, waiting

    @api.model
    def _say_waiting(self, company, amount):
        if company.currency_id.is_zero(amount):
            return ""
        return " " + self.env._(
            "%(amount)s of it waits for its journal entry.",
            amount=company.currency_id.format(amount),
        )

    @api.model
    def _compare_entries_of_rows(self, company):
        """Every entry books on A, per commercial partner, what its ledger rows say."""
        currency = company.currency_id
        return [
            Difference(
                UNMATCHED,
                f"entry-{move.id}-{partner.id or 0}",
                self.env._(
                    "%(partner)s: the rows of entry %(entry)s say %(ledger)s, the entry says "
                    "%(accrued)s.",
                    partner=partner.display_name or self.env._("no partner"),
                    entry=move.display_name,
                    ledger=currency.format(ledger),
                    accrued=currency.format(accrued),
                ),
                ledger,
                accrued,
                (("partner_id", partner.id), ("move_id", move.id)),
            )
            for move, partner, ledger, accrued in self._read_entries_of_rows(company)
        ]

    @api.model
    def _read_entries_of_rows(self, company):
        """Return (entry, partner, Σ rows, booked on A) where the two amounts differ."""
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                WITH ledger AS (
                    SELECT c.account_move_id AS move_id, p.commercial_partner_id AS partner_id,
                           SUM(c.amount) AS amount
                      FROM aftersales_commission c
                      JOIN res_partner p ON p.id = c.referrer_id
                     WHERE c.company_id = %(company)s AND c.account_move_id IS NOT NULL
                  GROUP BY 1, 2
                ), books AS (
                    SELECT aml.move_id, p.commercial_partner_id AS partner_id,
                           -SUM(aml.balance) AS amount
                      FROM account_move_line aml
                 LEFT JOIN res_partner p ON p.id = aml.partner_id
                     WHERE aml.account_id IN %(accounts)s
                       AND aml.move_id IN (SELECT move_id FROM ledger)
                  GROUP BY 1, 2
                )
                SELECT move_id, partner_id, COALESCE(l.amount, 0), COALESCE(b.amount, 0)
                  FROM ledger l
             FULL JOIN books b USING (move_id, partner_id)
                 WHERE ABS(COALESCE(l.amount, 0) - COALESCE(b.amount, 0)) >= %(half_unit)s
              ORDER BY move_id, partner_id
                """,
                company=company.id,
                accounts=(0, *self._accrued_accounts(company).ids),
                half_unit=company.currency_id.rounding / 2,
            )
        )
        moves = self.env["account.move"].browse(row[0] for row in rows)
        partners = self.env["res.partner"].browse(row[1] for row in rows)
        return [
            (moves.browse(move), partners.browse(partner), float(ledger), float(booked))
            for move, partner, ledger, booked in rows
        ]

    @api.model
    def _compare_cards(self, company):
        """Σ points + Σ reserved = L; reserved = spent on confirmed orders, not invoiced yet.

        A company and its branches are compared as one: they share the cards.
        """
        sharing = self._sharing_cards(company)
        if not sharing:
            return []
        currency = company.currency_id
        accounts = self._shared_credit_accounts(sharing)
        liability = -sum(balance for (balance,) in self._read_posted(sharing, accounts, []))
        points = sum(self._wallet_cards(company).mapped("points"))
        reserved = self._reserved_credit(company)
        if not currency.compare_amounts(points + reserved, liability):
            return []
        return [
            Difference(
                UNMATCHED,
                CARDS,
                self.env._(
                    "Cards hold %(points)s and orders reserve %(reserved)s, the store credit "
                    "account says %(liability)s.",
                    points=currency.format(points),
                    reserved=currency.format(reserved),
                    liability=currency.format(liability),
                ),
                points + reserved,
                liability,
            )
        ]

    @api.model
    def _compare_lots(self, company):
        """Σ remaining of a card's lots = its points."""
        currency = company.currency_id
        remaining = dict(
            self.env["aftersales.credit.lot"]._read_group(
                [("company_id", "=", company.id)], ["card_id"], ["remaining:sum"]
            )
        )
        return [
            Difference(
                UNMATCHED,
                f"card-{card.id}",
                self.env._(
                    "Card %(card)s of %(partner)s: lots hold %(lots)s, the card %(points)s.",
                    card=card.code,
                    partner=card.partner_id.display_name or self.env._("no partner"),
                    lots=currency.format(remaining.get(card, 0.0)),
                    points=currency.format(card.points),
                ),
                remaining.get(card, 0.0),
                card.points,
                (("card_id", card.id), ("partner_id", card.partner_id.id)),
            )
            for card in self._wallet_cards(company)
            if currency.compare_amounts(remaining.get(card, 0.0), card.points)
        ]

    @api.model
    def _compare_movements(self, company):
        """Σ movements of a lot = what remains of it."""
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT lot.id, lot.remaining, COALESCE(SUM(movement.amount), 0)
                  FROM aftersales_credit_lot lot
             LEFT JOIN aftersales_credit_movement movement ON movement.lot_id = lot.id
                 WHERE lot.company_id = %(company)s
              GROUP BY lot.id
                HAVING ABS(lot.remaining - COALESCE(SUM(movement.amount), 0)) >= %(half_unit)s
              ORDER BY lot.id
                """,
                company=company.id,
                half_unit=company.currency_id.rounding / 2,
            )
        )
        lots = self.env["aftersales.credit.lot"].browse(row[0] for row in rows)
        currency = company.currency_id
        return [
            Difference(
                UNMATCHED,
                f"lot-{lot.id}",
                self.env._(
                    "%(lot)s of %(partner)s: its movements say %(movements)s, the lot %(lots)s.",
                    lot=lot.display_name,
                    partner=lot.partner_id.display_name or self.env._("no partner"),
                    movements=currency.format(moved),
                    lots=currency.format(remaining),
                ),
                float(remaining),
                float(moved),
                (("card_id", lot.card_id.id), ("partner_id", lot.partner_id.id)),
            )
            for lot, (_id, remaining, moved) in zip(lots, rows, strict=True)
        ]

    @api.model
    def _compare_entries(self, company):
        """Every entry of ours is posted and balanced."""
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT am.id, COALESCE(SUM(aml.balance), 0)
                  FROM account_move am
             LEFT JOIN account_move_line aml ON aml.move_id = am.id
                 WHERE am.aftersales_entry IS NOT NULL AND am.company_id = %(company)s
              GROUP BY am.id
                HAVING am.state != 'posted'
                       OR ABS(COALESCE(SUM(aml.balance), 0)) >= %(half_unit)s
              ORDER BY am.id
                """,
                company=company.id,
                half_unit=company.currency_id.rounding / 2,
            )
        )
        moves = self.env["account.move"].browse(row[0] for row in rows)
        return [
            Difference(
                UNMATCHED,
                f"posted-{move.id}",
                self.env._("Entry %s is not posted and balanced.", move.display_name),
                0.0,
                float(balance),
                (("move_id", move.id),),
            )
            for move, (_id, balance) in zip(moves, rows, strict=True)
        ]
