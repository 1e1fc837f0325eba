# SPDX-License-Identifier: LGPL-3.0-or-later
from datetime import date

from odoo.tests import freeze_time, new_test_user, tagged

from .common import AfterSalesCase
from .common_proof import poisoned

WORK_OFF = "odoo.addons.aftersales_plans.models.work_off"
SOLD = "2026-01-15 09:00:00"


@tagged("post_install", "-at_install")
class TestRetention(AfterSalesCase):
    """Customers nobody hears of go from stage to stage on their day, and somebody asks them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seller = new_test_user(
            cls.env, "t-seller", "sales_team.group_sale_salesman", email="seller@example.com"
        )
        cls.customer.user_id = cls.seller
        with freeze_time(SOLD):
            cls.contract = cls.sell((cls.goods, 2), (cls.plan_product, 1))
        cls.card = cls.env["aftersales.customer"]._of(cls.customer, cls.company)

    def run_on(self, *days):
        """Let the daily run of each day happen."""
        for day in days:
            with freeze_time(f"{day} 04:00:00"), self.enter_registry_test_mode():
                self.env.ref("aftersales_plans.cron_follow_customers").method_direct_trigger()
        self.env.invalidate_all()

    def checks(self):
        return self.env["aftersales.followup"].search([("customer_id", "=", self.card.id)])

    def add_customer(self, name, day, **values):
        """Return the card of a customer who bought goods on ``day``."""
        partner = self.env["res.partner"].create({"name": name, **values})
        with freeze_time(f"{day} 09:00:00"):
            self.sell((self.goods, 1), partner_id=partner.id)
            return self.env["aftersales.customer"]._make(partner, self.company)

    # --- Stages --------------------------------------------------------------------------------

    def test_stages_follow_on_their_days_and_the_chatter_keeps_them(self):
        for day, stage in (
            ("2026-04-14", "active"),
            ("2026-04-15", "at_risk"),
            ("2026-07-14", "at_risk"),
            ("2026-07-15", "nearly_lost"),
            ("2027-01-14", "nearly_lost"),
            ("2027-01-15", "lost"),
        ):
            self.run_on(day)
            self.assertEqual(self.card.stage, stage, day)
        self.assertEqual(self.card.date_lost, date(2027, 1, 15))

    def test_stages_are_in_the_history(self):
        card = self.card.with_context(tracking_disable=False)
        with freeze_time("2026-04-15 04:00:00"):
            card._follow_stage()
        card.flush_recordset()
        self.cr.precommit.run()
        values = card.message_ids.tracking_value_ids
        self.assertEqual(values.mapped("new_value_char"), ["At risk"])

    def test_months_are_settings_and_must_be_in_order(self):
        self.company.aftersales_at_risk_months = 2
        self.run_on("2026-03-15")
        self.assertEqual(self.card.stage, "at_risk")
        with self.assertRefused("at risk first, nearly lost later"):
            self.company.aftersales_lost_months = 5

    def test_a_contact_makes_active_and_an_order_after_the_loss_returned(self):
        self.run_on("2026-04-15")
        with freeze_time("2026-04-20 09:00:00"):
            self.claim(self.contract.asset_ids)
        self.assertEqual((self.card.stage, self.card.date_returned), ("active", False))
        self.run_on("2027-04-20")
        self.assertEqual((self.card.stage, self.card.date_lost), ("lost", date(2027, 4, 20)))
        with freeze_time("2027-05-03 09:00:00"):
            self.sell((self.goods, 1))
        self.assertEqual((self.card.stage, self.card.date_returned), ("returned", date(2027, 5, 3)))
        self.run_on("2027-06-01")
        self.assertEqual(self.card.stage, "returned")
        self.run_on("2027-08-03")
        self.assertEqual((self.card.stage, self.card.date_returned), ("at_risk", date(2027, 5, 3)))

    def test_a_lost_customer_who_only_calls_is_active_and_returns_with_the_order(self):
        self.run_on("2027-01-15")
        self.customer._aftersales_note_contact(self.company, date(2027, 1, 15))
        with freeze_time("2027-01-20 09:00:00"):
            self.customer._aftersales_note_contact(self.company, date(2027, 1, 20))
            self.assertEqual((self.card.stage, self.card.date_returned), ("active", False))
            self.sell((self.goods, 1))
        self.assertEqual(self.card.stage, "returned")

    def test_who_came_back_before_a_late_run_was_lost_all_the_same(self):
        with freeze_time("2027-02-01 09:00:00"):
            self.sell((self.goods, 1))
        self.assertEqual(
            (self.card.stage, self.card.date_lost, self.card.date_returned),
            ("returned", date(2027, 1, 15), date(2027, 2, 1)),
        )

    # --- The check -----------------------------------------------------------------------------

    def test_nearly_lost_opens_one_check_for_the_salesperson_however_often_the_run_comes(self):
        self.run_on("2026-07-14")
        self.assertFalse(self.checks())
        self.run_on("2026-07-15", "2026-07-15", "2026-07-16", "2026-08-20")
        check = self.checks()
        self.assertEqual(check.mapped("date_due"), [date(2026, 7, 15)])
        self.assertEqual(check.key, f"retention/{self.card.id}/2026-01-15")
        self.assertEqual((check.user_id, check.activity_ids.user_id), (self.seller, self.seller))

    def test_a_run_a_month_late_opens_the_same_check(self):
        self.run_on("2026-08-15")
        self.assertEqual(self.checks().key, f"retention/{self.card.id}/2026-01-15")
        self.assertEqual(self.card.stage, "nearly_lost")

    def test_without_salesperson_a_manager_gets_it(self):
        self.customer.user_id = False
        self.card.sudo().user_id = False
        self.run_on("2026-07-15")
        self.assertTrue(self.checks().user_id.has_group("aftersales_plans.group_manager"))

    def test_who_wants_no_contact_gets_none_but_moves_on(self):
        self.customer.aftersales_no_contact = True
        self.run_on("2026-07-15")
        self.assertEqual((self.card.stage, self.checks().ids), ("nearly_lost", []))

    def test_a_new_silence_is_a_new_matter(self):
        self.run_on("2026-07-15")
        with freeze_time("2026-07-20 09:00:00"):
            self.answer(self.checks())
        self.assertEqual(self.card.stage, "active")
        self.run_on("2027-01-20")
        self.assertEqual(
            set(self.checks().mapped("key")),
            {f"retention/{self.card.id}/2026-01-15", f"retention/{self.card.id}/2026-07-20"},
        )

    def answer(self, check, **answers):
        check = check.with_user(self.seller)
        check.write(
            {"address_right": "yes", "contact_right": "yes", "still_owns": "yes", **answers}
        )
        check.action_finish_check()
        return check

    def test_answers_end_the_check_and_count_as_contact(self):
        self.run_on("2026-07-15")
        check = self.checks()
        with freeze_time("2026-07-17 09:00:00"), self.assertRefused("answer the three questions"):
            check.with_user(self.seller).action_finish_check()
        with freeze_time("2026-07-17 09:00:00"):
            self.answer(check, check_note="All is well")
        self.assertEqual((check.state, check.date_done), ("done", date(2026, 7, 17)))
        self.assertFalse(check.activity_ids)
        self.assertEqual((self.card.stage, self.card.last_contact), ("active", date(2026, 7, 17)))

    def test_the_address_a_colleague_logs_in_with_is_corrected_by_who_manages_users(self):
        new_test_user(
            self.env, "t-boss", "base.group_system", partner_id=self.customer.id, email="b@b.com"
        )
        self.run_on("2026-07-15")
        with self.assertRefused("works here"):
            self.answer(self.checks(), address_right="no", new_email="mine@example.com")
        self.assertEqual(self.customer.email, "b@b.com")

    def test_a_corrected_address_is_written_on_the_contact(self):
        self.run_on("2026-07-15")
        with freeze_time("2026-07-17 09:00:00"):
            with self.assertRefused("write down the right address"):
                self.answer(self.checks(), address_right="no")
            self.answer(self.checks(), address_right="no", new_street="2 Oak", new_city="Shelby")
        self.assertEqual((self.customer.street, self.customer.city), ("2 Oak", "Shelby"))
        self.assertEqual(self.card.city, "Shelby")

    def test_goods_that_are_gone_are_opened_to_hand_over_or_scrap(self):
        self.run_on("2026-07-15")
        check = self.checks()
        self.assertEqual(check.goods_count, 1)
        found = self.env["aftersales.asset"].search(check.action_open_goods()["domain"])
        self.assertEqual(found, self.contract.asset_ids)

    # --- Years of data -------------------------------------------------------------------------

    def test_years_of_data_come_quietly_and_a_few_checks_a_day(self):
        self.company.aftersales_retention_a_day = 2
        cards = {
            name: self.add_customer(name, day)
            for name, day in (
                ("eight", "2025-11-15"),
                ("nine", "2025-10-15"),
                ("fifteen", "2025-04-15"),
                ("thirty", "2024-01-15"),
            )
        }
        for card in cards.values():
            card.unlink()
        self.run_on("2026-07-15")
        cards = {
            card.partner_id.name: card
            for card in self.env["aftersales.customer"].search(
                [("partner_id.name", "in", list(cards))]
            )
        }
        self.assertEqual(
            {name: card.stage for name, card in cards.items()},
            {"eight": "nearly_lost", "nine": "nearly_lost", "fifteen": "lost", "thirty": "lost"},
        )
        opened = lambda: {name for name, card in cards.items() if card.followup_ids}  # noqa: E731
        self.assertEqual(opened(), {"eight", "nine"})
        self.run_on("2026-07-15")
        self.assertEqual(opened(), {"eight", "nine"})
        self.run_on("2026-07-16")
        self.assertEqual(opened(), {"eight", "nine", "fifteen"})
        self.assertTrue(self.checks())
        self.run_on("2026-07-17", "2026-07-18")
        self.assertEqual(opened(), {"eight", "nine", "fifteen"})
        self.assertEqual(cards["thirty"].date_lost, date(2025, 1, 15))

    def test_one_card_that_cannot_be_followed_stops_no_other(self):
        other = self.add_customer("other", "2026-01-15")
        with poisoned(self.card, "_open_check"):
            self.run_on("2026-07-15")
        self.assertEqual((len(self.checks()), len(other.followup_ids)), (0, 1))
        self.assertIn("poison", self.card.activity_ids.note)
        self.run_on("2026-07-16")
        self.assertEqual((len(self.checks()), self.card.activity_ids.ids), (1, []))

    def test_what_no_event_told_is_found_by_the_next_run(self):
        self.run_on("2026-01-16")
        with freeze_time("2026-03-20 10:00:00"):
            self.env["calendar.event"].create(
                {
                    "name": "Meeting",
                    "start": "2026-03-20 08:00:00",
                    "stop": "2026-03-20 09:00:00",
                    "user_id": self.env.uid,
                    "partner_ids": [(6, 0, self.customer.ids)],
                }
            )
        self.assertEqual(self.card.last_contact, date(2026, 1, 15))
        self.run_on("2026-03-21")
        self.assertEqual(self.card.last_contact, date(2026, 3, 20))

    # --- Merge ---------------------------------------------------------------------------------

    def test_merged_customers_keep_one_card_with_the_later_contact(self):
        other = self.add_customer("Casa Verde Ltd", "2026-02-20")
        twin, kept = other.partner_id, self.customer
        self.run_on("2026-09-01")
        self.assertEqual(len((self.card | other).followup_ids), 2)
        self.env["base.partner.merge.automatic.wizard"].create({})._merge((twin | kept).ids, kept)
        cards = self.env["aftersales.customer"].search([("partner_id", "in", (twin | kept).ids)])
        self.assertEqual(cards.mapped("last_contact"), [date(2026, 2, 20)])
        self.assertEqual(cards.key, f"{kept.id}/{self.company.id}")
        self.assertEqual(sorted(cards.followup_ids.mapped("state")), ["dropped", "open"])
        self.run_on("2026-09-02")
        self.assertEqual(len(cards.exists()), 1)

    def test_a_customer_put_under_a_company_shares_its_card(self):
        parent = self.add_customer("Holding", "2026-03-01")
        self.customer.parent_id = parent.partner_id
        self.run_on("2026-03-02")
        self.assertFalse(self.card.exists())
        self.assertEqual(parent.contract_count, 1)

    # --- Lists ---------------------------------------------------------------------------------

    def test_the_true_base_is_who_has_a_contract_or_was_in_touch_within_12_months(self):
        self.add_customer("recent", "2026-01-01")
        self.add_customer("old", "2024-06-01")
        Customer = self.env["aftersales.customer"]
        with freeze_time("2026-12-31 12:00:00"):
            base = Customer.search([("is_base", "=", True)])
            self.assertEqual(
                set(base.partner_id.mapped("name")) & {"Casa Verde", "recent", "old"},
                {"Casa Verde", "recent"},
            )
            self.assertEqual(base.mapped("is_base"), [True] * len(base))
            rest = Customer.search([("is_base", "=", False)])
            self.assertIn("old", rest.partner_id.mapped("name"))
            self.assertNotIn(self.card, Customer.search([("contract_count", "=", 0)]))
