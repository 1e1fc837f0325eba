# SPDX-License-Identifier: LGPL-3.0-or-later
from collections import defaultdict

from odoo import api, fields, models
from odoo.tools import SQL


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
    move_id = fields.Many2one(
        "account.move", string="Open", index="btree_not_null", ondelete="set null"
    )
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

    @api.model
    def _record(self, rows, evidence):
        """Write the evidence of new ledger rows, all in one statement.

        There are as many lines as on all documents together, and nothing depends on them: the
        ORM would take most of the time of a settlement for them.

        :param evidence: per row a list of values, amounts rounded
        """
        columns = defaultdict(list)
        for row, lines in zip(rows, evidence, strict=True):
            for vals in lines:
                columns["row"].append(row.id)
                for name, value in vals.items():
                    columns[name].append(value)
        if not columns:
            return
        rows.flush_recordset()
        self.env.execute_query(
            SQL(
                """
                INSERT INTO aftersales_commission_evidence (
                    commission_id, move_id, document, name, kind, currency_id,
                    net_amount, eligible_amount, create_uid, create_date, write_uid, write_date
                )
                SELECT line.*, %(uid)s, %(now)s, %(uid)s, %(now)s
                  FROM unnest(
                      %(row)s, %(move_id)s, %(document)s, %(name)s, %(kind)s, %(currency_id)s,
                      %(net_amount)s::numeric[], %(eligible_amount)s::numeric[]
                  ) AS line
                RETURNING id
                """,
                uid=self.env.uid,
                now=self.env.cr.now(),
                **columns,
            )
        )
        rows.invalidate_recordset(["evidence_ids"])
