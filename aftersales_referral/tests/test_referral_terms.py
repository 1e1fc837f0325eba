# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo.exceptions import ValidationError
from odoo.tests import freeze_time, tagged

from .common import TODAY, ReferralCommon

LATER = "2027-04-20"


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestReferralTerms(ReferralCommon):
    """The best rate of the day of registration and the day of the order is frozen (2-4, 78)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.gold = cls.env["aftersales.plan"].create(
            {"name": "GOLD", "code": "GOLDT", "referral_percent": 10.0}
        )
        cls.newcomer = cls.env["res.partner"].create({"name": "Ria Newcomer"})

    def _coded(self, referrer=None):
        """Return a quotation whose customer typed the referrer's code."""
        order = self._order(confirm=False, referrer=self.env["res.partner"])
        order._take_referrer(referrer or self.newcomer, "code")
        return order

    def _messages(self, record):
        return " ".join(record.message_ids.mapped("body"))

    def test_a_code_registers_who_has_no_contract_yet_and_the_order_day_decides(self):
        order = self._coded()
        referral = order.referral_id
        self.assertRecordValues(
            referral,
            [{"state": "registered", "source": "code", "rate": 0.0, "contract_id": False}],
        )
        with freeze_time(LATER):
            contract = self._contract(self.newcomer, self.gold)
            order.action_confirm()
        self.assertRecordValues(
            referral,
            [
                {
                    "state": "qualified",
                    "rate": 10.0,
                    "contract_id": contract.id,
                    "plan_id": self.gold.id,
                }
            ],
        )
        self.assertEqual(str(referral.date), TODAY)
        self._pay(self._invoice(order))
        self.assertEarned(order, 100.0)

    def test_without_a_contract_on_either_day_the_referral_is_rejected_and_the_order_confirms(self):
        order = self._coded()
        with freeze_time(LATER):
            order.action_confirm()
        self.assertEqual(order.state, "sale")
        self.assertEqual(order.referral_id.state, "rejected")
        self.assertRegex(order.referral_id.reject_reason, "Ria Newcomer had no active service")
        self.assertIn("neither on the day of the registration", self._messages(order))
        self._pay(self._invoice(order))
        self.assertEarned(order, 0.0)

    def test_a_contract_that_ends_before_the_order_keeps_its_rate(self):
        order = self._order(confirm=False)
        self.contract._close("cancelled")
        with freeze_time(LATER):
            order.action_confirm()
        self.assertRecordValues(order.referral_id, [{"state": "qualified", "rate": 15.0}])

    def test_a_better_contract_on_the_day_of_the_order_counts_and_a_worse_one_does_not(self):
        self._contract(self.newcomer, self.gold)
        better = self._order(confirm=False, referrer=self.newcomer)
        worse = self._order(confirm=False, partner=self.env["res.partner"].create({"name": "W"}))
        with freeze_time(LATER):
            self.contract.sudo().referral_percent = 5.0
            vip = self._contract(self.newcomer, self.plan)
            (better | worse).action_confirm()
        self.assertRecordValues(better.referral_id, [{"rate": 15.0, "contract_id": vip.id}])
        self.assertRecordValues(
            worse.referral_id, [{"rate": 15.0, "contract_id": self.contract.id}]
        )

    def test_a_salesperson_names_who_bought_a_contract_that_has_not_started(self):
        with self.assertRefused(ValidationError, "Sell one first"):
            self._order(confirm=False, referrer=self.newcomer)
        contract = self.env["aftersales.contract"].create(
            {
                **self.gold._prepare_terms(),
                "plan_id": self.gold.id,
                "partner_id": self.newcomer.id,
                "site_id": self.newcomer.id,
            }
        )
        order = self._order(confirm=False, referrer=self.newcomer)
        self.assertRecordValues(order.referral_id, [{"rate": 0.0, "contract_id": False}])
        with freeze_time(LATER):
            contract._start_today()
            order.action_confirm()
        self.assertRecordValues(order.referral_id, [{"rate": 10.0, "state": "qualified"}])

    def test_a_plan_without_reward_lets_nobody_refer(self):
        nothing = self.env["aftersales.plan"].create({"name": "BASIC", "code": "B0"})
        self._contract(self.newcomer, nothing)
        with self.assertRefused(ValidationError, "no active service contract that rewards"):
            self._order(confirm=False, referrer=self.newcomer)

    def test_another_quotation_changes_neither_rate_nor_date(self):
        referral = self._order(confirm=False).referral_id
        with freeze_time(LATER):
            self.contract.sudo().referral_percent = 5.0
            self.assertEqual(self._order(confirm=False).referral_id, referral)
            self.assertRecordValues(referral, [{"rate": 15.0, "contract_id": self.contract.id}])
            self.contract.sudo().referral_percent = 30.0
            self.assertEqual(self._order(confirm=False).referral_id, referral)
        self.assertEqual(referral.rate, 15.0)
        self.assertEqual(str(referral.date), TODAY)

    def test_a_plan_that_is_archived_after_the_registration_still_rewards(self):
        order = self._order(confirm=False)
        self.plan.active = False
        order.action_confirm()
        self._pay(self._invoice(order))
        self.assertEarned(order, 150.0)

    def test_a_suspended_contract_does_not_reward_a_late_registration(self):
        order = self._order(confirm=False, referrer=self.env["res.partner"])
        order.action_confirm()
        day = self.company._aftersales_today()
        with freeze_time("2027-03-16"):
            self.assertEqual(
                self.env["aftersales.referral"]._best_contract(self.referrer, self.company, {day}),
                self.contract,
            )
            self.contract._suspend(self.company._aftersales_today(), day.replace(day=25))
        with freeze_time("2027-03-28"):
            suspended = day.replace(day=20)
            self.assertFalse(
                self.env["aftersales.referral"]._best_contract(
                    self.referrer, self.company, {suspended}
                )
            )

    def test_a_branch_honours_the_contracts_of_the_company_above_it(self):
        branch = self.env["res.company"].create(
            {
                "name": "Branch",
                "parent_id": self.company.id,
                "currency_id": self.company.currency_id.id,
            }
        )
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self.env.user.company_ids |= branch | other
        Referral = self.env["aftersales.referral"]
        today = self.company._aftersales_today()
        self.assertEqual(Referral._best_contract(self.referrer, branch, {today}), self.contract)
        self.assertFalse(Referral._best_contract(self.referrer, other, {today}))
        order = self._order((self.goods_untaxed, 1000.0), company_id=branch.id)
        self.assertRecordValues(
            order.referral_id, [{"company_id": branch.id, "state": "qualified", "rate": 15.0}]
        )
