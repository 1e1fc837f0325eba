# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged

from .common import TODAY
from .common_credit import CreditCommon

FIGURES = ("ledger", "accrued", "points", "reserved", "liability", "lots")


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestReconciliation(CreditCommon):
    """Ledger, books, cards and lots, per referrer and in total (requirement 75)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Report = cls.env["aftersales.reconciliation"].with_user(cls.accountant)
        cls.A = cls.company.aftersales_accrued_commission_account_id
        cls._pay(cls._invoice(cls._order()))
        cls.payout = cls.env["aftersales.payout"].create(
            {"referrer_id": cls.referrer.id, "method": "credit", "amount": 100.0}
        )
        cls.payout.action_post()
        order = cls._order(
            (cls.goods_untaxed, 60.0),
            partner=cls.referrer,
            referrer=cls.env["res.partner"],
            confirm=False,
        )
        order._update_programs_and_rewards()
        ((card, rewards),) = order._get_claimable_rewards().items()
        order._apply_program_reward(rewards, card)
        order.action_confirm()
        cls.spent = order

    def _row(self, partner=None):
        self.env.flush_all()
        self.Report.invalidate_model()
        return self.Report.search([("partner_id", "=", (partner or self.referrer).id)])

    def _figures(self, row):
        return tuple(row[name] for name in FIGURES)

    def _opened(self, action):
        return (
            self.env[action["res_model"]]
            .with_user(self.accountant)
            .with_context(**action.get("context") or {})
            .search(action["domain"])
        )

    def _sql(self, query, *values):
        self.env.flush_all()
        self.env.cr.execute(query, values)
        self.env.invalidate_all()

    def test_the_figures_of_one_referrer_step_by_step(self):
        row = self._row()
        self.assertEqual(self._figures(row), (50.0, 50.0, 40.0, 60.0, 100.0, 40.0))
        self.assertFalse(row.difference_total)
        self._invoice(self.spent)
        self.assertEqual(self._figures(self._row()), (50.0, 50.0, 40.0, 0.0, 40.0, 40.0))
        self._goodwill(25.0, partner=self.customer)
        self.assertEqual(self._figures(self._row(self.customer)), (0.0, 0.0, 25.0, 0.0, 25.0, 25.0))
        self.assertFalse(any(self.Report.search([]).mapped("difference_total")))
        self.assertInvariants()

    def test_the_columns_add_up_to_what_the_nightly_check_compares(self):
        self._goodwill(25.0, partner=self.customer)
        rows = self.Report.search([])
        ledger = self.Commission.sudo()
        by_partner, _waiting = ledger._ledger_by_partner(self.company)
        self.assertEqual(sum(rows.mapped("ledger")), sum(by_partner.values()))
        self.assertEqual(
            sum(rows.mapped("points")), sum(ledger._wallet_cards(self.company).mapped("points"))
        )
        self.assertEqual(sum(rows.mapped("reserved")), ledger._reserved_credit(self.company))
        accounts = ledger._store_credit_accounts(self.company)
        ((liability,),) = ledger._read_posted(self.company, accounts, [])
        self.assertEqual(sum(rows.mapped("liability")), -liability)

    def test_credit_on_an_invoice_to_somebody_else_is_its_owner_s(self):
        payer = self.env["res.partner"].create({"name": "Paying Parent"})
        self.spent.partner_invoice_id = payer
        invoice = self._invoice(self.spent)
        self.assertEqual(invoice.partner_id, payer)
        row = self._row()
        self.assertEqual(self._figures(row), (50.0, 50.0, 40.0, 0.0, 40.0, 40.0))
        items = self._opened(row.action_open_liability())
        self.assertEqual(items.move_id, self.payout.move_id | invoice)
        self.assertEqual(-sum(items.mapped("balance")), 40.0)
        self.assertFalse(self._row(payer))

    def test_an_invoice_keeps_its_owner_when_the_order_lost_its_credit_line(self):
        payer = self.env["res.partner"].create({"name": "Payer"})
        self.spent.partner_invoice_id = payer
        self._invoice(self.spent)
        self.spent._action_cancel()  # core deletes the credit line
        self.assertFalse(self.spent.order_line._of_wallet())
        self.assertEqual(self._figures(self._row()), (50.0, 50.0, 40.0, 0.0, 40.0, 40.0))
        self.assertFalse(self._row(payer))

    def test_behind_every_figure_are_its_rows(self):
        row = self._row()
        self.assertEqual(sum(self._opened(row.action_open_ledger()).mapped("amount")), 50.0)
        self.assertEqual(-sum(self._opened(row.action_open_accrued()).mapped("balance")), 50.0)
        self.assertEqual(-sum(self._opened(row.action_open_liability()).mapped("balance")), 100.0)
        self.assertEqual(self._opened(row.action_open_cards()), self.payout.card_id)
        self.assertEqual(self._opened(row.action_open_orders()), self.spent)
        self.assertEqual(
            self._opened(row.action_open_lots()), self.payout.card_id.aftersales_lot_ids
        )
        self.assertEqual(sum(self._opened(row.action_open_movements()).mapped("amount")), row.lots)

    def test_differences_come_first_and_say_where(self):
        self._goodwill(500.0, partner=self.customer)
        self.assertEqual(self.Report.search([], limit=1).partner_id, self.referrer)
        lot = self._card(self.customer).aftersales_lot_ids
        self._sql(
            "UPDATE aftersales_credit_lot SET remaining = remaining - 3 WHERE id = %s", lot.id
        )
        row = self.Report.search([], limit=1)
        self.assertEqual((row.partner_id, row.difference_lots), (self.customer, -3.0))
        self.assertEqual((row.difference_accrued, row.difference_credit), (0.0, 0.0))
        found = self.Commission._check_invariants(self.company)
        self.assertEqual(len(found), 2)
        self.assertRegex(found[0], r"lots hold .*497\.00, the card .*500\.00")
        self.assertRegex(found[1], r"its movements say .*500\.00, the lot .*497\.00")
        (difference,) = self.Commission._compare_movements(self.company)
        self.assertEqual(dict(difference.about)["card_id"], lot.card_id.id)

    def test_a_posting_by_hand_shows_as_a_difference(self):
        other = self.company_data["default_account_expense"]
        for account in (self.A, self.L):
            self.env["account.move"].create(
                {
                    "line_ids": [
                        (
                            0,
                            0,
                            {
                                "account_id": account.id,
                                "credit": 7.0,
                                "partner_id": self.referrer.id,
                            },
                        ),
                        (0, 0, {"account_id": other.id, "debit": 7.0}),
                    ]
                }
            ).action_post()
        row = self._row()
        self.assertEqual((row.difference_accrued, row.difference_credit), (-7.0, -7.0))
        self.assertEqual(row.difference_total, 14.0)

    def test_late_expiry_is_found_at_night_and_booked_by_the_accountant_s_button(self):
        lot = self.payout.card_id.aftersales_lot_ids
        with freeze_time("2028-03-20"):
            check = self.env["aftersales.ledger.check"].sudo()._start(self.company)
            check._run_now()
            line = check.line_ids.filtered(lambda one: one.key == f"expired-{lot.id}")
            self.assertEqual((line.kind, line.our_amount), ("late", 40.0))
            self.assertEqual(
                self._opened(line.with_user(self.accountant).action_open_ledger()), lot
            )
            line.with_user(self.accountant).action_bring_up_to_date()
        self.assertEqual((lot.remaining, line.settled_user_id), (0.0, self.accountant))
        self.assertInvariants()

    def test_other_companies_and_other_people_see_nothing(self):
        other = self.setup_other_company(name="Elsewhere")["company"]
        stranger = self._user("eve", "aftersales_plans.group_accountant")
        stranger.write({"company_ids": [(6, 0, other.ids)], "company_id": other.id})
        Report = self.env["aftersales.reconciliation"]
        self.assertFalse(Report.with_user(stranger).search([]))
        for user in (self.salesperson, self.biller):
            with self.assertRaises(AccessError):
                Report.with_user(user).search([])
