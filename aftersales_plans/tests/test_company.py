# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo.tests import tagged

from .common import AfterSalesCase


@tagged("post_install", "-at_install")
class TestCompany(AfterSalesCase):
    def test_the_main_company_has_its_locations_and_its_cost_account(self):
        location = self.company.aftersales_replacement_location_id
        self.assertEqual(location.usage, "customer")
        self.assertEqual(self.company.aftersales_returned_location_id.usage, "inventory")
        self.assertEqual(
            location.valuation_account_id, self.company.aftersales_service_cost_account_id
        )
        self.assertTrue(location.valuation_account_id)

    def test_a_new_company_gets_its_own(self):
        company = self.env["res.company"].create({"name": "Branch Office"})
        location = company.aftersales_replacement_location_id
        self.assertEqual(location.company_id, company)
        self.assertFalse(company.aftersales_service_cost_account_id)

    def test_loading_a_chart_brings_the_account(self):
        company = self.env["res.company"].create({"name": "With Chart"})
        self.env["account.chart.template"].try_loading("generic_coa", company, install_demo=False)
        account = company.aftersales_service_cost_account_id
        self.assertEqual(account.account_type, "expense_direct_cost")
        self.assertEqual(company.aftersales_replacement_location_id.valuation_account_id, account)
