# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import fields, models


class AftersalesCloseReason(models.Model):
    """Why a contract ended before its time (requirement 64)."""

    _name = "aftersales.close.reason"
    _description = "Reason for Ending a Contract"
    _order = "sequence, name"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    void = fields.Boolean(
        string="As if Never Sold",
        help="A withdrawal or a cancelled order: everything is paid back and nothing was covered.",
    )
