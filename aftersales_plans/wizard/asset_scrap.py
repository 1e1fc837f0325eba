# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import fields, models
from odoo.exceptions import UserError


class AftersalesAssetScrap(models.TransientModel):
    """Goods were thrown away: when and why (requirement 45)."""

    _name = "aftersales.asset.scrap"
    _description = "Scrap Assets"
    _inherit = ["aftersales.asset.dated"]

    reason = fields.Char(required=True)

    def action_apply(self):
        """Take the goods out of use and out of their contracts."""
        self.ensure_one()
        self.asset_ids.check_access("write")
        for asset in self.asset_ids.filtered(lambda asset: asset.status != "in_use"):
            raise UserError(self.env._("%s is out of use already.", asset.name))
        self.asset_ids._take_out("scrapped", self.date, self.reason)
        return {"type": "ir.actions.act_window_close"}
