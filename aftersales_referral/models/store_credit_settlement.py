# SPDX-License-Identifier: LGPL-3.0-or-later
from collections import defaultdict

from odoo import models
from odoo.exceptions import UserError

from ..calc import credit
from ..calc.exact import exact

LATER = "aftersales_settle_later"
SETTLED_LATER = object()  # no client can send it


class SaleOrder(models.Model):
    """What an order takes from cards of store credit, and why (design §5, §6).

    Of one order and card: *taken* = −Σ movements of lots · *held* = what posted documents deduct,
    invoices less credit notes · *reserved* = taken − held. Whatever happened before, an order takes
    what its documents hold, and while it is confirmed what its credit lines claim beyond that.
    """

    _inherit = "sale.order"

    def _settle_store_credit(self, document=None, as_far_as_it_goes=False):
        """Take from and give back to cards what brings these orders to what they should take.

        Twice has no effect. Runs after every change of an order, a credit line or a document; the
        callers checked the right for that change.

        :param document: what was posted or withdrawn: what it needs is taken or refused; what the
            order would merely keep aside is taken as far as the card goes
        :param as_far_as_it_goes: nothing is refused: only goods were changed
        :raises UserError: the card has not enough, or more would be given back than was taken
        """
        if self.env.context.get(LATER) is SETTLED_LATER:
            return
        orders = self.sudo()  # follows from the change alone, whoever made it
        taken, claims = orders._store_credit_taken(), orders._store_credit_claims()
        pairs = sorted({*taken, *claims}, key=lambda pair: (pair[1].id, pair[0].id))
        if not pairs:
            return
        self.env["loyalty.card"].union(*(card for _order, card in pairs)).sudo()._take_turn()
        documents = orders._store_credit_documents()
        for order, card in pairs:
            lines, posted = claims.get((order, card)), documents.get((order, card), [])
            held = sum(exact(line.balance) for line in posted)
            if held < 0:
                order._refuse_more_back_than_taken(card, -held)
            due = held + order._store_credit_reserved(lines, posted) - taken.get((order, card), 0)
            if due > 0 and (document or as_far_as_it_goes):
                must = max(0, held - taken.get((order, card), 0))
                due = max(must, min(due, exact(card.points)))
            if due:
                card._change_points(-float(due), order._describe_credit(due, document), order)

    def _refuse_more_back_than_taken(self, card, excess):
        """Refuse to withdraw an invoice whose store credit went back with a credit note.

        :raises UserError: always
        """
        raise UserError(
            self.env._(
                "%(order)s: a credit note gave back %(amount)s of store credit that no posted "
                "invoice would deduct any more. Reset the credit note to draft first.",
                order=self.name,
                amount=card.currency_id.format(float(excess)),
            )
        )

    def _with_store_credit(self):
        """Return the orders that claim store credit, or took some before."""
        if not self:
            return self
        pairs = {*self._store_credit_taken(), *self._store_credit_claims()}
        return self.filtered({order for order, _card in pairs}.__contains__)

    def _store_credit_taken(self):
        """Return what each order took and did not give back: {(order, card): amount}."""
        rows = self.env["aftersales.credit.movement"]._read_group(
            [("order_id", "in", self.ids)], ["order_id", "card_id"], ["amount:sum"]
        )
        return {
            (order, card): -exact(card.currency_id.round(amount)) for order, card, amount in rows
        }

    def _store_credit_claims(self):
        """Return the credit lines of each order by card: {(order, card): lines}."""
        lines = self.order_line._of_wallet()
        return {
            (order, card): of_card
            for order, of_order in lines.grouped("order_id").items()
            for card, of_card in of_order.grouped("coupon_id").items()
        }

    def _store_credit_documents(self):
        """Return the posted credit lines on invoices and credit notes: {(order, card): [lines]}."""
        found = defaultdict(list)
        for line in self.env["account.move.line"].search(
            [("aftersales_credit_order_id", "in", self.ids), ("parent_state", "=", "posted")],
            order="id",
        ):
            found[line.aftersales_credit_order_id, line.aftersales_card_id].append(line)
        return found

    def _store_credit_reserved(self, lines, posted):
        """Return what this order keeps aside for invoices to come.

        :param lines: its credit lines of one card; may be empty
        :param posted: what documents posted of that card, also for lines it has no more
        """
        if self.state != "sale" or not lines or self._is_billed():
            return 0
        deducted = [exact(line.balance) for line in posted if line.sale_line_ids & lines]
        return credit.reserved(sum(map(exact, lines.mapped("points_cost"))), deducted)

    def _describe_credit(self, due, document):
        """Return what the card's history says."""
        origin = f"{document.name}, {self.name}" if document else self.name
        if due > 0:
            return self.env._("Order %s", origin)
        return self.env._("Given back: %s", origin)
