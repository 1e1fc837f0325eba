# SPDX-License-Identifier: LGPL-3.0-or-later
from datetime import date

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import freeze_time, new_test_user, tagged
from odoo.tools import mute_logger

from .common import AfterSalesCase


class FeedbackCase(AfterSalesCase):
    """Ten boilers under Gold from 1 March 2026; feedback since then; Casa Verde reads mails."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        companies = cls.env["res.company"].search([])
        companies.write({"aftersales_care_since": "2026-03-01", "aftersales_courtesy_calls": True})
        cls.customer.email = "casa@example.com"
        with freeze_time("2026-03-01 12:00:00"):
            cls.contract = cls.sell((cls.goods, 10), (cls.plan_product, 1))
        cls.asset = cls.contract.asset_ids
        cls.feedback = cls.env["aftersales.feedback"]

    def settle(self, moment, asset=None, **values):
        """Let a claim be done at ``moment``."""
        with freeze_time(moment):
            claim = self.claim(asset or self.asset, cause=self.defect, **values)
            claim.action_approve()
            self.deliver(claim.picking_ids.sudo())
        self.assertEqual(claim.state, "done")
        return claim.sudo()

    def run_daily(self, moment):
        """Run the cron's work at ``moment``; return the rows it left."""
        before = self.feedback.search([])
        with freeze_time(moment), self.enter_registry_test_mode():
            self.env.ref("aftersales_plans.cron_ask_feedback").method_direct_trigger()
        self.env.invalidate_all()
        return self.feedback.search([]) - before

    def rate(self, record, score, comment=None, moment="2026-04-10 10:00:00"):
        """Let the customer rate, as Odoo's page does; return the row."""
        with freeze_time(moment):
            row = self.feedback._of(record)
            row._token()
            record.sudo().rating_apply(score, rating=row.rating_id, feedback=comment)
        return row


@tagged("post_install", "-at_install")
class TestFeedback(FeedbackCase):
    """Who is asked when, what is left out, and what a score leads to (requirement 15)."""

    def test_a_claim_that_is_done_is_asked_about_once(self):
        claim = self.settle("2026-04-06 10:00:00")
        row = self.run_daily("2026-04-06 22:30:00")
        self.assertEqual((row.kind, row.res_id, row.date), ("claim", claim.id, date(2026, 4, 6)))
        self.assertEqual(row.date_asked, date(2026, 4, 7))  # not at night
        mail = self.env["mail.mail"].search([("res_id", "=", claim.id)], limit=1)
        self.assertEqual(str(mail.scheduled_date), "2026-04-07 09:00:00")
        self.assertEqual(mail.recipient_ids, self.customer)
        token = row.sudo().rating_id.access_token
        for face in (5, 3, 1):
            self.assertIn(f"/rate/{token}/{face}", mail.body_html)
        self.assertNotIn(token, mail.mail_message_id.body)
        self.assertFalse(self.run_daily("2026-04-06 22:40:00"))
        self.assertFalse(self.run_daily("2026-05-30 10:00:00"))
        self.assertEqual(len(self.env["mail.mail"].search([("id", ">=", mail.id)])), 1)

    def test_the_second_of_two_within_the_gap_is_left_out(self):
        first = self.settle("2026-04-06 10:00:00")
        second = self.settle("2026-04-06 11:00:00")
        third = self.settle("2026-04-21 11:00:00")
        rows = self.run_daily("2026-04-21 12:00:00").sorted("res_id")
        self.assertEqual(rows.mapped("res_id"), (first + second + third).sorted("id").ids)
        self.assertEqual(rows.mapped("left_out"), [False, "gap", "gap"])
        self.assertEqual(rows.mapped("date_asked"), [date(2026, 4, 21), False, False])
        late = self.settle("2026-05-05 10:00:00")
        row = self.run_daily("2026-05-05 11:00:00")
        self.assertEqual((row.res_id, row.date_asked), (late.id, date(2026, 5, 5)))

    def test_contacts_of_one_company_are_one_customer(self):
        contact = self.env["res.partner"].create(
            {"name": "Vera", "parent_id": self.customer.id, "email": "vera@example.com"}
        )
        self.settle("2026-04-06 10:00:00")
        other = self.settle("2026-04-06 11:00:00", partner_id=contact.id)
        rows = self.run_daily("2026-04-07 10:00:00")
        self.assertEqual(rows.filtered(lambda row: row.left_out == "gap").res_id, other.id)

    def test_nobody_is_asked_who_does_not_want_it_or_cannot_be_reached(self):
        self.customer.aftersales_no_contact = True
        self.settle("2026-04-06 10:00:00")
        self.assertEqual(self.run_daily("2026-04-07 10:00:00").left_out, "wish")
        self.customer.write({"aftersales_no_contact": False, "email": False})
        self.settle("2026-04-08 10:00:00")
        self.assertEqual(self.run_daily("2026-04-08 11:00:00").left_out, "address")

    def test_what_was_done_before_or_too_long_ago_is_not_asked_about(self):
        self.settle("2026-04-06 10:00:00")
        self.company.aftersales_care_since = "2026-04-07"
        self.assertFalse(self.run_daily("2026-04-07 10:00:00"))
        self.company.aftersales_care_since = "2026-01-01"
        self.assertFalse(self.run_daily("2026-05-11 10:00:00"))
        self.assertTrue(self.run_daily("2026-05-10 10:00:00"))

    def test_a_company_may_switch_it_off(self):
        self.company.aftersales_feedback_claim = False
        self.settle("2026-04-06 10:00:00")
        self.assertFalse(self.run_daily("2026-04-07 10:00:00"))

    def test_a_delivery_is_asked_about_after_the_silence_where_nobody_calls(self):
        def send(moment):
            with freeze_time(moment):
                picking = self.env["stock.picking"].create(
                    {
                        "picking_type_id": self.warehouse().out_type_id.id,
                        "partner_id": self.customer.id,
                        "move_ids": [
                            Command.create({"product_id": self.goods.id, "product_uom_qty": 1})
                        ],
                    }
                )
                picking.action_confirm()
                self.deliver(picking)
            return picking

        picking = send("2026-04-06 10:00:00")
        self.assertFalse(self.run_daily("2026-04-08 10:00:00"))
        row = self.run_daily("2026-04-09 10:00:00")
        self.assertEqual((row.res_model, row.res_id), ("stock.picking", picking.id))
        self.assertEqual(row.date_asked, date(2026, 4, 9))
        self.assertEqual(row.product_tmpl_ids, self.goods.product_tmpl_id)
        # the order of 1 March would be called about
        self.assertNotIn(
            self.contract.sale_order_id.picking_ids.id,
            self.feedback.search([("res_model", "=", "stock.picking")]).mapped("res_id"),
        )

    def test_deliveries_of_orders_are_asked_about_where_no_calls_are_made(self):
        self.company.aftersales_courtesy_calls = False
        row = self.run_daily("2026-03-04 12:00:00")
        order = self.contract.sale_order_id
        self.assertEqual(row.res_id, order.picking_ids.id)
        self.assertEqual(row.user_id, order.user_id)

    def test_the_customer_reads_what_it_is_about_in_own_words(self):
        claim = self.settle("2026-04-06 10:00:00", user_id=self.agent.id)
        self.assertEqual(claim._feedback_title(), f"Your report {claim.name}")
        order = self.contract.sale_order_id
        delivery = order.picking_ids
        self.assertEqual(delivery._feedback_title(), f"Your delivery {order.name}")
        delivery.sale_id = False
        self.assertEqual(delivery._feedback_title(), f"Your delivery {delivery.name}")

    def test_a_rating_that_core_makes_names_customer_and_owner(self):
        claim = self.settle("2026-04-06 10:00:00", user_id=self.agent.id)
        self.assertEqual(claim._rating_get_partner(), self.customer)
        self.assertEqual(claim._rating_get_operator(), self.agent.partner_id)

    def test_documents_are_found_by_what_the_customer_thought(self):
        good, bad, none = (self.settle(f"2026-04-{number:02d} 10:00:00") for number in (6, 7, 8))
        self.rate(good, 5)
        self.rate(bad, 1)
        mine = [("id", "in", (good | bad | none).ids)]
        search = self.env["aftersales.claim"].search
        for mood, found in (
            ("happy", good),
            (False, none),
            (["happy", False], good | none),
            (["unhappy"], bad),
        ):
            with self.subTest(mood):
                operator = "in" if isinstance(mood, list) else "="
                self.assertEqual(search([*mine, ("aftersales_mood", operator, mood)]), found)

    def test_what_was_asked_or_left_out_is_not_asked_again(self):
        claim = self.settle("2026-04-06 10:00:00")
        row = self.run_daily("2026-04-06 22:30:00")
        mails = self.env["mail.mail"].search_count([("res_id", "=", claim.id)])
        with freeze_time("2026-05-06 10:00:00"):
            claim._ask_feedback()
        self.assertEqual(self.env["mail.mail"].search_count([("res_id", "=", claim.id)]), mails)
        self.assertEqual(row.date_asked, date(2026, 4, 7))

    def test_a_rating_of_something_else_is_none_of_ours(self):
        rating = self.env["rating.rating"].create(
            {
                "res_model_id": self.env["ir.model"]._get_id("res.partner"),
                "res_id": self.customer.id,
                "rating": 1,
            }
        )
        before = self.feedback.search_count([])
        self.feedback._on_rated(rating)
        self.assertEqual(self.feedback.search_count([]), before)

    def test_a_rated_row_says_whether_it_counts_as_happy(self):
        claim = self.settle("2026-04-06 10:00:00")
        row = self.feedback._of(claim)
        self.assertEqual((row.rated, row.happy_percent), (0, 0.0))
        self.rate(claim, 3)
        self.assertEqual((row.rated, row.happy_percent), (1, 0.0))
        self.rate(claim, 5)
        self.assertEqual((row.rated, row.happy_percent), (1, 100.0))

    @mute_logger("odoo.addons.aftersales_plans.models.work_off")
    def test_one_that_fails_does_not_stop_the_others(self):
        bad = self.settle("2026-04-06 10:00:00")
        other = self.env["res.partner"].create({"name": "Otto", "email": "otto@example.com"})
        with freeze_time("2026-03-01 12:00:00"):
            goods = self.sell(
                (self.goods, 1), (self.plan_product, 1), partner_id=other.id
            ).asset_ids
        good = self.settle("2026-04-06 11:00:00", goods, partner_id=other.id)
        self.customer.tz = False
        self.env.cr.execute(
            "UPDATE res_partner SET tz = 'Nowhere/Land' WHERE id = %s", [self.customer.id]
        )
        self.customer.invalidate_recordset(["tz"])
        rows = self.run_daily("2026-04-07 10:00:00")
        self.assertEqual(rows.mapped("res_id"), good.ids)
        self.assertEqual(len(bad.activity_ids), 1)
        self.customer.tz = "Europe/Madrid"
        self.assertEqual(self.run_daily("2026-04-07 11:00:00").res_id, bad.id)
        self.assertFalse(bad.activity_ids)

    # --- What a score leads to -----------------------------------------------------------------

    def test_a_low_score_is_followed_up_by_the_owner_today(self):
        claim = self.settle("2026-04-06 10:00:00", user_id=self.agent.id)
        row = self.rate(claim, 1, "Too slow")
        self.assertEqual((row.score, row.mood, row.comment), (1, "unhappy", "Too slow"))
        self.assertEqual(row.date_rated, date(2026, 4, 10))
        followup = self.env["aftersales.followup"].search([("feedback_id", "=", row.id)])
        self.assertEqual(followup.key, f"feedback/{row.rating_id.id}")
        self.assertEqual(followup.date_due, date(2026, 4, 10))
        self.assertEqual(followup.user_id, self.agent)
        self.assertEqual(followup.activity_ids.user_id, self.agent)
        action = followup.with_user(self.agent).action_open_rated()
        self.assertEqual((action["res_model"], action["res_id"]), (claim._name, claim.id))
        note = claim.message_ids[0]
        self.assertIn("Too slow", note.body)
        self.assertTrue(note.subtype_id.internal)
        self.assertFalse(claim.date_asked)  # a rating asks for no answer
        self.rate(claim, 5, "You called: fine")
        self.assertEqual((row.score, row.mood), (5, "happy"))
        self.assertEqual(followup.state, "open")
        self.assertIn("5 of 5", followup.message_ids[0].body)
        self.rate(claim, 1)
        self.assertEqual(
            len(self.env["aftersales.followup"].search([("feedback_id", "=", row.id)])), 1
        )

    def test_better_scores_open_nothing(self):
        claim = self.settle("2026-04-06 10:00:00")
        before = self.env["aftersales.followup"].search_count([])
        self.assertEqual(self.rate(claim, 3).mood, "neutral")
        self.assertEqual(self.env["aftersales.followup"].search_count([]), before)

    @mute_logger("odoo.addons.aftersales_plans.models.never_fail")
    def test_an_alert_that_fails_does_not_stop_the_customer(self):
        claim = self.settle("2026-04-06 10:00:00")
        kind = self.env.ref("aftersales_plans.activity_followup")
        kind.unlink()
        row = self.rate(claim, 1)
        self.assertEqual(row.score, 1)

    def test_scores_add_up_on_customer_and_product(self):
        claims = [self.settle(f"2026-04-0{day} 10:00:00") for day in (6, 7, 8, 9)]
        for claim, score in zip(claims, (5, 5, 1, 3), strict=False):
            self.rate(claim, score)
        for record in (self.customer, self.goods.product_tmpl_id):
            record = record.with_user(self.agent)
            self.assertEqual(record.aftersales_score, 3.5)
            self.assertEqual(record.aftersales_happy_percent, 50)
            self.assertEqual(record.aftersales_rated_count, 4)
        rows = self.feedback.search([("kind", "=", "claim")])
        self.feedback._of(self.settle("2026-04-12 10:00:00"))  # not rated: counts for nothing
        ((average, happy, number),) = self.feedback._read_group(
            [("id", ">=", min(rows.ids))],
            [],
            ["score:avg", "happy_percent:avg", "rated:sum"],
        )
        self.assertEqual((average, happy, number), (3.5, 50, 4))
        found = self.env["aftersales.claim"].search([("aftersales_mood", "=", "unhappy")])
        self.assertIn(claims[2], found)
        self.assertNotIn(claims[0], found)
        self.assertEqual(claims[2].aftersales_mood, "unhappy")

    def test_one_good_rating_does_not_win(self):
        many = new_test_user(self.env, "t-many", "aftersales_plans.group_agent")
        one = new_test_user(self.env, "t-one", "aftersales_plans.group_agent")
        day = {"res_model": "aftersales.claim", "date": "2026-04-01", "date_rated": "2026-04-01"}
        common = {"name": "x", "kind": "claim", "partner_id": self.customer.id, **day}
        rows = [
            {**common, "res_id": -n, "user_id": many.id, "company_id": self.company.id}
            | {"score": 5 if n < 20 else 3}
            for n in range(20)
        ]
        rows.append(
            {**common, "res_id": -99, "user_id": one.id, "company_id": self.company.id, "score": 5}
        )
        rows.append({**rows[0], "res_id": -100, "user_id": one.id, "date_rated": "2025-04-01"})
        self.feedback.create(rows)
        self.env.flush_all()
        with freeze_time("2026-04-10"):
            ranks = self.env["aftersales.feedback.ranking"].search(
                [("user_id", "in", (many + one).ids)]
            )
            self.assertEqual(ranks.mapped("name"), [many.name, one.name])
            self.assertEqual(ranks.mapped("rated"), [20, 1])
            self.assertEqual([round(r, 1) for r in ranks.mapped("rank_percent")], [83.9, 20.7])

    # --- Who reads it --------------------------------------------------------------------------

    def test_nobody_reads_or_writes_odoos_rating_nor_changes_what_was_said(self):
        row = self.rate(self.settle("2026-04-06 10:00:00"), 1)
        for user in (self.agent, self.manager):
            ratings = self.env["rating.rating"].with_user(user)
            self.assertFalse(ratings.search([("id", "=", row.rating_id.id)]))
            with self.assertRaises(AccessError):
                ratings.browse(row.rating_id.id).write({"rating": 5})
            with self.assertRaises(AccessError):
                row.with_user(user).write({"score": 5})
            claim = self.env[row.res_model].with_user(user).browse(row.res_id)
            self.assertEqual(claim._feedback_path(5), "#")
            token = row.rating_id.access_token
            with self.assertRefused("customer's to give"):
                claim.rating_apply(5, token=token)
        self.assertEqual(row.score, 1)

    def test_feedback_is_read_by_those_whose_it_is(self):
        row = self.rate(self.settle("2026-04-06 10:00:00", user_id=self.agent.id), 5)
        seller = new_test_user(self.env, "t-sel", "sales_team.group_sale_salesman")
        self.assertTrue(self.feedback.with_user(self.agent).search([("id", "=", row.id)]))
        self.assertFalse(self.feedback.with_user(seller).search([("id", "=", row.id)]))
        self.customer.user_id = seller
        self.assertTrue(self.feedback.with_user(seller).search([("id", "=", row.id)]))
        sister = self.env["res.company"].create({"name": "Sister"})
        stranger = new_test_user(
            self.env,
            "t-sis",
            "aftersales_plans.group_manager",
            company_id=sister.id,
            company_ids=[Command.set(sister.ids)],
        )
        self.assertFalse(self.feedback.with_user(stranger).search([]))
        self.env.flush_all()
        self.assertFalse(self.env["aftersales.feedback.ranking"].with_user(stranger).search([]))
        warehouse = new_test_user(self.env, "t-wh", "stock.group_stock_user")
        self.assertFalse(self.asset.move_id.picking_id.with_user(warehouse).aftersales_mood)
        self.assertFalse(self.goods.product_tmpl_id.with_user(warehouse).aftersales_rated_count)
