# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import freeze_time, new_test_user, tagged
from odoo.tools import SQL

from ..models.claim_labour import GAVE_WORK
from .common import AfterSalesCase


@tagged("post_install", "-at_install")
class TestProfit(AfterSalesCase):
    """A plan for 1,200.00 on ten boilers that cost 300.00 each (requirement 29)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.plan_product.write({"list_price": 1200.0, "taxes_id": [Command.clear()]})
        valued = cls.env["product.category"].create(
            {"name": "Valued", "property_valuation": "real_time"}
        )
        cls.goods.write(
            {"categ_id": valued.id, "standard_price": 300.0, "taxes_id": [Command.clear()]}
        )
        with freeze_time("2026-01-01 12:00:00"):
            cls.contract = cls.sell((cls.goods, 10), (cls.plan_product, 1))
        cls.accountant = new_test_user(cls.env, "t-accountant", "aftersales_plans.group_accountant")
        cls.boss = new_test_user(cls.env, "t-boss", "sales_team.group_sale_manager")

    def invoice(self, contract=None):
        with freeze_time("2026-01-02 12:00:00"):
            invoice = (contract or self.contract).sale_order_id._create_invoices()
            invoice.action_post()
        return invoice

    def settle(self, claim, day="2026-03-10"):
        """Approve a claim and ship what it gives."""
        with freeze_time(f"{day} 10:00:00"):
            claim.with_user(self.manager).action_approve()
            self.deliver(claim.sudo().picking_ids)
        return claim

    def broken(self, day="2026-03-10", **values):
        with freeze_time(f"{day} 09:00:00"):
            return self.claim(self.contract.asset_ids[:1], **values)

    def profit(self, contract=None):
        contract = contract or self.contract
        self.env.invalidate_all()
        return contract._profit()[contract]

    def rows(self, *names):
        self.env.invalidate_all()
        found = self.env["aftersales.profit"].search(
            [("contract_id", "=", self.contract.id)], order="date, id"
        )
        return [tuple(row[name] for name in names) for row in found]

    def test_revenue_is_the_plans_invoice_line_alone(self):
        self.assertEqual(self.profit().missing, ("no revenue yet",))
        self.invoice()
        profit = self.profit()
        self.assertEqual(
            (profit.revenue, profit.costs, profit.missing), (1200.0, {"parts": 0.0}, ())
        )
        self.assertEqual(str(self.rows("kind", "date", "revenue")[0][1]), "2026-01-02")

    def test_a_credit_note_takes_revenue_back_and_a_draft_does_not(self):
        invoice = self.invoice()
        credit_note = invoice._reverse_moves([{"date": "2026-02-01"}])
        self.assertEqual(self.profit().revenue, 1200.0)
        credit_note.action_post()
        profit = self.profit()
        self.assertEqual((profit.revenue, profit.percent, profit.missing), (0.0, None, ()))

    def test_a_credit_note_without_order_line_is_the_contracts_whose_invoice_it_credits(self):
        note = self.invoice()._reverse_moves([{"date": "2026-02-01"}])
        note.invoice_line_ids.sale_line_ids = [Command.clear()]
        note.action_post()
        self.assertEqual(self.profit().revenue, 0.0)
        self.assertEqual(len(self.rows("kind")), 2)

    def test_a_discount_on_the_whole_order_is_borne_by_its_share(self):
        with freeze_time("2026-01-01 12:00:00"):
            order = self.quote((self.goods, 1), (self.plan_product, 1))
            order.order_line[0].price_unit = 600.0
            wizard = self.env["sale.order.discount"].create(
                {"sale_order_id": order.id, "discount_type": "amount", "discount_amount": 180.0}
            )
            wizard.action_apply_discount()
            order.action_confirm()
        contract = order.aftersales_contract_ids
        invoice = self.invoice(contract)
        self.assertEqual(self.profit(contract).revenue, 1080.0)
        self.assertEqual(contract.amount_untaxed, 1080.0)
        row = self.env["aftersales.profit"].search(
            [("contract_id", "=", contract.id), ("revenue", "<", 0)]
        )
        self.assertEqual((row.revenue, row._entry()), (-120.0, invoice))

    def test_a_discount_invoiced_or_credited_apart_is_borne_all_the_same(self):
        with freeze_time("2026-01-01 12:00:00"):
            order = self.quote((self.goods, 1), (self.plan_product, 1))
            order.order_line[0].price_unit = 600.0
            order.action_confirm()
        contract = order.aftersales_contract_ids
        self.invoice(contract)
        with freeze_time("2026-02-03 12:00:00"):
            wizard = self.env["sale.order.discount"].create(
                {"sale_order_id": order.id, "discount_type": "amount", "discount_amount": 180.0}
            )
            wizard.action_apply_discount()
            note = order._create_invoices(final=True)
            self.assertEqual((note.move_type, note.amount_untaxed), ("out_refund", 180.0))
            self.assertEqual(self.profit(contract).revenue, 1200.0)
            note.action_post()
        self.assertEqual(self.profit(contract).revenue, 1080.0)
        note.button_draft()
        self.assertEqual(self.profit(contract).revenue, 1200.0)

    def test_revenue_in_a_foreign_currency_counts_as_it_was_booked(self):
        euro = self.env.ref("base.EUR")
        if self.company.currency_id == euro:
            euro = self.env.ref("base.USD")
        euro.active = True
        self.env["res.currency.rate"].create(
            {"currency_id": euro.id, "rate": 0.5, "name": "2026-01-01"}
        )
        pricelist = self.env["product.pricelist"].create({"name": "EUR", "currency_id": euro.id})
        with freeze_time("2026-01-01 12:00:00"):
            contract = self.sell((self.goods, 1), (self.plan_product, 1), pricelist_id=pricelist.id)
        invoice = self.invoice(contract)
        plan = invoice.invoice_line_ids.filtered(lambda line: line.product_id == self.plan_product)
        self.assertEqual(self.profit(contract).revenue, -plan.balance)
        self.assertEqual(plan.balance, -plan.price_subtotal * 2)

    def test_parts_cost_what_left_stock_less_what_came_back(self):
        claim = self.settle(self.broken(quantity=2))
        self.assertEqual(self.profit().costs, {"parts": 600.0})
        with freeze_time("2026-03-20 10:00:00"):
            self.send_back(claim.sudo().picking_ids, 1)
        self.assertEqual(self.profit().costs, {"parts": 300.0})
        self.assertEqual(
            [row[:2] for row in self.rows("kind", "cost")], [("parts", 600.0), ("parts", -300.0)]
        )

    def test_goodwill_stands_apart_and_the_guarantee_is_no_cost_of_the_contract(self):
        claim = self.broken()
        claim.line_ids.with_user(self.manager).write(
            {"forced_billing_type": "goodwill", "overrule_note": "A good customer"}
        )
        self.settle(claim)
        self.assertEqual(self.profit().costs, {"parts": 0.0, "goodwill": 300.0})
        self.settle(self.broken(cause=self.defect))
        self.assertEqual(self.profit().costs, {"parts": 0.0, "goodwill": 300.0})

    def test_goods_without_cost_are_said_not_guessed(self):
        self.invoice()
        self.goods.standard_price = 0.0
        self.settle(self.broken())
        profit = self.profit()
        self.assertEqual((profit.cost, profit.missing), (0.0, ("1 part without cost",)))
        label = self.contract.with_user(self.manager).profit_label
        self.assertEqual(label, "not enough data: 1 part without cost")

    def test_what_lacks_is_counted_in_words(self):
        say = self.env["aftersales.profit"]._missing_in_words
        for lacks, count, words in (
            ("part_cost", 1, "1 part without cost"),
            ("part_cost", 3, "3 parts without cost"),
            ("company_rate", 1, "1 claim without hourly cost"),
            ("company_rate", 2, "2 claims without hourly cost"),
        ):
            with self.subTest(words):
                self.assertEqual(say(lacks, count), words)

    def test_work_leads_to_its_claim(self):
        self.contract.labour_included = True
        self.company.aftersales_hourly_cost = 40.0
        claim = self.settle(self.broken(labour_hours=1.5))
        rows = self.env["aftersales.profit"].search([("contract_id", "=", self.contract.id)])
        self.assertEqual(sorted(rows.mapped("cost")), [60.0, 300.0])
        for row in rows:
            action = row.action_open()
            self.assertEqual((action["res_model"], action["res_id"]), (claim._name, claim.id))

    def test_covered_work_costs_what_an_hour_cost_when_it_was_done(self):
        self.contract.labour_included = True
        self.company.aftersales_hourly_cost = 40.0
        claim = self.settle(self.broken(labour_hours=1.5))
        self.assertEqual(claim.state, "done")
        self.company.aftersales_hourly_cost = 80.0
        self.assertEqual(self.profit().costs, {"parts": 300.0, "labour": 60.0})

    def test_charged_work_of_an_overruled_claim_by_time_is_no_cost_of_the_contract(self):
        """The manager gives the part; the work is charged, since the kind includes none."""
        self.contract.write({"labour_included": True, "contract_kind": "time_material"})
        self.company.aftersales_hourly_cost = 40.0
        claim = self.broken(labour_hours=1.5)
        claim.line_ids.with_user(self.manager).write(
            {"forced_billing_type": "contract", "overrule_note": "A good customer"}
        )
        self.settle(claim)
        order = claim.sudo().sale_order_id
        work = order.order_line
        self.assertEqual((work.product_id.default_code, work.product_uom_qty), ("AS-WORK", 1.5))
        order.action_confirm()
        self.assertEqual(claim.state, "done")
        self.assertEqual(self.profit().costs, {"parts": 300.0})
        self.env.flush_all()
        lacks = SQL("SELECT id FROM aftersales_claim WHERE id = %s AND %s", claim.id, GAVE_WORK)
        self.assertFalse(self.env.execute_query(lacks))  # nor does an upgrade ask for its cost

    def test_charged_work_is_no_cost_of_the_contract(self):
        self.contract.labour_included = False
        self.company.aftersales_hourly_cost = 40.0
        claim = self.broken(labour_hours=1.5)
        self.settle(claim)
        claim.sudo().sale_order_id.action_confirm()
        self.assertEqual(claim.state, "done")
        self.assertEqual(self.profit().costs, {"parts": 300.0})

    def test_work_without_hourly_cost_waits_until_it_is_filled_in(self):
        self.invoice()
        self.contract.labour_included = True
        claim = self.settle(self.broken(labour_hours=2.0))
        self.assertEqual(self.profit().missing, ("1 claim without hourly cost",))
        with self.assertRaises(AccessError):
            claim.with_user(self.agent).action_fill_labour()
        with self.assertRefused("state what an hour costs"):
            claim.with_user(self.manager).action_fill_labour()
        self.company.aftersales_hourly_cost = 45.0
        claim.with_user(self.manager).action_fill_labour()
        profit = self.profit()
        self.assertEqual((profit.costs["labour"], profit.missing), (90.0, ()))
        claim.with_user(self.manager).action_fill_labour()
        self.assertEqual(self.profit().costs["labour"], 90.0)

    def test_work_is_told_to_the_analytic_accounts_of_the_order(self):
        plan = self.env["account.analytic.plan"].create({"name": "Sites"})
        account = self.env["account.analytic.account"].create(
            {"name": "Elm Street", "plan_id": plan.id}
        )
        self.contract.sale_line_id.analytic_distribution = {str(account.id): 100.0}
        self.contract.labour_included = True
        self.company.aftersales_hourly_cost = 40.0
        claim = self.settle(self.broken(labour_hours=1.5))
        lines = self.env["account.analytic.line"].search(
            [(plan._column_name(), "=", account.id), ("name", "=", claim.display_name)]
        )
        self.assertRecordValues(lines, [{"amount": -60.0, "unit_amount": 1.5}])

    def test_contracts_below_cost_are_found_and_others_are_not(self):
        self.invoice()
        cheap = self.contract
        for _time in range(5):
            self.settle(self.broken(cause=self.env.ref("aftersales_plans.cause_wear")))
        with freeze_time("2026-01-01 12:00:00"):
            fine = self.sell((self.goods, 1), (self.plan_product, 1))
            unpaid = self.sell((self.goods, 1), (self.plan_product, 1))
        self.invoice(fine)
        self.env.invalidate_all()
        Contract = self.env["aftersales.contract"].with_user(self.manager)
        mine = [("id", "in", (cheap | fine | unpaid).ids)]
        costs = cheap._contract_costs()[cheap]
        self.assertEqual(sum(costs.values()), 300.0 * len(cheap.claim_ids.filtered("picking_ids")))
        below = Contract.search([*mine, ("is_below_cost", "=", True)])
        self.assertEqual(below.sudo(), cheap if sum(costs.values()) > 1200 else cheap.browse())
        self.assertEqual(
            Contract.search([*mine, ("is_below_cost", "=", False)]).sudo(),
            (cheap | fine | unpaid) - below.sudo(),
        )
        for contract in cheap | fine | unpaid:
            self.assertEqual(contract.with_user(self.manager).is_below_cost, contract in below)

    def test_the_share_of_a_group_is_weighed_not_averaged(self):
        self.invoice()
        self.settle(self.broken())
        ((margin, percent),) = self.env["aftersales.profit"]._read_group(
            [("contract_id", "=", self.contract.id)], [], ["margin:sum", "margin_percent:avg"]
        )
        self.assertEqual((margin, percent), (900.0, 75.0))

    def test_rows_tell_plan_customer_product_and_age(self):
        self.settle(self.broken())
        row = self.env["aftersales.profit"].search([("contract_id", "=", self.contract.id)])
        self.assertRecordValues(
            row,
            [
                {
                    "plan_id": self.plan.id,
                    "commercial_partner_id": self.customer.id,
                    "product_id": self.goods.id,
                    "categ_id": self.goods.categ_id.id,
                    "goods_age_band": "months_3",
                    "company_id": self.company.id,
                    "contract_state": "active",
                }
            ],
        )
        self.assertEqual(row.with_user(self.manager).action_open()["res_model"], "aftersales.claim")

    def test_goods_bought_long_ago_are_as_old_as_they_were_at_the_start(self):
        asset = self.contract.asset_ids[:1]
        asset.date_delivered = "2024-11-30"
        self.contract.goods_product_id = False
        self.contract._note_goods()
        self.assertEqual(self.contract.goods_age_band, "year_2")

    def test_who_may_not_know_the_margin_reads_none(self):
        for user in (self.agent, new_test_user(self.env, "t-s", "sales_team.group_sale_salesman")):
            with self.assertRaises(AccessError):
                self.contract.with_user(user).read(["profit_label"])
            with self.assertRaises(AccessError):
                self.env["aftersales.profit"].with_user(user).search([])
            with self.assertRaises(AccessError):
                self.company.with_user(user).read(["aftersales_hourly_cost"])
        self.assertTrue(self.contract.with_user(self.boss).read(["profit_label"]))
        with self.assertRaises(AccessError):  # what one visit cost tells what somebody earns
            self.env["aftersales.profit"].with_user(self.boss).search([])
        self.assertTrue(self.contract.with_user(self.accountant).action_open_profit())

    def test_a_reader_of_another_company_sees_nothing(self):
        self.invoice()
        company = self.env["res.company"].create({"name": "Elsewhere"})
        other = new_test_user(
            self.env,
            "t-other",
            "aftersales_plans.group_manager",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )
        rows = self.env["aftersales.profit"]
        self.assertFalse(rows.with_user(other).search([("contract_id", "=", self.contract.id)]))
        self.assertTrue(
            rows.with_user(self.manager).search([("contract_id", "=", self.contract.id)])
        )

    def test_an_order_confirmed_again_earns_once(self):
        order = self.quote((self.goods, 1), (self.plan_product, 1))
        order.action_confirm()
        first = order.aftersales_contract_ids
        order._action_cancel()
        order.action_draft()
        order.action_confirm()
        second = self.env["aftersales.contract"].search(
            [("sale_line_id", "in", order.order_line.ids), ("state", "!=", "cancelled")]
        )
        self.assertEqual(first.state, "cancelled")
        self.invoice(second)
        self.assertEqual((self.profit(first).revenue, self.profit(second).revenue), (0.0, 1200.0))
