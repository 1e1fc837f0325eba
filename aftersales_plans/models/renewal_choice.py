# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import models


class SaleOrder(models.Model):
    """What a renewal costs while its customer tries other plans online (requirements 60, 62)."""

    _inherit = "sale.order"

    def _aftersales_usual_prices(self, products, covered=None):
        """Return what these plans cost as a renewal: the same one follows the old price."""
        contract = self._aftersales_plan_lines().aftersales_renews_id
        if len(contract) != 1:
            return super()._aftersales_usual_prices(products, covered)
        discounted = not self.aftersales_renewal_discount_over
        prices = {}
        for product in products:
            price = contract._renewal_price(product, self, discounted)
            if price["price_unit"] is None:
                prices[product] = None
                continue
            prices[product] = price["price_unit"] * (1 - price["discount"] / 100)
        return prices

    def _aftersales_keep_deadline(self, line):
        """Let the renewal discount of the chosen ``line`` end when it would have all the same.

        A deadline that is known stays while another plan is tried, and passes meanwhile.
        """
        if not line._aftersales_goes_on() or self.aftersales_renewal_deadline:
            return
        self._aftersales_set_renewal_deadline()

    def _aftersales_struck_unit(self, product):
        """Return what the plan of ``product`` costs after the renewal discount; False: the same."""
        contract = self._aftersales_plan_lines().aftersales_renews_id
        holds = self.aftersales_renewal_deadline and not self.aftersales_renewal_discount_over
        if len(contract) != 1 or not holds or self._aftersales_agreed(product):
            return False
        price = contract._renewal_price(product, self)
        return price["discount"] and price["price_unit"]
