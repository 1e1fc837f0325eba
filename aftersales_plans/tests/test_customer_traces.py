# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo.tests import tagged
from odoo.tools import SQL

from .common import AfterSalesCase

FIGURES = (
    "aftersales_contract_count",
    "aftersales_asset_count",
    "aftersales_claim_count",
    "aftersales_obligation_count",
    "aftersales_followup_count",
    "aftersales_uncovered_count",
    "aftersales_volume_deal_count",
    "aftersales_rated_count",
    "aftersales_stage",
)


@tagged("post_install", "-at_install")
class TestCustomerTraces(AfterSalesCase):
    """Figures on a contact cost little where there are none, and are right where there are."""

    def test_a_contact_without_anything_of_ours_costs_one_query(self):
        somebody = self.env["res.partner"].create({"name": "Supplier"})
        self.env.flush_all()
        somebody.invalidate_recordset()
        somebody.read(["name", "parent_id", "commercial_partner_id"])
        with self.assertQueryCount(1):
            self.assertFalse(somebody.aftersales_traces)
        with self.assertQueryCount(0):
            self.assertFalse(any(somebody[name] for name in FIGURES))

    def test_many_contacts_are_looked_up_one_by_one(self):
        """A join of all of them reads whole tables: years of orders for a page of contacts."""
        partners = self.env["res.partner"]
        one, many = (
            self.env.execute_query(SQL("EXPLAIN %s", partners._aftersales_traces_query(heads)))
            for heads in (range(1, 2), range(1, 81))
        )
        self.assertEqual(many, one, "nor expected to be so much that it is worth compiling")
        looked_up = [row for (row,) in many if "Filter" in row and "SubPlan" in row]
        self.assertEqual(len(looked_up), len(partners._aftersales_trace_sources()), many)

    def test_contacts_of_a_customer_and_companies_below_it_answer_as_one(self):
        contact, company = self.env["res.partner"].create(
            [
                {"name": "Barn", "parent_id": self.customer.id},
                {"name": "Subsidiary", "parent_id": self.customer.id, "is_company": True},
            ]
        )
        self.sell((self.goods, 1), (self.plan_product, 1), partner_id=company.id)
        family = self.customer | contact | company
        family.invalidate_recordset()
        self.assertEqual(family.mapped("aftersales_contract_count"), [1, 0, 1])
        for partner in family - contact:
            self.assertEqual(partner._aftersales_with("aftersales.asset"), partner)

    def test_who_ordered_is_owed_the_delivery_though_the_contract_is_another_s(self):
        order = self.quote((self.goods, 1), (self.plan_product, 1))
        order.action_confirm()
        other = self.env["res.partner"].create({"name": "Who moved in"})
        order.aftersales_contract_ids.partner_id = other
        self.env.flush_all()
        self.customer.invalidate_recordset()
        self.assertNotIn("aftersales.contract", self.customer.aftersales_traces)
        self.assertEqual(self.customer.aftersales_obligation_count, 1)
