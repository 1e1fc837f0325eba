# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import Command

from .common import AfterSalesCase


class PlanPriceCase(AfterSalesCase):
    """A plan whose price may depend on its goods; taxes off, so that figures are easy to follow."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.goods.taxes_id = cls.plan_product.taxes_id = False
        cls.site = cls.env["res.partner"].create(
            {
                "name": "Casa Verde, Omaha",
                "type": "other",
                "parent_id": cls.customer.id,
                "country_id": cls.env.ref("base.us").id,
                "state_id": cls.env.ref("base.state_us_22").id,  # Nebraska
            }
        )
        cls.customer.country_id = cls.env.ref("base.us")

    @classmethod
    def by_percent(cls, percent=10.0):
        """Let the plan cost a share of its goods' value."""
        cls.plan.write({"price_policy": "percent", "price_percent": percent})

    @classmethod
    def by_age(cls, *points):
        """Give the plan factors by age: (years, factor)."""
        cls.plan.age_factor_ids = [
            Command.create({"kind": "age", "age_years": years, "factor": factor})
            for years, factor in points
        ]

    @classmethod
    def by_region(cls, factor, country="base.us", states=()):
        """Give the plan a factor of one region."""
        cls.plan.region_factor_ids = [
            Command.create(
                {
                    "kind": "region",
                    "country_id": cls.env.ref(country).id,
                    "state_ids": [Command.set([cls.env.ref(state).id for state in states])],
                    "factor": factor,
                }
            )
        ]

    @classmethod
    def plan_line(cls, order):
        """Return the line of ``order`` that sells the plan."""
        return order.order_line.filtered(lambda line: line.product_id == cls.plan_product)

    @classmethod
    def price(cls, order):
        """Return what the plan costs on ``order``."""
        return cls.plan_line(order).price_unit

    @classmethod
    def old_goods(cls, day, quantity=1, product=None, **values):
        """Register goods the customer has since ``day``."""
        return cls.env["aftersales.asset"].create(
            {
                "product_id": (product or cls.goods).id,
                "quantity": quantity,
                "partner_id": cls.customer.id,
                "site_id": cls.customer.id,
                "date_delivered": day,
                **values,
            }
        )

    @classmethod
    def pricelist(cls, **rule):
        """Make a pricelist with one rule for everything, and let the customer have it."""
        cls.env.user.group_ids += cls.env.ref("product.group_product_pricelist")
        pricelist = cls.env["product.pricelist"].create(
            {
                "name": "Special",
                "currency_id": cls.company.currency_id.id,
                "item_ids": [Command.create({"applied_on": "3_global", **rule})],
            }
        )
        cls.customer.specific_property_product_pricelist = pricelist
        return pricelist
