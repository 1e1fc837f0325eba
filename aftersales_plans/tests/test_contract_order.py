# SPDX-License-Identifier: LGPL-3.0-or-later
from datetime import date, timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError
from odoo.tests import freeze_time, new_test_user, tagged

from .common import AfterSalesCase


@tagged("post_install", "-at_install")
class TestContractOrder(AfterSalesCase):
    """A boiler at 500.00 and a plan at 600.00, invoiced together, due in 30 days."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer.property_payment_term_id = cls.env.ref("account.account_payment_term_30days")
        cls.goods.taxes_id = cls.plan_product.taxes_id = False
        cls.goods.invoice_policy = cls.plan_product.invoice_policy = "order"
        cls.startClassPatcher(freeze_time("2026-03-15 12:00:00"))
        cls.contract = cls.sell((cls.goods, 1), (cls.plan_product, 1))
        cls.order = cls.contract.sale_order_id

    def invoice(self):
        invoice = self.order._create_invoices(final=True)
        invoice.action_post()
        return invoice

    def pay(self, invoice, amount=None):
        wizard = self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoice.ids
        )
        wizard.create({"amount": amount} if amount else {})._create_payments()

    def credit(self, invoice):
        return invoice._reverse_moves([{"date": date(2026, 3, 15)}], cancel=True)

    def status(self):
        return self.contract.payment_status, self.contract.is_overdue

    def overdue(self, *states):
        domain = [("id", "=", self.contract.id), ("is_overdue", "in", states or [True])]
        return bool(self.env["aftersales.contract"].search(domain))

    def test_payment_goes_from_not_invoiced_to_paid(self):
        self.assertEqual(self.status(), ("not_invoiced", False))
        invoice = self.order._create_invoices()
        self.assertEqual(self.status(), ("not_invoiced", False), "a draft is not sent")
        self.assertEqual(self.contract.invoice_ids, invoice)
        invoice.action_post()
        self.assertEqual(invoice.invoice_date_due, date(2026, 4, 14))
        self.assertEqual(self.status(), ("unpaid", False))
        self.pay(invoice, 100.0)
        self.assertEqual(self.status(), ("partial", False))
        self.pay(invoice)
        self.assertEqual(self.status(), ("paid", False))

    def test_an_invoice_is_overdue_from_the_day_after_its_due_date(self):
        self.pay(self.invoice(), 100.0)
        for moment, late in (("2026-04-14 12:00:00", False), ("2026-04-15 00:00:01", True)):
            with freeze_time(moment):
                self.contract.invalidate_recordset()
                self.assertEqual(self.status(), ("overdue" if late else "partial", late))
                self.assertEqual(self.overdue(), late)
                self.assertEqual(self.overdue(False), not late)
                self.assertTrue(self.overdue(True, False))

    def test_the_day_is_the_companys_own(self):
        self.invoice()
        self.company.partner_id.tz = "Pacific/Auckland"  # 15 April begins there at noon UTC
        with freeze_time("2026-04-14 11:59:00"):
            self.assertFalse(self.overdue())
        with freeze_time("2026-04-14 12:01:00"):
            self.assertTrue(self.overdue())
            self.contract.invalidate_recordset()
            self.assertTrue(self.contract.is_overdue)

    def test_one_instalment_past_its_day_is_overdue_although_the_last_is_not(self):
        self.order.payment_term_id = self.env["account.payment.term"].create(
            {
                "name": "Half now, half in 60 days",
                "line_ids": [
                    Command.create({"value": "percent", "value_amount": 50, "nb_days": days})
                    for days in (0, 60)
                ],
            }
        )
        invoice = self.invoice()
        with freeze_time("2026-03-16 12:00:00"):
            self.assertEqual(invoice.invoice_date_due, date(2026, 5, 14))
            self.assertTrue(self.overdue())
            self.pay(invoice, 550.0)
            self.assertEqual(self.status(), ("partial", False))
            self.assertFalse(self.overdue())

    def test_a_credit_note_takes_the_invoice_back(self):
        invoice = self.invoice()
        self.credit(invoice)
        with freeze_time("2026-06-01 12:00:00"):
            self.contract.invalidate_recordset()
            self.assertEqual(invoice.payment_state, "reversed")
            self.assertEqual(self.status(), ("not_invoiced", False))
            self.assertFalse(self.overdue())
            self.assertEqual(len(self.contract.invoice_ids), 2)

    def test_what_the_goods_owe_is_not_what_the_plan_owes(self):
        """Goods on an invoice of their own do not make the plan overdue."""
        order = self.quote((self.goods, 1), (self.plan_product, 1))
        order.action_confirm()
        plan_line = order.order_line.filtered("aftersales_plan_id")
        plan_line.product_uom_qty = 0  # invoice the goods alone
        invoice = order._create_invoices()
        invoice.action_post()
        plan_line.product_uom_qty = 1
        contract = order.aftersales_contract_ids.filtered(lambda c: c.state != "cancelled")
        with freeze_time("2026-06-01 12:00:00"):
            contract.invalidate_recordset()
            self.assertEqual(
                (contract.payment_status, contract.is_overdue), ("not_invoiced", False)
            )

    def test_the_contract_shows_how_far_its_order_is_delivered(self):
        self.assertEqual(self.contract.delivery_status, "full")
        order = self.quote((self.goods, 3), (self.plan_product, 1))
        order.action_confirm()
        contract = order.aftersales_contract_ids.filtered(lambda c: c.state != "cancelled")
        self.assertEqual((contract.delivery_status, contract.picking_count), ("pending", 1))
        self.deliver(order.picking_ids, 1)
        self.assertEqual((contract.delivery_status, contract.picking_count), ("partial", 2))
        self.assertEqual(contract.picking_ids, order.picking_ids)

    def test_the_contract_shows_open_claims_and_what_the_customer_is_worth_to_whom_it_concerns(
        self,
    ):
        claim = self.claim(self.contract.asset_ids)
        self.assertEqual(self.contract.open_claim_count, 1)
        claim.action_cancel()
        self.contract.invalidate_recordset()
        self.assertEqual(self.contract.open_claim_count, 0)
        self.invoice()
        worth = {}
        for login in ("t-mine", "t-theirs"):
            user = new_test_user(self.env, login, "sales_team.group_sale_salesman")
            self.contract.sudo().user_id = user if login == "t-mine" else self.env.user
            self.contract.invalidate_recordset()
            worth[login] = self.contract.with_user(user).customer_value
        self.assertEqual(worth, {"t-mine": 1100.0, "t-theirs": 0.0})

    def test_a_service_agent_sees_the_state_but_opens_no_invoice(self):
        invoice = self.invoice()
        contract = self.contract.with_user(self.agent)
        self.assertEqual(contract.payment_status, "unpaid")
        self.assertEqual((contract.invoice_count, contract.picking_count), (0, 1))
        self.assertEqual(contract.action_open_invoices()["domain"], [("id", "in", [])])
        with self.assertRaises(AccessError):
            invoice.with_user(self.agent).read(["name"])
        found = self.env["aftersales.contract"].with_user(self.agent)
        with freeze_time("2026-06-01 12:00:00"):
            self.assertIn(self.contract, found.search([("is_overdue", "=", True)]))

    def test_a_list_of_contracts_costs_the_same_queries_for_one_and_for_many(self):
        self.invoice()
        contracts = self.contract
        for _number in range(4):
            contracts |= self.sell((self.goods, 1), (self.plan_product, 1))
        for order in (contracts - self.contract).sale_order_id:
            order._create_invoices().action_post()
        names = ["payment_status", "is_overdue", "delivery_status", "open_claim_count"]

        def queries(records):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            records.read(names)
            return self.env.cr.sql_log_count - before

        queries(contracts)  # warms up what is cached for good
        self.assertEqual(queries(contracts), queries(self.contract))

    def test_deleting_everyday_documents_scans_no_table_of_ours(self):
        # PostgreSQL looks up each table that points to a deleted row, as lists of lines do
        everyday = ("sale_order", "sale_order_line", "stock_move", "account_move")
        self.env.cr.execute(
            """
            SELECT own.relname, col.attname
              FROM pg_constraint fk
              JOIN pg_class own ON own.oid = fk.conrelid
              JOIN pg_attribute col ON col.attrelid = own.oid AND col.attnum = fk.conkey[1]
             WHERE fk.contype = 'f'
               AND fk.confrelid = ANY(%s::regclass[])
               AND (own.relname LIKE 'aftersales%%' OR col.attname LIKE 'aftersales%%')
               AND NOT EXISTS (
                   SELECT 1 FROM pg_index
                    WHERE indrelid = own.oid AND indkey[0] = col.attnum
                      AND COALESCE(pg_get_expr(indpred, indrelid), '')
                          IN ('', format('(%%s IS NOT NULL)', col.attname)))
            """,
            [list(everyday)],
        )
        kept = {self.env[name]._table for name in self.env if not self.env[name]._transient}
        self.assertFalse([pair for pair in self.env.cr.fetchall() if pair[0] in kept])

    def test_buttons_lead_both_ways(self):
        invoice = self.invoice()
        picking, asset = self.order.picking_ids, self.contract.asset_ids
        claim = self.claim(asset).with_env(self.env)  # the agent reads no orders
        for record, button, target in (
            (self.order, "action_open_aftersales_assets", asset),
            (self.order, "action_open_aftersales_claims", claim),
            (picking, "action_open_aftersales_assets", asset),
            (picking, "action_open_aftersales_contracts", self.contract),
            (invoice, "action_open_aftersales_contracts", self.contract),
            (self.contract, "action_open_deliveries", picking),
            (self.contract, "action_open_invoices", invoice),
            (claim, "action_open_contract", self.contract),
            (claim, "action_open_sold_orders", self.order),
        ):
            action = getattr(record, button)()
            self.assertEqual((action["res_model"], action["res_id"]), (target._name, target.id))
        self.assertEqual(
            (self.order.aftersales_asset_count, self.order.aftersales_claim_count), (1, 1)
        )
        self.assertEqual(
            (picking.aftersales_asset_count, picking.aftersales_contract_count), (1, 1)
        )
        self.assertEqual((invoice.aftersales_contract_count, claim.sold_order_count), (1, 1))
        self.assertEqual((self.contract.picking_count, self.contract.invoice_count), (1, 1))

    def test_who_works_in_no_warehouse_gets_transfers_as_a_list(self):
        """Requirement 67: the form of a transfer needs rights that salespeople do not have."""
        seller = new_test_user(self.env, "t-list", "sales_team.group_sale_salesman_all_leads")
        action = self.contract.with_user(seller).action_open_deliveries()
        self.assertEqual(
            (action["views"], action["domain"]),
            ([(False, "list")], [("id", "in", self.order.picking_ids.ids)]),
        )

    def test_a_customer_counts_what_its_contacts_have(self):
        contact = self.env["res.partner"].create({"name": "Site", "parent_id": self.customer.id})
        contract = self.sell((self.goods, 1), (self.plan_product, 1), partner_id=contact.id)
        self.claim(contract.asset_ids, partner_id=contact.id)
        both = self.customer | contact
        both.invalidate_recordset()
        self.assertEqual(both.mapped("aftersales_contract_count"), [2, 1])
        self.assertEqual(both.mapped("aftersales_asset_count"), [2, 1])
        self.assertEqual(both.mapped("aftersales_claim_count"), [1, 1])
        self.assertEqual(both.mapped("aftersales_obligation_count"), [1, 1])
        assets = self.customer.action_open_aftersales_assets()
        contracts = self.customer.action_open_aftersales_contracts()
        found = self.env["aftersales.contract"].search(contracts["domain"])
        self.assertEqual(found, self.contract | contract)
        found = self.env["aftersales.asset"].search(assets["domain"])
        self.assertEqual(found, self.contract.asset_ids | contract.asset_ids)

    def test_whoever_may_not_read_our_models_sees_no_buttons(self):
        invoice = self.invoice()
        clerk = new_test_user(
            self.env, "t-clerk", "account.group_account_invoice,stock.group_stock_user"
        )
        self.assertEqual(invoice.with_user(clerk).aftersales_contract_count, 0)
        picking = self.order.picking_ids.with_user(clerk)
        self.assertEqual(
            (picking.aftersales_asset_count, picking.aftersales_contract_count), (0, 0)
        )
        partner = self.customer.with_user(clerk)
        self.assertEqual(partner.aftersales_obligation_count, 0)

    def foreign_pricelist(self):
        """Make a pricelist in a currency of which two are worth one of the company's."""
        currency = self.env["res.currency"].create(
            {
                "name": "XTS",
                "symbol": "X",
                "rate_ids": [Command.create({"name": "2026-01-01", "rate": 2.0})],
            }
        )
        return self.env["product.pricelist"].create({"name": "Foreign", "currency_id": currency.id})

    def test_the_price_is_told_in_the_currency_it_was_sold_in(self):
        self.assertEqual(self.contract._sold_price(), (600.0, self.company.currency_id))
        pricelist = self.foreign_pricelist()
        currency = pricelist.currency_id
        contract = self.sell((self.goods, 1), (self.plan_product, 1), pricelist_id=pricelist.id)
        self.assertEqual(contract._sold_price(), (1200.0, currency))
        self.assertEqual(contract.amount_untaxed, 600.0)

    def test_a_discount_of_the_order_is_taken_off_the_price_abroad_as_at_home(self):
        abroad = self.foreign_pricelist()
        home = self.contract.sale_order_id.pricelist_id
        for pricelist, price in ((home, 540.0), (abroad, 1080.0)):
            order = self.quote((self.goods, 1), (self.plan_product, 1), pricelist_id=pricelist.id)
            self.env["sale.order.discount"].create(
                {
                    "sale_order_id": order.id,
                    "discount_type": "so_discount",
                    "discount_percentage": 0.1,
                }
            ).action_apply_discount()
            order.action_confirm()
            contract = order.aftersales_contract_ids
            self.assertEqual(contract._sold_price(), (price, order.currency_id))
            self.assertEqual(contract.amount_untaxed, 540.0)

    def test_today_and_the_past_are_the_only_due_dates_that_count(self):
        tomorrow = fields.Date.today() + timedelta(days=1)
        self.invoice().line_ids.filtered("date_maturity").date_maturity = tomorrow
        self.assertFalse(self.overdue())
