from odoo import api, fields, models

# In the context: the lots were changed already. A client can send a key, but not this object.
LOTS_ARE_DONE = object()
# Fields that say who owns how much; anything else (such as followers) is free.
GUARDED = {"points", "partner_id", "program_id", "active", "expiration_date", "code"}


class LoyaltyCard(models.Model):
    """A card of store credit: its points are money owed (design §5).

    Points of flagged cards change in two ways only: :meth:`_change_points`, ours, and core's
    spending on sales orders. Either way :meth:`write` keeps the lots equal to the points.
    """

    _inherit = "loyalty.card"

    aftersales_wallet = fields.Boolean(
        related="program_id.aftersales_wallet", store=True, index="btree_not_null"
    )
    aftersales_lot_ids = fields.One2many("aftersales.credit.lot", "card_id", readonly=True)

    @api.model_create_multi
    def create(self, vals_list):
        """Refuse to hand out store credit by hand."""
        cards = super().create(vals_list)
        cards.program_id._refuse_wallet_by_hand()
        return cards

    def write(self, vals):
        """Refuse changes by hand; let the lots follow the points."""
        # only whether a card is one of ours
        wallets = self.filtered(lambda card: card.sudo().aftersales_wallet)
        if not GUARDED.isdisjoint(vals):
            wallets.program_id._refuse_wallet_by_hand()
        if "program_id" in vals:
            self.env["loyalty.program"].browse(vals["program_id"])._refuse_wallet_by_hand()
        before = {card: card.points for card in wallets} if "points" in vals else {}
        result = super().write(vals)
        if self.env.context.get("aftersales_lots") is not LOTS_ARE_DONE:
            for card, points in before.items():
                card.aftersales_lot_ids._follow(card, card.points - points)
        return result

    @api.constrains("code")
    def _check_not_a_referral_code(self):
        self.env["aftersales.referral.code"]._refuse_taken(self.mapped("code"))

    @api.ondelete(at_uninstall=False)
    def _unlink_except_wallet(self):
        self.program_id._refuse_wallet_by_hand()

    @api.model
    def _wallet_of(self, partner, company):
        """Return the partner's card of store credit in ``company``; made when first needed."""
        program = company._aftersales_wallet_program()
        card = self.search(
            [("program_id", "=", program.id), ("partner_id", "=", partner.id)], limit=1
        )
        return card or self.with_context(loyalty_no_mail=True).create(
            {"program_id": program.id, "partner_id": partner.id}
        )

    def _change_points(self, amount, description, origin, new_lot=None, lot=None):
        """Add ``amount`` (or take it, negative) with its history: the one place of ours.

        :param origin: the payout or order it comes from
        :param new_lot: values of the lot a grant forms
        :param lot: the lot that is changed; without either, lots are used or refilled in turn
        """
        self.ensure_one()
        if new_lot is not None:
            self.env["aftersales.credit.lot"].create(
                {"card_id": self.id, "amount": amount, "remaining": amount, **new_lot}
            )
        elif lot:
            lot.remaining = self.currency_id.round(lot.remaining + amount)
        lots = LOTS_ARE_DONE if lot or new_lot is not None else None
        card = self.with_context(loyalty_no_mail=True, aftersales_lots=lots)
        card.points = self.currency_id.round(self.points + amount)
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
