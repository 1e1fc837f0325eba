# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import float_repr

from .stock_move import is_open


class AftersalesClaim(models.Model):
    """What an approved claim waits for: goods, the customer; both at once are possible."""

    _inherit = "aftersales.claim"

    goods_label = fields.Char(string="Goods in Words", compute="_compute_goods_label")
    waiting_goods = fields.Boolean(
        string="Waiting for Goods",
        compute="_compute_waiting",
        search="_search_waiting_goods",
        compute_sudo=True,  # one word for everybody; shipments and orders belong to other roles
    )
    waiting_customer = fields.Boolean(
        string="Waiting for the Customer",
        compute="_compute_waiting",
        search="_search_waiting_customer",
        compute_sudo=True,
        help="The quotation was sent and is not answered yet.",
    )

    @api.depends("line_ids.product_id", "line_ids.quantity")
    def _compute_goods_label(self):
        for claim in self:
            claim.goods_label = ", ".join(
                line._goods_in_words() for line in claim.line_ids if line.product_id
            )

    def _in_words(self, product, quantity):
        """Return such as ``2 × Boiler`` in the language of this environment."""
        return self.env._(
            "%(quantity)s × %(product)s",
            quantity=float_repr(quantity, 2).rstrip("0").rstrip("."),
            product=product.with_context(display_default_code=False).display_name,
        )

    def _shipped_in_words(self):
        """Return what reached the customer, one text per product."""
        moves = self._delivered_moves().grouped("product_id")
        return [
            self._in_words(product, sum(group.mapped("quantity")))
            for product, group in moves.items()
        ]

    @api.depends("state", "move_ids.state", "move_ids.aftersales_step", "sale_order_id.state")
    def _compute_waiting(self):
        for claim in self:
            approved = claim.state == "approved"
            open_moves = claim._shipping_moves().filtered(is_open)
            claim.waiting_goods = approved and bool(open_moves)
            claim.waiting_customer = approved and claim.sale_order_id.state == "sent"

    def _search_waiting_goods(self, operator, value):
        shipping = [("state", "not in", ("done", "cancel")), ("aftersales_step", "=", False)]
        moves = Domain("move_ids", "any!", shipping)
        return self._search_waiting(operator, value, moves)

    def _search_waiting_customer(self, operator, value):
        sent = Domain("sale_order_id", "any!", [("state", "=", "sent")])
        return self._search_waiting(operator, value, sent)

    def _search_waiting(self, operator, value, domain):
        if operator != "in":
            return NotImplemented
        waiting = Domain("state", "=", "approved") & domain
        return waiting if True in value else ~waiting
