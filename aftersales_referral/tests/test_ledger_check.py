# SPDX-License-Identifier: LGPL-3.0-or-later
from datetime import date

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import freeze_time, new_test_user, tagged

from .common import TODAY, ReferralCommon
from .common_ledger_check import LedgerCheckCommon


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestLedgerCheck(LedgerCheckCommon, ReferralCommon):
    """What a check finds, counter by counter, and what it leaves alone (requirement 75)."""

    def test_a_ledger_in_order_is_found_in_order_and_nothing_else_is_written(self):
        order = self._paid_order()
        self._payout(50.0)
        self._payout(60.0)
        before = self._written()
        check = self._check()
        self.assertEqual(self._written(), before)
        self.assertFound(check)
        self.assertEqual((check.order_count, check.is_full), (1, True))
        self.assertFalse(check.activity_ids)
        self.assertEqual(self._earned(order), 150.0)

    def test_nothing_is_written_when_there_are_differences_either(self):
        order = self._paid_order()
        self._lose_payment(order)
        before = self._written()
        check = self._check()
        self.assertEqual(self._written(), before)
        self.assertFound(check, late=1)

    # --- Unmatched -----------------------------------------------------------------------------

    def test_a_row_changed_in_the_database_is_found_by_its_partner_its_entry_and_its_target(self):
        row = self._rows(self._paid_order())
        self._sql("UPDATE aftersales_commission SET amount = 250 WHERE id = %s", row.id)
        check = self._check()
        self.assertFound(check, unmatched=2, unexplained=1, late=1)
        partner, entry = check.line_ids.filtered(lambda line: line.kind == "unmatched")
        self.assertIn("Rita Referrer: the ledger says $\xa0250.00", partner.name)
        self.assertEqual(
            (partner.our_amount, partner.book_amount, partner.difference), (250.0, 150.0, 100.0)
        )
        self.assertEqual(entry.move_id, row.account_move_id)
        changed = check.line_ids.filtered(lambda line: line.kind == "unexplained")
        self.assertEqual((changed.our_amount, changed.book_amount), (250.0, 150.0))
        self.assertEqual(changed.commission_id, row)

    def test_a_row_and_its_entry_changed_alike_do_not_fit_the_target_the_row_noted(self):
        row = self._rows(self._paid_order())
        self._sql("UPDATE aftersales_commission SET amount = 250 WHERE id = %s", row.id)
        self._sql(
            "UPDATE account_move_line SET balance = sign(balance) * 250 WHERE move_id = %s",
            row.account_move_id.id,
        )
        check = self._check()
        self.assertFound(check, unexplained=1, late=1)
        self.assertIn("A row was changed or removed", self._texts(check, "unexplained"))

    def test_a_row_deleted_in_the_database_leaves_its_item_unexplained(self):
        order = self._paid_order()
        row = self._rows(order)
        self._sql("DELETE FROM aftersales_commission_evidence WHERE commission_id = %s", row.id)
        self._sql("DELETE FROM aftersales_commission WHERE id = %s", row.id)
        check = self._check()
        self.assertFound(check, unmatched=1, unexplained=1, late=1)
        self.assertIn("books $\xa0150.00", self._texts(check, "unexplained"))

    def test_points_changed_in_the_database_differ_from_account_and_lots(self):
        self._paid_order()
        card = self._payout(100.0).card_id
        self._sql("UPDATE loyalty_card SET points = 130 WHERE id = %s", card.id)
        check = self._check()
        self.assertFound(check, unmatched=2)
        cards, lots = check.line_ids
        self.assertEqual((cards.our_amount, cards.book_amount), (130.0, 100.0))
        self.assertEqual((lots.our_amount, lots.book_amount, lots.card_id), (100.0, 130.0, card))

    def test_a_lot_changed_in_the_database_differs_from_its_card(self):
        self._paid_order()
        payout = self._payout(100.0)
        self._sql("UPDATE aftersales_credit_lot SET remaining = 90 WHERE payout_id = %s", payout.id)
        check = self._check()
        self.assertFound(check, unmatched=2)
        card, movements = check.line_ids.mapped("name")
        self.assertIn("lots hold $\xa090.00, the card $\xa0100.00", card)
        self.assertIn("its movements say $\xa0100.00, the lot $\xa090.00", movements)

    def test_an_entry_left_in_draft_is_found(self):
        row = self._rows(self._paid_order())
        entry = row.account_move_id
        self._sql("UPDATE account_move SET state = 'draft' WHERE id = %s", entry.id)
        self._sql(
            "UPDATE account_move_line SET parent_state = 'draft' WHERE move_id = %s", entry.id
        )
        check = self._check()
        self.assertFound(check, unmatched=2)
        self.assertIn("Rita Referrer: the ledger says $\xa0150.00", self._texts(check, "unmatched"))
        self.assertIn(f"Entry {entry.display_name} is not posted", self._texts(check, "unmatched"))

    def test_an_entry_that_does_not_balance_is_found(self):
        entry = self._rows(self._paid_order()).account_move_id
        expense = self.company.aftersales_commission_expense_account_id
        self._sql(
            "UPDATE account_move_line SET balance = 149 WHERE move_id = %s AND account_id = %s",
            entry.id,
            expense.id,
        )
        check = self._check()
        self.assertFound(check, unmatched=1)
        self.assertEqual(check.line_ids.move_id, entry)

    def test_credit_reserved_by_an_order_is_no_difference(self):
        self._paid_order()
        self._payout(100.0)
        order = self._order((self.goods_untaxed, 500.0), partner=self.referrer, referrer=self.none)
        order.action_draft()
        self.assertFound(self._check())

    # --- Unexplained ---------------------------------------------------------------------------

    def test_a_manual_entry_on_accrued_commissions_is_found_until_it_is_reversed(self):
        self._paid_order()
        entry = self._book(self.accrued, -50.0, self.referrer)
        first = self._check()
        self.assertFound(first, unmatched=1, unexplained=1)
        line = first.line_ids.filtered(lambda one: one.kind == "unexplained")
        self.assertEqual((line.book_amount, line.partner_id), (50.0, self.referrer))
        self.assertEqual(line.move_line_id.move_id, entry)
        self.assertEqual(line.action_open_books()["res_id"], entry.id)
        entry._reverse_moves(cancel=True)
        second = self._check()
        self.assertFound(second)
        self.assertIn("Rita Referrer: the ledger says", second.cleared)
        self.assertIn(f"Entry {entry.display_name} books", second.cleared)

    def test_manual_entries_that_cancel_each_other_out_are_no_difference(self):
        self._paid_order()
        self._book(self.accrued, -50.0, self.referrer)
        self._book(self.accrued, 50.0, self.referrer)
        self.assertFound(self._check())
        self._book(self.accrued, -50.0, self.customer)
        self._book(self.accrued, 50.0, self.referrer)
        self.assertFound(self._check(), unmatched=2, unexplained=4)

    def test_a_manual_entry_without_partner_is_found(self):
        self._paid_order()
        self._book(self.accrued, -50.0)
        check = self._check()
        self.assertFound(check, unmatched=1, unexplained=1)
        self.assertIn("no partner", self._texts(check, "unmatched"))
        self.assertIn("(no partner)", self._texts(check, "unexplained"))

    def test_a_manual_entry_on_store_credit_is_found(self):
        self._paid_order()
        self._payout(100.0)
        self._book(self.company.aftersales_store_credit_account_id, 20.0, self.referrer)
        check = self._check()
        self.assertFound(check, unmatched=1, unexplained=1)
        cards = check.line_ids.filtered(lambda line: line.kind == "unmatched")
        self.assertEqual((cards.our_amount, cards.book_amount), (100.0, 80.0))

    def test_credit_spent_and_invoiced_is_explained(self):
        self._paid_order()
        self._payout(100.0)
        order = self._order(
            (self.goods_untaxed, 500.0), partner=self.referrer, referrer=self.none, confirm=False
        )
        order._update_programs_and_rewards()
        for card, rewards in order._get_claimable_rewards().items():
            order._apply_program_reward(rewards, card)
        order.action_confirm()
        self.assertFound(self._check())
        invoice = self._invoice(order)
        self.assertBalance(self.company.aftersales_store_credit_account_id, 0.0)
        self.assertFound(self._check())
        self._credit(invoice)
        self.assertFound(self._check())

    # --- Late ----------------------------------------------------------------------------------

    def test_a_payment_that_vanished_makes_the_order_late_until_it_is_brought_up_to_date(self):
        order = self._paid_order()
        self._lose_payment(order)
        line = self._check().line_ids
        self.assertEqual((line.kind, line.order_id), ("late", order))
        self.assertEqual((line.our_amount, line.book_amount), (150.0, 0.0))
        self.assertIn(f"{order.name}: by its documents $\xa00.00 is earned", line.name)
        line.with_user(self.accountant).action_bring_up_to_date()
        self.assertEarned(order, 0.0)
        self.assertEqual(line.settled_user_id, self.accountant)
        self.assertIn(
            f"ada (aftersales_plans.group_accountant) brought {order.name} up to date",
            line.check_id.message_ids[0].preview,
        )
        self.assertFound(self._check())

    def test_an_order_without_any_row_is_late_too(self):
        order = self._order()
        invoice = self._invoice(order)
        with self._deaf_ledger():
            self._pay(invoice)
        self.assertFalse(self._rows(order))
        check = self._check()
        self.assertFound(check, late=1)
        check.line_ids.with_user(self.accountant).action_bring_up_to_date()
        self.assertEarned(order, 150.0)

    def test_a_row_that_waits_longer_than_a_day_is_late(self):
        self.company.aftersales_accrued_commission_account_id = False
        order = self._order()
        with self.assertLogs("odoo.addons.aftersales_referral", "WARNING"):
            self._pay(self._invoice(order))
        check = self._check()
        self.assertFound(check, unmatched=1)
        self.assertIn("$\xa0150.00 of it waits for its journal entry.", check.line_ids.name)
        with freeze_time("2027-03-16"):
            self.assertFound(self._check(), unmatched=1)
        with freeze_time("2027-03-17"):
            late = self._check().line_ids.filtered(lambda line: line.kind == "late")
        self.assertEqual(late.commission_id, self._rows(order))
        with self.assertRefused(UserError, "Accrued Commissions"):
            late.with_user(self.accountant).action_bring_up_to_date()
        self.company.aftersales_accrued_commission_account_id = self.accrued
        late.with_user(self.accountant).action_bring_up_to_date()
        self.assertEqual(self._rows(order).account_move_id.state, "posted")
        self.assertFound(self._check())

    def test_what_only_payouts_need_is_not_asked_for(self):
        account = self.accrued
        self.company.aftersales_accrued_commission_account_id = False
        order = self._paid_order()
        self.company.aftersales_accrued_commission_account_id = account
        self.company.aftersales_store_credit_account_id = False
        self._sql("UPDATE aftersales_commission SET date = '2027-03-01'")
        late = self._check().line_ids.filtered(lambda line: line.kind == "late")
        late.with_user(self.accountant).action_bring_up_to_date()
        self.assertEqual(self._rows(order).account_move_id.state, "posted")
        self.assertFound(self._check())

    def test_what_is_not_late_is_not_brought_up_to_date(self):
        self._book(self.accrued, -50.0, self.referrer)
        lines = self._check().line_ids.with_user(self.accountant)
        with self.assertRefused(UserError, "Only what is late"):
            lines.action_bring_up_to_date()

    # --- Where -------------------------------------------------------------------------------

    def test_another_account_keeps_the_old_one_in_the_comparison(self):
        self._paid_order()
        new = self.accrued.copy()
        self.company.aftersales_accrued_commission_account_id = new
        self._paid_order(partner=self.env["res.partner"].create({"name": "Anna"}))
        self.assertFound(self._check())
        # moved by hand to the new account: nothing is owed more or less
        self._book(self.accrued, 150.0, self.referrer, against=new)
        self.assertFound(self._check())
        self._book(self.accrued, -7.0, self.referrer)
        self.assertFound(self._check(), unmatched=1, unexplained=1)

    def test_rewards_in_foreign_currency_are_compared_in_the_companys(self):
        euro = self.setup_other_currency("EUR", rates=[("2027-01-01", 0.5)])
        pricelist = self.env["product.pricelist"].create({"name": "E", "currency_id": euro.id})
        order = self._order(pricelist_id=pricelist.id)
        self._pay(self._invoice(order))
        self.assertEarned(order, 300.0)
        self.assertFound(self._check())
        self._lose_payment(order)
        line = self._check().line_ids
        self.assertEqual((line.our_amount, line.book_amount), (300.0, 0.0))

    def test_each_company_is_checked_by_itself(self):
        other = self.setup_other_company()["company"]
        self._paid_order()
        self._book(self.accrued, -50.0, self.referrer)
        self.assertFound(self._check(other))
        self.assertFound(self._check(), unmatched=1, unexplained=1)

    def test_a_branch_is_checked_with_the_accounts_of_its_company(self):
        self._paid_order()
        self.company.write({"child_ids": [Command.create({"name": "Branch"})]})
        branch = self.company.child_ids
        self.env.user.company_ids |= branch
        self._book(self.accrued, -50.0, self.referrer, company=branch)
        self.assertFound(self._check())
        check = self._check(branch)
        self.assertFound(check, unmatched=1, unexplained=1)
        self.assertEqual(check.company_id, branch)

    def test_sums_are_compared_by_commercial_partner(self):
        person = self.env["res.partner"].create({"name": "Rita's clerk"})
        person.parent_id = self.referrer
        self._paid_order()
        self._book(self.accrued, -50.0, person)
        check = self._check()
        self.assertFound(check, unmatched=1, unexplained=1)
        unmatched = check.line_ids.filtered(lambda line: line.kind == "unmatched")
        self.assertEqual(unmatched.partner_id, self.referrer)
        self._book(self.accrued, 50.0, self.referrer)
        self.assertFound(self._check())

    # --- Drilling down -------------------------------------------------------------------------

    def test_every_line_opens_both_of_its_sides(self):
        order = self._paid_order()
        card = self._payout(100.0).card_id
        row = self._rows(order)
        self._sql("UPDATE aftersales_commission SET amount = 250 WHERE id = %s", row.id)
        self._sql("UPDATE loyalty_card SET points = 130 WHERE id = %s", card.id)
        self._book(self.accrued, -50.0, self.customer)
        lines = self._check().line_ids.with_user(self.accountant)
        ours = {line.key: self._opened(line.action_open_ledger()) for line in lines}
        books = {line.key: self._opened(line.action_open_books()) for line in lines}
        rows = self._rows(referrer=self.referrer)
        lots = card.aftersales_lot_ids
        entry = row.account_move_id
        by_key = {
            f"partner-{self.referrer.id}": (
                rows,
                self._items(self.accrued, self.referrer),
            ),
            f"entry-{entry.id}-{self.referrer.id}": (row, entry),
            "cards": (lots, self._items(self.company.aftersales_store_credit_account_id)),
            f"card-{card.id}": (
                lots,
                self._items(self.company.aftersales_store_credit_account_id),
            ),
            f"row-{order.id}-{row.referral_id.id}": (row, entry),
            f"order-{order.id}-{row.referral_id.id}": (row, order.invoice_ids),
        }
        for key, (our_side, their_side) in by_key.items():
            self.assertEqual((key, ours[key]), (key, our_side))
            self.assertEqual((key, books[key]), (key, their_side))
        self.assertEqual(
            set(ours) - set(by_key),
            {f"partner-{self.customer.id}", *(line.key for line in lines if line.move_line_id)},
        )

    # --- People --------------------------------------------------------------------------------

    def test_only_accountants_run_checks_and_bring_up_to_date(self):
        order = self._paid_order()
        self._lose_payment(order)
        manager = self._user("mara", "aftersales_plans.group_manager")
        line = self._check().line_ids
        self.assertTrue(line.with_user(manager).name)
        for user in (manager, self.salesperson, self.biller):
            with self.assertRefused(AccessError, "Only accountants check"):
                self.env["aftersales.ledger.check"].with_user(user).action_run()
            with self.assertRaises(AccessError):
                line.with_user(user).action_bring_up_to_date()
        for user in (self.salesperson, self.biller):
            self.assertFalse(line.with_user(user).has_access("read"))
        self.assertEqual(self._earned(order), 150.0)
        for user in (self.accountant, manager):
            for operation in ("write", "create", "unlink"):
                self.assertFalse(line.with_user(user).has_access(operation))
                self.assertFalse(line.check_id.with_user(user).has_access(operation))

    def test_an_accountant_checks_now_with_every_order(self):
        order = self._paid_order()
        self._check()
        self._lose_payment(order)
        self._nothing_changed_lately()
        action = self.env["aftersales.ledger.check"].with_user(self.accountant).action_run()
        check = self.env["aftersales.ledger.check"].browse(action["res_id"])
        self.assertFound(check, late=1)
        self.assertEqual((check.user_id, check.date), (self.accountant, date(2027, 3, 15)))

    def test_another_companys_accountant_sees_and_heals_nothing(self):
        order = self._paid_order()
        self._lose_payment(order)
        line = self._check().line_ids
        other = self.setup_other_company()["company"]
        stranger = new_test_user(
            self.env,
            "stranger",
            "aftersales_plans.group_accountant",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        self.assertFalse(line.with_user(stranger).search([("id", "=", line.id)]))
        with self.assertRaises(AccessError):
            line.with_user(stranger).action_bring_up_to_date()
        action = self.env["aftersales.ledger.check"].with_user(stranger).action_run()
        check = self.env["aftersales.ledger.check"].browse(action["res_id"])
        self.assertEqual(check.company_id, other)
