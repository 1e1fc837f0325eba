# SPDX-License-Identifier: LGPL-3.0-or-later
"""Reads posted invoices and credit notes into the values ``calc.target`` works on.

Plain Python beside the ORM: it only reads, with a number of queries that does not depend on the
number of documents. Everything is read as superuser by the ledger.
"""

from fractions import Fraction

from ..calc.exact import exact, share
from ..calc.target import CREDIT_NOTE, INVOICE, MONEY_IN, MONEY_OUT, Document, Line, Match

NOT_MONEY_GROUPS = ("income", "expense")


class DocumentReader:
    """The posted documents of some orders, and of the orders they share documents with."""

    def __init__(self, orders, until=None):
        """Find the documents.

        :param orders: sale orders, as superuser
        :param until: last day that counts: documents and payments of later days are left out
        """
        self.env = orders.env
        self.until = until
        moves = self._with_credit_notes(self._moves_of(orders))
        self.orders = orders | moves.line_ids.sale_line_ids.order_id
        others = self.orders - orders
        if others:
            moves = self._with_credit_notes(self._moves_of(others) | moves)
        self.moves = moves
        self.shares = {
            line.id: counted for line, counted in orders.order_line._referral_shares().items()
        }
        # per document: its lines, each with the order line it invoices
        self.move_lines = {
            move: [
                (line, line.sale_line_ids[:1])
                for line in move.invoice_line_ids
                if line.display_type == "product"
            ]
            for move in self.moves
        }
        self._money_parts = {}

    def documents(self):
        """Return the documents, invoices before the credit notes that reverse them."""
        lines, documents = {}, []
        for move in self.moves.sorted(lambda move: (move.move_type == "out_refund", move.id)):
            lines[move] = self._lines(move, lines)
            documents.append(self._document(move, lines[move]))
        return documents

    def evidence(self, order_ids):
        """Return the values of evidence lines for these orders' ledger rows: {id: [values]}.

        A line without order is evidence for the order of the invoice it takes back.
        """
        found = {order_id: [] for order_id in order_ids}
        for move, lines in self.move_lines.items():
            reversed_order = self._order_of_reversed(move)
            for line, sale_line in lines:
                lines_found = found.get((sale_line.order_id or reversed_order).id)
                if lines_found is not None:
                    lines_found.append(self._prepare_evidence(move, line, sale_line))
        return found

    # --- Finding -------------------------------------------------------------------------------

    def _moves_of(self, orders):
        return orders.order_line.invoice_lines.move_id.filtered(self._counts)

    def _with_credit_notes(self, moves):
        """Add posted credit notes that name one of ``moves`` but no order line."""
        return moves | moves.reversal_move_ids.filtered(self._counts)

    def _counts(self, move):
        return (
            move.state == "posted"
            and move.is_sale_document(include_receipts=True)
            and not (self.until and move.date > self.until)
        )

    @staticmethod
    def _order_of_reversed(move):
        orders = move.reversed_entry_id.line_ids.sale_line_ids.order_id
        return orders if len(orders) == 1 else orders.browse()

    # --- Documents -----------------------------------------------------------------------------

    def _document(self, move, lines):
        is_refund = move.move_type == "out_refund"
        total = exact(abs(move.amount_total))
        rate = exact(move.invoice_currency_rate or 1.0)
        return Document(
            key=move.id,
            sign=CREDIT_NOTE if is_refund else INVOICE,
            total=total,
            total_company=exact(abs(move.amount_total_signed)),
            lines=tuple(lines),
            matches=tuple(self._matches(move)),
            rate=1 / rate,
        )

    def _lines(self, move, known):
        """Return the lines of a document.

        A credit note's line without order belongs to the orders of the invoice it reverses, by
        gross, and reduces them as a whole.
        """
        lines = []
        for line, sale_line in self.move_lines[move]:
            net, gross = exact(line.price_subtotal), exact(line.price_total)
            counted = self.shares.get(sale_line.id)
            # a cancelled order has lost the line of its credit
            is_credit = bool(line.aftersales_card_id or (counted and counted.is_credit))
            if is_credit or sale_line or move.move_type != "out_refund":
                order = sale_line.order_id or line.aftersales_credit_order_id
                eligible = counted.eligible if counted and not is_credit else Fraction(0)
                lines.append(Line(order.id or None, net, gross, eligible, is_credit))
                continue
            lines += self._spread(net, gross, known.get(move.reversed_entry_id, ()))
        return lines

    def _spread(self, net, gross, reversed_lines):
        """Return parts of a hand-written credit-note line, like the lines it takes back."""
        sold = [line for line in reversed_lines if not line.is_credit]
        whole = sum((line.gross for line in sold), Fraction(0))
        if not whole:
            return [Line(None, net, gross)]
        return [
            Line(
                line.order,
                net * line.gross / whole,
                gross * line.gross / whole,
                line.eligible,
            )
            for line in sold
        ]

    # --- Money ---------------------------------------------------------------------------------

    def _matches(self, move):
        """Return what settled a document, in its currency."""
        for line in move.line_ids:
            if line.account_id.account_type != "asset_receivable":
                continue
            for partial in line.matched_credit_ids:
                yield from self._match(
                    partial, partial.credit_move_id, partial.debit_amount_currency, MONEY_IN
                )
            for partial in line.matched_debit_ids:
                yield from self._match(
                    partial, partial.debit_move_id, partial.credit_amount_currency, MONEY_OUT
                )

    def _match(self, partial, counterpart, amount, direction):
        entry = counterpart.move_id
        if not amount or entry.state != "posted" or entry.exchange_diff_partial_ids:
            return
        if self.until and partial.max_date > self.until:
            return
        is_document = self._counts(entry)
        yield Match(
            amount=exact(amount),
            direction=direction,
            money=Fraction(1) if is_document else self._money_part_once(entry, direction),
            document=entry.id if entry in self.moves else None,
        )

    def _money_part_once(self, entry, direction):
        """Return :meth:`_money_part`, read once however many documents the entry settles."""
        key = entry.id, direction
        if key not in self._money_parts:
            self._money_parts[key] = self._money_part(entry, direction)
        return self._money_parts[key]

    @staticmethod
    def _money_part(entry, direction):
        """Return how much of an entry's receivable is money, 0 to 1.

        What it books on profit and loss, on tax accounts or on store credit (a write-off, an
        early-payment discount, credit) is not.
        """
        company = entry.company_id
        receivable = booked = Fraction(0)
        for line in entry.line_ids:
            balance = exact(line.balance) * direction
            account = line.account_id
            if account.account_type == "asset_receivable":
                receivable -= balance
            elif (
                account.internal_group in NOT_MONEY_GROUPS
                or line.tax_line_id
                or account == company.aftersales_store_credit_account_id
            ):
                booked += balance
        return max(Fraction(0), min(Fraction(1), 1 - share(booked, receivable)))

    # --- Evidence ------------------------------------------------------------------------------

    def _prepare_evidence(self, move, line, sale_line):
        counted = self.shares.get(sale_line.id)
        sign = -1 if move.move_type == "out_refund" else 1
        eligible = counted.eligible if counted and not counted.is_credit else Fraction(0)
        if not sale_line:
            eligible = Fraction(1)
        currency = line.currency_id
        return {
            "move_id": move.id,
            "document": move.name,
            "name": line.name or line.product_id.display_name or move.name,
            "kind": counted.kind if counted else "credit_note",
            "net_amount": sign * line.price_subtotal,
            "eligible_amount": currency.round(sign * float(exact(line.price_subtotal) * eligible)),
            "currency_id": currency.id,
        }
