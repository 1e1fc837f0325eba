from unittest.mock import patch

from odoo.tests import freeze_time, tagged

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
        """Return {name: (what happens before the lock, what books)}."""
        return {
            "by night": (None, lambda: self.run_months("2026-04-12")),
            "by the dialog": (None, lambda: self.recognise("2026-03-31", "2026-04-12")),
            "taken back": (self.march, self.take_back),
            "after a credit note": (self.credited, lambda: self.recognise("2026-04-12")),
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

    def check(self, before, act, field):
        """Let it be booked while ``field`` locks: nothing waits, nothing is in what is locked."""
        if before:
            before()
        known = self.entries()
        self.company[field] = LAST
        act()
        fresh = self.entries() - known
        self.assertTrue(fresh)
        self.assertEqual(set(fresh.mapped("state")), {"posted"})
        for entry in fresh if LOCKS[field] else ():
            self.assertGreaterEqual(str(entry.date), OPEN)
        rows = self.env["aftersales.revenue"].search([("contract_id", "=", self.contract.id)])
        self.assertTrue(all(rows.mapped("account_move_id")))

    def test_every_way_into_the_books_goes_around_every_lock_date(self):
        for name, (before, act) in self.ways().items():
            for field in LOCKS:
                with self.subTest(name, field=field):
                    savepoint = self.env.cr.savepoint()
                    try:
                        self.check(before, act, field)
                    finally:
                        savepoint.close(rollback=True)
                        self.env.invalidate_all()

    def test_without_our_rule_and_cores_entries_enter_what_is_locked(self):
        """Prove that the test above can fail: entries stay on the day they are about."""
        company, move = type(self.company), type(self.env["account.move"])
        with (
            patch.object(company, "_aftersales_open_day", lambda self, journal, day, taxes=(): day),
            patch.object(company, "_get_violated_lock_dates", lambda *args: []),
            patch.object(move, "_check_fiscal_lock_dates", lambda self: True),
            self.assertRaises(AssertionError),
        ):
            self.check(*self.ways()["by night"], "fiscalyear_lock_date")
