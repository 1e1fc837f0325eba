"""The VIP story, told on a real Odoo and compared with what the source promises."""

from datetime import date, timedelta

from odoo.tests import TransactionCase, freeze_time, tagged

from .stories.vip import VipStory


@tagged("post_install", "-at_install")
class TestVipStory(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with freeze_time("2026-03-16 10:00:00"):
            cls.story = VipStory(cls.env).tell()
        cls.contract = cls.story.contract

    def test_the_delivery_started_a_year_with_the_promises_frozen(self):
        self.assertRecordValues(
            self.contract,
            [
                {
                    "state": "active",
                    "date_start": date(2026, 3, 16),
                    "date_end": date(2027, 3, 15),
                    "replacements_unlimited": True,
                    "visit_interval_months": 3,
                    "referral_percent": 15.0,
                    "support_level": "always",
                }
            ],
        )
        self.assertEqual(sum(self.contract.asset_ids.mapped("quantity")), 480.0)  # 120 m²

    def test_four_visits_stand_in_their_windows_at_the_site_with_a_technician(self):
        visits = self.contract.visit_ids.sorted("aftersales_visit_number")
        self.assertEqual(
            visits.mapped("aftersales_window_start"),
            [date(2026, 3, 16), date(2026, 6, 16), date(2026, 9, 16), date(2026, 12, 16)],
        )
        for visit in visits:
            day = visit.scheduled_date_start.date()
            self.assertTrue(
                visit.aftersales_window_start <= day <= visit.aftersales_window_end, visit.name
            )
            self.assertEqual(
                visit.scheduled_date_end - visit.scheduled_date_start, timedelta(hours=2)
            )
        self.assertEqual(visits.location_id.partner_id, self.story.customer)
        self.assertEqual(visits.person_id.name, "Petra Novak")

    def test_one_visit_is_used_and_one_replacement_of_unlimited(self):
        used = {e.kind: (e.used, e.unlimited) for e in self.contract.entitlement_ids}
        self.assertEqual(used, {"visit": (1, False), "replacement": (1, True)})

    def test_both_claims_were_shipped_at_no_charge(self):
        claims = self.contract.claim_ids.sorted("id")
        self.assertEqual(claims.mapped("channel"), ["visit", "phone"])
        self.assertEqual(claims.mapped("state"), ["done", "done"])
        self.assertEqual(set(claims.line_ids.mapped("billing_type")), {"contract"})
        self.assertEqual(claims.line_ids.mapped("price_unit"), [0.0, 0.0])
        self.assertEqual(set(claims.picking_ids.mapped("state")), {"done"})
        self.assertFalse(claims.sale_order_id)
        self.assertEqual(len(self.story.order.order_line), 2)

    def test_the_neighbours_money_brought_75_and_75_each_with_its_entry(self):
        earned = self.ledger().filtered(lambda row: row.kind == "earned")
        self.assertEqual(earned.mapped("amount"), [75.0, 75.0])
        company = self.story.company
        for row in earned:
            lines = row.account_move_id.line_ids
            self.assertEqual(
                {line.account_id: line.balance for line in lines},
                {
                    company.aftersales_commission_expense_account_id: 75.0,
                    company.aftersales_accrued_commission_account_id: -75.0,
                },
            )

    def test_100_went_out_as_credit_and_50_as_money(self):
        paid = self.ledger().filtered(lambda row: row.kind == "paid")
        self.assertEqual(paid.mapped("amount"), [-100.0, -50.0])
        bill = paid.payout_id.bill_id
        self.assertEqual((bill.amount_total, bill.payment_state), (50.0, "paid"))
        self.assertEqual(sum(self.ledger().mapped("amount")), 0.0)
        self.assertEqual(self.balance("aftersales_accrued_commission_account_id"), 0.0)

    def test_60_of_the_credit_bought_tiles_and_left_40(self):
        self.assertEqual(self.balance("aftersales_store_credit_account_id"), -40.0)
        card = self.env["loyalty.card"].search(
            [("aftersales_wallet", "=", True), ("partner_id", "=", self.story.customer.id)]
        )
        self.assertEqual(card.points, 40.0)
        self.assertEqual(self.story.credit_order.invoice_ids.amount_total, 0.0)

    def test_the_books_agree(self):
        self.assertEqual(self.env["aftersales.commission"]._check_invariants(self.env.company), [])

    def test_the_story_is_told_once(self):
        again = VipStory(self.env).tell()
        self.assertEqual(again.order, self.story.order)
        self.assertEqual(again.contract, self.contract)

    def test_the_people_had_no_right_on_our_models(self):
        for role in ("warehouse", "billing"):
            user = self.story.people[role]
            for model in ("aftersales.contract", "aftersales.claim", "aftersales.commission"):
                self.assertFalse(self.env[model].with_user(user).has_access("read"), (role, model))

    def ledger(self):
        return self.env["aftersales.commission"].search(
            [("referrer_id", "=", self.story.customer.id)], order="id"
        )

    def balance(self, field):
        lines = self.env["account.move.line"].search(
            [
                ("account_id", "=", self.story.company[field].id),
                ("partner_id", "=", self.story.customer.id),
                ("parent_state", "=", "posted"),
            ]
        )
        return sum(lines.mapped("balance"))
