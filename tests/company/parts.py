"""How many parts failures will take in each month, counted unit by unit and day by day."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from fractions import Fraction

from .goods import LEAST_FAILURES, MONTH, Known, Registered
from .script import CAUSE_WEIGHTS, CAUSES, GOODS
from .tables import Tables, birthday, exact

LEAST_VISITS = 3
COVERED = ("contract", "warranty")
#: Part of what customers report that is a failure.
TRUE_SHARE = 1 - CAUSE_WEIGHTS[CAUSES.index("no_fault")] / sum(CAUSE_WEIGHTS)


def months_from(today: date, months: int) -> list[tuple[date, date]]:
    """Return (first day, day after the last): the days left of this month, then full months."""
    firsts = [today]
    while len(firsts) < months + 2:
        firsts.append((firsts[-1].replace(day=1) + timedelta(days=32)).replace(day=1))
    return list(zip(firsts, firsts[1:], strict=False))


def _is_covered(day: date, since: date, after: date, rests: list[tuple[date, date]]) -> bool:
    """Tell whether a contract covers on a day: inside its term, and not while it rests."""
    return since <= day < after and not any(first <= day <= last for first, last in rests)


class Outlook:
    """What the goods of one company will take from stock."""

    def __init__(self, tables: Tables, company: int, today: date):
        self.tables, self.company, self.today = tables, company, today
        registered = Registered(tables, company)
        self.in_use = [one for one in registered.assets if one.status == "in_use"]
        self.known, self.by_age = registered.known(today), registered.known_by_age(today)
        self.category = {
            row.id: row.categ_id
            for row in tables.rows(
                "SELECT p.id, t.categ_id FROM product_product p "
                "JOIN product_template t ON t.id = p.product_tmpl_id"
            )
        }
        self.covers = self._covers(tables)
        self.failed, self.taken = self._used(tables)

    def _covers(self, tables):
        """Return {asset: [(first day, day after the last, rests)]} of full-service contracts."""
        found, rests = defaultdict(list), defaultdict(list)
        for row in tables.rows(
            "SELECT contract_id, date_start, date_end FROM aftersales_suspension"
        ):
            rests[row.contract_id].append((row.date_start, row.date_end))
        for row in tables.rows(
            """
            SELECT r.asset_id, c.id, c.date_start, c.date_end, c.date_closed
              FROM aftersales_contract_asset_rel r
              JOIN aftersales_contract c ON c.id = r.contract_id
             WHERE c.company_id = %(company)s AND c.state IN ('draft', 'active', 'suspended')
               AND c.contract_kind = 'full_service' AND c.date_start IS NOT NULL
            """,
            company=self.company,
        ):
            after = row.date_end + timedelta(days=1)
            until = min(after, row.date_closed or after)
            found[row.asset_id].append((row.date_start, until, rests[row.id]))
        return found

    def _used(self, tables):
        """Return {(product, covered): failures} and the same of parts that failures took.

        A failure takes what was shipped for it, less what came back; what a customer pays, once
        his order is delivered; what is free and waits, too. While a customer has not decided, it
        tells nothing. Here parts are of the same kind as what failed.
        """
        failed, taken = defaultdict(Fraction), defaultdict(Fraction)
        for row in tables.rows(
            """
            SELECT asset.product_id, line.quantity, line.billing_type, claim.state,
                   cause.replaces_part,
                   (SELECT SUM(sold.qty_delivered) FROM sale_order_line sold
                     WHERE sold.order_id = claim.sale_order_id
                       AND sold.product_id = line.product_id) AS bought,
                   (SELECT SUM(part.quantity_product_uom * CASE WHEN m.origin_returned_move_id
                                                               IS NULL THEN 1 ELSE -1 END)
                      FROM stock_move m
                      JOIN stock_move_line part ON part.move_id = m.id
                      JOIN stock_location place ON place.id = CASE
                               WHEN m.origin_returned_move_id IS NULL THEN m.location_dest_id
                               ELSE m.location_id END
                     WHERE m.aftersales_claim_line_id = line.id AND m.state = 'done'
                       AND m.aftersales_step IS NULL AND place.usage = 'customer') AS shipped
              FROM aftersales_claim_line line
              JOIN aftersales_claim claim ON claim.id = line.claim_id
              JOIN aftersales_cause cause ON cause.id = line.cause_id
              JOIN aftersales_asset asset ON asset.id = line.asset_id
             WHERE claim.company_id = %(company)s AND claim.state IN ('approved', 'done')
               AND cause.code != 'no_fault' AND claim.date_occurred <= %(today)s
            """,
            company=self.company,
            today=self.today,
        ):
            key = row.product_id, row.billing_type in COVERED
            parts = row.bought if row.billing_type == "billable" else None
            parts = parts if row.shipped is None else row.shipped
            waits = row.state == "approved" and row.replaces_part and not parts
            if waits and row.billing_type == "billable":
                continue
            failed[key] += exact(row.quantity)
            if parts is not None:
                taken[key] += exact(parts)
            elif row.state == "approved" and row.replaces_part and row.billing_type != "refused":
                taken[key] += exact(row.quantity)
        return failed, taken

    # --- Rates ---------------------------------------------------------------------------------

    def rate(self, product: int, age: int) -> Fraction | None:
        """Return failures per unit and month at an age.

        Else of old goods, where it is old, else at any age, else of the category.
        """
        alike = [
            one
            for other, one in self.known.items()
            if self.category[product] and self.category[other] == self.category[product]
        ]
        category = Known(
            sum((one.failures for one in alike), Fraction(0)),
            sum((one.unit_days for one in alike), Fraction(0)),
        )
        nothing = Known(Fraction(0), Fraction(0))
        choices = (
            self.by_age.get((product, age), nothing),
            self._of_old(product, age) or nothing,
            self.known.get(product, nothing),
            category,
        )
        return next((one.rate for one in choices if one.rate is not None), None)

    def _of_old(self, product: int, age: int) -> Known | None:
        """Return what the last years of age tell together, as few as tell a rate; not all."""
        for first in range(max((year for _product, year in self.by_age), default=0), 0, -1):
            last = [
                one
                for (other, year), one in self.by_age.items()
                if other == product and year >= first
            ]
            together = Known(
                sum((one.failures for one in last), Fraction(0)),
                sum((one.unit_days for one in last), Fraction(0)),
            )
            if together.rate is not None:
                return together if age >= first else None
        return None

    def per_failure(self, product: int, covered: bool) -> Fraction:
        """Return how many parts one failure of a product takes."""
        if self.failed[product, covered] >= LEAST_FAILURES:
            return self.taken[product, covered] / self.failed[product, covered]
        if covered:
            return Fraction(1)
        alike = [
            other for other in self.category
            if self.category[product] and self.category[other] == self.category[product]
        ]  # fmt: skip
        failed = sum((self.failed.get((one, False), Fraction(0)) for one in alike), Fraction(0))
        taken = sum((self.taken.get((one, False), Fraction(0)) for one in alike), Fraction(0))
        return taken / failed if failed >= LEAST_FAILURES else Fraction(0)

    # --- Forecast ------------------------------------------------------------------------------

    def age_in(self, asset, first: date, until: date) -> int:
        """Return the full years a unit will have lived in the middle of a month."""
        middle, age = first + (until - first) // 2, 0
        while birthday(asset.date_delivered, age + 1) <= middle:
            age += 1
        return age

    def covered_days(self, asset, first: date, until: date) -> int:
        """Return on how many days of a month the guarantee or a contract pays."""
        day, count = first, 0
        while day < until:
            guarantee = asset.warranty_end and day <= asset.warranty_end
            count += bool(
                guarantee or any(_is_covered(day, *cover) for cover in self.covers[asset.id])
            )
            day += timedelta(days=1)
        return count

    def expected(self, months: int) -> dict[tuple[int, date], Fraction]:
        """Return {(product, first day of the month): parts}; nothing where no rate is known."""
        found, rates, per = {}, {}, {}
        for asset in self.in_use:
            product = asset.product_id
            for covered in (True, False):
                if (product, covered) not in per:
                    per[product, covered] = self.per_failure(product, covered)
            for first, until in months_from(self.today, months):
                age = self.age_in(asset, first, until)
                if (product, age) not in rates:
                    rates[product, age] = self.rate(product, age)
                rate = rates[product, age]
                if rate is None:
                    continue
                days = (until - first).days
                covered = self.covered_days(asset, first, until)
                taken = covered * per[product, True] + (days - covered) * per[product, False]
                amount = exact(asset.quantity) * rate / MONTH * taken
                found[product, first] = found.get((product, first), Fraction(0)) + amount
        return found | self._at_visits(months)

    def _at_visits(self, months: int) -> dict[tuple[int, date], Fraction]:
        """Return what visits will take: as many as on average of those of the past year."""
        (past,) = self.tables.rows(
            """
            SELECT COUNT(DISTINCT visit.id) AS made, SUM(part.quantity) AS taken,
                   MAX(part.product_id) AS product
              FROM fsm_order visit
              LEFT JOIN aftersales_visit_part part ON part.visit_id = visit.id
             WHERE visit.company_id = %(company)s AND visit.outcome = 'done'
               AND visit.date_end >= %(since)s
            """,
            company=self.company,
            since=birthday(self.today, -1),
        )
        if past.made < LEAST_VISITS or not past.taken:
            return {}
        days = [max(row.day, self.today) for row in self.planned()]
        return {
            (past["product"], first): exact(past.taken)
            / past.made
            * sum(first <= day < until for day in days)
            for first, until in months_from(self.today, months)
        }

    def planned(self):
        """Return the visits still to be made, the day of each, and where."""
        return self.tables.rows(
            """
            SELECT COALESCE(visit.scheduled_date_start::date, visit.aftersales_window_end) AS day,
                   site.country_id, site.state_id
              FROM fsm_order visit
              JOIN fsm_stage stage ON stage.id = visit.stage_id
              JOIN fsm_location location ON location.id = visit.location_id
              JOIN res_partner site ON site.id = location.partner_id
             WHERE visit.company_id = %(company)s AND stage.is_closed IS NOT TRUE
            """,
            company=self.company,
        )

    def true_failures(self, names: dict[int, str], months: int) -> dict[tuple[int, date], float]:
        """Return what will fail by the rates the script really used."""
        rates = {f"Company {one.code}": one.rates for one in GOODS}
        found = defaultdict(float)
        for asset in self.in_use:
            for first, until in months_from(self.today, months):
                age = min(self.age_in(asset, first, until), 2)
                rate = rates[names[asset.product_id]][age] * TRUE_SHARE / float(MONTH)
                found[asset.product_id, first] += (
                    float(asset.quantity) * rate * (until - first).days
                )
        return found
