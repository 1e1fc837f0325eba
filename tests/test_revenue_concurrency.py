"""Plan revenue under real concurrency: several accountants and the daily job at once (83)."""

import os
from unittest.mock import patch

from odoo import Command
from odoo.tests import tagged

from .racing import RacingCase

SEED = int(os.environ.get("PROOF_SEED", "83"))
PRICE = 36500.0
SETTINGS = (
    "aftersales_defer_revenue",
    "aftersales_deferred_revenue_account_id",
    "aftersales_revenue_journal_id",
    "aftersales_revenue_until",
)


@tagged("post_install", "-at_install")
class TestR5Revenue(RacingCase):
    """An invoiced contract of a year that starts today, in a company that spreads its revenue."""

    def setUp(self):
        super().setUp()
        self.addCleanup(self.remove_everything)
        with self.committed() as env:
            company = env.company
            names = ", ".join(SETTINGS)
            env.cr.execute(f"SELECT {names} FROM res_company WHERE id = %s", [company.id])
            self.company_id, self.before = company.id, env.cr.fetchone()
            self.day = company._aftersales_today()
            company._aftersales_create_revenue_accounts()
            company.aftersales_defer_revenue = True
            self.plan_id = env["aftersales.plan"].create({"name": "Race", "code": "T-RACE-R"}).id
            product = env["product.product"].create(
                {
                    "name": "Race plan",
                    "type": "service",
                    "invoice_policy": "order",
                    "list_price": PRICE,
                    "taxes_id": [Command.clear()],
                    "aftersales_plan_id": self.plan_id,
                }
            )
            customer = env["res.partner"].create({"name": "Race"})
            self.partner_id = customer.id
            boiler = env["product.product"].create({"name": "Race boiler", "type": "consu"})
            env["aftersales.asset"].create(
                {
                    "partner_id": customer.id,
                    "site_id": customer.id,
                    "product_id": boiler.id,
                    "date_delivered": self.day,
                }
            )
            self.boiler_id = boiler.product_tmpl_id.id
            order = env["sale.order"].create(
                {
                    "partner_id": customer.id,
                    "order_line": [Command.create({"product_id": product.id})],
                }
            )
            order.action_confirm()
            contract = order.aftersales_contract_ids
            if contract.state == "draft":
                contract._start_today()
            order._create_invoices().action_post()
            self.contract_id = contract.id

    def remove_everything(self):
        """Take out what the race committed; the company books as before."""
        contract = "SELECT id FROM aftersales_contract WHERE plan_id = %(plan)s"
        moves = (
            "SELECT move_id FROM account_move_line WHERE partner_id = %(partner)s "
            "UNION SELECT account_move_id FROM aftersales_revenue WHERE contract_id IN "
            f"({contract}) AND account_move_id IS NOT NULL"
        )
        ids = {"plan": self.plan_id, "partner": self.partner_id, "boiler": self.boiler_id}
        with self.registry.cursor() as cr:
            cr.execute(moves, ids)
            ids["moves"] = tuple([0, *(row[0] for row in cr.fetchall())])
            for statement in (
                f"DELETE FROM aftersales_revenue WHERE contract_id IN ({contract})",
                "DELETE FROM account_move_line WHERE move_id IN %(moves)s",
                "DELETE FROM account_move WHERE id IN %(moves)s",
                f"DELETE FROM aftersales_entitlement WHERE contract_id IN ({contract})",
                "DELETE FROM aftersales_contract WHERE plan_id = %(plan)s",
                "DELETE FROM aftersales_asset WHERE partner_id = %(partner)s",
                "DELETE FROM sale_order WHERE partner_id = %(partner)s",
                "DELETE FROM product_template WHERE id = %(boiler)s "
                "OR aftersales_plan_id = %(plan)s",
                "DELETE FROM aftersales_plan WHERE id = %(plan)s",
                "DELETE FROM res_partner WHERE id = %(partner)s",
            ):
                cr.execute(statement, ids)
            names = ", ".join(f"{name} = %s" for name in SETTINGS)
            cr.execute(
                f"UPDATE res_company SET {names} WHERE id = %s", [*self.before, self.company_id]
            )

    def recognised(self):
        """Return [(number, amount, entry)] of the contract."""
        with self.committed() as env:
            rows = env["aftersales.revenue"].search(
                [("contract_id", "=", self.contract_id)], order="number"
            )
            return [(row.number, row.amount, row.account_move_id.state) for row in rows]

    def test_a_day_is_recognised_once(self):
        def recognise(env, number, start_together):
            company, revenue = env["res.company"].browse(self.company_id), env["aftersales.revenue"]
            revenue.search_count([])  # what this transaction sees is fixed from here on
            start_together()
            revenue._recognise_until(company, self.day)

        self.at_once(4, SEED, recognise)
        self.assertEqual(self.recognised(), [(1, PRICE / 365, "posted")])

    def test_twice_in_a_row_adds_nothing(self):
        for _time in range(2):
            with self.committed() as env:
                company = env["res.company"].browse(self.company_id)
                env["aftersales.revenue"]._recognise_until(company, self.day)
            self.assertEqual(self.recognised(), [(1, PRICE / 365, "posted")])

    def test_without_turns_somebody_sees_an_error(self):
        """Prove that the test above can fail."""
        with patch("odoo.addons.aftersales_plans.models.revenue.take_turn"):
            self.assertRaises(AssertionError, self.test_a_day_is_recognised_once)
