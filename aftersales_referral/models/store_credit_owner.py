# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import api, models


class LoyaltyCard(models.Model):
    """Store credit follows its owner: merged contacts, and people who join a company.

    Core's merge adds up points, moves neither lots nor history, and leaves no trace.
    """

    _inherit = "loyalty.card"

    @api.model
    def _follow_partners(self, partners):
        """Move store credit of people who belong to a company now to that company's card."""
        cards = self.search([("aftersales_wallet", "=", True), ("partner_id", "in", partners.ids)])
        for card in cards:
            if card.partner_id.commercial_partner_id != card.partner_id:
                card._move_to(card.partner_id.commercial_partner_id)

    def _move_to(self, partner):
        """Give this card to ``partner``, or all that is on it to the card he has already.

        Orders, quotations, invoices, payouts, lots and history follow.
        """
        self.ensure_one()
        former, points = self.partner_id, self.points
        own = self.search(
            [
                ("program_id", "=", self.program_id.id),
                ("partner_id", "=", partner.id),
                ("id", "!=", self.id),
            ],
            limit=1,
        )
        (self | own)._take_turn()
        if own:
            own._absorb(self)
        else:
            self.partner_id = partner
        text = self.env._(
            "%(points)s of store credit came from %(former)s (card %(code)s).",
            points=self.currency_id.format(points),
            former=former.display_name,
            code=self.code,
        )
        # a note between the rows, which came along: it issues nothing itself
        self.env["loyalty.history"].create({"card_id": (own or self).id, "description": text})
        partner.message_post(body=text)

    def _absorb(self, card):
        """Take over everything that points to ``card``, and its points; it is archived empty."""
        merge = self.env["base.partner.merge.automatic.wizard"]
        self.env.flush_all()
        merge._update_foreign_keys_generic("loyalty.card", card, self)
        self.env.invalidate_all()
        self._write_points(self.points + card.points)
        card._write_points(0.0)
        card.active = False
