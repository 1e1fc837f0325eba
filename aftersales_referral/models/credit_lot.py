# SPDX-License-Identifier: LGPL-3.0-or-later
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import format_date, split_every

from ..calc import lots
from ..calc.exact import exact

READ_AT_ONCE = 100  # lots of a card, until there is enough to spend
GIVEN_BACK_DAYS = 60  # what comes back can be spent for so long, whatever its lot had left


class AftersalesCreditLot(models.Model):
    """Store credit that was granted together and expires together (requirement 81).

    Invariant: the sum of ``remaining`` over a card's lots = the card's points. ``remaining``
    changes in :meth:`_move` alone, which appends the movement. Cards and lots change together:
    see ``loyalty.card._change_points``.
    """

    _name = "aftersales.credit.lot"
    _description = "Store Credit Lot"
    _inherit = "aftersales.defaults"
    _order = "date_expiry, id"

    card_id = fields.Many2one(
        "loyalty.card", required=True, readonly=True, index=True, ondelete="restrict"
    )
    partner_id = fields.Many2one(related="card_id.partner_id", string="Owner")
    company_id = fields.Many2one(related="card_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    kind = fields.Selection(
        [
            ("payout", "Reward"),
            ("goodwill", "Goodwill"),
            ("opening", "Opening Balance"),
            ("given_back", "Given Back"),
            ("other", "Other"),
        ],
        string="Granted as",
        default="other",
        required=True,
        readonly=True,
    )
    note = fields.Char(readonly=True)
    payout_id = fields.Many2one(
        "aftersales.payout", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    origin_lot_id = fields.Many2one(
        "aftersales.credit.lot",
        string="Given Back of",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        help="The lot an order had used that was too old to be refilled.",
    )
    move_id = fields.Many2one(
        "account.move", string="Journal Entry", readonly=True, index="btree_not_null"
    )
    amount = fields.Monetary(string="Granted", readonly=True)
    remaining = fields.Monetary(
        readonly=True,
        help="What is not spent and has not expired.",
    )
    date = fields.Date(string="Granted on", readonly=True)
    date_expiry = fields.Date(
        string="Expires", readonly=True, index="btree_not_null", help="Last day, inclusive."
    )
    movement_ids = fields.One2many("aftersales.credit.movement", "lot_id", readonly=True)

    _open_idx = models.Index("(date_expiry) WHERE remaining > 0")

    _remaining_within_amount = models.Constraint(
        "CHECK(remaining >= 0 AND remaining <= amount)",
        "A lot of store credit holds between nothing and what was granted.",
    )

    @api.depends("kind", "amount", "date")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for lot in self:
            amount = lot.currency_id.format(lot.amount)
            day = format_date(self.env, lot.date) if lot.date else ""
            lot.display_name = f"{kinds.get(lot.kind, '')} {amount}, {day}".strip(", ")

    @api.model
    def _grant(self, card, amount, **vals):
        """Make a lot of ``amount`` on ``card``; its points are the caller's to change."""
        order_id = vals.pop("order_id", False)
        lot = self.create(
            {
                "date": card.company_id._aftersales_today(),
                **vals,
                "card_id": card.id,
                "amount": card.currency_id.round(amount),  # a sum of floats, perhaps
                "remaining": 0.0,
            }
        )
        lot._move("granted", amount, order_id=order_id, move_id=lot.move_id.id)
        return lot

    def _move(self, kind, amount, **vals):
        """Change what remains of this lot by ``amount``, with its movement.

        :param kind: as in ``aftersales.credit.movement``
        :param vals: further values of the movement: ``order_id``, ``move_id``, ``note``
        """
        self.ensure_one()
        return self._move_parts(kind, {self.id: amount}, **vals)

    @api.model
    def _move_parts(self, kind, parts, **vals):
        """Change what remains of several lots at once: {id: amount}; see :meth:`_move`."""
        lots_moved = self.browse(parts)
        vals_list = []
        for lot in lots_moved:
            amount = lot.currency_id.round(float(parts[lot.id]))
            lot.remaining = lot.currency_id.round(lot.remaining + amount)
            today = lot.company_id._aftersales_today()
            vals_list.append(
                {"date": today, **vals, "lot_id": lot.id, "kind": kind, "amount": amount}
            )
        return self.env["aftersales.credit.movement"].create(vals_list)

    def _branch(self):
        """Return the company that granted this credit: what expires of it is its income."""
        lot = self
        while lot.origin_lot_id:
            lot = lot.origin_lot_id
        return (lot.move_id or lot.payout_id).company_id or lot.company_id

    # --- Following the points ------------------------------------------------------------------

    @api.model
    def _follow(self, card, points, order):
        """Let the lots of ``card`` follow a change of ``points`` that ``order`` makes.

        Used soonest first; given back to the lots this order used, latest first. What no lot can
        take comes from outside (an import, say) and gets a lot of its own, so that lots and
        points stay equal.

        :param order: the order that spends or gives back; may be empty
        """
        change = exact(card.currency_id.round(points))
        if change < 0:
            parts = lots.use(self._left_on(card, enough=-change), -change)
            card._refuse_expired(-change - sum(parts.values()))
            spent = {lot_id: -part for lot_id, part in parts.items()}
            self._move_parts("spent", spent, order_id=order.id)
        elif change > 0:
            self._give_back(card, change, order)

    @api.model
    def _give_back(self, card, change, order):
        parts = lots.give_back(self._used_by(card, order), change)
        today = card.company_id._aftersales_today()
        fresh = today + timedelta(days=GIVEN_BACK_DAYS)
        used = self.browse(parts)
        late = used.filtered(lambda lot: lot.date_expiry and lot.date_expiry < fresh)
        refilled = {lot.id: parts[lot.id] for lot in used - late}
        self._move_parts("given_back", refilled, order_id=order.id)
        for lot in late:
            self._grant(
                card,
                float(parts[lot.id]),
                kind="given_back",
                origin_lot_id=lot.id,
                date_expiry=fresh,
                order_id=order.id,
            )
        rest = card.currency_id.round(float(change - sum(parts.values())))
        if not card.currency_id.is_zero(rest):
            self._grant(card, rest, kind="other", order_id=order.id)

    @api.model
    def _left_on(self, card, enough=None):
        """Return what can be spent of the lots of ``card``: those that did not run out.

        :param enough: stop, in the order in which they are used, when that much was found
        """
        held = self.search([("card_id", "=", card.id), ("remaining", ">", 0)], order=self._order)
        left = []
        for ids in split_every(READ_AT_ONCE, held.ids):
            left += [
                lots.Lot(lot.id, exact(lot.remaining), lot.date_expiry or lots.NEVER)
                for lot in self.browse(ids)._that_can_be_spent()
            ]
            if enough is not None and sum(lot.amount for lot in left) >= enough:
                break
        return left

    @api.model
    def _used_by(self, card, order):
        """Return what ``order`` took of each lot of ``card`` and did not give back yet."""
        used = {}
        for lot, origin, amount in self.env["aftersales.credit.movement"]._read_group(
            [("card_id", "=", card.id), ("order_id", "=", order.id)] if order else [(0, "=", 1)],
            ["lot_id", "lot_id.origin_lot_id"],
            ["amount:sum"],
        ):
            used[origin or lot] = used.get(origin or lot, 0) - exact(amount)
        return [
            lots.Lot(lot.id, amount, lot.date_expiry or lots.NEVER) for lot, amount in used.items()
        ]

    # --- Buttons -------------------------------------------------------------------------------

    def action_open_entry(self):
        """Open the journal entry this credit was granted with."""
        self.ensure_one()
        return self.move_id.get_formview_action()
