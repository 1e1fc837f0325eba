# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.aftersales_plans.models.turn import take_turn

# Keys of the context. A client can send a key, but not these objects as its value.
LOTS = "aftersales_lots"
LOTS_ARE_DONE = object()
COUNTING = "aftersales_counting"
CORE_COUNTS = object()
# Followers and to-dos are free; everything else says who owns how much, or follows from that.
FREE = ("message_", "activity_")


class LoyaltyCard(models.Model):
    """A card of store credit: its points are money owed (design §5).

    Points of flagged cards change in :meth:`_grant`, :meth:`_take` and :meth:`_change_points`
    alone, so that lots and points stay equal. Core counts points line by line and order by order;
    on flagged cards that is left out (:meth:`_without_core`), because an order's credit is settled
    as a whole: ``sale.order._settle_store_credit``.
    """

    _inherit = "loyalty.card"

    aftersales_wallet = fields.Boolean(
        related="program_id.aftersales_wallet", store=True, index="btree_not_null"
    )
    aftersales_lot_ids = fields.One2many("aftersales.credit.lot", "card_id", readonly=True)

    _store_credit_not_negative = models.Constraint(
        "CHECK(aftersales_wallet IS NOT TRUE OR points >= 0)",
        "Nobody can spend more store credit than is left on the card.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        """Refuse to hand out store credit by hand."""
        cards = super().create(vals_list)
        cards.program_id._refuse_wallet_by_hand()
        return cards

    def write(self, vals):
        """Refuse changes by hand; let the lots follow the points."""
        if "aftersales_wallet" in vals:  # follows from the program
            self.program_id._refuse_wallet_by_hand({"aftersales_wallet": True})
        # only whether a card is one of ours
        wallets = self.filtered(lambda card: card.sudo().program_id.aftersales_wallet)
        if "points" in vals and self.env.context.get(COUNTING) is CORE_COUNTS:
            return super(LoyaltyCard, self - wallets).write(vals)
        if not all(name.startswith(FREE) for name in vals):
            wallets.program_id._refuse_wallet_by_hand()
        if "program_id" in vals:
            self.env["loyalty.program"].browse(vals["program_id"])._refuse_wallet_by_hand()
        before = {card: card.points for card in wallets} if "points" in vals else {}
        result = super().write(vals)
        if self.env.context.get(LOTS) is not LOTS_ARE_DONE:
            for card, points in before.items():
                nobody = self.env["sale.order"]
                card.aftersales_lot_ids._follow(card, card.points - points, nobody)
        return result

    @api.model
    def _without_core(self, records):
        """Return ``records`` for core's own methods, which then count no store credit."""
        return records.with_context(**{COUNTING: CORE_COUNTS})

    @api.constrains("code")
    def _check_not_a_referral_code(self):
        self.env["aftersales.referral.code"]._refuse_taken(self.mapped("code"))

    @api.ondelete(at_uninstall=False)
    def _unlink_except_wallet(self):
        self.program_id._refuse_wallet_by_hand()

    @api.model
    def _wallet_of(self, partner, company):
        """Return the partner's card of store credit, made when first needed; branches share one.

        :raises UserError: the program or the card cannot be used
        """
        program = company._aftersales_wallet_program()
        card = self.with_context(active_test=False).search(
            [("program_id", "=", program.id), ("partner_id", "=", partner.id)],
            order="active DESC, id",
            limit=1,
        )
        if card and not card.active:
            raise UserError(
                self.env._(
                    "The store credit card of %(owner)s (%(code)s) is archived. Let an "
                    "administrator unarchive it first.",
                    owner=partner.display_name,
                    code=card.code,
                )
            )
        return card.with_context(active_test=True) or self.with_context(
            loyalty_no_mail=True
        ).create({"program_id": program.id, "partner_id": partner.id, "points": 0.0})

    @api.model
    def _wallets_of(self, owners, company):
        """Return the cards of store credit these partners can use in ``company``, archived too."""
        return self.with_context(active_test=False).search(
            [
                ("aftersales_wallet", "=", True),
                ("company_id", "=", company.root_id.id),
                ("partner_id", "in", owners.ids),
            ]
        )

    def _grant(self, amount, description, origin, **lot):
        """Add ``amount`` as a lot of its own.

        :param origin: the record it comes from, such as a payout; else the lot itself
        :param lot: values of ``aftersales.credit.lot``, such as ``kind`` and ``date_expiry``
        :return: the lot
        """
        granted = self.env["aftersales.credit.lot"]._grant(self, amount, **lot)
        self._add_points(amount, description, origin or granted)
        return granted

    def _take(self, lot, amount, kind, description, origin, **movement):
        """Take ``amount`` out of one ``lot``.

        :param kind: ``taken_back`` or ``expired``
        :param movement: values of ``aftersales.credit.movement``, such as ``move_id``
        """
        self._add_points(-amount, description, origin)
        return lot._move(kind, -amount, **movement)

    def _change_points(self, amount, description, order):
        """Add ``amount`` (or take it, negative) for ``order``; its lots are refilled or used."""
        self._add_points(amount, description, order)
        self.env["aftersales.credit.lot"]._follow(self, amount, order)

    def _add_points(self, amount, description, origin):
        """Change the points, with their history; the lots are the caller's.

        :raises UserError: less than that is left
        """
        self.ensure_one()
        if self.currency_id.compare_amounts(self.points + amount, 0) < 0:
            raise UserError(
                self.env._(
                    "%(owner)s has %(left)s of store credit left, %(needed)s are needed: the rest "
                    "is spent already.",
                    owner=self.partner_id.display_name or self.code,
                    left=self.currency_id.format(self.points),
                    needed=self.currency_id.format(-amount),
                )
            )
        self._write_points(self.points + amount)
        self.env["loyalty.history"].create(
            {
                "card_id": self.id,
                "description": description,
                "issued": max(amount, 0.0),
                "used": max(-amount, 0.0),
                "order_model": origin._name,
                "order_id": origin.id,
            }
        )

    def _write_points(self, points):
        """Set the points; history and lots are the caller's."""
        card = self.with_context(loyalty_no_mail=True, **{LOTS: LOTS_ARE_DONE})
        card.points = self.currency_id.round(points)

    def _take_turn(self):
        """Let only one of several changes of a card at the same time go on with what it has read.

        An order that is cancelled while its invoice is posted changes no points itself, yet what
        it gives back depends on that invoice.
        """
        take_turn(self)
