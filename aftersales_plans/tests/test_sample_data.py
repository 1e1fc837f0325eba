# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import SQL

from .common import AfterSalesCase

SAMPLES = "__aftersales_sample__"


@tagged("post_install", "-at_install")
class TestSampleData(AfterSalesCase):
    """Samples in a living company: made in one click, removed in one, and nothing with them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.samples = cls.env["aftersales.sample"].with_user(cls.manager)
        cls.sell((cls.goods, 1), (cls.plan_product, 1))  # a company that lives

    def one(self, model):
        """Return the samples of a model."""
        marks = self.samples._marks().filtered(lambda mark: mark.model == model)
        return self.env[model].browse(marks.mapped("res_id")).exists()

    def counts(self):
        """Return {table: rows} of everything the database keeps for long."""
        self.env.flush_all()
        tables = {
            Model._table: self.env.execute_query(
                SQL("SELECT COUNT(*) FROM %s", SQL.identifier(Model._table))
            )[0][0]
            for Model in self.env.registry.values()
            if self.samples._is_table(Model)
        }
        return {table: rows for table, rows in tables.items() if rows}

    def told(self, action):
        return action["params"]["message"]

    def test_one_click_makes_a_set_that_tells_how_it_works(self):
        self.samples._make()
        contract, claim = self.one("aftersales.contract"), self.one("aftersales.claim")
        self.assertRecordValues(
            contract,
            [{"name": "Sample Contract", "state": "active", "company_id": self.company.id}],
        )
        self.assertTrue(contract.entitlement_ids)
        self.assertEqual(contract.asset_ids, self.one("aftersales.asset"))
        self.assertEqual(claim.state, "draft")
        self.assertEqual(claim.contract_id, contract)
        order = self.one("sale.order")
        self.assertEqual(order.state, "draft")
        self.assertIn("service", order.order_line.product_id.mapped("type"))
        for model in ("res.partner", "product.category", "product.template", "sale.order"):
            for record in self.one(model):
                self.assertTrue(record.name.startswith("Sample"), record.name)

    def test_nothing_is_booked_shipped_or_mailed(self):
        quiet = ("account.move", "stock.move", "stock.picking", "mail.mail", "mail.activity")
        before = [self.env[model].search_count([]) for model in quiet]
        self.samples._make()
        self.assertEqual([self.env[model].search_count([]) for model in quiet], before)
        self.assertFalse(self.one("res.partner").email)

    def test_two_clicks_make_one_set(self):
        self.samples._make()
        marks = self.samples._marks()
        self.samples._make()
        self.assertEqual(self.samples._marks(), marks)

    def test_all_of_it_is_removed_and_nothing_else(self):
        self.samples._make()
        self.samples._remove()  # what a first use makes for good: tiers, a team
        before = self.counts()
        self.samples._make()
        contract, customer = self.one("aftersales.contract"), self.one("res.partner")
        self.env["aftersales.customer"].sudo()._make(customer, self.company)
        contract.activity_schedule("mail.mail_activity_data_todo", user_id=self.manager.id)
        customer.message_post(body="Looked at")
        self.env["aftersales.reading"].create(
            {"asset_id": self.one("aftersales.asset").id, "value": 5}
        )
        self.assertNotEqual(self.counts(), before)
        action = self.samples._remove()
        self.assertEqual(self.told(action), "Sample data is removed.")
        self.assertEqual(self.counts(), before)
        self.assertFalse(self.samples._marks())

    def test_a_quotation_that_was_sent_goes_too(self):
        self.samples._make()
        order = self.one("sale.order")
        order.action_quotation_sent()
        self.samples._remove()
        self.assertFalse(order.exists())

    # --- What somebody did business with -------------------------------------------------------

    def test_a_real_contract_of_a_sample_customer_stays(self):
        self.samples._make()
        customer, sample = self.one("res.partner"), self.one("aftersales.contract")
        self.customer = customer
        order = self.quote((self.goods, 1), (self.plan_product, 1), partner_id=customer.id)
        order.action_confirm()
        self.deliver(order.picking_ids)
        real = order.aftersales_contract_ids
        action = self.samples._remove()
        self.assertFalse(sample.exists())
        self.assertEqual((real.state, real.partner_id), ("active", customer))
        self.assertTrue(real.asset_ids)
        self.assertFalse(customer.active)
        self.assertIn("somebody worked with: Sample Customer.", self.told(action))
        self.assertFalse(self.samples._marks())  # it is no sample any more
        self.samples._make()
        self.assertNotEqual(self.one("res.partner"), customer)

    def test_a_confirmed_quotation_stays_with_its_goods(self):
        self.samples._make()
        order, goods = self.one("sale.order"), self.one("product.template")
        order.order_line.filtered("product_id.aftersales_plan_id").price_unit = 100
        order.action_confirm()
        contract = self.one("aftersales.contract")
        self.samples._remove()
        self.assertEqual(order.state, "sale")
        self.assertEqual(len(order.order_line), 3)
        self.assertEqual(goods.exists(), goods)
        self.assertEqual(set(goods.mapped("active")), {False})
        self.assertFalse(contract.exists())

    def test_a_claim_of_ours_keeps_the_goods_it_speaks_of(self):
        self.samples._make()
        asset, customer = self.one("aftersales.asset"), self.one("res.partner")
        ours = self.claim(asset, partner_id=customer.id)
        self.samples._remove()
        self.assertEqual((ours.line_ids.asset_id, ours.partner_id), (asset, customer))
        self.assertFalse(asset.active)
        self.assertTrue(ours.contract_id.entitlement_ids)

    def test_a_quota_that_was_used_keeps_the_contract(self):
        self.samples._make()
        contract, claim = self.one("aftersales.contract"), self.one("aftersales.claim")
        contract.entitlement_ids[:1]._consume(claim, 1)
        action = self.samples._remove()
        self.assertTrue(contract.entitlement_ids.filtered("used"))
        self.assertIn("Sample Contract", self.told(action))

    # --- Whose it is ---------------------------------------------------------------------------

    def test_another_company_has_none_and_loses_none(self):
        young = self.env["res.company"].create({"name": "Nordstein"})
        self.manager.company_ids |= young
        elsewhere = self.samples.with_company(young)
        self.samples._make()
        self.assertFalse(elsewhere._marks())
        elsewhere._make()
        self.assertEqual(set(self.one("aftersales.contract").company_id), {self.company})
        tiers = self.env["aftersales.plan"].search([("company_id", "=", young.id)])
        self.assertEqual(tiers.mapped("code"), ["VIP", "GOLD", "STANDARD"])
        kept = self.one("aftersales.contract")
        elsewhere._remove()
        self.assertTrue(kept.exists() and self.samples._marks())
        self.assertEqual(tiers.exists(), tiers)  # tiers are no samples

    def test_only_plan_managers_make_and_remove_them(self):
        agent = self.env["aftersales.sample"].with_user(self.agent)
        step = self.env.ref("aftersales_plans.onboarding_step_samples")
        for attempt in (
            agent._make,
            agent._remove,
            step.with_user(self.agent).action_aftersales_take,
        ):
            with self.assertRaises(AccessError):
                attempt()
        self.assertNotIn("samples", self.company.with_user(self.agent)._aftersales_proposals())

    def test_nobody_marks_what_is_real_as_a_sample(self):
        contract = self.env["aftersales.contract"].search([("sale_line_id", "!=", False)], limit=1)
        mark = {
            "module": SAMPLES,
            "name": f"contract_{contract.id}_{self.company.id}",
            "model": "aftersales.contract",
            "res_id": contract.id,
        }
        with self.assertRaises(AccessError):
            self.env["ir.model.data"].with_user(self.manager).create(mark)
        plans = self.env["aftersales.plan"].with_user(self.manager)
        name = f"{SAMPLES}.plan_{self.company.id}"
        loaded = plans.load(["id", "name", "code"], [[name, "Bronze", "T-BRONZE"]])
        self.assertTrue(loaded["ids"])
        self.assertFalse(self.samples._marks())
        self.samples._remove()
        self.assertTrue(plans.browse(loaded["ids"]).exists())
        # An administrator may; then what decides is whether it is business.
        self.env["ir.model.data"].create(mark)
        self.samples._remove()
        self.assertTrue(contract.exists().entitlement_ids)

    def test_the_guide_offers_them_and_counts_them_not(self):
        guide = self.env["onboarding.onboarding"].with_user(self.manager)
        step = self.env.ref("aftersales_plans.onboarding_step_samples").with_user(self.manager)
        before = guide.aftersales_set_up_progress()
        self.assertEqual(step.aftersales_proposal, "Try with Sample Data")
        self.assertEqual(step.aftersales_state, "optional")
        self.assertEqual(step.action_aftersales_take()["tag"], "soft_reload")
        step.action_aftersales_take()  # a second click on the same button
        self.assertTrue(self.one("aftersales.contract"))
        step.invalidate_recordset()
        self.assertFalse(step.aftersales_proposal)
        self.assertEqual(step.aftersales_other_proposal, "Remove Sample Data")
        self.assertEqual(guide.aftersales_set_up_progress(), before)
        self.assertEqual(step.action_aftersales_take_other()["tag"], "display_notification")
        step.action_aftersales_take_other()
        self.assertFalse(self.samples._marks())

    def test_what_follows_a_sample_by_accident_is_not_deleted(self):
        """A product of ours in the category of samples keeps it, and itself."""
        self.samples._make()
        category = self.one("product.category")
        self.goods.categ_id = category
        self.env["res.partner"].create(
            {"name": "Real Child", "parent_id": self.one("res.partner").id}
        )
        action = self.samples._remove()
        self.assertEqual(self.goods.categ_id, category)
        self.assertIn("Sample Customer", self.told(action))
        self.assertIn("Sample Heating", self.told(action))

    def test_plans_that_cover_none_of_the_goods_sell_none(self):
        young = self.env["res.company"].create({"name": "Nordstein"})
        self.manager.company_ids |= young
        other = self.env["product.category"].create({"name": "Other"})
        self.env["aftersales.plan"].create(
            {
                "name": "P",
                "code": "P",
                "company_id": young.id,
                "category_ids": [Command.set(other.ids)],
            }
        )
        elsewhere = self.samples.with_company(young)
        elsewhere._make()
        kinds = elsewhere._marks().mapped("model")
        self.assertNotIn("aftersales.contract", kinds)
        self.assertIn("aftersales.claim", kinds)
        self.assertEqual(self.told(elsewhere._remove()), "Sample data is removed.")
