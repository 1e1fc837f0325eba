# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import fields, models


class AftersalesTile(models.Model):
    """Referrals and rewards have sections of their own on the overview."""

    _inherit = "aftersales.tile"

    section = fields.Selection(
        selection_add=[("referrals", "Referrals"), ("rewards", "Rewards")],
        ondelete={"referrals": "cascade", "rewards": "cascade"},
    )
