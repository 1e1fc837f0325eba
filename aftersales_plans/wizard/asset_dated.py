# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_date


class AftersalesAssetDated(models.AbstractModel):
    """A dialog about what happened to goods on a day: since their delivery, not ahead.

    Days are those of the company that delivered the goods, wherever the user is (design §2).
    """

    _name = "aftersales.asset.dated"
    _description = "Dialog about Assets"

    asset_ids = fields.Many2many("aftersales.asset", required=True)
    date = fields.Date(
        compute="_compute_date", store=True, readonly=False, precompute=True, required=True
    )

    @api.depends("asset_ids")
    def _compute_date(self):
        """Offer today, the earliest there is where the goods are of several companies."""
        for wizard in self:
            companies = wizard.asset_ids.company_id or self.env.company
            wizard.date = wizard.date or min(company._aftersales_today() for company in companies)

    @api.constrains("date", "asset_ids")
    def _check_date(self):
        for wizard in self:
            for asset in wizard.asset_ids:
                today = asset.company_id._aftersales_today()
                if wizard.date > today:
                    raise ValidationError(
                        self.env._(
                            "%(asset)s: %(day)s is a day ahead. Choose %(today)s or earlier.",
                            asset=asset.name,
                            day=format_date(self.env, wizard.date),
                            today=format_date(self.env, today),
                        )
                    )
                if wizard.date < asset.date_delivered:
                    raise ValidationError(
                        self.env._(
                            "%(asset)s was delivered on %(delivered)s. Choose that day or a later "
                            "one.",
                            asset=asset.name,
                            delivered=format_date(self.env, asset.date_delivered),
                        )
                    )
