# SPDX-License-Identifier: AGPL-3.0-or-later
from datetime import date

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import freeze_time, new_test_user, tagged

from .common import VisitCase


class ChargeCase(VisitCase):
    """A contract by time and materials: 30 a visit, 50 an hour; seals at 10; tax of 20 %."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tax = cls.env["account.tax"].create(
            {"name": "20 %", "amount": 20.0, "country_id": cls.company.account_fiscal_country_id.id}
        )
        cls.seal.list_price = 10.0
        cls.call = cls.env.ref("aftersales_plans.product_call_out")
        cls.work = cls.env.ref("aftersales_plans.product_labour")
        (cls.seal | cls.call | cls.work).taxes_id = cls.tax
        cls.contract.write({"hour_rate": 50.0, "visit_rate": 30.0, "after_hours_percent": 50.0})
        cls.contract.contract_kind = "time_material"
        cls.seller = new_test_user(cls.env, "t-seller", "sales_team.group_sale_salesman_all_leads")

    def start(self, moment="2026-06-01 08:29:00"):
        with freeze_time(moment):
            self.visit.with_user(self.user).action_start()

    def make(self, *parts):
        """Make the visit from 8:29 to 10:00 with ``parts``; return its quotation."""
        self.start()
        for product, quantity in parts:
            self.use(product, quantity)
        self.complete()
        return self.visit.sudo().aftersales_quotation_id

    def confirm(self, order):
        with freeze_time("2026-06-02 09:00:00"):
            order.with_user(self.seller).action_confirm()

    def rows(self, order):
        return [
            (line.product_id, line.product_uom_qty, line.price_unit, line.price_subtotal)
            for line in order.order_line
        ]


@tagged("post_install", "-at_install")
class TestTimeAndMaterials(ChargeCase):
    """Every visit, begun quarter of an hour and part is charged (requirements 19, 27)."""

    def test_a_visit_becomes_one_quotation(self):
        order = self.make((self.seal, 2))
        self.assertEqual(
            self.rows(order),
            [
                (self.call, 1.0, 30.0, 30.0),
                (self.work, 1.75, 50.0, 87.5),
                (self.seal, 2.0, 10.0, 20.0),
            ],
        )
        self.assertRecordValues(
            order,
            [
                {
                    "partner_id": self.customer.id,
                    "partner_shipping_id": self.contract.site_id.id,
                    "origin": self.visit.name,
                    "state": "draft",
                    "amount_untaxed": 137.5,
                    "amount_tax": 27.5,
                    "amount_total": 165.0,
                    "company_id": self.company.id,
                }
            ],
        )
        self.assertEqual(order.aftersales_visit_count, 1)
        self.assertIn(f"Quotation {order.name} over", self.visit.message_ids[1].body)

    def test_what_is_not_counted_yet_is_told_later(self):
        order = self.quote((self.seal, 2), (self.goods, 0))
        first, second = order.order_line
        words = first._aftersales_charge_in_words().replace("\N{NO-BREAK SPACE}", " ")
        self.assertRegex(words, r"^Seal × 2: \$ [\d.]+$")
        self.assertEqual(
            second._aftersales_charge_in_words(), "Boiler: not known yet, we tell you."
        )

    def test_the_price_agreed_stays_when_the_agent_corrects_the_hours(self):
        order = self.make()
        work = order.order_line.filtered(lambda line: line.product_id == self.work)
        work.with_user(self.seller).product_uom_qty = 3
        self.assertEqual((work.price_unit, order.amount_untaxed), (50.0, 180.0))

    def test_hours_outside_business_hours_cost_more(self):
        self.start("2026-06-01 02:00:00")
        with freeze_time("2026-06-01 03:00:00"):
            self.visit.conclusion = "pass"
            self.visit.action_complete()
        self.assertEqual(self.rows(self.visit.aftersales_quotation_id)[1][1:], (1.0, 75.0, 75.0))

    def test_hours_are_rounded_as_the_company_says(self):
        self.company.aftersales_hour_rounding_minutes = 60
        self.assertEqual(self.rows(self.make())[1][1], 2.0)

    def test_without_rates_the_list_prices_count(self):
        self.contract.write({"hour_rate": 0.0, "visit_rate": 0.0})
        self.assertEqual(
            [row[2] for row in self.rows(self.make())],
            [self.call.list_price, self.work.list_price],
        )
        self.assertIn("list price counts", self.contract.kind_in_words)

    def test_a_plan_needs_a_price_of_visits_or_hours(self):
        self.plan.contract_kind = "time_material"
        (self.call | self.work).list_price = 0.0
        with self.assertRefused("neither a visit nor an hour has a price"):
            self.plan.write({"hour_rate": 0.0, "visit_rate": 0.0})
            self.plan.flush_recordset()
            self.plan.contract_kind = "fixed_price"
            self.plan.contract_kind = "time_material"
        self.plan.hour_rate = 40.0

    def test_a_foreign_pricelist_gives_currency_and_prices_of_parts(self):
        foreign = self.env["res.currency"].create(
            {
                "name": "TST",
                "symbol": "T",
                "rounding": 0.01,
                "rate_ids": [Command.create({"name": "2026-01-01", "rate": 2.0})],
            }
        )
        pricelist = self.env["product.pricelist"].create(
            {
                "name": "Abroad",
                "currency_id": foreign.id,
                "item_ids": [
                    Command.create(
                        {
                            "applied_on": "0_product_variant",
                            "product_id": self.seal.id,
                            "compute_price": "fixed",
                            "fixed_price": 17.0,
                        }
                    )
                ],
            }
        )
        self.customer.property_product_pricelist = pricelist
        order = self.make((self.seal, 1))
        self.assertEqual(order.currency_id, foreign)
        self.assertEqual([row[2] for row in self.rows(order)], [60.0, 100.0, 17.0])
        self.assertEqual((order.amount_untaxed, order.amount_total), (252.0, 302.4))

    def test_taxes_follow_the_fiscal_position(self):
        position = self.env["account.fiscal.position"].create({"name": "Free"})
        free = self.env["account.tax"].create(
            {
                "name": "0 %",
                "amount": 0.0,
                "country_id": self.company.account_fiscal_country_id.id,
                "fiscal_position_ids": [Command.set(position.ids)],
                "original_tax_ids": [Command.set(self.tax.ids)],
            }
        )
        self.customer.property_account_position_id = position
        order = self.make((self.seal, 1))
        self.assertEqual(order.order_line.tax_ids, free)
        self.assertEqual(order.amount_total, order.amount_untaxed)

    def test_rates_hold_the_taxes_that_prices_hold(self):
        self.tax.price_include_override = "tax_included"
        self.assertRecordValues(
            self.make((self.seal, 2)),
            [{"amount_untaxed": 114.58, "amount_tax": 22.92, "amount_total": 137.5}],
        )

    def test_rates_lose_the_taxes_that_the_customer_does_not_pay(self):
        self.tax.price_include_override = "tax_included"
        position = self.env["account.fiscal.position"].create({"name": "Free"})
        self.env["account.tax"].create(
            {
                "name": "0 %",
                "amount": 0.0,
                "country_id": self.company.account_fiscal_country_id.id,
                "fiscal_position_ids": [Command.set(position.ids)],
                "original_tax_ids": [Command.set(self.tax.ids)],
            }
        )
        self.customer.property_account_position_id = position
        order = self.make()
        self.assertEqual([row[2] for row in self.rows(order)], [25.0, 41.67])

    def test_without_start_nobody_sells_hours_that_nobody_knows(self):
        self.complete()
        order = self.visit.sudo().aftersales_quotation_id
        self.assertEqual(self.rows(order)[1], (self.work, 0.0, 50.0, 0.0))
        self.assertIn("not enough data", order.order_line[1].name)
        with self.assertRefused("Enter the hours"):
            self.confirm(order)
        self.assertTrue(order._aftersales_is_with_us())
        order.order_line[1].product_uom_qty = 1
        self.assertFalse(order._aftersales_is_with_us())
        self.confirm(order)
        self.assertEqual((order.state, order.amount_untaxed), ("sale", 80.0))

    def test_everybody_who_went_is_charged_as_he_costs_and_the_quotation_says_so(self):
        self.technician.aftersales_hourly_cost = 20.0
        helper = self.env["fsm.person"].create({"name": "Hal"})
        self.visit.person_ids = helper | self.technician
        helper.aftersales_hourly_cost = 10.0
        order = self.make()
        self.assertEqual(self.rows(order)[1], (self.work, 3.5, 50.0, 175.0))
        self.assertIn("2 technicians, 1.75 hours each", order.order_line[1].name)
        self.assertEqual(self.visit.sudo().aftersales_labour_cost, 45.5)  # 91 minutes × 30

    def test_hours_entered_on_the_visit_afterwards_reach_quotation_and_cost(self):
        self.technician.aftersales_hourly_cost = 20.0
        self.complete()
        order = self.visit.sudo().aftersales_quotation_id
        order.write({"state": "sent", "require_signature": True})
        with freeze_time("2026-06-02 09:00:00"):
            self.assertFalse(order._has_to_be_signed())
        self.visit.with_user(self.agent).date_start = "2026-06-01 08:00:00"
        self.assertEqual(self.rows(order)[1], (self.work, 2.0, 50.0, 100.0))
        self.assertNotIn("not enough data", order.order_line[1].name)
        self.assertEqual(self.visit.sudo().aftersales_labour_cost, 40.0)
        with freeze_time("2026-06-02 09:00:00"):
            self.assertTrue(order._has_to_be_signed())
        self.confirm(order)
        self.assertEqual((order.state, order.amount_untaxed), ("sale", 130.0))

    def test_hours_corrected_on_the_quotation_stay_when_the_visit_is_corrected(self):
        order = self.make()
        order.order_line[1].with_user(self.seller).product_uom_qty = 1
        self.visit.with_user(self.agent).date_start = "2026-06-01 06:00:00"
        self.assertEqual(self.rows(order)[1][1], 1.0)

    def test_nobody_there_on_an_agreed_date_is_charged_as_a_call_out(self):
        self.visit.sudo().write({"appointment_state": "confirmed"})
        self.start()
        self.complete(outcome="no_access")
        order = self.visit.sudo().aftersales_quotation_id
        self.assertEqual(self.rows(order), [(self.call, 1.0, 30.0, 30.0)])

    def test_nobody_there_on_a_date_nobody_agreed_to_costs_nothing(self):
        self.start()
        self.complete(outcome="no_access")
        self.assertFalse(self.visit.sudo().aftersales_quotation_id)

    def test_gifts_are_free(self):
        self.env["aftersales.visit.part"].create(
            {"visit_id": self.visit.id, "product_id": self.seal.id, "is_gift": True}
        )
        self.assertEqual(len(self.make().order_line), 2)

    def test_the_technician_completes_without_reading_the_quotation(self):
        order = self.make((self.seal, 1))
        with self.assertRaises(AccessError):
            order.with_user(self.user).read(["amount_total"])
        self.assertTrue(order.with_user(self.seller).amount_total)
        with self.assertRefused("by hand"):
            self.visit.with_user(self.user).aftersales_quotation_id = False

    def test_reopening_drops_what_was_offered_and_completing_offers_it_anew(self):
        first = self.make((self.seal, 2))
        self.reopen()
        self.assertEqual((first.state, self.held(self.seal)), ("cancel", 10))
        self.complete()
        second = self.visit.sudo().aftersales_quotation_id
        self.assertNotEqual(first, second)
        self.assertEqual((second.state, self.held(self.seal)), ("draft", 8))

    def test_reopening_is_refused_once_it_is_ordered(self):
        order = self.make((self.seal, 2))
        self.confirm(order)
        with self.assertRefused(f"is charged by {order.name}"):
            self.reopen()
        self.assertEqual((order.state, self.held(self.seal)), ("sale", 8))

    def test_after_the_order_was_cancelled_parts_come_back_once(self):
        order = self.make((self.seal, 2))
        self.confirm(order)
        order.with_user(self.seller)._action_cancel()
        self.reopen()
        self.assertEqual(self.held(self.seal), 10)
        self.complete()
        self.assertEqual(self.held(self.seal), 8)

    def test_what_is_charged_is_no_cost_of_the_contract(self):
        order = self.make((self.seal, 2))
        costs = self.contract._contract_costs()[self.contract]
        self.assertEqual((costs.get("visit_parts", 0.0), self.contract._used_value()), (0.0, 0.0))
        order._action_cancel()
        costs = self.contract._contract_costs()[self.contract]
        self.assertEqual(costs["visit_parts"], 8.0)

    def test_work_that_is_charged_is_no_cost_of_the_contract(self):
        self.technician.aftersales_hourly_cost = 20.0
        order = self.make()
        self.assertEqual(self.contract._contract_costs()[self.contract].get("labour", 0.0), 0.0)
        order._action_cancel()
        costs = self.contract._contract_costs()[self.contract]
        self.assertEqual(costs["labour"], 30.33)  # 91 minutes

    def test_the_analytic_accounts_of_the_contract_bear_what_its_profit_bears(self):
        plan = self.env["account.analytic.plan"].create({"name": "Service"})
        account = self.env["account.analytic.account"].create({"name": "C", "plan_id": plan.id})
        column = plan._column_name()
        self.contract.sale_line_id.analytic_distribution = {str(account.id): 100}
        self.technician.aftersales_hourly_cost = 20.0
        order = self.make((self.seal, 2))

        def borne():
            self.env.invalidate_all()
            items = self.env["account.analytic.line"].search([(column, "=", account.id)])
            costs = self.contract._contract_costs()[self.contract]
            self.assertAlmostEqual(-sum(items.mapped("amount")), sum(costs.values()))
            return sum(costs.values())

        self.assertEqual(borne(), 0.0)
        order.with_user(self.seller)._action_cancel()
        self.assertAlmostEqual(borne(), 38.33)  # two seals at 4, 91 minutes
        order.with_user(self.seller).action_draft()
        self.assertEqual(borne(), 0.0)
        self.confirm(order)
        self.assertEqual(borne(), 0.0)
        order.with_user(self.seller)._action_cancel()
        self.assertAlmostEqual(borne(), 38.33)
        order.with_user(self.seller).action_draft()
        order.order_line.filtered("aftersales_visit_part_id").with_user(self.seller).unlink()
        self.assertAlmostEqual(borne(), 8.0)
        self.reopen()
        self.assertEqual(borne(), 0.0)

    def test_parts_of_an_installation_are_on_the_analytic_accounts_of_what_sold_it(self):
        plan = self.env["account.analytic.plan"].create({"name": "Service"})
        account = self.env["account.analytic.account"].create({"name": "I", "plan_id": plan.id})
        fitting = self.env["product.product"].create(
            {"name": "Fitting", "type": "service", "aftersales_visit_kind": "installation"}
        )
        with freeze_time("2026-03-16 08:00:00"):
            order = self.quote((fitting, 1))
            order.order_line.analytic_distribution = {str(account.id): 100}
            order.action_confirm()
        self.visit = order.order_line.aftersales_visit_ids
        self.visit.person_id = self.technician
        self.start()
        self.use(self.seal, 2)
        self.complete()
        items = self.env["account.analytic.line"].search(
            [(plan._column_name(), "=", account.id), ("move_line_id", "!=", False)]
        )
        self.assertEqual(-sum(items.mapped("amount")), 8.0)
        self.reopen()
        items = self.env["account.analytic.line"].search(
            [(plan._column_name(), "=", account.id), ("move_line_id", "!=", False)]
        )
        self.assertEqual(sum(items.mapped("amount")), 0.0)

    def test_the_report_tells_what_is_charged(self):
        order = self.make((self.seal, 2))
        told = " | ".join(self.visit._printed_charges())
        for words in (
            "After-sales call-out × 1: $ 30.00",
            "After-sales work × 1.75 Hours: $ 87.50",
            f"In all $ 137.50 before taxes. You get our quotation {order.name}.",
        ):
            self.assertIn(words, told.replace("\N{NO-BREAK SPACE}", " "))
        html = self.env["ir.actions.report"]._render_qweb_html(
            "aftersales_inspection.visit_report", self.visit.ids
        )[0]
        self.assertIn("What is charged", html.decode())

    def test_promises_say_that_all_is_charged(self):
        said = " ".join(self.contract._benefits()).replace("\N{NO-BREAK SPACE}", " ")
        self.assertIn("$ 50.00 an hour, $ 30.00 a visit, parts at list price", said)
        self.assertIn("4 inspection visits, each charged", said)
        printed = dict(self.contract._printed_conditions())
        self.assertIn("every visit, hour of work and part", printed["Kind of contract"])
        self.assertIn("an hour", printed["What is done costs"])

    def test_a_second_company_charges_by_itself(self):
        company = self.env["res.company"].create({"name": "South Branch"})
        env = self.env(context=dict(self.env.context, allowed_company_ids=company.ids))
        plan = env["aftersales.plan"].create({"name": "Pay", "code": "T-PAY"})
        contract = env["aftersales.contract"].create(
            {
                "plan_id": plan.id,
                "visit_interval_months": 6,
                "contract_kind": "time_material",
                "visit_rate": 33.0,
                "hour_rate": 44.0,
                "partner_id": self.customer.id,
                "site_id": self.customer.id,
                "company_id": company.id,
            }
        )
        contract._start(date(2026, 3, 15))
        self.visit = contract.visit_ids.sorted("aftersales_visit_number")[0]
        with freeze_time("2026-06-01 09:00:00"):
            self.visit.action_start()
        self.complete(user=self.env.user)
        order = self.visit.aftersales_quotation_id
        self.assertRecordValues(
            order,
            [
                {
                    "company_id": company.id,
                    "currency_id": company.currency_id.id,
                    "warehouse_id": (
                        env["stock.warehouse"].search([("company_id", "=", company.id)]).id
                    ),
                }
            ],
        )
        self.assertEqual([row[2] for row in self.rows(order)], [33.0, 44.0])
        with self.assertRaises(AccessError):
            order.with_user(self.seller).read(["name"])

    def test_a_claim_is_charged_with_call_out_and_agreed_hours(self):
        claim = self.claim(self.asset, handling="specialist", labour_hours=2.0, after_hours=False)
        with freeze_time("2026-06-01 09:00:00"):
            claim.with_user(self.manager).action_approve()
        order = claim.sudo().sale_order_id
        self.assertEqual(
            self.rows(order),
            [
                (self.goods, 1.0, 500.0, 500.0),
                (self.call, 1.0, 30.0, 30.0),
                (self.work, 2.0, 50.0, 100.0),
            ],
        )


@tagged("post_install", "-at_install")
class TestOtherKinds(ChargeCase):
    """Fixed price charges parts alone, full service nothing; extra visits cost a visit."""

    def extra(self):
        """Order a visit by phone; make it the visit of this case."""
        with freeze_time("2026-05-20 09:00:00"):
            self.contract.with_user(self.agent).action_order_visit()
        self.visit = self.contract.visit_ids.filtered(lambda visit: visit._is_extra())
        self.visit.person_id = self.technician

    def test_an_extra_visit_is_an_obligation_of_its_own_name(self):
        self.extra()
        self.env.flush_all()
        rows = self.env["aftersales.obligation"].search(
            [("contract_id", "=", self.contract.id), ("kind", "=", "visit")]
        )
        described = [row._describe() for row in rows]
        self.assertIn("Extra visit 1", described)
        self.assertIn("Inspection visit 1", described)

    def test_fixed_price_charges_parts(self):
        self.contract.contract_kind = "fixed_price"
        order = self.make((self.seal, 2))
        self.assertEqual(self.rows(order), [(self.seal, 2.0, 10.0, 20.0)])
        self.assertEqual(order.amount_total, 24.0)

    def test_fixed_price_without_parts_charges_nothing(self):
        self.contract.contract_kind = "fixed_price"
        self.assertFalse(self.make())
        self.assertIn("in the price", self.visit._printed_charges()[0])
        self.assertEqual(self.contract._used_value(), 30.0)

    def test_a_fixed_price_visit_that_charges_parts_is_used_all_the_same(self):
        self.contract.contract_kind = "fixed_price"
        self.make((self.seal, 2))
        self.assertEqual(self.contract._used_value(), 30.0)

    def test_full_service_charges_nothing(self):
        self.contract.contract_kind = "full_service"
        self.assertFalse(self.make((self.seal, 2)))
        self.assertEqual(self.contract._contract_costs()[self.contract]["visit_parts"], 8.0)

    def test_an_extra_visit_costs_a_visit_and_uses_none(self):
        self.contract.contract_kind = "full_service"
        self.extra()
        self.assertRecordValues(
            self.visit,
            [
                {
                    "aftersales_visit_number": -1,
                    "aftersales_contract_id": self.contract.id,
                    "name": f"{self.plan.code} extra visit 1 · {self.customer.name}",
                }
            ],
        )
        self.assertTrue(self.visit.scheduled_date_start)
        order = self.make((self.seal, 2))
        self.assertEqual(self.rows(order), [(self.call, 1.0, 30.0, 30.0)])
        used = self.contract.entitlement_ids.filtered(lambda row: row.kind == "visit").used
        self.assertEqual(used, 0)
        self.assertNotIn(-1, [window.number for window in self.contract._printed_visits()])

    def test_an_extra_visit_stays_when_the_days_of_the_contract_move(self):
        self.extra()
        window = self.visit._window()
        self.env["aftersales.visit.planner"]._follow(self.contract)
        self.assertEqual((self.visit._window(), self.visit.is_closed), (window, False))
        self.assertEqual(len(self.contract.visit_ids), 5)
        self.extra_number_of_the_next()

    def extra_number_of_the_next(self):
        with freeze_time("2026-05-21 09:00:00"):
            self.contract.with_user(self.agent).action_order_visit()
        self.assertEqual(min(self.contract.visit_ids.mapped("aftersales_visit_number")), -2)

    def test_the_office_alone_orders_visits_and_only_while_it_runs(self):
        with self.assertRaises(AccessError):
            self.contract.with_user(self.user).action_order_visit()
        self.contract._set_state("suspended")
        with self.assertRefused("does not run"):
            self.contract.with_user(self.agent).action_order_visit()
