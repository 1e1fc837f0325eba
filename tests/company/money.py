"""Plan revenue over the term and the profit of contracts, worked out day by day and in fractions.

A contract earns the same on each day of its term that was not suspended; what is left when it
closes, it earns then. What is earned of an invoice is what was invoiced less credited by then.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from .script import DEARER, DEAREST, GOODS, LAST, SEAL, SWITCHED
from .tables import Days, Row, Tables, cents, exact, month_ends

CLOSED = ("expired", "cancelled")
WAGES = (31.2, 45.75, 0.0)
COMPANY_HOUR = 27.5


class Entry(NamedTuple):
    """Something a contract earned or cost."""

    contract: int
    kind: str
    day: date
    amount: Decimal


class Margin(NamedTuple):
    """What is left of a contract."""

    revenue: Decimal | None  # none yet
    left: Decimal
    lacks: bool  # something is not known


class Money:
    """The books of the made-up company."""

    def __init__(self, tables: Tables, companies: list[int]):
        self.tables = tables
        self.companies = companies
        self.contracts = tables.rows(
            "SELECT id, name, company_id, plan_id, state, date_start, date_end, date_closed, "
            "sale_line_id FROM aftersales_contract WHERE company_id = ANY(%(companies)s) "
            "ORDER BY id",
            companies=companies,
        )
        self.rests = defaultdict(set)
        for row in tables.rows(
            "SELECT contract_id, date_start, date_end FROM aftersales_suspension"
        ):
            self.rests[row.contract_id] |= set(Days(row.date_start, row.date_end))
        self.invoiced = self._invoiced()

    def _invoiced(self) -> dict[int, list[Row]]:
        """Return the posted invoice and credit-note lines of each contract's plan."""
        found = defaultdict(list)
        for row in self.tables.rows(
            """
            SELECT c.id AS contract, l.date, l.balance, a.account_type,
                   l.account_id = company.aftersales_deferred_revenue_account_id AS deferred
              FROM aftersales_contract c
              JOIN res_company company ON company.id = c.company_id
              JOIN sale_order_line_invoice_rel r ON r.order_line_id = c.sale_line_id
              JOIN account_move_line l ON l.id = r.invoice_line_id
              JOIN account_move m ON m.id = l.move_id
              JOIN account_account a ON a.id = l.account_id
             WHERE m.state = 'posted' AND c.company_id = ANY(%(companies)s)
            """,
            companies=self.companies,
        ):
            found[row.contract].append(row)
        return found

    # --- Over the term -------------------------------------------------------------------------

    def share(self, contract: Row, day: date) -> Fraction:
        """Return which share of its cover a contract gave by the end of ``day``."""
        closed = contract.date_closed or contract.date_end
        if contract.state in CLOSED and (not closed or closed <= day):
            return Fraction(1)
        if not contract.date_start or day < contract.date_start:
            return Fraction(0)
        rests = self.rests[contract.id]
        covered = [one for one in Days(contract.date_start, contract.date_end) if one not in rests]
        return Fraction(sum(one <= day for one in covered), len(covered))

    def deferred(self, contract: Row, day: date) -> Fraction:
        """Return what was invoiced less credited on the account of deferred revenue."""
        return -sum(
            (exact(row.balance) for row in self.invoiced[contract.id]
             if row.deferred and row.date <= day),
            Fraction(0),
        )  # fmt: skip

    def ends(self, contract: Row) -> list[date]:
        """Return the month ends at which the company booked plan revenue."""
        return month_ends(SWITCHED[self.companies.index(contract.company_id)], LAST)

    def recognised(self) -> dict[tuple[int, date], Decimal]:
        """Return {(contract, month end): revenue recognised by then} where something is."""
        found = {}
        for contract in self.contracts:
            if not any(row.deferred for row in self.invoiced[contract.id]):
                continue
            for day in self.ends(contract):
                amount = self.deferred(contract, day)
                found[contract.id, day] = cents(amount * self.share(contract, day))
        return found

    def balances(self) -> dict[tuple[int, date], Decimal]:
        """Return {(company, month end): what must still stand on the deferred account}."""
        recognised, found = self.recognised(), defaultdict(Decimal)
        for contract in self.contracts:
            for day in self.ends(contract):
                left = self.deferred(contract, day) - exact(recognised.get((contract.id, day)))
                found[contract.company_id, day] += cents(left)
        return found

    # --- Profit --------------------------------------------------------------------------------

    def entries(self) -> list[Entry]:
        """Return all that every contract earned and cost."""
        return [
            *self._earned_at_once(),
            *self._earned_by_month(),
            *self._given(),
            *self._worked_at_claims(),
            *self._worked_at_visits(),
            *self._used_at_visits(),
        ]

    def margins(self) -> dict[int, Margin]:
        """Return what is left of each contract."""
        found = {contract.id: [None, Decimal(0), False] for contract in self.contracts}
        for entry in self.entries():
            row = found[entry.contract]
            if entry.kind == "revenue":
                row[0] = (row[0] or 0) + entry.amount
            else:
                row[1] += entry.amount
                row[2] |= not entry.amount  # given, and nobody entered what it cost
        return {
            contract: Margin(revenue, (revenue or 0) - cost, revenue is None or lacks)
            for contract, (revenue, cost, lacks) in found.items()
        }

    def _earned_at_once(self):
        for contract in self.contracts:
            for row in self.invoiced[contract.id]:
                if row.account_type.startswith("income"):
                    yield Entry(contract.id, "revenue", row.date, -Decimal(str(row.balance)))

    def _earned_by_month(self):
        recognised = self.recognised()
        for contract in self.contracts:
            before = Decimal(0)
            for day in self.ends(contract):
                now = recognised.get((contract.id, day), Decimal(0))
                if now != before:
                    yield Entry(contract.id, "revenue", day, now - before)
                before = now

    def _given(self):
        """Goods shipped free of charge, at what they cost on that day."""
        costs = {f"Company {one.code}": one.cost for one in GOODS}
        for row in self.tables.rows(
            """
            SELECT claim.contract_id AS contract, claim.company_id AS company, line.billing_type,
                   m.date, m.origin_returned_move_id IS NOT NULL AS back,
                   SUM(part.quantity_product_uom) AS quantity, t.name->>'en_US' AS product
              FROM aftersales_claim claim
              JOIN aftersales_claim_line line ON line.claim_id = claim.id
              JOIN stock_move m ON m.aftersales_claim_line_id = line.id AND m.state = 'done'
              JOIN stock_location target ON target.id = m.location_dest_id
              JOIN stock_location source ON source.id = m.location_id
              JOIN stock_move_line part ON part.move_id = m.id
              JOIN product_product p ON p.id = m.product_id
              JOIN product_template t ON t.id = p.product_tmpl_id
             WHERE claim.contract_id IS NOT NULL AND claim.company_id = ANY(%(companies)s)
               AND line.billing_type IN ('contract', 'goodwill') AND m.aftersales_step IS NULL
               AND CASE WHEN m.origin_returned_move_id IS NULL THEN target.usage
                        ELSE source.usage END = 'customer'
             GROUP BY claim.id, line.id, m.id, t.id
            """,
            companies=self.companies,
        ):
            factor = DEARER if row.date.date() >= DEAREST else 1.0
            number = self.companies.index(row.company)
            cost = exact(round(costs[row["product"]] * factor * (1 + number / 4), 2))
            kind = "parts" if row.billing_type == "contract" else "goodwill"
            amount = cents(cost * exact(row.quantity)) * (-1 if row.back else 1)
            yield Entry(row.contract, kind, row.date.date(), amount)

    def _worked_at_claims(self):
        """Hours at claims that contract or goodwill gave; some contracts leave them to be paid."""
        for row in self.tables.rows(
            """
            SELECT claim.contract_id AS contract, claim.date_done, claim.labour_hours AS hours
              FROM aftersales_claim claim
              JOIN aftersales_contract terms ON terms.id = claim.contract_id
             WHERE claim.contract_id IS NOT NULL AND claim.state = 'done'
               AND claim.labour_hours > 0 AND claim.company_id = ANY(%(companies)s)
               AND EXISTS (SELECT FROM aftersales_claim_line line WHERE line.claim_id = claim.id
                              AND (line.billing_type = 'goodwill'
                                   OR line.billing_type = 'contract' AND terms.labour_included))
            """,
            companies=self.companies,
        ):
            amount = cents(exact(row.hours) * exact(COMPANY_HOUR))
            yield Entry(row.contract, "labour", row.date_done.date(), amount)

    def _visits(self):
        """Return the visits that were made, with what stands of an order that charges them."""
        return self.tables.rows(
            """
            SELECT visit.id, terms.id AS contract, visit.company_id AS company,
                   terms.contract_kind AS kind, visit.aftersales_visit_number < 0 AS extra,
                   visit.date_start, visit.date_end, partner.name AS person,
                   EXISTS (SELECT FROM sale_order charge WHERE charge.origin = visit.name
                              AND charge.state != 'cancel') AS charged,
                   (SELECT SUM(part.quantity) FROM aftersales_visit_part part
                     WHERE part.visit_id = visit.id) AS seals
              FROM fsm_order visit
              JOIN aftersales_contract terms ON terms.id = visit.aftersales_contract_id
              JOIN fsm_person person ON person.id = visit.person_id
              JOIN res_partner partner ON partner.id = person.partner_id
             WHERE visit.outcome IS NOT NULL AND visit.company_id = ANY(%(companies)s)
            """,
            companies=self.companies,
        )

    def _worked_at_visits(self):
        """Hours on site, but for those of a visit the customer pays for."""
        for row in self._visits():
            if row.charged and (row.extra or row.kind == "time_material"):
                continue
            day = row.date_end.date()
            wage = WAGES[int(row.person[-1])] * (DEARER if day >= DEAREST else 1.0)
            wage = round(wage * (1 + self.companies.index(row.company)), 2) or COMPANY_HOUR
            hours = Fraction((row.date_end - row.date_start) // timedelta(seconds=1), 3600)
            yield Entry(row.contract, "labour", day, cents(hours * exact(wage)))

    def _used_at_visits(self):
        """Seals, at what they cost on that day, but for those the customer pays for."""
        for row in self._visits():
            if row.seals and not (row.charged and row.kind != "full_service"):
                day = row.date_end.date()
                factor = DEARER if day >= DEAREST else 1.0
                more = 1 + self.companies.index(row.company) / 4
                cost = exact(round(SEAL.cost * factor * more, 2))
                yield Entry(row.contract, "visit_parts", day, cents(cost * exact(row.seals)))
