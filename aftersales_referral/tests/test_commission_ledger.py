# SPDX-License-Identifier: LGPL-3.0-or-later
from datetime import date

from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged

from .common import TODAY, ReferralCommon

JANUARY, FEBRUARY, MARCH = "2027-01-10", "2027-02-10", "2027-03-10"


class LedgerCase(ReferralCommon):
    """Orders of several days, and what they leave in the ledger."""

    def _sell(self, day, name, amount=1000.0, referrer=None, paid=True, **vals):
        """Return an order of ``day`` by a new customer, invoiced and paid."""
        with freeze_time(day):
            order = self._order(
                (self.goods_untaxed, amount),
                partner=self.env["res.partner"].create({"name": name}),
                referrer=referrer,
                **vals,
            )
            invoice = self._invoice(order)
            if paid:
                self._pay(invoice)
            return order

    def _pay_out(self, day, amount, referrer=None):
        with freeze_time(day):
            return self._payout(amount, referrer=referrer)

    def _take_back(self, day, order):
        """Credit an order as a whole."""
        with freeze_time(day):
            invoice = order.invoice_ids
            self._reconcile(invoice, self._credit(invoice))

    def _second_referrer(self, **vals):
        other = self.env["res.partner"].create({"name": "Otto Other", **vals})
        with freeze_time(JANUARY):
            self._contract(other, self.plan)
        return other

    def _aged(self, referrer=None):
        self.env.flush_all()
        self.env["aftersales.commission.aged"].invalidate_model()  # computed at each reading
        return self.env["aftersales.commission.aged"].search(
            [
                ("referrer_id", "=", (referrer or self.referrer).id),
                ("company_id", "=", self.company.id),
            ]
        )


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestCommissionLedger(LedgerCase):
    """The ledger as people read it: balances, ages, origins (requirements 75, 79)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contract.sudo().date_start = "2026-01-01"

    # --- Running balance -----------------------------------------------------------------------

    def test_every_row_shows_the_balance_after_it(self):
        other = self._second_referrer()
        first = self._sell(JANUARY, "Nora")
        self._sell(JANUARY, "Olga", 400.0, referrer=other)
        self._pay_out(FEBRUARY, 100.0)
        self._take_back(MARCH, first)
        rows = self.Commission.search([("referrer_id", "=", self.referrer.id)], order="id")
        self.assertEqual(rows.mapped("amount"), [150.0, -100.0, -150.0])
        self.assertEqual(rows.mapped("balance"), [150.0, 50.0, -100.0])
        self.assertEqual(self._rows(referrer=other).balance, 60.0)
        self.assertEqual(rows.mapped("origin")[0], first.name)

    def test_a_balance_does_not_depend_on_which_rows_are_read(self):
        for name in ("Nora", "Olga", "Pia"):
            self._sell(JANUARY, name)
        last = self._rows(referrer=self.referrer)[-1]
        self.env.invalidate_all()
        self.assertEqual(last.balance, 450.0)

    def test_balances_of_a_page_take_one_query(self):
        for name in ("Nora", "Olga"):
            self._sell(JANUARY, name)
        rows = self._rows(referrer=self.referrer)
        rows.mapped("amount")
        self.env.flush_all()
        rows.invalidate_recordset(["balance"], flush=False)
        with self.assertQueryCount(1):
            rows.mapped("balance")

    def test_each_company_has_its_own_balance(self):
        company = self.setup_other_company(name="Elsewhere")["company"]
        self._sell(JANUARY, "Nora")
        row = self.Commission.sudo().create(
            {
                "kind": "adjusted",
                "referrer_id": self.referrer.id,
                "company_id": company.id,
                "date": FEBRUARY,
                "available_date": FEBRUARY,
                "amount": 7.0,
                "key": "elsewhere",
            }
        )
        self.assertEqual(row.balance, 7.0)

    def test_a_salesperson_sees_own_rows_but_no_balance(self):
        order = self._sell(JANUARY, "Nora")
        self._sell(JANUARY, "Olga", user_id=self.accountant.id)
        rows = self.Commission.with_user(self.salesperson).search([])
        self.assertEqual(rows.order_id, order)
        with self.assertRaises(AccessError):
            rows.read(["balance"])

    def test_what_was_recorded_before_explains_a_row(self):
        order = self._sell(JANUARY, "Nora", paid=False)
        self._pay(order.invoice_ids, 400.0)
        self._pay(order.invoice_ids)
        rows = self._rows(order)
        self.assertEqual(rows.mapped("amount"), [60.0, 90.0])
        self.assertEqual(rows.mapped("previous_amount"), [0.0, 60.0])
        self.assertEqual(rows.mapped("target_amount"), [60.0, 150.0])

    def test_rows_are_grouped_by_plan_and_salesperson(self):
        self._sell(JANUARY, "Nora")
        self._sell(FEBRUARY, "Olga", user_id=self.accountant.id)
        domain = [("company_id", "=", self.company.id)]
        grouped = self.Commission._read_group(domain, ["user_id"], ["amount:sum"])
        self.assertEqual(dict(grouped), {self.salesperson: 150.0, self.accountant: 150.0})
        grouped = self.Commission._read_group(domain, ["plan_id"], ["amount:sum"])
        self.assertEqual(dict(grouped), {self.plan: 300.0})

    def test_rates_and_targets_are_not_added_up(self):
        fields = self.Commission.fields_get(attributes=["aggregator"])
        for name in ("rate", "paid_percent", "base_amount", "target_amount", "balance"):
            self.assertFalse(fields[name].get("aggregator"), name)
        self.assertEqual(fields["amount"]["aggregator"], "sum")

    # --- Ages ----------------------------------------------------------------------------------

    def test_rewards_stand_in_the_column_of_their_age(self):
        for day, name, amount in (
            ("2026-11-30", "Ann", 1000.0),  # 105 days
            ("2026-12-20", "Bea", 200.0),  # 85 days
            ("2027-02-01", "Cora", 400.0),  # 42 days
            ("2027-03-01", "Dora", 600.0),  # 14 days
        ):
            self._sell(day, name, amount)
        self.company.aftersales_hold_days = 14
        self._sell(MARCH, "Eva", 800.0)
        self.assertRecordValues(
            self._aged(),
            [
                {
                    "on_hold": 120.0,
                    "available": 330.0,
                    "age_30": 90.0,
                    "age_60": 60.0,
                    "age_90": 30.0,
                    "age_older": 150.0,
                    "claim_back": 0.0,
                    "balance": 450.0,
                    "oldest_date": date(2026, 11, 30),
                    "negative_since": False,
                }
            ],
        )

    def test_the_last_day_of_an_age_still_counts_for_it(self):
        for day, column in (
            ("2027-02-13", "age_30"),  # 30 days
            ("2027-02-12", "age_60"),  # 31 days
            ("2027-01-14", "age_60"),  # 60 days
            ("2027-01-13", "age_90"),  # 61 days
            ("2026-12-15", "age_90"),  # 90 days
            ("2026-12-14", "age_older"),  # 91 days
        ):
            referrer = self.env["res.partner"].create({"name": f"R {day}"})
            self._contract(referrer, self.plan).sudo().date_start = "2026-01-01"
            self._sell(day, f"C {day}", referrer=referrer)
            aged = self._aged(referrer)
            self.assertEqual((day, aged[column], aged.available), (day, 150.0, 150.0))

    def test_payments_and_reversals_use_up_the_oldest_first(self):
        self._sell("2026-11-30", "Ann")  # 150
        second = self._sell("2027-02-01", "Bea")  # 150
        self._sell("2027-03-01", "Cora")  # 150
        self._pay_out(MARCH, 100.0)
        self.assertAged(age_older=50.0, age_60=150.0, age_30=150.0, balance=350.0)
        self._take_back(MARCH, second)
        self.assertAged(age_older=0.0, age_60=50.0, age_30=150.0, balance=200.0)
        self.assertEqual(self._aged().oldest_date, date(2027, 2, 1))

    def test_a_cancelled_payout_restores_the_ages(self):
        self._sell("2026-11-30", "Ann")
        payout = self._pay_out(MARCH, 100.0)
        self.assertAged(age_older=50.0, balance=50.0)
        payout.action_cancel()
        self.assertAged(age_older=150.0, age_30=0.0, balance=150.0)

    def test_what_was_paid_and_then_reversed_is_to_be_claimed_back(self):
        order = self._sell("2026-08-10", "Ann")
        self._pay_out("2026-08-20", 150.0)
        self._take_back("2026-09-01", order)
        self.company.aftersales_hold_days = 30
        self._sell(MARCH, "Bea", 400.0)
        self.assertAged(on_hold=60.0, available=0.0, claim_back=-150.0, balance=-90.0)
        self.assertEqual(self._aged().negative_since, date(2026, 9, 1))

    def test_a_balance_that_is_negative_for_long_is_found(self):
        Aged = self.env["aftersales.commission.aged"]
        order = self._sell("2026-08-10", "Ann")
        self._pay_out("2026-08-20", 150.0)
        self._take_back("2026-09-20", order)
        self.env.flush_all()
        filtered = [("negative_since", "<", "today -6m")]
        self.assertFalse(Aged.search(filtered))
        with freeze_time("2027-03-21"):
            self.assertEqual(Aged.search(filtered).referrer_id, self.referrer)
            self._sell("2027-03-21", "Bea", 2000.0)  # 300: above zero again
            self.env.flush_all()
            self.assertFalse(Aged.search(filtered))

    def test_a_reward_that_waits_for_its_goods_is_on_hold(self):
        order = self._sell("2026-11-30", "Ann", ship=True)
        self.assertFalse(self._rows(order).available_date)
        self.assertAged(on_hold=150.0, available=0.0, balance=150.0)
        with freeze_time(MARCH):
            self._deliver(order)
        self.assertAged(on_hold=0.0, available=150.0, age_30=150.0, balance=150.0)

    def test_a_row_opens_the_ledger_of_its_referrer(self):
        other = self._second_referrer()
        self._sell(JANUARY, "Nora")
        self._sell(JANUARY, "Olga", referrer=other)
        action = self._aged(other).action_open_rows()
        self.assertEqual(self.env[action["res_model"]].search(action["domain"]).referrer_id, other)

    def test_another_company_s_accountant_sees_no_ages(self):
        self._sell(JANUARY, "Nora")
        self.env.flush_all()
        company = self.setup_other_company(name="Elsewhere")["company"]
        stranger = self._user("stan", "aftersales_plans.group_accountant")
        stranger.write({"company_ids": [(6, 0, company.ids)], "company_id": company.id})
        Aged = self.env["aftersales.commission.aged"].with_user(stranger)
        self.assertFalse(Aged.with_company(company).search([]))
        with self.assertRaises(AccessError):
            Aged.with_user(self.salesperson).search([])

    def assertAged(self, **expected):
        """Check columns, that they add up, and that the ledger knows the same balances."""
        aged = self._aged()
        for name, amount in expected.items():
            self.assertAlmostEqual(aged[name], amount, places=2, msg=name)
        ages = aged.age_30 + aged.age_60 + aged.age_90 + aged.age_older
        self.assertAlmostEqual(ages, aged.available, places=2)
        self.assertAlmostEqual(
            aged.on_hold + aged.available + aged.claim_back, aged.balance, places=2
        )
        today = self.company._aftersales_today()
        free = self.Commission._balances(self.referrer, self.company, today)[self.referrer]
        owed = self.Commission._balances(self.referrer, self.company)[self.referrer]
        self.assertAlmostEqual(aged.available + aged.claim_back, free, places=2)
        self.assertAlmostEqual(aged.balance, owed, places=2)
