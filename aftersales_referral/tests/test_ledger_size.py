# SPDX-License-Identifier: LGPL-3.0-or-later
import os

from odoo.tests import freeze_time, tagged
from odoo.tools import SQL

from .common import TODAY, ReferralCommon

OLD = int(os.environ.get("LEDGER_OLD_ROWS", "3000"))
# of which nothing is read from end to end
LARGE = (
    "aftersales_commission",
    "aftersales_commission_evidence",
    "aftersales_referral",
    "sale_order",
)


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestLedgerSize(ReferralCommon):
    """A ledger of years: nothing people do every day goes through all of it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        old = cls._order()
        cls._pay(cls._invoice(old))
        cls.env.flush_all()
        row = cls.Commission.search([("order_id", "=", old.id)])
        people = cls._multiply(cls.customer)
        cls._link("res_partner", people, commercial_partner_id=people)
        orders = cls._multiply(old)
        referrals = cls._multiply(old.referral_id)
        rows = cls._multiply(row, key="md5(random()::text)")
        cls._link("aftersales_referral", referrals, referred_id=people)
        cls._link("sale_order", orders, referral_id=referrals, partner_id=people)
        cls._link("aftersales_commission", rows, order_id=orders, referral_id=referrals)
        evidence = cls._multiply(row.evidence_ids[0])
        cls._link("aftersales_commission_evidence", evidence, commission_id=rows)
        cls.env.cr.execute("ANALYZE")
        cls.env.invalidate_all()
        cls.invoice = cls._invoice(cls._order(partner=cls.env["res.partner"].create({"name": "N"})))

    @classmethod
    def _multiply(cls, record, **changed):
        """Copy a row many times in the database; return the ids."""
        table = record._table
        columns = [
            name
            for (name,) in cls.env.execute_query(
                SQL(
                    "SELECT column_name FROM information_schema.columns WHERE table_name = %s"
                    " AND column_name != 'id' AND is_generated = 'NEVER'",
                    table,
                )
            )
        ]
        values = [SQL(changed[c]) if c in changed else SQL.identifier(c) for c in columns]
        return [
            new
            for (new,) in cls.env.execute_query(
                SQL(
                    "INSERT INTO %s (%s) SELECT %s FROM %s, generate_series(1, %s)"
                    " WHERE %s.id = %s RETURNING id",
                    SQL.identifier(table),
                    SQL(", ").join(map(SQL.identifier, columns)),
                    SQL(", ").join(values),
                    SQL.identifier(table),
                    OLD,
                    SQL.identifier(table),
                    record.id,
                )
            )
        ]

    @classmethod
    def _link(cls, table, ids, **columns):
        for column, others in columns.items():
            cls.env.cr.execute(
                SQL(
                    "UPDATE %s SET %s = pair.other FROM unnest(%s, %s) AS pair (id, other)"
                    " WHERE %s.id = pair.id",
                    SQL.identifier(table),
                    SQL.identifier(column),
                    ids,
                    others,
                    SQL.identifier(table),
                )
            )

    def read_through(self):
        """Return how many rows this transaction read by going through whole tables."""
        self.env.flush_all()
        return dict(
            self.env.execute_query(
                SQL(
                    "SELECT relname, seq_tup_read FROM pg_stat_xact_user_tables"
                    " WHERE relname IN %s",
                    LARGE,
                )
            )
        )

    def assertIndexed(self, act):
        before = self.read_through()
        act()
        after = self.read_through()
        read = {table: after[table] - before[table] for table in LARGE}
        self.assertEqual(read, dict.fromkeys(LARGE, 0))

    def test_the_count_sees_a_table_read_from_end_to_end(self):
        before = self.read_through()["aftersales_commission"]
        self.env.cr.execute("SELECT sum(amount) FROM aftersales_commission WHERE amount != 1")
        self.assertGreater(self.read_through()["aftersales_commission"], before + OLD - 1)

    def test_a_payment_and_what_takes_it_back(self):
        self.assertIndexed(lambda: self._pay(self.invoice, 600.0))
        self.assertIndexed(lambda: self._credit(self.invoice, 100.0))
        self.assertIndexed(self.invoice.line_ids.remove_move_reconcile)
        self.assertEqual(len(self._rows(self.invoice.line_ids.sale_line_ids.order_id)), 2)

    def test_a_new_order_with_a_referrer(self):
        partner = self.env["res.partner"].create({"name": "New"})
        self.assertIndexed(lambda: self._order(partner=partner))

    def test_the_daily_run_that_posts_what_waits(self):
        cron = self.env.ref("aftersales_referral.cron_post_entries")
        with self.enter_registry_test_mode():
            self.assertIndexed(cron.method_direct_trigger)

    def test_the_lists_as_they_open(self):
        for domain in ([], [("order_id", "=", self.invoice.line_ids.sale_line_ids.order_id.id)],
                       [("referral_id", "=", 1)], [("payout_id", "=", 1)],
                       [("account_move_id", "=", 1)]):  # fmt: skip
            self.assertIndexed(
                lambda domain=domain: self.Commission.search_read(domain, ["amount"], limit=80)
            )
