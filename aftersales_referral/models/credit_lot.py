from odoo import api, fields, models

from ..calc import lots
from ..calc.exact import exact


class AftersalesCreditLot(models.Model):
    """Store credit that was granted together and expires together (requirement 81).

    Invariant: the sum of ``remaining`` over a card's lots = the card's points. Created by a
    payout; ``remaining`` changes only in :meth:`_follow` and, for one lot alone, in
    ``loyalty.card._change_points``.
    """

    _name = "aftersales.credit.lot"
    _description = "Store Credit Lot"
    _order = "date_expiry, id"

    card_id = fields.Many2one(
        "loyalty.card", required=True, readonly=True, index=True, ondelete="restrict"
    )
    partner_id = fields.Many2one(related="card_id.partner_id")
    company_id = fields.Many2one(related="card_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    payout_id = fields.Many2one(
        "aftersales.payout", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    move_id = fields.Many2one("account.move", string="Journal Entry", readonly=True)
    amount = fields.Monetary(string="Granted", readonly=True)
    remaining = fields.Monetary(readonly=True)
    date_expiry = fields.Date(string="Expires", readonly=True, help="Last day, inclusive.")

    _remaining_within_amount = models.Constraint(
        "CHECK(remaining >= 0 AND remaining <= amount)",
        "A lot of store credit holds between nothing and what was granted.",
    )

    @api.model
    def _follow(self, card, points):
        """Let the lots follow a change of ``points``: used soonest first, refilled latest first.

        What no lot can take is granted outside payouts (an import, say) and gets a lot of its
        own, so that lots and points stay equal.
        """
        current = self.search([("card_id", "=", card.id)])
        change = exact(card.currency_id.round(points))
        if change < 0:
            current._apply(lots.use(current._as_lots(), -change), -1)
        elif change > 0:
            refilled = lots.give_back(current._as_lots(), change)
            current._apply(refilled, 1)
            rest = float(change - sum(refilled.values()))
            if not card.currency_id.is_zero(rest):
                self.create({"card_id": card.id, "amount": rest, "remaining": rest})

    def _as_lots(self):
        return [
            lots.Lot(lot.id, exact(lot.amount), exact(lot.remaining), lot.date_expiry or lots.NEVER)
            for lot in self
        ]

    def _apply(self, changes, sign):
        for lot in self:
            if lot.id in changes:
                lot.remaining = lot.currency_id.round(lot.remaining + sign * float(changes[lot.id]))
