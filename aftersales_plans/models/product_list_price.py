# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import models


class ProductProduct(models.Model):
    """What customers pay where no other price is agreed (requirements 10, 19)."""

    _inherit = "product.product"

    def _aftersales_list_price(self, company):
        """Return the list price of one product in the currency of ``company``, not rounded.

        Core states it in the currency of the product's company; in that of the first one where
        companies share the product, as they do our services.
        """
        self.ensure_one()
        return self.currency_id._convert(self.lst_price, company.currency_id, company, round=False)
