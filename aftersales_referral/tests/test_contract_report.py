# SPDX-License-Identifier: LGPL-3.0-or-later
from lxml import html

from odoo.tests import tagged

from odoo.addons.aftersales_plans.tests.common import AfterSalesCase


@tagged("post_install", "-at_install")
class TestContractReport(AfterSalesCase):
    def words(self, contract):
        content, _kind = self.env["ir.actions.report"]._render_qweb_pdf(
            "aftersales_plans.contract_report", contract.ids
        )
        sections = html.fromstring(content).xpath("//div[@name='referral']")
        return " ".join(" ".join(" ".join(s.itertext()) for s in sections).split())

    def test_the_contract_says_what_a_recommendation_earns(self):
        self.plan.referral_percent = 12.5
        contract = self.sell((self.goods, 1), (self.plan_product, 1))
        self.plan.referral_percent = 99
        self.assertIn("12.5 % of what they pay", self.words(contract))

    def test_a_plan_without_reward_does_not_speak_of_it(self):
        contract = self.sell((self.goods, 1), (self.plan_product, 1))
        self.assertEqual(self.words(contract), "")
