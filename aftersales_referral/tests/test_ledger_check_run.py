# SPDX-License-Identifier: LGPL-3.0-or-later
from datetime import date, timedelta
from unittest.mock import patch

from odoo.fields import Command
from odoo.tests import freeze_time, new_test_user, tagged

from ..models import ledger_check_end, ledger_check_run
from .common import TODAY, ReferralCommon
from .common_ledger_check import LONG_AGO, LedgerCheckCommon


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestLedgerCheckRun(LedgerCheckCommon, ReferralCommon):
    """How checks run at night, whom they tell, and what becomes of them (requirement 75)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # other companies of the database are no part of these tests
        everybody = cls.env["res.company"].search([("id", "!=", cls.company.id)])
        everybody.write({"aftersales_accrued_commission_account_id": False})
        cls.company.aftersales_accountant_id = cls.accountant
        cls.cron = cls.env.ref("aftersales_referral.cron_check_ledger")

    def _night(self):
        """Let the cron run; return the checks it made, oldest first."""
        last = self.Check.search([], limit=1).id or 0
        with self.enter_registry_test_mode():
            self.cron.method_direct_trigger()
        self.env.invalidate_all()
        return self.Check.search([("id", ">", last)], order="id")

    def _people(self, count):
        return self.env["res.partner"].create([{"name": f"Neighbour {n}"} for n in range(count)])

    # --- At night ------------------------------------------------------------------------------

    def test_the_cron_checks_each_company_once_a_day(self):
        self._paid_order()
        check = self._night()
        self.assertFound(check)
        self.assertEqual((check.company_id, check.date), (self.company, date(2027, 3, 15)))
        self.assertFalse(check.user_id)
        self.assertFalse(self._night())
        with freeze_time("2027-03-16"):
            self.assertEqual(self._night().date, date(2027, 3, 16))

    def test_the_overview_shows_what_the_last_check_found_and_no_older_one(self):
        tile = self.env.ref("aftersales_referral.tile_differences").with_user(self.accountant)
        tile = tile.sudo(False).with_context(allowed_company_ids=self.company.ids)
        self._lose_payment(self._paid_order())
        self._nothing_changed_lately()
        first = self._night()
        self.assertEqual(first.state, "differences")
        self.assertEqual((tile.count, tile.late_count), (1, 1))
        self.assertTrue(first.is_last)
        with freeze_time("2027-03-16"):
            second = self._night()
        self.assertEqual((first.is_last, second.is_last), (False, True))
        tile.invalidate_recordset()
        self.assertEqual(tile.count, 1, "two checks found it, the last one counts")

    def test_the_first_check_and_every_one_until_all_is_well_leave_no_order_out(self):
        self._lose_payment(self._paid_order())
        self._nothing_changed_lately()
        first = self._night()
        self.assertFound(first, late=1)
        self.assertTrue(first.is_full)

    def test_only_what_changed_since_all_was_well_is_compared_and_a_part_of_the_rest(self):
        orders = [self._paid_order(partner=partner) for partner in self._people(8)]
        self._night()
        self._nothing_changed_lately()
        invoice = orders[0].invoice_ids
        self._sql("UPDATE account_move SET write_date = '2027-03-14' WHERE id = %s", invoice.id)
        with freeze_time("2027-03-16"):
            turn = date(2027, 3, 16).toordinal() % 7
            check = self._night()
        expected = {order for order in orders if order.id % 7 == turn} | {orders[0]}
        self.assertEqual((check.is_full, check.order_count), (False, len(expected)))
        self.assertLess(len(expected), 4)

    def test_each_kind_of_change_is_noticed(self):
        order = self._paid_order()
        self._night()
        self._nothing_changed_lately()
        since = self.env.cr.now() - timedelta(days=400)
        partial = order.invoice_ids.line_ids.matched_credit_ids
        changed = self.Commission._orders_changed
        self.assertEqual(changed(self.company, since), [])
        for table, record in (
            ("account_move", order.invoice_ids),
            ("account_partial_reconcile", partial),
            ("sale_order", order),
            ("aftersales_referral", order.referral_id),
        ):
            self._date_back(table, self.env.cr.now(), record)
            self.assertEqual(changed(self.company, since), order.ids, table)
            self._date_back(table, LONG_AGO, record)
        self._sql("UPDATE aftersales_commission SET date = '2027-03-15'")
        self.assertEqual(changed(self.company, since), order.ids)

    def test_what_left_no_trace_is_found_within_a_week(self):
        order = self._paid_order()
        self._night()
        self._lose_payment(order)
        found = []
        for day in range(16, 23):
            self._nothing_changed_lately()
            with freeze_time(f"2027-03-{day}"):
                found.append(self._night().late_count)
        first = found.index(1)
        self.assertLess(first, 7)
        # found again every night, until somebody clears it up
        self.assertEqual(found, [0] * first + [1] * (7 - first))

    def test_a_night_that_is_cut_off_goes_on_where_it_stopped(self):
        orders = [self._paid_order(partner=partner) for partner in self._people(3)]
        self._lose_payment(orders[2])
        self._book(self.accrued, -50.0, self.referrer)
        with (
            patch.object(ledger_check_run, "BATCH_ORDERS", 1),
            # no time is left after the first batch
            patch.object(type(self.env["ir.cron"]), "_commit_progress", lambda *_a, **_k: 0),
        ):
            self.Check.sudo()._cron_check()
        check = self.Check.search([], limit=1)
        self.assertEqual((check.state, check.order_count), ("running", 1))
        self.assertFalse(self._night())
        check.invalidate_recordset()
        self.assertFound(check, unmatched=1, unexplained=1, late=1)
        self.assertEqual(check.order_count, 3)

    def test_the_button_leaves_what_takes_long_to_the_background(self):
        for partner in self._people(3):
            self._paid_order(partner=partner)
        with (
            patch.object(ledger_check_run, "BATCH_ORDERS", 1),
            patch.object(ledger_check_run, "ORDERS_AT_ONCE", 2),
        ):
            action = self.Check.with_user(self.accountant).action_run()
        check = self.Check.browse(action["res_id"])
        self.assertEqual((check.state, check.order_count), ("running", 2))
        self.assertTrue(self.env["ir.cron.trigger"].search([("cron_id", "=", self.cron.id)]))
        nightly = self._night()
        self.assertEqual((check.state, check.order_count), ("well", 3))
        self.assertFalse(nightly)  # the company had its turn; it comes again with the next run
        self.assertEqual(self._night().state, "well")

    # --- Poison --------------------------------------------------------------------------------

    def test_an_order_that_cannot_be_compared_does_not_stop_the_others(self):
        orders = [self._paid_order(partner=partner) for partner in self._people(3)]
        self._lose_payment(orders[2])
        plain = type(self.Commission)._prepare_differences

        def refuse_first(rows, some):
            if orders[0] in some:
                raise ZeroDivisionError("poisoned")
            return plain(rows, some)

        with (
            patch.object(type(self.Commission), "_prepare_differences", refuse_first),
            self.assertLogs("odoo.addons.aftersales_referral", "WARNING"),
        ):
            check = self._night()
        self.assertFound(check, failed=1, late=1)
        self.assertEqual(check.order_count, 3)
        self.assertIn(f"{orders[0].name} could not be compared", self._texts(check, "failed"))
        self.assertIn("poisoned", self._texts(check, "failed"))
        with freeze_time("2027-03-16"):
            again = self._night()
        self.assertIn("poisoned", again.cleared)

    def test_a_comparison_that_fails_does_not_stop_the_others(self):
        self._paid_order()
        self._book(self.accrued, -50.0, self.referrer)

        def break_down(rows, company):
            rows.env.cr.execute("SELECT 1 / 0")

        with (
            patch.object(type(self.Commission), "_compare_cards", break_down),
            self.assertLogs("odoo.addons.aftersales_referral", "WARNING"),
            self.assertLogs("odoo.sql_db", "ERROR"),
        ):
            check = self._night()
        self.assertFound(check, unmatched=1, unexplained=1, failed=1)
        self.assertIn("division by zero", self._texts(check, "failed"))

    def test_a_company_that_fails_does_not_stop_the_others(self):
        other = self.setup_other_company()["company"]
        self._paid_order()
        plain = type(self.Check)._follow_up

        def break_down(check):
            if check.company_id == self.company:
                raise ZeroDivisionError("no mail today")
            return plain(check)

        with (
            patch.object(type(self.Check), "_follow_up", break_down),
            self.assertLogs("odoo.addons.aftersales_referral", "WARNING"),
        ):
            checks = self._night()
        broken = checks.filtered(lambda check: check.company_id == self.company)
        self.assertFound(broken, failed=1)
        self.assertIn("no mail today", broken.line_ids.name)
        self.assertFound(checks.filtered(lambda check: check.company_id == other))

    # --- Telling -------------------------------------------------------------------------------

    def test_differences_raise_one_activity_that_moves_along_and_is_done_at_last(self):
        self._paid_order()
        entry = self._book(self.accrued, -50.0, self.referrer)
        first = self._night()
        activity = first.activity_ids
        self.assertEqual(activity.user_id, self.accountant)
        self.assertIn("Rita Referrer: the ledger says", activity.note)
        with freeze_time("2027-03-16"):
            second = self._night()
        self.assertFalse(first.activity_ids)
        self.assertEqual(second.activity_ids, activity)
        self.assertEqual(set(second.line_ids.mapped("date_found")), {date(2027, 3, 15)})
        self.assertFalse(second.cleared)
        entry._reverse_moves(cancel=True)
        with freeze_time("2027-03-17"):
            third = self._night()
        self.assertFound(third)
        self.assertEqual(len(third.cleared.splitlines()), 2)
        self.assertIn("Cleared since the last check:", third.message_ids[0].preview)
        self.assertFalse(activity.exists().filtered("active"))
        self.assertIn("found all well", second.message_ids[0].body)

    def test_without_a_chosen_accountant_one_of_the_company_is_told(self):
        self.company.aftersales_accountant_id = False
        other = self.setup_other_company()["company"]
        stranger = new_test_user(
            self.env,
            "0-first",
            "aftersales_plans.group_accountant",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        told = self.company._aftersales_accountant()
        self.assertIn(self.company, told.company_ids)
        self.assertTrue(told.has_group("aftersales_plans.group_accountant"))
        self.assertNotEqual(told, stranger)
        self._book(self.accrued, -50.0, self.referrer)
        self.assertEqual(self._night().activity_ids.user_id, told)

    def test_the_accountant_reads_in_his_own_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.accountant.lang = "fr_FR"
        check = self.Check.sudo()._start(self.company)
        self.assertEqual(check.env.lang, "fr_FR")

    def test_a_flood_of_one_kind_is_counted_and_only_begun_to_be_listed(self):
        self._paid_order()
        for _number in range(4):
            self._book(self.accrued, -10.0, self.referrer)
        with patch.object(ledger_check_end, "LINES_PER_KIND", 3):
            check = self._night()
        self.assertEqual((check.unexplained_count, check.unmatched_count), (4, 1))
        self.assertEqual(len(check.line_ids), 4)
        # what is not listed any more is not said to be cleared
        with freeze_time("2027-03-16"), patch.object(ledger_check_end, "LINES_PER_KIND", 2):
            check = self._night()
        self.assertEqual((check.unexplained_count, check.cleared), (4, False))

    # --- Cost ----------------------------------------------------------------------------------

    def test_more_orders_need_no_more_queries(self):
        compare = self.Commission.sudo()._compare_orders
        orders = [self._paid_order(partner=partner) for partner in self._people(6)]
        ids = [order.id for order in orders]

        def queries(count):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.assertFalse(compare(self.env["sale.order"].sudo().browse(ids[:count])))
            return self.env.cr.sql_log_count - before

        queries(2)
        self.assertLessEqual(queries(6), queries(2))

    def test_more_rows_need_no_more_queries(self):
        def queries():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            for _kind, compare in self.Commission.sudo()._comparisons():
                self.assertFalse(compare(self.company))
            return self.env.cr.sql_log_count - before

        few = []
        for partner in self._people(5):
            self._paid_order(partner=partner)
            self._payout(100.0)
            few.append(queries())
        self.assertLessEqual(few[-1], few[1])

    # --- Keeping -------------------------------------------------------------------------------

    def test_old_checks_are_forgotten_when_all_was_well(self):
        self._paid_order()
        well = self._night()
        self._book(self.accrued, -50.0, self.referrer)
        with freeze_time("2027-03-16"):
            different = self._night()
        with freeze_time("2027-06-13"):
            self.Check.sudo()._gc_well_checks()
            self.assertTrue(well.exists())
        with freeze_time("2027-06-14"):
            self.Check.sudo()._gc_well_checks()
        self.assertFalse(well.exists())
        self.assertEqual(len(different.exists().line_ids), 2)

    def test_with_no_accountant_to_tell_the_log_says_so(self):
        self.patch(
            type(self.company), "_aftersales_accountant", lambda company: self.env["res.users"]
        )
        self._book(self.accrued, -50.0, self.referrer)
        with self.assertLogs("odoo.addons.aftersales_referral.models.ledger_check_end") as logs:
            check = self._night()
        self.assertIn("differences in the ledger, and no accountant to tell", logs.output[-1])
        self.assertFalse(check.activity_ids)

    def test_several_checks_are_opened_as_a_list(self):
        first, second = self._night(), self._check()
        Check = self.env["aftersales.ledger.check"]
        self.assertEqual(Check._open_checks(first)["res_id"], first.id)
        self.assertFalse(Check._open_checks(first | second).get("res_id"))
