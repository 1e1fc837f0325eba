from odoo import fields, models


class AftersalesCommissionEvidence(models.Model):
    """Why a ledger row has its amount: one document line, counted or not; append-only.

    Written with its row and frozen. Names are kept as text, so that the evidence survives a
    document that is deleted later (requirements 73, 76).
    """

    _name = "aftersales.commission.evidence"
    _description = "Commission Evidence"
    _inherit = "aftersales.append.only"
    _order = "id"

    commission_id = fields.Many2one(
        "aftersales.commission", required=True, index=True, ondelete="restrict"
    )
    move_id = fields.Many2one("account.move", string="Open", ondelete="set null")
    document = fields.Char(required=True)
    name = fields.Char(string="Line", required=True)
    kind = fields.Selection(
        [
            ("goods", "Goods: counted"),
            ("service", "Service: counted"),
            ("discount", "Discount: reduces what it discounts"),
            ("down_payment", "Down payment: counted by the order's eligible share"),
            ("credit_note", "Credit without order line: reduces the invoice as a whole"),
            ("plan", "Service plan: not counted"),
            ("delivery", "Delivery: not counted"),
            ("gift_card", "Gift card sold: not counted"),
            ("gift_card_used", "Paid with a gift card: not counted"),
            ("store_credit", "Paid with store credit: not counted"),
            ("excluded", "Product without referral reward: not counted"),
        ],
        required=True,
    )
    currency_id = fields.Many2one("res.currency", required=True)
    net_amount = fields.Monetary(string="Net")
    eligible_amount = fields.Monetary(string="Counted")
