# SPDX-License-Identifier: LGPL-3.0-or-later
from datetime import date

from odoo.tests import freeze_time, tagged

from .common_proof import locked_books_open, undone
from .common_revenue import RevenueCase

LAST, OPEN = "2026-04-10", "2026-04-11"  # last locked day, first open day
#: What locks, and whether our entries without taxes in a miscellaneous journal are concerned.
LOCKS = {
    "fiscalyear_lock_date": True,
    "tax_lock_date": False,
    "sale_lock_date": False,
    "purchase_lock_date": False,
    "hard_lock_date": True,
}
OF_REFUNDS = ("fiscalyear_lock_date", "sale_lock_date", "hard_lock_date")  # without taxes
OF_GOODS = ("fiscalyear_lock_date", "hard_lock_date")


@tagged("post_install", "-at_install")
class TestR7Revenue(RevenueCase):
    """Plan revenue by every way into the books × every lock date, each undone (reliability R7)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contract = cls.start("2026-03-15")
        cls.invoiced = cls.invoice(cls.contract, "2026-03-20")

    # --- What books ----------------------------------------------------------------------------

    def ways(self):
        """Return {name: (what happens before the lock, what books, the day it is about)}."""
        late = "2026-04-12"
        return {
            "by night": (bool, lambda: self.run_months(late), "2026-03-31"),
            "by the dialog": (bool, lambda: self.recognise("2026-03-31", late), "2026-03-31"),
            "taken back": (self.march, self.take_back, "2026-03-31"),
            "after a credit note": (self.credited, lambda: self.recognise(late), late),
        }

    def march(self):
        """Recognise a month that is not locked yet."""
        self.recognise("2026-03-31", "2026-04-01")

    def take_back(self):
        with freeze_time("2026-04-03 12:00:00"):
            self.entries().action_take_back_aftersales()

    def credited(self):
        """Give the price back after revenue was recognised: less was earned than is booked."""
        self.march()
        self.credit(self.invoiced, "2026-04-02")

    # --- What must hold ------------------------------------------------------------------------

    def check(self, before, act, day, field):
        """Let it be booked while ``field`` locks: nothing waits, nothing is in what is locked."""
        before()
        known = self.entries()
        self.company[field] = LAST
        act()
        fresh = self.entries() - known
        self.assertEqual(set(fresh.mapped("state")), {"posted"})
        self.assertEqual(set(map(str, fresh.mapped("date"))), {self.open_day(day, LOCKS[field])})
        rows = self.env["aftersales.revenue"].search([("contract_id", "=", self.contract.id)])
        self.assertTrue(all(rows.mapped("account_move_id")))

    def open_day(self, day, locked):
        """Return where an entry about ``day`` belongs."""
        return max(day, OPEN) if locked else day

    def test_every_way_into_the_books_goes_around_every_lock_date(self):
        for name, way in self.ways().items():
            for field in LOCKS:
                with self.subTest(name, field=field), undone(self.env):
                    self.check(*way, field)

    def test_an_early_end_enters_nothing_that_is_locked(self):
        """The refund is a draft of a day that is open; what was earned until then follows."""
        reason = self.env.ref("aftersales_plans.close_reason_price")
        for field in OF_REFUNDS:
            with self.subTest(field=field), undone(self.env):
                self.company[field] = LAST
                known = self.entries()
                with freeze_time("2026-04-03 12:00:00"):
                    note = self.contract._end(date(2026, 4, 3), reason)
                    note.action_post()
                self.assertEqual(str(note.date), OPEN)
                self.recognise("2026-04-12")
                days = list(map(str, (self.entries() - known).mapped("date")))
                self.assertEqual(days, [self.open_day("2026-03-31", LOCKS[field]), "2026-04-12"])
                self.assertExplained(0.0)

    @freeze_time("2026-04-06 12:00:00")
    def test_replacements_are_valued_on_the_first_open_day(self):
        """Core moves no goods on a locked day, unless told to; then it values them later."""
        self.goods.categ_id = self.env["product.category"].create(
            {"name": "Valued", "property_valuation": "real_time"}
        )
        self.goods.standard_price = 300.0
        claim = self.claim(self.contract.asset_ids).sudo()
        for field in OF_GOODS:
            with self.subTest("refused", field=field), undone(self.env):
                self.company[field] = LAST
                with self.assertRefused("locked fiscal period"):
                    claim.action_approve()
        self.env["ir.config_parameter"].set_param("stock_account.skip_lock_date_check", "1")
        for field in (*OF_GOODS, "sale_lock_date"):
            with self.subTest(field=field), undone(self.env):
                self.company[field] = LAST
                claim.action_approve()
                self.deliver(claim.picking_ids)
                back = self.send_back(claim.picking_ids, 1)
                entries = (claim.move_ids | back.move_ids).account_move_id
                self.assertEqual(entries.mapped("state"), ["posted"] * 2)
                self.assertEqual(entries.mapped("amount_total"), [300.0, 300.0])
                day = self.open_day("2026-04-06", LOCKS[field])
                self.assertEqual(list(map(str, entries.mapped("date"))), [day] * 2)

    def test_a_claim_is_withdrawn_though_its_shipment_was_planned_in_what_is_locked(self):
        with freeze_time("2026-04-02 12:00:00"):
            claim = self.claim(self.contract.asset_ids).sudo()
            claim.action_approve()
            self.env.flush_all()
        self.company.fiscalyear_lock_date = LAST
        with freeze_time("2026-04-20 12:00:00"):
            claim.action_cancel()
            self.env.flush_all()
        self.assertEqual((claim.state, claim.picking_ids.state), ("cancelled", "cancel"))

    def test_without_our_rule_and_cores_entries_enter_what_is_locked(self):
        """Prove that the test above can fail: entries stay on the day they are about."""
        with locked_books_open(self.env), self.assertRaises(AssertionError):
            self.check(*self.ways()["by night"], "fiscalyear_lock_date")
