# SPDX-License-Identifier: LGPL-3.0-or-later
"""What the database says about some orders, read by SQL, for the oracle of the pure model."""

from decimal import Context, Decimal
from fractions import Fraction

from ..calc.tests.books import Books, Deal, Item, Order, Paper

EXACT = Context(prec=60)
DOCUMENT_LINES = """
    SELECT move.id, move.move_type, round(move.amount_total * 100)::int,
           round(abs(move.amount_total_signed) * 100)::int, sol.order_id, sol.id,
           round(line.price_subtotal * 100)::int, round(line.price_total * 100)::int
      FROM account_move move
      JOIN account_move_line line ON line.move_id = move.id AND line.display_type = 'product'
      LEFT JOIN sale_order_line_invoice_rel rel ON rel.invoice_line_id = line.id
      LEFT JOIN sale_order_line sol ON sol.id = rel.order_line_id
     WHERE move.company_id = %s AND move.state = 'posted'
       AND move.move_type IN ('out_invoice', 'out_refund')
     ORDER BY move.id, line.id
"""
# both sides of what settled a receivable; differences of exchange settle nothing
SETTLED = """
    SELECT debit.move_id, credit.move_id, round(partial.debit_amount_currency * 100)::int,
           round(partial.credit_amount_currency * 100)::int
      FROM account_partial_reconcile partial
      JOIN account_move_line debit ON debit.id = partial.debit_move_id
      JOIN account_move_line credit ON credit.id = partial.credit_move_id
      JOIN account_account account ON account.id = debit.account_id
     WHERE partial.company_id = %s AND account.account_type = 'asset_receivable'
       AND debit.parent_state = 'posted' AND credit.parent_state = 'posted'
       AND NOT EXISTS (SELECT FROM account_partial_reconcile difference
                        WHERE difference.exchange_move_id IN (debit.move_id, credit.move_id))
     ORDER BY partial.id
"""
# how much of what an entry does to the receivable is money on its way to or from the bank
MONEY = """
    SELECT line.move_id,
           round(sum(line.balance) FILTER (
               WHERE account.account_type IN ('asset_cash', 'asset_current')) * 100)::int,
           round(sum(line.balance) FILTER (
               WHERE account.account_type = 'asset_receivable') * 100)::int
      FROM account_move_line line JOIN account_account account ON account.id = line.account_id
     WHERE line.company_id = %s AND line.parent_state = 'posted'
     GROUP BY line.move_id
"""


def read_books(env, company, orders, not_counted):
    """Return the posted documents of ``orders`` as the oracle wants them: {sale order: Order}.

    :param not_counted: products that earn nothing
    """
    env.flush_all()
    books = Books()
    books.orders = [_order(order) for order in orders]
    known = {order.id: own for order, own in zip(orders, books.orders, strict=True)}
    parts = {
        line.id: _part(line, not_counted) for line in orders.order_line if not line.display_type
    }
    papers = {}
    for move, kind, total, company_total, order, line, net, gross in _query(
        env, DOCUMENT_LINES, company
    ):
        papers.setdefault(move, (kind, total, company_total, []))[-1].append(
            Item(known.get(order), net, gross - net, *parts.get(line, (Fraction(0), False)))
        )
    for move, (kind, total, company_total, items) in papers.items():
        paper = Paper(move, 1 if kind == "out_invoice" else -1, items, Fraction(1))
        # core rounds the taxes of a document as a whole: a line may be a cent off
        assert abs(paper.total - total) <= len(items), "the lines add up to the total"
        paper.total, paper.company_total = total, company_total
        books.papers.append(paper)
    books.deals = list(_deals(env, company, {paper.number: paper for paper in books.papers}))
    return books, {order: known[order.id] for order in orders}


def _query(env, statement, company):
    env.cr.execute(statement, [company.id])
    return env.cr.fetchall()


def _order(order):
    own = Order(order.name, 0, 0, 0, 0)
    own.rate = Decimal(str(order.referral_id.rate))
    own.rejected = order.referral_id.state != "qualified"
    return own


def _part(line, not_counted):
    """Return (part of a sold line that earns, whether it is paid with store credit)."""
    if line.coupon_id:
        return Fraction(0), True
    if not line.is_downpayment:
        return Fraction(line.product_id not in not_counted), False
    sold = line.order_id.order_line.filtered(
        lambda one: not one.is_downpayment and not one.coupon_id and not one.display_type
    )
    counted = sold.filtered(lambda one: one.product_id not in not_counted)
    cents = [round(sum(lines.mapped("price_subtotal")) * 100) for lines in (counted, sold)]
    return Fraction(*cents), False


def _deals(env, company, papers):
    money = {
        move: abs(EXACT.divide(Decimal(bank or 0), Decimal(receivable))) * 100
        for move, bank, receivable in _query(env, MONEY, company)
        if receivable
    }
    for invoice, credit, invoice_cents, credit_cents in _query(env, SETTLED, company):
        if invoice in papers and credit in papers:
            assert invoice_cents == credit_cents, "of one currency"
            yield Deal(papers[invoice], papers[credit], invoice_cents)
        elif invoice in papers:
            yield Deal(papers[invoice], None, invoice_cents, money[credit])
        elif credit in papers:
            yield Deal(papers[credit], None, credit_cents, money[invoice])
