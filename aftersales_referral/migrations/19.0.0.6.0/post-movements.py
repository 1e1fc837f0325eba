# SPDX-License-Identifier: LGPL-3.0-or-later
"""Movements for lots of store credit that were made before there were any, and cards on invoices.

What remains of a lot was known, but not who used it: orders took it soonest first, so the used
parts of a card's lots are handed out to its orders in the order they were confirmed.
"""

import logging

from odoo import SUPERUSER_ID, api
from odoo.exceptions import UserError

from odoo.addons.aftersales_referral.calc import lots
from odoo.addons.aftersales_referral.calc.exact import exact

_logger = logging.getLogger(__name__)


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    describe_lots(cr)
    mark_lines_of_orders(cr)
    mark_lines_without_order(cr)
    cards = env["loyalty.card"].with_context(active_test=False)
    for card in cards.search([("aftersales_wallet", "=", True)]):
        append_movements(card)
    for order in env["aftersales.credit.movement"].search([("order_id", "!=", False)]).order_id:
        settle(order)


def describe_lots(cr):
    cr.execute(
        """
        UPDATE aftersales_credit_lot lot
           SET kind = 'payout', date = payout.date
          FROM aftersales_payout payout
         WHERE payout.id = lot.payout_id AND lot.date IS NULL
        """
    )
    cr.execute("UPDATE aftersales_credit_lot SET date = create_date::date WHERE date IS NULL")


def mark_lines_of_orders(cr):
    """Tell invoice lines their card and order, by their order line."""
    cr.execute(
        """
        UPDATE account_move_line aml
           SET aftersales_card_id = card.id, aftersales_credit_order_id = sol.order_id
          FROM sale_order_line_invoice_rel rel
          JOIN sale_order_line sol ON sol.id = rel.order_line_id
          JOIN loyalty_card card ON card.id = sol.coupon_id
         WHERE rel.invoice_line_id = aml.id
           AND card.aftersales_wallet
           AND aml.aftersales_card_id IS NULL
        """
    )


def mark_lines_without_order(cr):
    """Tell invoice lines of cancelled orders, which lost their credit line, card and order.

    The invoice names the order by its other lines, or by its origin; the card is its customer's.
    """
    cr.execute(
        """
        WITH orphan AS (
            SELECT aml.id, aml.move_id, reward.program_id, am.company_id, am.invoice_origin,
                   COALESCE(am.reversed_entry_id, am.id) AS invoice_id
              FROM account_move_line aml
              JOIN account_move am ON am.id = aml.move_id
              JOIN loyalty_reward reward ON reward.discount_line_product_id = aml.product_id
              JOIN loyalty_program program ON program.id = reward.program_id
             WHERE program.aftersales_wallet AND aml.aftersales_card_id IS NULL
        ), named AS (
            SELECT orphan.id, orphan.program_id, MIN(so.id) AS order_id
              FROM orphan
              JOIN sale_order so ON so.company_id = orphan.company_id
               AND (so.name = orphan.invoice_origin
                    OR so.id IN (SELECT sol.order_id
                                   FROM account_move_line other
                                   JOIN sale_order_line_invoice_rel rel
                                     ON rel.invoice_line_id = other.id
                                   JOIN sale_order_line sol ON sol.id = rel.order_line_id
                                  WHERE other.move_id IN (orphan.move_id, orphan.invoice_id)))
          GROUP BY orphan.id, orphan.program_id
        )
        UPDATE account_move_line aml
           SET aftersales_card_id = card.id, aftersales_credit_order_id = so.id
          FROM named
          JOIN sale_order so ON so.id = named.order_id
          JOIN res_partner partner ON partner.id = so.partner_id
          JOIN loyalty_card card ON card.program_id = named.program_id
           AND card.partner_id = partner.commercial_partner_id
         WHERE named.id = aml.id
        """
    )


def append_movements(card):
    """Write what the lots of ``card`` were granted, and what its orders used of them."""
    card_lots = card.aftersales_lot_ids.filtered(lambda lot: not lot.movement_ids)
    used = {lot: exact(lot.amount) - exact(lot.remaining) for lot in card_lots}
    vals_list = [prepare(lot, "granted", lot.amount, move_id=lot.move_id.id) for lot in card_lots]
    for lot in card_lots.filtered(lambda lot: lot.payout_id.state == "cancelled"):
        # a payout is cancelled only while all of its credit is left
        vals_list.append(prepare(lot, "taken_back", -float(used.pop(lot))))
    for order, amount in taken_by_orders(card):
        left = [lots.Lot(lot.id, part, lot.date_expiry or lots.NEVER) for lot, part in used.items()]
        for lot_id, part in lots.use(left, amount).items():
            lot = card_lots.browse(lot_id)
            used[lot] -= part
            vals_list.append(prepare(lot, "spent", -float(part), order_id=order.id))
    vals_list += [prepare(lot, "spent", -float(part)) for lot, part in used.items() if part]
    card.env["aftersales.credit.movement"].create(vals_list)


def prepare(lot, kind, amount, **vals):
    return {
        "lot_id": lot.id,
        "kind": kind,
        "date": lot.date,
        "amount": lot.currency_id.round(amount),
        **vals,
    }


def taken_by_orders(card):
    """Return [(order, amount)]: what confirmed orders claim, and what cancelled ones kept.

    Core deleted the history of a cancelled order; what its invoices held was written after that.
    """
    env, taken = card.env, {}
    for order, amount in env["sale.order.line"]._read_group(
        [("coupon_id", "=", card.id), ("state", "=", "sale")], ["order_id"], ["points_cost:sum"]
    ):
        taken[order] = exact(card.currency_id.round(amount))
    history = card.history_ids.filtered(lambda row: row.order_model == "sale.order")
    for order_id, rows in history.grouped("order_id").items():
        order = env["sale.order"].browse(order_id).exists()
        if order.state == "cancel":
            kept = sum(rows.mapped("used")) - sum(rows.mapped("issued"))
            taken[order] = exact(card.currency_id.round(kept))
    return sorted(taken.items(), key=lambda item: item[0].date_order or item[0].create_date)


def settle(order):
    """Give back what a credit note held and the card never got."""
    try:
        with order.env.cr.savepoint():
            order._settle_store_credit()
    except UserError as error:
        _logger.warning("%s keeps its store credit as it was: %s", order.name, error)
