# SPDX-License-Identifier: LGPL-3.0-or-later
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from ..models.referral_statistics import Sale
from .test_commission_ledger import FEBRUARY, JANUARY, MARCH, TODAY, LedgerCase


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestReferralStatistics(LedgerCase):
    """What a referrer earned and brought, and where all sales came from (requirement 58)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contract.sudo().date_start = "2025-01-01"
        cls.company.partner_id.tz = "UTC"

    def _buy(self, day, partner, amount=1000.0):
        """Return a confirmed order that nobody brought."""
        with freeze_time(day):
            return self._order(
                (self.goods_untaxed, amount), partner=partner, referrer=self.env["res.partner"]
            )

    # --- Where sales came from -----------------------------------------------------------------

    def _origin(self, *orders):
        self.env.flush_all()
        rows = self.env["sale.report"]._read_group(
            [("order_reference", "in", [f"sale.order,{order.id}" for order in orders])],
            ["order_reference", "aftersales_origin"],
        )
        origins = dict(rows)
        return [origins[f"sale.order,{order.id}"] for order in orders]

    def _shares(self, domain=(), groupby="date:month"):
        """Return per group: amount, new, referred and repeat percent."""
        self.env.flush_all()
        return [
            tuple(row[1:])
            for row in self.env["sale.report"]._read_group(
                [("company_id", "=", self.company.id), ("state", "=", "sale"), *domain],
                [groupby],
                [
                    "price_subtotal:sum",
                    "aftersales_new_percent:avg",
                    "aftersales_referred_percent:avg",
                    "aftersales_repeat_percent:avg",
                ],
            )
        ]

    def test_every_order_is_new_referred_or_repeat(self):
        brought = self._sell(JANUARY, "Nora")
        again = self._buy(FEBRUARY, brought.partner_id)
        new = self._buy(FEBRUARY, self.customer)
        later = self._buy(MARCH, self.customer)
        self.assertEqual(
            self._origin(brought, again, new, later), ["referred", "repeat", "new", "repeat"]
        )

    def test_a_colleague_s_order_is_a_repeat_order_of_the_company(self):
        firm = self.env["res.partner"].create({"name": "Firm", "is_company": True})
        people = self.env["res.partner"].create(
            [{"name": name, "parent_id": firm.id} for name in ("A", "B")]
        )
        first, second = self._buy(JANUARY, people[0]), self._buy(FEBRUARY, people[1])
        self.assertEqual(self._origin(first, second), ["new", "repeat"])

    def test_quotations_and_cancelled_orders_make_nobody_an_old_customer(self):
        cancelled = self._buy(JANUARY, self.customer)
        cancelled._action_cancel()
        self._order(referrer=self.env["res.partner"], confirm=False)
        self.assertEqual(self._origin(self._buy(MARCH, self.customer)), ["new"])

    def test_a_rejected_referral_brought_nobody(self):
        order = self._sell(JANUARY, "Nora")
        order.referral_id.reject_reason = "A mistake"
        order.referral_id.action_reject()
        self.assertEqual(self._origin(order), ["new"])

    def test_how_many_referrals_lead_to_an_order_leaves_out_what_is_open(self):
        won = self._sell(JANUARY, "Nora").referral_id
        lost = self._sell(JANUARY, "Nick").referral_id
        lost.reject_reason = "A mistake"
        lost.action_reject()
        still_open = self._order((self.goods_untaxed, 1.0), confirm=False).referral_id
        self.assertEqual(
            (won | lost | still_open).mapped("state"), ["qualified", "rejected", "registered"]
        )
        self.env.flush_all()
        found = [("id", "in", (won | lost | still_open).ids)]
        percent = ["conversion_percent:avg"]
        self.assertEqual(lost._read_group(found, [], percent), [(50.0,)])
        self.assertEqual(
            lost._read_group([("id", "=", still_open.id)], [], percent), [(False,)], "nothing yet"
        )

    def test_an_old_customer_who_is_brought_again_is_referred(self):
        self._buy("2024-11-01", self.customer)
        with freeze_time(MARCH):
            order = self._order((self.goods_untaxed, 1000.0))
        self.assertEqual(self._origin(order), ["referred"])

    def test_another_company_s_customer_is_new_here(self):
        company = self.setup_other_company(name="Elsewhere")["company"]
        with freeze_time(JANUARY):
            self.env["sale.order"].with_company(company).create(
                {
                    "partner_id": self.customer.id,
                    "company_id": company.id,
                    "order_line": [
                        Command.create({"product_id": self.goods_untaxed.id, "tax_ids": False})
                    ],
                }
            ).action_confirm()
        self.assertEqual(self._origin(self._buy(MARCH, self.customer)), ["new"])

    def test_shares_are_of_the_amount_and_add_up_per_month(self):
        nora = self._sell(JANUARY, "Nora", 600.0).partner_id
        self._buy(JANUARY, self.customer, 400.0)
        self._buy(FEBRUARY, nora, 300.0)
        self._buy(FEBRUARY, self.customer, 500.0)
        self._sell(FEBRUARY, "Olga", 200.0)
        self.assertEqual(self._shares(), [(1000.0, 40.0, 60.0, 0.0), (1000.0, 0.0, 20.0, 80.0)])
        self.assertEqual(self._shares(groupby="company_id"), [(2000.0, 20.0, 40.0, 40.0)])

    def test_lines_do_not_weigh_more_than_their_amount(self):
        with freeze_time(JANUARY):
            self._order(*[(self.goods_untaxed, 10.0 + n) for n in range(4)])  # referred: 46
        other = self.env["res.partner"].create({"name": "Olga"})
        self._buy(JANUARY, other, 54.0)
        self.assertEqual(self._shares(), [(100.0, 54.0, 46.0, 0.0)])

    def test_core_s_sales_analysis_shows_what_it_showed(self):
        order = self._sell(JANUARY, "Nora")
        self.env.flush_all()
        rows = self.env["sale.report"].search([("name", "=", order.name)])
        self.assertEqual(rows.mapped("price_subtotal"), [1000.0])
        self.assertEqual(rows.mapped("aftersales_origin"), ["referred"])

    # --- The customer --------------------------------------------------------------------------

    def test_a_referrer_s_figures(self):
        self.company.aftersales_hold_days = 30
        first = self._sell(JANUARY, "Nora", 1000.0)  # 150, available since 9 February
        self._sell("2027-03-01", "Olga", 400.0)  # 60, until 31 March
        self._pay_out("2027-02-20", 100.0)
        self._buy("2027-03-02", first.partner_id, 600.0)
        self.assertRecordValues(
            self.referrer,
            [
                {
                    "referral_balance": 110.0,
                    "referral_available": 50.0,
                    "referral_on_hold": 60.0,
                    "referral_earned": 210.0,
                    "referral_row_count": 3,
                    "referral_rank": "1 of 1",
                    "referral_count": 2,
                    "referral_customer_count": 2,
                    "referral_sales": 2000.0,
                    "referral_repeat_percent": 30.0,
                    "referral_share_percent": 70.0,
                }
            ],
        )

    def test_own_sales_count_for_the_shares_but_not_as_brought(self):
        self._buy(JANUARY, self.referrer, 500.0)  # new
        self._buy(FEBRUARY, self.referrer, 300.0)  # repeat
        self._sell(FEBRUARY, "Nora", 200.0)  # referred
        self.assertRecordValues(
            self.referrer,
            [
                {
                    "referral_sales": 200.0,
                    "referral_repeat_percent": 30.0,
                    "referral_share_percent": 20.0,
                }
            ],
        )

    def test_own_sales_of_a_till_alone_count_for_the_shares(self):
        """Where tills are installed, their sales are in the report without any sales order."""
        self._sell(FEBRUARY, "Nora", 300.0)
        read = type(self.referrer)._read_sales

        def with_till(model, customers):
            sales = read(model, customers)
            if self.referrer in customers:
                sales[self.referrer.id].append(Sale(fields.Date.to_date(FEBRUARY), False, 100.0))
            return sales

        with patch.object(type(self.referrer), "_read_sales", with_till):
            self.assertEqual(self.referrer.referral_share_percent, 75.0)

    def test_what_a_customer_bought_before_he_was_brought_does_not_count(self):
        self._buy("2024-11-01", self.customer, 5000.0)
        with freeze_time(MARCH):
            self._order((self.goods_untaxed, 1000.0))
        self.assertEqual(self.referrer.referral_sales, 1000.0)
        self.assertEqual(self.referrer.referral_share_percent, 100.0)

    def test_the_day_of_the_referral_is_the_company_s(self):
        self.company.partner_id.tz = "Pacific/Auckland"
        with freeze_time("2027-03-10 20:00:00"):  # the 11th in Auckland
            order = self._order((self.goods_untaxed, 1000.0))
        self.assertEqual(str(order.referral_id.date), "2027-03-11")
        self.assertEqual(self.referrer.referral_sales, 1000.0)

    def test_ranks_are_of_the_last_twelve_months(self):
        other = self._second_referrer()
        self._sell("2026-03-15", "Old", 9000.0)  # a year ago: too early
        self._sell("2026-03-16", "Ann", 1000.0)
        self._sell(FEBRUARY, "Bea", 2000.0, referrer=other)
        people = self.referrer | other | self.customer
        self.assertEqual(people.mapped("referral_rank"), ["2 of 2", "1 of 2", False])

    def test_who_stands_at_zero_still_has_a_history(self):
        order = self._sell(JANUARY, "Nora")
        self._take_back(MARCH, order)
        self.assertEqual((self.referrer.referral_balance, self.referrer.referral_row_count), (0, 2))
        self.assertFalse(self.customer.referral_row_count)

    def test_a_contact_shows_its_company_s_figures(self):
        contact = self.env["res.partner"].create({"name": "Con", "parent_id": self.referrer.id})
        self._sell(JANUARY, "Nora")
        self.assertEqual(contact.referral_balance, 150.0)
        self.assertEqual(contact.referral_customer_count, 1)

    def test_who_never_earned_anything_is_not_ranked_among_the_ledger_of_a_year(self):
        stranger = self.env["res.partner"].create({"name": "Stranger"})
        partners = type(self.env["res.partner"])
        with patch.object(partners, "_read_referral_ranks", autospec=True) as ranking:
            self.assertFalse(stranger.referral_rank)
        ranking.assert_not_called()

    def test_figures_of_many_take_as_many_queries_as_those_of_one(self):
        self._sell(JANUARY, "Nora")
        others = self.env["res.partner"].create([{"name": f"P{n}"} for n in range(20)])
        names = ["referral_rank", "referral_balance", "referral_on_hold", "referral_sales"]

        def queries(partners):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            partners.read(names)
            return self.env.cr.sql_log_count - before

        one = queries(self.referrer)
        self.assertLessEqual(queries(self.referrer | others), one)

    def test_buttons_lead_to_referrals_customers_and_statement(self):
        order = self._sell(JANUARY, "Nora")
        self._sell(JANUARY, "Olga", referrer=self._second_referrer())
        for action, expected in (
            (self.referrer.action_open_referrals(), order.referral_id),
            (self.referrer.action_open_customers_brought(), order.partner_id),
            (self.referrer.action_open_commissions(), self._rows(order)),
        ):
            self.assertEqual(self.env[action["res_model"]].search(action["domain"]), expected)
        action = self.referrer.action_print_statement()
        wizard = self.env[action["res_model"]].with_context(**action["context"]).create({})
        self.assertEqual(wizard.referrer_ids, self.referrer)

    def test_balances_are_for_who_reads_the_whole_ledger(self):
        self._sell(JANUARY, "Nora")
        partner = self.referrer.with_user(self.salesperson)
        self.assertEqual(partner.referral_customer_count, 1)
        for name in ("referral_available", "referral_earned", "referral_rank"):
            with self.assertRaises(AccessError):
                partner.read([name])
        self.assertEqual(self.referrer.with_user(self.accountant).referral_earned, 150.0)
        with self.assertRaises(AccessError):
            self.referrer.with_user(self.biller).read(["referral_sales"])
        with self.assertRaises(AccessError):
            self.referrer.with_user(self.biller).action_open_customers_brought()
        portal = self._user("rita", "base.group_portal")
        with self.assertRaises(AccessError):
            portal.partner_id.with_user(portal).action_open_customers_brought()
        action = partner.action_open_customers_brought()
        self.assertEqual(self.env["res.partner"].search(action["domain"]).name, "Nora")
