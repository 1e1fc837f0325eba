from odoo.tests import HttpCase, tagged

from .common import AfterSalesCase


@tagged("post_install", "-at_install")
class TestTours(HttpCase, AfterSalesCase):
    def test_an_agent_settles_a_claim_by_phone(self):
        contract = self.sell((self.goods, 10), (self.plan_product, 1))
        self.start_tour("/odoo/service-claims/new", "aftersales_claim_by_phone", login="t-agent")
        claim = contract.claim_ids
        self.assertEqual((claim.state, claim.user_id), ("approved", self.agent))
        self.assertEqual(claim.picking_ids.sudo().state, "assigned")
