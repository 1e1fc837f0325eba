# SPDX-License-Identifier: AGPL-3.0-or-later
from odoo import Command
from odoo.tests import tagged

from odoo.addons.aftersales_plans.tests.common_plan_price import PlanPriceCase


@tagged("post_install", "-at_install")
class TestPriceTerritory(PlanPriceCase):
    """Prices by territory (requirement 20)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        branch = cls.env["res.branch"].create(
            {
                "name": "T-Branch",
                "partner_id": cls.customer.id,
                "district_id": cls.env["res.district"]
                .create(
                    {
                        "name": "T-District",
                        "partner_id": cls.customer.id,
                        "region_id": cls.env["res.region"]
                        .create({"name": "T-Region", "partner_id": cls.customer.id})
                        .id,
                    }
                )
                .id,
            }
        )
        cls.territory = cls.env["res.territory"].create({"name": "Islands", "branch_id": branch.id})
        cls.location = cls.env["fsm.location"].create(
            {"partner_id": cls.site.id, "owner_id": cls.customer.id}
        )

    def sold_at(self, site):
        """Return what the plan costs at ``site``, and the told reason."""
        order = self.quote((self.goods, 1), (self.plan_product, 1), partner_shipping_id=site.id)
        return self.price(order), self.plan_line(order).aftersales_price_told

    def test_the_territory_of_a_site_goes_before_its_state_and_country(self):
        self.by_region(1.1)
        self.by_region(1.25, states=["base.state_us_22"])
        self.plan.region_factor_ids = [
            Command.create({"kind": "region", "territory_id": self.territory.id, "factor": 1.5})
        ]
        self.assertEqual(self.sold_at(self.site)[0], 750.0)
        self.location.territory_id = self.territory
        price, told = self.sold_at(self.site)
        self.assertEqual(price, 900.0)
        self.assertIn("Islands", told)
        self.assertEqual(self.sold_at(self.customer)[0], 660.0)

    def test_two_factors_for_one_territory_are_refused(self):
        row = {"kind": "region", "territory_id": self.territory.id, "factor": 1.5}
        with self.assertRefused("Gold has two factors for Islands"):
            self.plan.region_factor_ids = [Command.create(row), Command.create(row)]
