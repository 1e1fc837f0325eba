# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import Command
from odoo.tests import new_test_user

from .common import AfterSalesCase


class OfferCase(AfterSalesCase):
    """A second tier, a seller, and shortcuts to what an offer shows."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seller = new_test_user(cls.env, "t-offer", "sales_team.group_sale_salesman_all_leads")
        cls.silver = cls.env["aftersales.plan"].create(
            {
                "name": "Silver",
                "code": "T-SILVER",
                "sequence": 20,
                "replacements_included": 1,
                "segment": "basic_needs",
                "excluded_cause_ids": [Command.set(cls.accident.ids)],
            }
        )
        cls.silver_product = cls.env["product.product"].create(
            {
                "name": "Silver plan",
                "type": "service",
                "list_price": 250.0,
                "taxes_id": False,
                "aftersales_plan_id": cls.silver.id,
            }
        )
        cls.plan.segment = "risk_avoider"
        cls.pump = cls.env["product.product"].create(
            {"name": "Pump", "type": "consu", "list_price": 90.0, "taxes_id": False}
        )
        cls.training = cls.env["product.product"].create(
            {
                "name": "Training",
                "type": "service",
                "list_price": 240.0,
                "taxes_id": False,
                "aftersales_addon": True,
            }
        )

    @classmethod
    def wizard(cls, action):
        """Return the wizard an action opens, as the seller sees it."""
        return cls.env["aftersales.plan.offer"].with_user(cls.seller).browse(action["res_id"])

    def offer(self, order):
        """Click "Service Plans" on the quotation."""
        return self.wizard(order.with_user(self.seller).action_offer_aftersales_plans())

    def option(self, offer, plan):
        """Return the card of ``plan``."""
        return offer.option_ids.filtered(lambda option: option.plan_id == plan)

    def choose(self, order, plan, goods=None):
        """Open the offer, tick ``goods`` (order lines) if given, and choose."""
        offer = self.offer(order)
        if goods is not None:
            for row in offer.goods_ids:
                row.ticked = row.order_line_id in goods
        return self.option(offer, plan).action_choose()

    def offer_assets(self, assets):
        """Select assets in the register and offer a plan."""
        return self.wizard(
            self.env["aftersales.plan.offer"]
            .with_user(self.seller)
            ._open_for_assets(assets.with_user(self.seller).sudo(False))
        )

    def deliver_asset(self, product=None, **values):
        """Return an asset of goods that were sold and delivered without a plan."""
        order = self.quote((product or self.goods, 1), **values)
        order.action_confirm()
        self.deliver(order.picking_ids)
        return self.env["aftersales.asset"].search(
            [("move_id.sale_line_id", "in", order.order_line.ids)]
        )
