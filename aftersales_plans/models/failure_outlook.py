# SPDX-License-Identifier: LGPL-3.0-or-later
from typing import NamedTuple

from odoo import api, models
from odoo.tools import SQL

from ..calc.failure import Ages, Rate
from .failure import Counted, together


class Known(NamedTuple):
    """What the past says about failures of one product."""

    rate: Rate | None  #: at any age: its own, else of all goods of its category; None: unknown
    ages: Ages  #: of itself by year of age, where that is known
    causes: dict  #: {cause: its share of the failures}
    counted: Counted  #: of itself


class AftersalesFailure(models.AbstractModel):
    """What the past lets us expect of goods: of themselves, else of their category (30)."""

    _inherit = "aftersales.failure"

    @api.model
    def _known(self, products, company, day=None):
        """Return {product: :class:`Known`}, for what a plan costs and goods will need.

        Takes a number of queries that does not depend on how many products there are.
        """
        counted = self._counted(products, company, day)
        unsure = products.filtered(lambda product: not counted[product].rate)
        kin = self._kin(unsure, company)
        counted |= self._counted(products.union(*kin.values()) - products, company, day)
        causes = self._causes(products.union(*kin.values()), company, day)
        ages = self._ages(products, company, day)
        known = {}
        for product in products:
            alike = kin.get(product, product)
            known[product] = Known(
                rate=together(counted[other] for other in alike).rate,
                ages=ages[product],
                causes=self._shares(alike, causes),
                counted=counted[product],
            )
        return known

    @api.model
    def _kin(self, products, company):
        """Return {product: all goods of its category, itself too}; those without one alone."""
        found = products.with_context(active_test=False).search(
            [("categ_id", "in", products.categ_id.ids), ("company_id", "in", [False, company.id])]
        )
        kin = found.grouped("categ_id")
        return {product: kin.get(product.categ_id, product) for product in products}

    @api.model
    def _causes(self, products, company, day=None):
        """Return {product: {cause: failures}}."""
        causes = {product: {} for product in products}
        for product_id, cause_id, failures in self._query(
            SQL(
                """
                SELECT product_id, cause_id, SUM(failures) FROM (%s) failed
                 GROUP BY product_id, cause_id
                """,
                self._of(self._failed(self._day(company, day)), products, company),
            )
        ):
            cause = self.env["aftersales.cause"].browse(cause_id)
            causes[products.browse(product_id)][cause] = failures
        return causes

    @api.model
    def _shares(self, products, causes):
        """Return {cause: its share of the failures of ``products``}."""
        failures = {}
        for product in products:
            for cause, count in causes[product].items():
                failures[cause] = failures.get(cause, 0.0) + count
        total = sum(failures.values())  # without any there is no share, and nothing is divided
        return {cause: count / total for cause, count in failures.items()}
