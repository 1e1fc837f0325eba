from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError


class AftersalesAssetScrap(models.TransientModel):
    """Goods were thrown away: when and why (requirement 45)."""

    _name = "aftersales.asset.scrap"
    _description = "Scrap Assets"

    asset_ids = fields.Many2many("aftersales.asset", required=True)
    date = fields.Date(required=True, default=fields.Date.context_today)
    reason = fields.Char(required=True)

    @api.constrains("date", "asset_ids")
    def _check_date(self):
        for wizard in self:
            if wizard.date > max(wizard.asset_ids.company_id.mapped(_today)):
                raise ValidationError(self.env._("Goods cannot be scrapped on a day ahead."))
            for asset in wizard.asset_ids:
                if wizard.date < asset.date_delivered:
                    raise ValidationError(
                        self.env._(
                            "%(asset)s was delivered on %(day)s and cannot be scrapped before.",
                            asset=asset.name,
                            day=asset.date_delivered,
                        )
                    )

    def action_apply(self):
        """Take the goods out of use and out of their contracts."""
        self.ensure_one()
        self.asset_ids.check_access("write")
        for asset in self.asset_ids.filtered(lambda asset: asset.status != "in_use"):
            raise UserError(self.env._("%s is out of use already.", asset.name))
        self.asset_ids._take_out("scrapped", self.date, self.reason)
        return {"type": "ir.actions.act_window_close"}


def _today(company):
    return company._aftersales_today()
