from collections import defaultdict

from odoo import api, models


# One file per concern: rows, their entries, what must hold.
class AftersalesCommission(models.Model):
    """What must hold after every step (requirement 75; design §6)."""

    _inherit = "aftersales.commission"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _check_invariants(self, companies):
        """Return every difference between ledger, cards, lots and books, in words.

        :return: a list of sentences; empty when all is well
        """
        differences = []
        checker = self.sudo()  # compares sums over everybody's rows; shows differences only
        for company in companies:
            differences += checker._check_ledger_equals_accrued(company)
            differences += checker._check_cards_equal_liability(company)
            differences += checker._check_lots_equal_points(company)
            differences += checker._check_entries_balance(company)
        return differences

    @api.model
    def _check_ledger_equals_accrued(self, company):
        """Σ ledger rows = what A owes, per commercial partner."""
        ledger, accrued = defaultdict(float), defaultdict(float)
        for partner, amount in self._read_group(
            [("company_id", "=", company.id)], ["referrer_id"], ["amount:sum"]
        ):
            ledger[partner.commercial_partner_id] += amount
        accounts = self._accrued_accounts(company)
        for partner, balance in self._read_posted(company, accounts, ["partner_id"]):
            accrued[partner.commercial_partner_id] -= balance
        return [
            self.env._(
                "%(company)s, %(partner)s: the ledger says %(ledger)s, accrued commissions say "
                "%(accrued)s.",
                company=company.name,
                partner=partner.display_name or self.env._("no partner"),
                ledger=company.currency_id.format(ledger[partner]),
                accrued=company.currency_id.format(accrued[partner]),
            )
            for partner in {**ledger, **accrued}
            if company.currency_id.compare_amounts(ledger[partner], accrued[partner])
        ]

    @api.model
    def _check_cards_equal_liability(self, company):
        """Σ points + Σ reserved = L; reserved = spent on confirmed orders, not invoiced yet."""
        accounts = self._store_credit_accounts(company)
        liability = -sum(balance for (balance,) in self._read_posted(company, accounts, []))
        points = sum(self._wallet_cards(company).mapped("points"))
        reserved = self._reserved_credit(company)
        if not company.currency_id.compare_amounts(points + reserved, liability):
            return []
        return [
            self.env._(
                "%(company)s: cards hold %(points)s and orders reserve %(reserved)s, the store "
                "credit account says %(liability)s.",
                company=company.name,
                points=company.currency_id.format(points),
                reserved=company.currency_id.format(reserved),
                liability=company.currency_id.format(liability),
            )
        ]

    @api.model
    def _check_lots_equal_points(self, company):
        """Σ remaining of a card's lots = its points."""
        remaining = dict(
            self.env["aftersales.credit.lot"]._read_group(
                [("company_id", "=", company.id)], ["card_id"], ["remaining:sum"]
            )
        )
        return [
            self.env._(
                "%(company)s, card %(card)s: lots hold %(lots)s, the card %(points)s.",
                company=company.name,
                card=card.code,
                lots=company.currency_id.format(remaining.get(card, 0.0)),
                points=company.currency_id.format(card.points),
            )
            for card in self._wallet_cards(company)
            if company.currency_id.compare_amounts(remaining.get(card, 0.0), card.points)
        ]

    @api.model
    def _check_entries_balance(self, company):
        """Every entry of ours is posted and balanced."""
        rows = self.env["account.move.line"]._read_group(
            [("company_id", "=", company.id), ("move_id.aftersales_entry", "!=", False)],
            ["move_id"],
            ["balance:sum"],
        )
        return [
            self.env._(
                "%(company)s: entry %(entry)s is not posted and balanced.",
                company=company.name,
                entry=move.display_name,
            )
            for move, balance in rows
            if move.state != "posted" or not company.currency_id.is_zero(balance)
        ]

    @api.model
    def _accrued_accounts(self, company):
        """Return account A, and those that were A before the setting changed."""
        return company.aftersales_accrued_commission_account_id | self._liabilities_of_entries(
            company, "commission"
        )

    @api.model
    def _store_credit_accounts(self, company):
        """Return account L, and those that were L before the setting changed."""
        used = self._liabilities_of_entries(company, "payout")
        return company.aftersales_store_credit_account_id | (used - self._accrued_accounts(company))

    @api.model
    def _liabilities_of_entries(self, company, entry):
        """Return the liability accounts (payables apart) our entries of a kind were booked on."""
        rows = self.env["account.move.line"]._read_group(
            [
                ("company_id", "=", company.id),
                ("move_id.aftersales_entry", "=", entry),
                ("account_id.account_type", "=", "liability_current"),
            ],
            ["account_id"],
        )
        return self.env["account.account"].union(*(account for (account,) in rows))

    @api.model
    def _read_posted(self, company, accounts, groupby):
        return self.env["account.move.line"]._read_group(
            [
                ("company_id", "=", company.id),
                ("account_id", "in", accounts.ids),
                ("parent_state", "=", "posted"),
            ],
            groupby,
            ["balance:sum"],
        )

    @api.model
    def _wallet_cards(self, company):
        return (
            self.env["loyalty.card"]
            .with_context(active_test=False)
            .search([("aftersales_wallet", "=", True), ("company_id", "=", company.id)])
        )

    @api.model
    def _reserved_credit(self, company):
        """Return the points of confirmed orders whose credit line no posted invoice holds."""
        lines = self.env["sale.order.line"].search(
            [
                ("company_id", "=", company.id),
                ("state", "=", "sale"),
                ("coupon_id.aftersales_wallet", "=", True),
            ]
        )
        held = lines._store_credit_held()
        return sum(line.points_cost - held[line] for line in lines)
