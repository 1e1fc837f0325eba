# SPDX-License-Identifier: LGPL-3.0-or-later
from datetime import date, timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import SQL, mute_logger

from odoo.addons.mail.tests.common import MockEmail

from .common import AfterSalesCase

MONDAY = date(2026, 3, 2)


def day(number):
    """Return the morning of a day of March 2026, or of a later month by counting on."""
    return f"{MONDAY + timedelta(days=number - 2)} 08:00:00"


class FollowupCase(MockEmail, AfterSalesCase):
    """Customers we turn to by ourselves, day by day."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seller = new_test_user(cls.env, "t-care", "sales_team.group_sale_salesman_all_leads")
        cls.customer.write({"phone": "+49 30 1234", "email": "casa@example.com"})
        cls.company.aftersales_care_since = date(2026, 1, 1)
        cls.Followup = cls.env["aftersales.followup"]
        cls.env["aftersales.followup"].search([]).sudo().write({"state": "done"})

    def run_daily(self, morning):
        """Let the daily job run on a morning; return what it opened."""
        before = self.Followup.search([])
        cron = self.env.ref("aftersales_plans.cron_turn_to_customers")
        with freeze_time(morning), self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.env.invalidate_all()
        return self.Followup.search([]) - before

    def order_on(self, morning, **values):
        """Sell and deliver one boiler; return the order."""
        with freeze_time(morning):
            values.setdefault("user_id", self.seller.id)
            order = self.quote((self.goods, 1), **values)
            order.action_confirm()
            self.deliver(order.picking_ids)
        return order

    def open_call(self, morning=None, **values):
        """Return a call that is to be made."""
        with freeze_time(morning or day(5)):
            [call] = self.Followup._open(
                [
                    {
                        "name": "Is Casa Verde satisfied?",
                        "kind": "courtesy",
                        "key": "test/1",
                        "partner_id": self.customer.id,
                        "user_id": self.seller.id,
                        "date_due": date(2026, 3, 5),
                        **values,
                    }
                ]
            )
        return call


@tagged("post_install", "-at_install")
class TestCourtesyCall(FollowupCase):
    """One call after a delivery and its silence, on the right day, never twice (51, 54)."""

    def test_the_call_opens_when_the_silence_is_over_and_never_again(self):
        order = self.order_on(day(2))
        self.assertFalse(self.run_daily(day(4)))
        call = self.run_daily(day(5))
        self.assertEqual(call.date_due, date(2026, 3, 5))
        self.assertEqual((call.order_ids, call.user_id), (order, self.seller))
        self.assertEqual((call.partner_id, call.company_id), (self.customer, self.company))
        self.assertEqual(call.activity_ids.user_id, self.seller)
        self.assertEqual(call.activity_ids.date_deadline, date(2026, 3, 5))
        self.assertFalse(self.run_daily(day(5)))
        with freeze_time(day(6)):
            call.action_satisfied()
        self.assertFalse(self.run_daily(day(20)))

    def test_the_call_is_due_on_a_working_day_but_a_week_after_at_the_latest(self):
        self.order_on(day(4))  # a Wednesday: the silence ends on Saturday
        self.assertEqual(self.run_daily(day(7)).date_due, date(2026, 3, 9))
        holidays = {"name": "Spring", "resource_id": False}
        self.env["resource.calendar.leaves"].create(
            {
                **holidays,
                "calendar_id": self.company.resource_calendar_id.id,
                "date_from": "2026-03-09 00:00:00",
                "date_to": "2026-03-20 23:00:00",
            }
        )
        colleague = self.env["res.partner"].create({"name": "Villa Rossa"})
        self.order_on(day(6), partner_id=colleague.id)
        self.assertEqual(self.run_daily(day(9)).date_due, date(2026, 3, 13))
        self.company.resource_calendar_id = False
        other = self.env["res.partner"].create({"name": "Villa Blu"})
        self.order_on(day(4), partner_id=other.id)
        self.assertEqual(self.run_daily(day(9)).date_due, date(2026, 3, 7))

    def test_a_later_delivery_moves_the_call_and_orders_share_it(self):
        first = self.order_on(day(2))
        ann = self.env["res.partner"].create({"name": "Ann", "parent_id": self.customer.id})
        second = self.order_on(day(4), partner_id=ann.id)
        self.assertFalse(self.run_daily(day(6)))
        call = self.run_daily(day(9))
        self.assertEqual(call.order_ids, first | second)
        self.assertEqual(call.date_due, date(2026, 3, 9))  # day 7 is a Saturday
        third = self.order_on(day(10))
        self.assertFalse(self.run_daily(day(13)))
        self.assertEqual(call.order_ids, first | second | third)
        with freeze_time(day(14)):
            call.action_satisfied()
        fourth = self.order_on(day(16))
        self.assertEqual(self.run_daily(day(19)).order_ids, fourth)

    def test_who_is_not_called(self):
        order = self.order_on(day(2))
        self.customer.aftersales_no_contact = True
        self.assertFalse(self.run_daily(day(5)))
        self.customer.write({"aftersales_no_contact": False, "active": False})
        self.assertFalse(self.run_daily(day(5)))
        self.customer.active = True
        self.company.aftersales_courtesy_calls = False
        self.assertFalse(self.run_daily(day(5)))
        self.company.write(
            {"aftersales_courtesy_calls": True, "aftersales_care_since": date(2026, 3, 3)}
        )
        self.assertFalse(self.run_daily(day(5)))
        self.company.aftersales_care_since = date(2026, 3, 2)
        self.assertFalse(self.run_daily(day(37)))  # a month after the silence, and one day
        self.assertEqual(self.run_daily(day(36)).order_ids, order)

    def test_what_a_claim_ships_and_what_comes_back_is_no_delivery(self):
        with freeze_time(day(2)):
            contract = self.sell((self.goods, 2), (self.plan_product, 1))
        self.run_daily(day(5)).sudo().write({"state": "done"})
        with freeze_time(day(10)):
            claim = self.claim(contract.asset_ids)
            claim.action_approve()
            self.deliver(claim.picking_ids.sudo())
            picking = contract.sale_order_id.picking_ids[:1]
            back = picking._create_return() if hasattr(picking, "_create_return") else None
            if back:
                self.deliver(back)
        self.assertFalse(self.run_daily(day(13)))
        self.assertEqual(
            self.customer._aftersales_last_deliveries(self.company)[self.customer.id], MONDAY
        )

    def test_another_company_calls_for_itself_on_its_own_days(self):
        order = self.order_on(day(2))
        other = self.env["res.company"].create({"name": "Nordstein"})
        other.partner_id.tz = "Pacific/Auckland"
        other.aftersales_care_since = date(2026, 1, 1)
        warehouse = self.env["stock.warehouse"].search([("company_id", "=", other.id)], limit=1)
        self.env["stock.quant"]._update_available_quantity(self.goods, warehouse.lot_stock_id, 5)
        theirs = self.env["sale.order"].with_company(other)
        with freeze_time("2026-03-03 12:00:00"):  # the 4th in Auckland
            theirs = theirs.create(
                {
                    "partner_id": self.customer.id,
                    "company_id": other.id,
                    "warehouse_id": warehouse.id,
                    "order_line": [Command.create({"product_id": self.goods.id})],
                }
            )
            theirs.action_confirm()
            self.deliver(theirs.picking_ids)
        calls = self.run_daily("2026-03-06 10:00:00")  # 23:00 on the 6th there
        self.assertEqual(calls.order_ids, order)
        calls = self.run_daily("2026-03-06 11:30:00")  # the 7th there
        self.assertEqual((calls.company_id, calls.order_ids), (other, theirs))

    def test_a_bad_order_does_not_stop_the_others(self):
        bad = self.order_on(day(2))
        villa = self.env["res.partner"].create({"name": "Villa Rossa"})
        good = self.order_on(day(2), partner_id=villa.id)
        real = type(bad)._prepare_courtesy_call

        def fail(order, customer):
            if order == bad:
                raise ValueError("no such thing")
            return real(order, customer)

        with (
            patch.object(type(bad), "_prepare_courtesy_call", fail),
            mute_logger("odoo.addons.aftersales_plans.models.work_off"),
        ):
            self.assertEqual(self.run_daily(day(5)).order_ids, good)
        self.assertEqual(bad.activity_ids.summary and bad.activity_ids.user_id, self.seller)
        self.assertEqual(self.run_daily(day(6)).order_ids, bad)

    def test_a_month_late_leaves_the_same_calls(self):
        first, second = self.order_on(day(2)), self.order_on(day(20))
        call = self.run_daily(day(33))
        self.assertEqual(call.order_ids, first | second)

    def test_whom_another_run_was_faster_with_is_left_to_it(self):
        call = self.open_call()
        with patch.object(type(self.Followup), "search", lambda *_args, **_kw: self.Followup):
            with mute_logger("odoo.sql_db"):
                again = self.Followup._open(
                    [
                        {
                            "name": name,
                            "kind": "courtesy",
                            "key": key,
                            "partner_id": self.customer.id,
                            "user_id": self.seller.id,
                            "date_due": MONDAY,
                        }
                        for name, key in (("Again", call.key), ("New", "test/2"))
                    ]
                )
        self.assertEqual(again.mapped("key"), ["test/2"])

    def test_merged_customers_keep_their_calls(self):
        villa = self.env["res.partner"].create({"name": "Villa Rossa", "email": "v@example.com"})
        order = self.order_on(day(2), partner_id=villa.id)
        call = self.run_daily(day(5))
        self.env["base.partner.merge.automatic.wizard"]._merge(
            [villa.id, self.customer.id], self.customer, extra_checks=False
        )
        self.env.invalidate_all()
        self.assertEqual((call.partner_id, call.order_ids), (self.customer, order))
        self.assertFalse(self.run_daily(day(6)))


@tagged("post_install", "-at_install")
class TestFollowupOutcome(FollowupCase):
    """What comes of a call is noted with its day, and the activity follows (54)."""

    def test_a_satisfied_customer_is_noted_once(self):
        call = self.open_call()
        with freeze_time(day(6)):
            call.with_user(self.seller).action_satisfied()
        self.assertEqual((call.state, call.outcome), ("done", "satisfied"))
        self.assertEqual(call.date_done, date(2026, 3, 6))
        self.assertFalse(call.activity_ids)
        with self.assertRefused("settled already"):
            call.action_satisfied()

    def test_a_complaint_becomes_a_claim_with_the_goods(self):
        order = self.order_on(day(2))
        call = self.run_daily(day(5))
        with freeze_time(day(6)):
            opened = call.with_user(self.seller).action_not_satisfied()
            complaint = (
                self.env[opened["res_model"]]
                .with_user(self.seller)
                .with_context(**opened["context"])
                .create({"description": "It leaks."})
            )
            complaint.action_confirm()
        claim = call.claim_id
        self.assertEqual((claim.state, claim.description), ("draft", "It leaks."))
        self.assertEqual(claim.line_ids.asset_id.move_id.sale_line_id.order_id, order)
        self.assertEqual((claim.partner_id, claim.user_id), (self.customer, self.seller))
        self.assertEqual((call.state, call.outcome), ("done", "not_satisfied"))
        self.assertFalse(call.activity_ids)
        with self.assertRefused("settled already"):
            complaint.action_confirm()
        self.assertEqual(self.env["aftersales.claim"].search_count([("id", ">", claim.id)]), 0)

    def test_nobody_answers_three_times(self):
        call = self.open_call()
        with freeze_time(day(6)):  # a Friday
            call.with_user(self.seller).action_not_reached()
        self.assertEqual((call.tries, call.date_due), (1, date(2026, 3, 9)))
        self.assertEqual(call.activity_ids.date_deadline, date(2026, 3, 9))
        with freeze_time(day(9)):
            call.action_not_reached()
        self.assertEqual(call.date_due, date(2026, 3, 10))
        with freeze_time(day(10)):
            call.action_not_reached()
        self.assertEqual((call.state, call.drop_reason), ("dropped", "Not reached 3 times"))
        self.assertFalse(call.activity_ids)
        with freeze_time(day(14)):  # a Saturday
            call.action_take_up_again()
        self.assertEqual((call.state, call.tries), ("open", 0))
        self.assertEqual(call.activity_ids.date_deadline, date(2026, 3, 16))
        self.assertFalse(call.drop_reason)

    def test_an_activity_done_by_hand_loses_nothing(self):
        call = self.open_call()
        with freeze_time(day(5)):
            call.activity_ids.with_user(self.seller).action_feedback(feedback="Spoke to Ann")
        self.assertEqual(call.state, "open")
        self.assertFalse(call.activity_ids)
        self.run_daily(day(6))
        self.assertEqual(call.activity_ids.summary, "Record what came of it")
        self.assertEqual(call.activity_ids.user_id, self.seller)
        self.run_daily(day(7))
        self.assertEqual(len(call.activity_ids), 1)

    def test_a_colleague_takes_over_with_the_activity(self):
        call = self.open_call()
        call.with_user(self.seller).user_id = self.agent
        self.assertEqual(call.activity_ids.user_id, self.agent)
        call.with_user(self.agent).date_due = date(2026, 3, 12)
        self.assertEqual(call.activity_ids.date_deadline, date(2026, 3, 12))

    def test_the_owner_is_who_may_do_it(self):
        self.assertEqual(self.open_call().user_id, self.seller)
        self.customer.user_id = self.agent
        self.seller.active = False
        self.assertEqual(self.open_call(key="test/2").user_id, self.agent)
        self.customer.user_id = False
        owner = self.open_call(key="test/3").user_id
        self.assertTrue(owner.has_group("aftersales_plans.group_manager"))

    def test_who_wants_no_calls_any_more_gets_none_but_an_answer(self):
        call = self.open_call()
        complaint = self.open_call(kind="feedback", key="feedback/1")
        self.customer.aftersales_no_contact = True
        self.run_daily(day(6))
        self.assertEqual((call.state, complaint.state), ("dropped", "open"))
        self.assertEqual(call.drop_reason, "The customer wants no calls or mails by us")

    def test_nobody_writes_by_hand_what_the_buttons_say_nor_deletes(self):
        call = self.open_call().with_user(self.manager)
        for field, value in (
            ("state", "done"),
            ("outcome", "satisfied"),
            ("claim_id", False),
            ("order_ids", []),
        ):
            with self.assertRefused("use the buttons"):
                call.write({field: value})
        with self.assertRaises(AccessError):
            call.unlink()
        with self.assertRefused("drop it instead"):
            call.sudo().unlink()

    def test_the_caller_has_all_on_the_screen(self):
        with freeze_time(day(2)):
            contract = self.sell((self.goods, 1), (self.plan_product, 1), user_id=self.seller.id)
            claim = self.claim(contract.asset_ids)
            contract._suspend(date(2026, 3, 20), date(2026, 3, 30), "House empty")
        earlier = self.open_call()
        with freeze_time(day(5)):
            earlier.action_satisfied()
        call = self.run_daily(day(5)).with_user(self.seller)
        with freeze_time(day(5)):
            self.assertEqual((call.phone, call.email), ("+49 30 1234", "casa@example.com"))
            self.assertEqual(call.asset_ids, contract.asset_ids)
            self.assertEqual(call.live_contract_ids, contract)
            self.assertIn("Suspended from March 20, 2026", contract.call_label)
            self.assertEqual(call.open_claim_ids, claim)
            self.assertEqual(call.earlier_ids, earlier)
            self.assertEqual(call.orders_label, contract.sale_order_id.name)
        self.assertEqual(self.customer.aftersales_followup_count, 2)
        # an agent may not open orders, and sees what goods it is about
        self.env.invalidate_all()
        self.assertEqual(call.with_user(self.agent).asset_ids, contract.asset_ids)

    def test_goods_to_speak_about_are_those_of_the_contract_else_all_in_use(self):
        with freeze_time(day(2)):
            contract = self.sell((self.goods, 1), (self.plan_product, 1))
            bare = self.sell((self.goods, 1), (self.plan_product, 1)).asset_ids
            contract.asset_ids |= contract.asset_ids.copy()
            contract.asset_ids[-1]._take_out("scrapped", date(2026, 3, 2))
        call = self.open_call(contract_id=contract.id)
        self.assertEqual(call.asset_ids, contract.asset_ids.filtered(lambda a: a != bare)[:1])
        call.contract_id = False
        call.invalidate_recordset()
        self.assertEqual(call.asset_ids, contract.asset_ids[:1] | bare)

    def test_who_may_not_read_claims_is_shown_none(self):
        call = self.open_call()
        portal = new_test_user(self.env, "t-portal", "base.group_portal")
        hidden = call.with_user(portal).sudo(False)
        self.assertEqual(hidden._of_customer("aftersales.claim"), self.env["aftersales.claim"])

    def test_an_order_that_shared_a_call_gets_none_of_its_own(self):
        orders = self.order_on(day(2)) | self.order_on(day(2))
        call = self.run_daily(day(5))
        self.assertEqual(call.order_ids, orders)
        with freeze_time(day(6)):
            call.action_satisfied()
            for order in orders:
                order._open_courtesy_call()
        self.assertEqual(self.Followup.search([("order_ids", "in", orders.ids)]), call)
        self.assertFalse(self.Followup.search([("id", ">", call.id)]))

    def test_goods_of_a_complaint_need_a_cause(self):
        self.order_on(day(2))
        call = self.run_daily(day(5))
        with freeze_time(day(6)):
            opened = call.action_not_satisfied()
            complaint = self.env[opened["res_model"]].with_context(**opened["context"])
            complaint = complaint.create({"description": "It leaks.", "cause_id": False})
            with self.assertRefused("choose a cause for the goods"):
                complaint.action_confirm()

    def test_without_the_kind_of_activity_none_is_scheduled_again(self):
        self.open_call().activity_ids.unlink()
        with freeze_time(day(6)):
            self.assertTrue(self.Followup._find_without_activity(self.company))
            self.env.ref("aftersales_plans.activity_followup").unlink()
            self.assertEqual(self.Followup._find_without_activity(self.company), [])


@tagged("post_install", "-at_install")
class TestImportantDate(FollowupCase):
    """Customers hear of us on their days, at a distance to other contacts (57)."""

    def note(self, on, **values):
        with freeze_time("2026-01-05 08:00:00"):
            return self.env["aftersales.important.date"].create(
                {"name": "Birthday", "partner_id": self.customer.id, "date": on, **values}
            )

    def test_a_date_returns_every_year_and_the_leap_day_too(self):
        self.note("1980-03-10")
        self.note("2024-02-29", name="Founded")
        self.assertEqual(self.run_daily("2026-02-27 08:00:00").ids, [])
        founded = self.run_daily("2026-02-28 08:00:00")
        self.assertEqual((founded.date_due, founded.kind), (date(2026, 2, 28), "important_date"))
        with freeze_time("2026-02-28 09:00:00"):
            founded._drop("Shop closed")
        birthday = self.run_daily(day(10))
        self.assertEqual(birthday.date_due, date(2026, 3, 10))
        self.assertEqual(birthday.name, "Birthday of Casa Verde")
        self.assertFalse(self.run_daily(day(11)))
        with freeze_time("2026-03-11 09:00:00"):
            birthday.action_done()
        next_year = self.run_daily("2027-03-10 08:00:00").sorted("id")
        self.assertEqual(next_year.mapped("date_due"), [date(2027, 2, 28), date(2027, 3, 14)])
        self.assertEqual(next_year.important_date_id.mapped("name"), ["Founded", "Birthday"])

    def test_a_date_that_is_once_is_never_again(self):
        self.note("2026-03-10", yearly=False)
        self.note("2025-03-10", yearly=False, name="Long ago")
        self.assertEqual(self.run_daily(day(10)).name, "Birthday of Casa Verde")
        self.assertFalse(self.run_daily("2027-03-10 08:00:00"))

    def test_contacts_keep_their_distance(self):
        call = self.open_call(date_due=date(2026, 3, 5))
        with freeze_time(day(5)):
            call.action_satisfied()
        self.note("1980-03-10")
        moved = self.run_daily(day(10))
        self.assertEqual((moved.state, moved.date_due), ("open", date(2026, 3, 19)))
        self.note("1990-03-20", name="Founded")
        moved = self.run_daily(day(20))  # the 19th is open; the 2nd of April is near enough
        self.assertEqual((moved.state, moved.date_due), ("open", date(2026, 4, 2)))
        self.note("1990-03-21", name="Season")
        dropped = self.run_daily(day(21))
        self.assertEqual(dropped.state, "dropped")
        self.assertEqual(dropped.drop_reason, "Too close to another contact")
        self.assertFalse(self.run_daily(day(22)))

    def test_what_is_found_late_is_dropped_and_what_is_older_than_the_note_left_alone(self):
        self.note("1980-03-10")
        late = self.run_daily(day(25))  # 15 days after
        self.assertEqual((late.state, late.drop_reason), ("dropped", "Found too late"))
        self.note("1980-03-20", name="Founded")
        self.assertEqual(self.run_daily(day(34)).state, "open")  # 14 days after
        with freeze_time("2026-06-10 08:00:00"):
            self.env["aftersales.important.date"].create(
                {"name": "Past", "partner_id": self.customer.id, "date": "1980-06-01"}
            )
        self.assertFalse(self.run_daily("2026-06-10 08:00:00"))

    def test_a_bad_date_does_not_stop_the_others_and_somebody_is_told(self):
        bad, good = self.note("1980-03-10"), self.note("1980-03-11", name="Founded")
        good.partner_id = self.env["res.partner"].create({"name": "Villa Rossa"})
        real = type(bad)._prepare_followup

        def fail(row, on, free):
            if row == bad:
                raise ValueError("no such thing")
            return real(row, on, free)

        with (
            patch.object(type(bad), "_prepare_followup", fail),
            mute_logger("odoo.addons.aftersales_plans.models.work_off"),
        ):
            self.assertEqual(self.run_daily(day(11)).important_date_id, good)
        self.assertEqual(len(bad.activity_ids), 1)
        self.assertEqual(self.run_daily(day(12)).important_date_id, bad)
        self.assertFalse(bad.activity_ids)

    def test_a_date_belongs_to_the_company_of_its_customer(self):
        sister = self.env["res.company"].create({"name": "Sister"})
        self.customer.company_id = self.company
        with self.assertRefused(f"Birthday: Casa Verde belongs to {self.company.name}"):
            self.note("1980-03-10", company_id=sister.id)

    def test_a_date_that_is_not_due_opens_nothing(self):
        row = self.note("1980-03-10")
        with freeze_time("2026-06-01 08:00:00"):
            row._turn_to_customer()
        self.assertFalse(self.Followup.search([("important_date_id", "=", row.id)]))

    def test_who_wants_no_greetings_gets_none(self):
        row = self.note("1980-03-10")
        self.customer.aftersales_no_contact = True
        self.assertFalse(self.run_daily(day(10)))
        self.customer.aftersales_no_contact = False
        row.active = False
        self.assertFalse(self.run_daily(day(10)))

    def test_a_greeting_by_mail_leaves_on_its_day_by_itself(self):
        self.company.partner_id.tz = self.customer.tz = "Europe/Berlin"
        self.note("1980-03-10", greeting="mail")
        with self.mock_mail_gateway():
            greeting = self.run_daily("2026-03-10 03:00:00")
        self.assertEqual((greeting.state, greeting.date_done), ("done", date(2026, 3, 10)))
        self.assertFalse(greeting.activity_ids)
        mail = self.env["mail.mail"].search(
            [("model", "=", "aftersales.followup"), ("res_id", "=", greeting.id)]
        )
        self.assertEqual(str(mail.scheduled_date), "2026-03-10 08:00:00")
        self.assertIn("Birthday", mail.body_html)
        self.assertEqual(mail.recipient_ids, self.customer)

    def test_a_greeting_that_cannot_be_mailed_is_a_call(self):
        self.customer.email = False
        self.note("1980-03-10", greeting="mail")
        greeting = self.run_daily(day(10))
        self.assertEqual((greeting.state, greeting.by_mail), ("open", False))
        self.assertEqual(len(greeting.activity_ids), 1)
        self.run_daily(day(11))
        self.assertEqual(len(greeting.activity_ids), 1)


@tagged("post_install", "-at_install")
class TestDormantCover(FollowupCase):
    """What was paid for and not used by two thirds of the term is asked about (65)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.aftersales_courtesy_calls = False  # what is delivered here is another matter

    def sell_year(self):
        with freeze_time("2026-03-02 08:00:00"):
            return self.sell((self.goods, 2), (self.plan_product, 1), user_id=self.seller.id)

    def test_unused_cover_is_asked_about_on_its_day_once(self):
        contract = self.sell_year()  # 365 days: 243 later is the 31st of October
        self.assertFalse(self.run_daily("2026-10-30 08:00:00"))
        call = self.run_daily("2026-10-31 08:00:00")
        self.assertEqual((call.kind, call.contract_id), ("dormant", contract))
        self.assertEqual((call.date_due, call.user_id), (date(2026, 10, 31), self.seller))
        self.assertFalse(self.run_daily("2026-10-31 08:00:00"))
        self.assertFalse(self.run_daily("2026-12-01 08:00:00"))

    def test_what_is_used_or_includes_nothing_or_was_due_before_is_left_alone(self):
        used = self.sell_year()
        with freeze_time(day(10)):
            self.claim(used.asset_ids).action_approve()
        self.plan.replacements_included = 0
        self.sell_year()
        self.assertFalse(self.run_daily("2026-10-31 08:00:00"))
        self.plan.replacements_included = 3
        contract = self.sell_year()
        self.customer.aftersales_no_contact = True
        self.assertFalse(self.run_daily("2026-10-31 08:00:00"))
        self.assertTrue(contract.use_checked)
        self.customer.aftersales_no_contact = False
        self.sell_year()
        self.company.aftersales_care_since = date(2026, 11, 1)
        self.assertFalse(self.run_daily("2026-11-02 08:00:00"))

    def test_a_late_run_finds_it_and_what_was_used_since_does_not_hide_it(self):
        contract = self.sell_year()
        with freeze_time("2026-11-10 08:00:00"):
            self.claim(contract.asset_ids).action_approve()
        call = self.run_daily("2026-11-30 08:00:00")
        self.assertEqual((call.contract_id, call.date_due), (contract, date(2026, 10, 31)))

    def test_the_selection_rests_on_an_index(self):
        Contract = self.env["aftersales.contract"]
        due = Contract._sql_due(self.company, MONDAY)
        self.env.cr.execute("SET LOCAL enable_seqscan = off")
        plan = self.env.execute_query(
            SQL("EXPLAIN SELECT c.id FROM aftersales_contract c WHERE %s", due)
        )
        self.assertIn("dormant_day_index", str(plan))


@tagged("post_install", "-at_install")
class TestFollowupTour(HttpCase, FollowupCase):
    def test_an_agent_calls_and_the_customer_is_not_satisfied(self):
        today = self.company._aftersales_today()
        self.sell((self.goods, 1), user_id=self.agent.id)
        order = self.env["sale.order"].search([("partner_id", "=", self.customer.id)], limit=1)
        call = self.open_call(None, user_id=self.agent.id, date_due=today, order_ids=order.ids)
        self.start_tour("/odoo/customer-care", "aftersales_followup", login="t-agent")
        self.assertEqual((call.state, call.outcome), ("done", "not_satisfied"))
        self.assertEqual(call.claim_id.line_ids.product_id, self.goods)
