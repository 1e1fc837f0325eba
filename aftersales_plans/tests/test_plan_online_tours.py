# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo.tests import HttpCase, tagged

from .common_plan_offer import OfferCase


@tagged("post_install", "-at_install")
class TestPlanOnlineTour(HttpCase, OfferCase):
    def test_a_customer_changes_the_plan_by_the_link_of_the_mail_and_signs(self):
        self.env.company.write({"portal_confirmation_sign": True, "portal_confirmation_pay": False})
        (self.goods | self.plan_product | self.silver_product).taxes_id = False
        order = self.quote((self.goods, 1), (self.plan_product, 1))
        order.action_quotation_sent()
        address = f"/my/orders/{order.id}?access_token={order._portal_ensure_token()}"
        self.start_tour(address, "aftersales_choose_plan_online")
        self.assertEqual(order.state, "sale")
        self.assertEqual(order.aftersales_contract_ids.plan_id, self.silver)
        self.assertEqual((order.signed_by, order.amount_total), ("Casa Verde", 750.0))
