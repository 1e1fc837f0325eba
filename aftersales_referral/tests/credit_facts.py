# SPDX-License-Identifier: LGPL-3.0-or-later
"""What everybody's store credit must be, told from facts alone (reliability R3).

An oracle: it reads payouts, orders and posted documents by SQL, hears from the test what an
accountant gave or took, keeps everybody's lots in its own way, and knows nothing of the add-on's
code. Whole cents.
"""

from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

FRESH = timedelta(days=60)  # what comes back can be spent for so long at least
NEVER = date.max

MONTHS = "SELECT aftersales_credit_months FROM res_company WHERE id = %(company)s"
OWNERS = "SELECT id, commercial_partner_id FROM res_partner WHERE id = ANY(%(partners)s)"
PAYOUTS = """
    SELECT payout.id, payout.state, partner.commercial_partner_id, payout.amount * 100,
           payout.date, owner.referral_tax_status
      FROM aftersales_payout payout
      JOIN res_partner partner ON partner.id = payout.referrer_id
      JOIN res_partner owner ON owner.id = partner.commercial_partner_id
     WHERE payout.company_id = %(company)s AND method = 'credit'
       AND payout.state IN ('posted', 'cancelled')
     ORDER BY payout.id
"""
#: what an order deducts, while it is confirmed
ORDERS = """
    SELECT sale.id, partner.commercial_partner_id,
           -coalesce(sum(price_total) FILTER (WHERE sale.state = 'sale'), 0) * 100
      FROM sale_order sale
      JOIN res_partner partner ON partner.id = sale.partner_id
      LEFT JOIN sale_order_line sol
             ON sol.order_id = sale.id AND sol.product_id = %(product)s
     WHERE sale.company_id = %(company)s
     GROUP BY 1, 2 ORDER BY 1
"""
#: what posted documents deduct of it, oldest first, and whether for a line it still has; credit
#: notes are negative. Core deletes the credit line of a cancelled order, with its documents' links.
DOCUMENTS = """
    SELECT coalesce(sol.order_id, line.aftersales_credit_order_id), sol.id IS NOT NULL,
           sum(line.balance) * 100
      FROM account_move move
      JOIN account_move_line line ON line.move_id = move.id
      LEFT JOIN sale_order_line_invoice_rel rel ON rel.invoice_line_id = line.id
      LEFT JOIN sale_order_line sol ON sol.id = rel.order_line_id
     WHERE move.company_id = %(company)s AND move.state = 'posted'
       AND line.product_id = %(product)s
     GROUP BY 1, 2, move.id, move.date
     ORDER BY move.date, move.id
"""
#: orders of which posted documents hold all that was sold: nothing is left to pay with credit
BILLED = """
    SELECT sol.order_id
      FROM sale_order_line sol
      LEFT JOIN LATERAL (
               SELECT sum(CASE move.move_type WHEN 'out_refund' THEN -quantity ELSE quantity END)
                      AS quantity
                 FROM sale_order_line_invoice_rel rel
                 JOIN account_move_line line ON line.id = rel.invoice_line_id
                 JOIN account_move move ON move.id = line.move_id
                WHERE rel.order_line_id = sol.id AND move.state = 'posted'
           ) AS billed ON true
     WHERE sol.company_id = %(company)s AND sol.product_id != %(product)s
       AND sol.display_type IS NULL AND sol.is_downpayment IS NOT TRUE
     GROUP BY 1 HAVING bool_and(coalesce(billed.quantity, 0) >= sol.product_uom_qty)
"""
CARDS = """
    SELECT partner.commercial_partner_id, sum(points::numeric) * 100, min(points)
      FROM loyalty_card card LEFT JOIN res_partner partner ON partner.id = card.partner_id
     WHERE card.program_id = %(program)s GROUP BY 1
"""
LOTS = """
    SELECT partner.commercial_partner_id, coalesce(lot.date_expiry, %(never)s),
           sum(remaining) * 100, min(remaining)
      FROM aftersales_credit_lot lot
      JOIN loyalty_card card ON card.id = lot.card_id
      LEFT JOIN res_partner partner ON partner.id = card.partner_id
     WHERE card.program_id = %(program)s GROUP BY 1, 2
"""
#: what each order took and did not give back, as the movements tell it
TAKEN = """
    SELECT order_id, -sum(amount) * 100 FROM aftersales_credit_movement
     WHERE company_id = %(company)s AND order_id IS NOT NULL GROUP BY 1
"""
BOOKED = """
    SELECT account_id, -sum(balance) * 100 FROM account_move_line
     WHERE company_id = %(company)s AND parent_state = 'posted' AND account_id = ANY(%(accounts)s)
     GROUP BY 1
"""
QUERIES = {MONTHS, OWNERS, PAYOUTS, ORDERS, DOCUMENTS, BILLED, CARDS, LOTS, TAKEN, BOOKED}


class Lot:
    """Credit that was granted together."""

    def __init__(self, owner, cents, expiry):
        self.owner, self.granted, self.left, self.expiry = owner, cents, cents, expiry


class Wallets:
    """Everybody's store credit, followed step by step."""

    def __init__(self, company, vat_percent=0, bonus_percent=0):
        self.env, self.vat, self.bonus = company.env, vat_percent, bonus_percent
        program = company.aftersales_wallet_program_id
        self.liability = company.aftersales_store_credit_account_id.id
        self.breakage = company.aftersales_breakage_account_id.id
        self.known = {
            "company": company.id,
            "program": program.id,
            "product": program.reward_ids.discount_line_product_id.id,
            "never": NEVER,
            "accounts": [self.liability, self.breakage],
        }
        self.lots, self.payouts, self.used, self.merged = [], {}, {}, {}
        self.known_orders = {}
        self.granted = self.taken_back = self.expired = 0

    def query(self, statement, **values):
        """Return the rows of one of the queries above."""
        assert statement in QUERIES
        self.env.cr.execute(statement, {**self.known, **values})
        return self.env.cr.fetchall()

    # --- What happens --------------------------------------------------------------------------

    def grant(self, owner, cents, expiry):
        """Add a lot; None as ``expiry`` is never."""
        lot = Lot(owner, cents, expiry or NEVER)
        self.lots.append(lot)
        self.granted += cents
        return lot

    def take_back(self, lot):
        """Take back what is left of a lot."""
        self.taken_back += lot.left
        lot.left = 0

    def take(self, owner, cents):
        """Take from what an owner has, soonest first; return [(lot, cents)]."""
        parts = []
        for lot in sorted(self.of(owner), key=lambda lot: lot.expiry):
            part = min(lot.left, cents)
            lot.left -= part
            cents -= part
            parts += [(lot, part)] if part else []
        assert not cents, "nobody spends more than there is"
        return parts

    def expire(self, today):
        """Let everything go whose last day is over."""
        for lot in self.lots:
            if lot.expiry < today:
                self.expired += lot.left
                lot.left = 0

    def of(self, owner):
        """Return the lots of an owner, oldest first."""
        return [lot for lot in self.lots if lot.owner == owner]

    # --- Following the facts -------------------------------------------------------------------

    def follow(self, today):
        """Bring the wallets up to date with what the database says happened."""
        self._follow_people()
        self._follow_payouts()
        for order, owner, *facts in self._orders():
            if self.known_orders.get(order) != facts:
                self._follow_order(order, owner, *facts, today)
                self.known_orders[order] = facts

    def _follow_people(self):
        """Credit goes where its owner goes: into a merged contact, or the company joined."""
        now = {self.merged.get(lot.owner, lot.owner) for lot in self.lots}
        owners = dict(self.query(OWNERS, partners=list(now)))
        for lot in self.lots:
            lot.owner = owners[self.merged.get(lot.owner, lot.owner)]

    def _follow_payouts(self):
        ((months,),) = self.query(MONTHS)
        for payout, state, owner, amount, day, status in self.query(PAYOUTS):
            if state == "posted" and payout not in self.payouts:
                vat = self._percent(amount, self.vat if status == "business" else 0)
                cents = int(amount) + vat + self._percent(amount, self.bonus)
                expiry = day + relativedelta(months=months) if months else None
                self.payouts[payout] = self.grant(owner, cents, expiry)
            elif state == "cancelled" and payout in self.payouts:
                lot = self.payouts.pop(payout)
                assert lot.left == lot.granted, "what is spent is not taken back"
                self.take_back(lot)

    @staticmethod
    def _percent(cents, percent):
        return int(cents * percent + 50) // 100

    def _orders(self):
        """Yield (order, owner, what it should keep aside, what documents hold)."""
        billed, documents = {order for (order,) in self.query(BILLED)}, {}
        for order, current, amount in self.query(DOCUMENTS):
            documents.setdefault(order, []).append((current, int(amount)))
        for order, owner, claimed in self.query(ORDERS):
            held = running = highest = 0
            for current, amount in documents.get(order, ()):
                held += amount
                running += amount if current else 0
                highest = max(highest, running)
            assert held >= 0, "no more is given back than was taken"
            wanted = 0 if order in billed else max(int(claimed) - highest, 0)
            yield order, owner, wanted, held

    def _follow_order(self, order, owner, wanted, held, today):
        """Take or give back; what is merely kept aside is taken as far as the card goes."""
        parts = self.used.setdefault(order, [])
        taken = sum(part for _lot, part in parts)
        more = wanted + held - taken
        if more > 0:
            left = sum(lot.left for lot in self.of(owner))
            parts += self.take(owner, max(held - taken, min(more, left)))
        else:
            self.used[order] = self._give_back(parts, -more, today)

    def _give_back(self, parts, cents, today):
        """Give back to the lots that were used, latest first; return what stays used."""
        kept = []
        for lot, part in sorted(parts, key=lambda one: one[0].expiry, reverse=True):
            back = min(part, cents)
            cents -= back
            if part > back:
                kept.append((lot, part - back))
            if back and lot.expiry < today + FRESH:
                self.lots.append(Lot(lot.owner, back, today + FRESH))
            else:
                lot.left += back
        return kept

    # --- What the database must say ------------------------------------------------------------

    def check(self, today):
        """Compare cards, lots, orders and accounts with what is right, to the cent."""
        self.follow(today)
        held = sum(facts[-1] for facts in self.known_orders.values())
        owed = self.granted - self.taken_back - self.expired - held
        self._check_cards()
        self._check_lots()
        taken = {order: cents for order, cents in self.query(TAKEN) if cents}
        right = {order: sum(part for _lot, part in parts) for order, parts in self.used.items()}
        assert taken == {order: cents for order, cents in right.items() if cents}, (taken, right)
        booked = dict(self.query(BOOKED))
        assert booked.get(self.liability, 0) == owed, ("account L", booked, owed)
        assert booked.get(self.breakage, 0) == self.expired, ("breakage", booked, self.expired)

    def _check_cards(self):
        cards, right = {}, {}
        for owner, cents, least in self.query(CARDS):
            assert least >= 0, "no card is below 0"
            cards[owner] = cents
        for lot in self.lots:
            right[lot.owner] = right.get(lot.owner, 0) + lot.left
        for owner in cards.keys() | right.keys():
            found = cards.get(owner, 0), right.get(owner, 0)
            assert found[0] == found[1], ("card of", owner, *found)

    def _check_lots(self):
        found, right = {}, {}
        for owner, expiry, cents, least in self.query(LOTS):
            assert least >= 0, "no lot is below 0"
            if cents:
                found[owner, expiry] = cents
        for lot in self.lots:
            if lot.left:
                key = lot.owner, lot.expiry
                right[key] = right.get(key, 0) + lot.left
        assert found == right, ("lots", found, right)
