# SPDX-License-Identifier: LGPL-3.0-or-later
from datetime import date

from odoo import Command
from odoo.exceptions import ValidationError
from odoo.tests import freeze_time, new_test_user, tagged

from odoo.addons.account.tests.common import AccountTestInvoicingCommon


@tagged("post_install", "-at_install")
class TestVolumeDeal(AccountTestInvoicingCommon):
    """What a customer guaranteed per period, and what was invoiced (41)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.user.group_ids |= cls.env.ref("aftersales_plans.group_manager")
        cls.company = cls.company_data["company"]
        cls.customer = cls.env["res.partner"].create({"name": "Casa Verde", "is_company": True})
        cls.contact = cls.env["res.partner"].create(
            {"name": "Shop", "parent_id": cls.customer.id, "type": "invoice"}
        )
        cls.seller = new_test_user(
            cls.env,
            "v-seller",
            "sales_team.group_sale_salesman",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )
        cls.euro = cls.setup_other_currency("EUR", rates=[("2026-01-01", 0.5), ("2026-06-01", 0.4)])

    def deal(self, **values):
        with freeze_time("2026-01-01 09:00:00"):
            return self.env["aftersales.volume.deal"].create(
                {
                    "name": "Tiles 2026",
                    "partner_id": self.customer.id,
                    "user_id": self.seller.id,
                    "date_from": date(2026, 1, 1),
                    "date_to": date(2026, 12, 31),
                    "period": "quarter",
                    "amount": 1000.0,
                    **values,
                }
            )

    def bill(self, day, amount, move_type="out_invoice", partner=None, **values):
        move = self.env["account.move"].create(
            {
                "move_type": move_type,
                "partner_id": (partner or self.customer).id,
                "invoice_date": day,
                "date": day,
                "invoice_line_ids": [
                    Command.create({"name": "tiles", "price_unit": amount, "tax_ids": []})
                ],
                **values,
            }
        )
        move.action_post()
        return move

    def figures(self, deal):
        deal.invalidate_recordset()
        self.env["aftersales.volume.period"].invalidate_model()
        return [(row.invoiced, row.missing, row.progress) for row in deal.period_ids]

    def run_on(self, day):
        with freeze_time(f"{day} 04:00:00"), self.enter_registry_test_mode():
            self.env.ref("aftersales_plans.cron_follow_customers").method_direct_trigger()
        self.env.invalidate_all()

    def test_invoices_count_in_their_period_and_credit_notes_against_it(self):
        deal = self.deal()
        self.bill("2026-03-31", 400.0)
        self.bill("2026-04-01", 900.0, partner=self.contact)
        self.bill("2026-06-30", 350.0)
        self.bill("2026-06-30", 50.0, "out_refund")
        draft = self.bill("2026-07-01", 70.0)
        draft.button_draft()
        self.assertEqual(
            self.figures(deal),
            [(400.0, 600.0, 40.0), (1200.0, 0.0, 120.0), (0.0, 1000.0, 0.0), (0.0, 1000.0, 0.0)],
        )
        self.assertEqual(
            [(row.date_from, row.date_to) for row in deal.period_ids][1:3],
            [(date(2026, 4, 1), date(2026, 6, 30)), (date(2026, 7, 1), date(2026, 9, 30))],
        )

    def test_every_period_says_how_it_stands(self):
        deal = self.deal()
        self.bill("2026-04-01", 1200.0)
        with freeze_time("2026-08-01 12:00:00"):
            self.figures(deal)
            self.assertEqual(deal.period_ids.mapped("status"), ["short", "met", "running", "ahead"])

    def test_periods_begin_on_the_first_day_of_the_deal_whatever_the_month(self):
        deal = self.deal(date_from=date(2026, 1, 31), date_to=date(2026, 4, 29), period="month")
        self.assertEqual(
            [(row.date_from, row.date_to) for row in deal.period_ids],
            [
                (date(2026, 1, 31), date(2026, 2, 27)),
                (date(2026, 2, 28), date(2026, 3, 30)),
                (date(2026, 3, 31), date(2026, 4, 29)),
            ],
        )

    def test_invoices_in_another_currency_count_at_the_rate_of_their_day(self):
        deal = self.deal(currency_id=self.euro.id)
        self.bill("2026-02-01", 400.0)  # 200 EUR
        self.bill("2026-02-02", 100.0, currency_id=self.euro.id)
        self.bill("2026-06-10", 400.0)  # 160 EUR
        self.assertEqual(
            [row[0] for row in self.figures(deal)],
            [300.0, 160.0, 0.0, 0.0],
        )
        dollars = self.deal()
        self.assertEqual([row[0] for row in self.figures(dollars)][:2], [600.0, 400.0])

    def test_another_company_invoices_for_itself(self):
        other = self.setup_other_company()["company"]
        deal = self.deal()
        with_other = self.env["aftersales.volume.deal"].with_company(other)
        twin = with_other.create(
            {
                "name": "There",
                "partner_id": self.customer.id,
                "company_id": other.id,
                "date_from": date(2026, 1, 1),
                "date_to": date(2026, 12, 31),
                "period": "year",
                "amount": 10.0,
            }
        )
        self.bill("2026-02-01", 400.0)
        self.assertEqual(self.figures(deal)[0][0], 400.0)
        self.assertEqual(self.figures(twin), [(0.0, 10.0, 0.0)])

    def test_a_short_period_gives_the_owner_one_activity_however_late_and_often_the_run_comes(self):
        deal = self.deal()
        self.bill("2026-02-01", 999.99)
        self.bill("2026-05-01", 1000.0)
        self.run_on("2026-03-31")
        self.assertFalse(deal.activity_ids)
        self.run_on("2026-04-01")
        self.run_on("2026-04-01")
        self.run_on("2026-04-02")
        self.assertEqual(deal.activity_ids.mapped("date_deadline"), [date(2026, 4, 1)])
        self.assertEqual(deal.activity_ids.user_id, self.seller)
        self.assertIn("0.01", deal.activity_ids.summary)
        self.run_on("2026-08-15")
        self.assertEqual(len(deal.activity_ids), 1)
        self.run_on("2027-02-01")
        self.assertEqual(len(deal.activity_ids), 3)
        self.run_on("2027-06-01")
        self.assertEqual(len(deal.activity_ids), 3)

    def test_nobody_is_told_of_periods_from_before_the_deal_was_written_down(self):
        deal = self.deal(date_from=date(2024, 1, 1), date_to=date(2026, 12, 31))
        self.run_on("2026-01-02")
        self.assertFalse(deal.activity_ids)
        self.run_on("2026-04-01")
        self.assertEqual(len(deal.activity_ids), 1)

    def test_totals_are_of_this_period_and_of_those_that_are_over(self):
        deal = self.deal()
        self.bill("2026-02-01", 400.0)
        self.bill("2026-05-01", 250.0)
        with freeze_time("2026-05-10 09:00:00"):
            self.env.invalidate_all()
            self.assertEqual(
                (deal.target_now, deal.invoiced_now, deal.progress_now, deal.shortfall),
                (1000.0, 250.0, 25.0, 600.0),
            )
            self.assertEqual(
                deal.period_ids.mapped("status"), ["short", "running", "ahead", "ahead"]
            )

    def test_a_deal_that_ends_within_a_period_is_refused_in_words(self):
        with self.assertRaisesRegex(ValidationError, "middle of a period.*03/31/2026.*06/30/2026"):
            self.deal(date_to=date(2026, 5, 15))

    def test_a_merged_customer_keeps_deal_and_invoices(self):
        deal = self.deal()
        twin = self.env["res.partner"].create({"name": "Casa Verde Ltd"})
        self.bill("2026-02-01", 400.0, partner=twin)
        merge = self.env["base.partner.merge.automatic.wizard"].create({})
        merge._merge((twin | self.customer).ids, twin)
        self.assertEqual(deal.partner_id, twin)
        self.assertEqual(self.figures(deal)[0][0], 400.0)
