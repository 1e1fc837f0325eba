"""What customers pay beside their plan: work, visits and parts that its kind leaves to be paid."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from .price import ABROAD, HERE, HOME, Prices
from .script import CALL_OUT, GOODS, HOUR, SEAL, STEPS, Plan, Sale
from .tables import Row, Tables, cents, exact

CALL, WORK = "After-sales call-out", "After-sales work"
OPENS, CLOSES = 8, 17
PRICES = {f"Company {one.code}": one.price for one in (*GOODS, SEAL)}


class Charge(NamedTuple):
    """A line of a quotation, in its currency."""

    product: str
    quantity: Decimal
    amount: Decimal


class Charges:
    """What quotations of claims and visits should say."""

    def __init__(self, tables: Tables, prices: Prices, sales: list[Sale]):
        self.tables, self.prices = tables, prices
        self.sales = {sale.name: sale for sale in sales}

    # --- What is in the database ---------------------------------------------------------------

    def found(self) -> dict[str, list[Charge]]:
        """Return {name of the claim or visit: the lines of what charges it}."""
        found = defaultdict(list)
        for row in self.tables.rows(
            """
            SELECT o.origin, t.name->>'en_US' AS product, l.product_uom_qty, l.price_subtotal
              FROM sale_order o
              JOIN sale_order_line l ON l.order_id = o.id
              JOIN product_product p ON p.id = l.product_id
              JOIN product_template t ON t.id = p.product_tmpl_id
             WHERE o.company_id = ANY(%(companies)s)
               AND o.origin IN (SELECT name FROM fsm_order UNION SELECT name FROM aftersales_claim)
            """,
            companies=self.prices.companies,
        ):
            quantity = exact(row.product_uom_qty)
            amount = cents(exact(row.price_subtotal))
            found[row.origin].append(Charge(row["product"], cents(quantity), amount))
        return {origin: sorted(charges) for origin, charges in found.items()}

    def invoiced(self) -> dict[str, Decimal]:
        """Return {name of the visit: what was invoiced for it}."""
        return {
            row.origin: cents(exact(row.amount))
            for row in self.tables.rows(
                """
                SELECT o.origin, SUM(l.price_subtotal) AS amount
                  FROM sale_order o
                  JOIN fsm_order visit ON visit.name = o.origin
                  JOIN sale_order_line sold ON sold.order_id = o.id
                  JOIN sale_order_line_invoice_rel r ON r.order_line_id = sold.id
                  JOIN account_move_line l ON l.id = r.invoice_line_id AND l.parent_state = 'posted'
                 WHERE o.company_id = ANY(%(companies)s)
                 GROUP BY o.origin
                """,
                companies=self.prices.companies,
            )
        }

    # --- Visits --------------------------------------------------------------------------------

    def visits(self) -> list[Row]:
        """Return the visits that were made."""
        return self.tables.rows(
            """
            SELECT visit.id, visit.name, visit.date_start, visit.date_end,
                   customer.name AS customer, visit.aftersales_visit_number < 0 AS extra,
                   (SELECT SUM(part.quantity) FROM aftersales_visit_part part
                     WHERE part.visit_id = visit.id) AS seals
              FROM fsm_order visit
              JOIN aftersales_contract contract ON contract.id = visit.aftersales_contract_id
              JOIN res_partner customer ON customer.id = contract.partner_id
             WHERE visit.outcome = 'done' AND visit.company_id = ANY(%(companies)s)
            """,
            companies=self.prices.companies,
        )

    def of_visits(self) -> dict[str, list[Charge]]:
        """Return {name of the visit: what it charges}, where it charges anything."""
        expected = {}
        for visit in self.visits():
            sale = self.sales[visit.customer]
            plan, day, charges = sale.promised, visit.date_end.date(), []
            if visit.extra or plan.kind == "time_material":
                charges.append(self._service(sale, day, CALL, 1, plan.visit_rate, CALL_OUT))
            if plan.kind == "time_material":
                hours = begun(visit.date_start, visit.date_end, STEPS[sale.company])
                late = not OPENS <= visit.date_start.hour < CLOSES
                more = plan.after_hours if late else 0
                charges.append(self._service(sale, day, WORK, hours, plan.hour_rate, HOUR, more))
            if plan.kind != "full_service" and visit.seals:
                listed = exact(SEAL.price) / self.prices.rate(sale, HOME, day)
                price = self.prices.by_pricelist(sale, listed, day) * exact(visit.seals)
                charges.append(Charge("Company SEAL", cents(exact(visit.seals)), cents(price)))
            if charges:
                expected[visit.name] = sorted(charges)
        return expected

    def _service(self, sale: Sale, day: date, name, quantity, agreed, listed, more=0) -> Charge:
        """Return a service at the agreed rate, else at its list price: money of the first company.

        The price of one is rounded in the money of the order.
        """
        price = exact(agreed) or exact(listed) / self.prices.rate(sale, HOME, day)
        price *= 1 + exact(more) / 100
        price = Fraction(cents(price * self._money(sale, day)))
        quantity = Fraction(quantity)
        return Charge(name, cents(quantity), cents(quantity * price))

    def _money(self, sale: Sale, day: date) -> Fraction:
        """Return what one unit of the company's money is in the money of the order."""
        return self.prices.rate(sale, ABROAD if sale.foreign else HERE, day)

    # --- Claims --------------------------------------------------------------------------------

    def of_claims(self) -> dict[str, list[Charge]]:
        """Return {name of the claim: what it charges}, where it charges anything."""
        expected = {}
        for row in self.tables.rows(
            """
            SELECT claim.name, claim.date_reported AS moment, claim.labour_hours AS hours,
                   claim.contract_id, customer.name AS customer, line.billing_type AS payer,
                   line.quantity, cause.replaces_part, t.name->>'en_US' AS product
              FROM aftersales_claim claim
              JOIN aftersales_claim_line line ON line.claim_id = claim.id
              JOIN aftersales_cause cause ON cause.id = line.cause_id
              JOIN res_partner customer ON customer.id = claim.partner_id
              JOIN product_product p ON p.id = line.product_id
              JOIN product_template t ON t.id = p.product_tmpl_id
             WHERE claim.state IN ('approved', 'done') AND claim.company_id = ANY(%(companies)s)
            """,
            companies=self.prices.companies,
        ):
            charges = self._of_claim(row, self.sales[row.customer])
            if charges:
                expected[row.name] = sorted(charges)
        return expected

    def _of_claim(self, row: Row, sale: Sale) -> list[Charge]:
        plan = sale.promised if row.contract_id else Plan("none", 0, 0.0)
        day, charges = row.moment.date(), []
        if row.payer == "billable" and row.replaces_part:
            listed = exact(PRICES[row["product"]]) / self.prices.rate(sale, HOME, day)
            price = Fraction(cents(Fraction(cents(listed)) * self._money(sale, day)))
            quantity = exact(row.quantity)
            charges.append(Charge(row["product"], cents(quantity), cents(price * quantity)))
        elif row.payer == "billable":  # nothing was wrong
            charges.append(self._service(sale, day, CALL, 1, plan.visit_rate, CALL_OUT))
        included = plan.labour and plan.kind != "time_material"
        if row.hours and (row.payer == "billable" or (row.payer == "contract" and not included)):
            charges.append(self._service(sale, day, WORK, row.hours, plan.hour_rate, HOUR))
        return charges


def begun(start: datetime, end: datetime, minutes: int) -> Fraction:
    """Return the hours from ``start`` to ``end``, every begun step of some minutes counted."""
    steps = 0
    while start + timedelta(minutes=minutes) * steps < end:
        steps += 1
    return Fraction(steps * minutes, 60)
