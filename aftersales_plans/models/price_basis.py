# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import models

# Only our own code puts a basis there: no client can send one.
BASIS = "aftersales_price_basis"


class Basis:
    """What a pricelist works out the price of a plan from, instead of the list price alone.

    Travels in the context of the plan's product, through chained pricelists to the deepest rule,
    and notes there what the factors were put on.
    """

    def __init__(self, factor=1.0, share=None, currency=None):
        """Keep the ``factor`` of all lists together, and a ``share`` of the goods' value, gross.

        :param share: replaces the list price; None: the price of the product counts
        :param currency: of ``share``
        """
        self.factor, self.share, self.currency = factor, share, currency
        self.base = self.base_currency = None

    def price(self, base, currency):
        """Return ``base``, in ``currency``, with the factors, unrounded; the base is noted."""
        self.base, self.base_currency = base, currency
        return base * self.factor

    def share_in(self, currency, company, date):
        """Return the share in ``currency``, unrounded."""
        return self.currency._convert(self.share, currency, company, date, round=False)


class ProductPricelistItem(models.Model):
    """Hooks of pricelist rules: plans are priced by their goods (requirement 20)."""

    _inherit = "product.pricelist.item"

    def _compute_price(self, product, quantity, uom, date, currency=None, **kwargs):
        """Put the factors on a fixed price; a share of the goods' value takes its place."""
        basis = product.env.context.get(BASIS)
        if not isinstance(basis, Basis) or self.compute_price != "fixed":
            return super()._compute_price(product, quantity, uom, date, currency, **kwargs)
        currency = currency or self.currency_id
        if basis.share is not None:
            return basis.price(basis.share_in(currency, self.env.company, date), currency)
        base = super()._compute_price(product, quantity, uom, date, currency, **kwargs)
        return basis.price(base, currency)

    def _compute_base_price(self, product, quantity, uom, date, currency, **kwargs):
        """Start from the plan's own base; the rule reduces and rounds it as any other."""
        basis = product.env.context.get(BASIS)
        chained = self.base == "pricelist" and self.base_pricelist_id
        if not isinstance(basis, Basis) or chained:
            return super()._compute_base_price(product, quantity, uom, date, currency, **kwargs)
        if basis.share is not None:
            return basis.price(basis.share_in(currency, self.env.company, date), currency)
        base = super()._compute_base_price(product, quantity, uom, date, currency, **kwargs)
        return basis.price(base, currency)

    def _aftersales_told(self):
        """Return what this rule does, to be stored and told later; None without a rule."""
        if not self:
            return None
        reduces = self.compute_price == "percentage"
        markup = self.base == "standard_price"
        discount = self.percent_price if reduces else self.price_discount
        formula = self.compute_price == "formula"
        return {
            "pricelist": self.pricelist_id.name,
            "fixed": self.compute_price == "fixed",
            "chained": self.base == "pricelist" and self.base_pricelist_id.name,
            "discount": -self.price_markup if formula and markup else discount,
            "round": self.price_round if formula else 0.0,
            "surcharge": self.price_surcharge if formula else 0.0,
            "least_margin": self.price_min_margin if formula else 0.0,
            "most_margin": self.price_max_margin if formula else 0.0,
        }
