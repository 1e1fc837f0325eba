# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import fields, models


class AftersalesCreditMovement(models.Model):
    """One change of a lot of store credit; append-only (requirements 75, 81).

    Invariant: the sum over a lot = its ``remaining``. What confirmed orders took and no posted
    invoice holds is *reserved* (design §6). Created by ``aftersales.credit.lot`` alone.
    """

    _name = "aftersales.credit.movement"
    _description = "Store Credit Movement"
    _inherit = "aftersales.append.only"
    _order = "id desc"

    lot_id = fields.Many2one(
        "aftersales.credit.lot", required=True, index=True, ondelete="restrict"
    )
    card_id = fields.Many2one(related="lot_id.card_id", store=True, index=True)
    partner_id = fields.Many2one(related="lot_id.partner_id", string="Owner")
    company_id = fields.Many2one(related="lot_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="lot_id.currency_id")
    kind = fields.Selection(
        [
            ("granted", "Granted"),
            ("spent", "Spent"),
            ("given_back", "Given Back"),
            ("taken_back", "Taken Back"),
            ("expired", "Expired"),
        ],
        required=True,
        index=True,
    )
    date = fields.Date(required=True)
    amount = fields.Monetary(required=True, help="Negative: used, taken back or expired.")
    order_id = fields.Many2one(
        "sale.order",
        index="btree_not_null",
        ondelete="set null",
        help="The order that spent it, or that gave it back.",
    )
    move_id = fields.Many2one(
        "account.move", string="Journal Entry", index="btree_not_null", ondelete="restrict"
    )
    note = fields.Char()
