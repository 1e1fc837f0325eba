# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo.exceptions import UserError, ValidationError
from odoo.tests import freeze_time, tagged

from .common import TODAY, ReferralCommon


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestCommissionOpening(ReferralCommon):
    """What was owed before is entered once, dated, against an account (87)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Opening = cls.env["aftersales.commission.opening"].with_user(cls.accountant)
        cls.other = cls.env["res.partner"].create({"name": "Olga Old"})

    def _opening(self, amount=200.0, **vals):
        return self.Opening.create(
            {"referrer_id": self.referrer.id, "date": "2026-12-31", "amount": amount, **vals}
        )

    def _row(self, partner):
        return self._rows(referrer=partner)

    def test_balances_of_several_referrers_are_recorded_at_once(self):
        openings = self._opening(200.0) + self._opening(82.5, referrer_id=self.other.id)
        result = self.company.get_unaffected_earnings_account()
        self.assertEqual(openings.counterpart_account_id, result)
        openings.action_record()
        self.assertEqual(openings.mapped("status"), ["recorded", "recorded"])
        rows = self._row(self.referrer) + self._row(self.other)
        self.assertEqual(rows.mapped("amount"), [200.0, 82.5])
        entry = rows.account_move_id
        self.assertEqual((len(entry), str(entry.date)), (1, "2026-12-31"))
        accrued = self.company.aftersales_accrued_commission_account_id
        self.assertEqual(
            {(line.account_id, line.partner_id, line.balance) for line in entry.line_ids},
            {
                (result, self.referrer, 200.0),
                (accrued, self.referrer, -200.0),
                (result, self.other, 82.5),
                (accrued, self.other, -82.5),
            },
        )
        self.assertInvariants()

    def test_store_credit_from_before_is_paid_out_as_store_credit(self):
        self._opening(200.0).action_record()
        payout = self._payout(200.0, "credit")
        self.assertEqual(payout.card_id.points, 200.0)
        self.assertBalance(self.company.aftersales_store_credit_account_id, 200.0)
        self.assertBalance(self.company.aftersales_accrued_commission_account_id, 0.0)
        self.assertInvariants()

    def test_a_liability_of_the_old_books_is_no_account_of_this_ledger(self):
        owed_before = self.company.aftersales_accrued_commission_account_id.copy()
        self._opening(200.0, counterpart_account_id=owed_before.id).action_record()
        self.assertBalance(owed_before, -200.0)
        self.assertInvariants()

    def test_no_account_of_this_ledger_is_booked_against(self):
        self._opening(200.0).action_record()
        before = self.company.aftersales_accrued_commission_account_id
        entered = self._opening(10.0, counterpart_account_id=before.copy().id, reference="OLD")
        self.company.aftersales_accrued_commission_account_id = entered.counterpart_account_id
        with self.assertRefused(ValidationError, "Choose another account"):
            self._opening(5.0, counterpart_account_id=before.id, reference="MOVED")
        with self.assertRefused(ValidationError, "Choose another account"):
            entered.action_record()

    def test_the_same_line_is_refused_however_often_a_file_is_imported(self):
        header = ["referrer_id", "reference", "date", "amount"]
        lines = [
            [self.referrer.name, "OLD-1", "2026-12-31", "150.00"],
            [self.other.name, "OLD-1", "2026-12-31", "82.50"],
            [self.referrer.name, "OLD-2", "2026-12-31", "10.00"],
        ]
        first = self.Opening.load(header, lines)
        self.assertFalse(first["messages"])
        self.assertEqual(self.Opening.browse(first["ids"]).mapped("amount"), [150.0, 82.5, 10.0])
        self.Opening.browse(first["ids"]).action_record()
        again = self.Opening.load(header, lines)
        self.assertIn("is entered already", again["messages"][0]["message"])
        twice = self.Opening.load(header, [[self.other.name, "NEW", "2026-12-31", "1"]] * 2)
        self.assertIn("is entered already", twice["messages"][0]["message"])
        self.assertEqual(sum(self._row(self.referrer).mapped("amount")), 160.0)

    def test_a_line_of_the_same_company_people_is_the_same_referrer(self):
        contact = self.env["res.partner"].create(
            {"name": "Rita at work", "parent_id": self.referrer.id}
        )
        self._opening(200.0)
        with self.assertRefused(ValidationError, "is entered already"):
            self._opening(10.0, referrer_id=contact.id)

    def test_what_is_recorded_is_fixed_and_recorded_once(self):
        opening = self._opening()
        opening.amount = 180.0
        opening.action_record()
        opening.action_record()
        self.assertEqual(self._row(self.referrer).mapped("amount"), [180.0])
        with self.assertRefused(UserError, "is in the ledger"):
            opening.amount = 200.0
        with self.assertRefused(UserError, "is in the ledger"):
            opening.unlink()
        with self.assertRefused(UserError, "cannot be changed by hand"):
            self._opening(reference="x").commission_id = opening.commission_id

    def test_a_wrong_one_is_taken_back_and_entered_again(self):
        opening = self._opening(2000.0)
        opening.action_record()
        row = opening.commission_id
        row.with_user(self.accountant).action_take_back()
        opening.invalidate_recordset()
        self.assertEqual(opening.status, "taken_back")
        counterpart = row.taken_back_ids.account_move_id.line_ids.filtered(
            lambda line: line.account_id == opening.counterpart_account_id
        )
        self.assertEqual(counterpart.balance, -2000.0)
        self._opening(200.0).action_record()
        self.assertEqual(sum(self._row(self.referrer).mapped("amount")), 200.0)
        self.assertInvariants()

    def test_in_a_locked_period_it_is_booked_on_the_first_open_day(self):
        self.company.fiscalyear_lock_date = "2027-01-31"
        opening = self._opening()
        opening.action_record()
        self.assertEqual(str(opening.commission_id.date), "2026-12-31")
        self.assertEqual(str(opening.commission_id.account_move_id.date), "2027-02-01")

    def test_what_had_to_wait_is_booked_against_the_account_that_was_chosen(self):
        account = self.company.aftersales_accrued_commission_account_id
        self.company.aftersales_accrued_commission_account_id = False
        chosen = self.company_data["default_account_assets"]
        opening = self._opening(counterpart_account_id=chosen.id)
        with self.assertLogs("odoo.addons.aftersales_referral", "WARNING"):
            opening.action_record()
        row = opening.commission_id
        self.assertFalse(row.account_move_id)
        self.company.aftersales_accrued_commission_account_id = account
        with self.enter_registry_test_mode():
            self.env.ref("aftersales_referral.cron_post_entries").method_direct_trigger()
        lines = row.account_move_id.line_ids
        self.assertEqual(
            {(line.account_id, line.balance) for line in lines}, {(chosen, 200.0), (account, -200)}
        )
        self.assertEqual(str(row.account_move_id.date), "2026-12-31")
        self.assertInvariants()

    def test_nothing_and_tomorrow_are_refused(self):
        with self.assertRefused(ValidationError, "other than 0"):
            self._opening(0.0)
        with self.assertRefused(ValidationError, "lies in the past"):
            self._opening(date="2027-03-16")
        with self.assertRefused(ValidationError, "accrued commissions itself"):
            self._opening(
                counterpart_account_id=self.company.aftersales_accrued_commission_account_id.id
            )

    def test_a_negative_balance_is_carried_forward(self):
        self._opening(-50.0).action_record()
        order = self._order()
        self._pay(self._invoice(order))
        balances = self.Commission._balances(self.referrer, self.company, TODAY)
        self.assertEqual(balances[self.referrer], 100.0)
        self.assertInvariants()
