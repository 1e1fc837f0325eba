# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, freeze_time, tagged

from .common import TODAY
from .common_credit import CreditCommon


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestCreditAdjustment(CreditCommon):
    """Accountants give, take back and open store credit, each with an entry (79, 87)."""

    def _wizard(self, user=None, **vals):
        return (
            self.env["aftersales.credit.adjust"]
            .with_user(user or self.accountant)
            .create(
                {
                    "partner_id": self.referrer.id,
                    "amount": 40.0,
                    "reason": "Late delivery",
                    **vals,
                }
            )
        )

    # --- Goodwill ------------------------------------------------------------------------------

    def test_goodwill_is_booked_and_can_be_spent(self):
        wizard = self._wizard()
        self.assertEqual(str(wizard.date_expiry), "2028-03-15")
        self.assertEqual((wizard.credit, wizard.new_credit), (0.0, 40.0))
        wizard.action_confirm()
        lot = self._card().aftersales_lot_ids
        self.assertRecordValues(
            lot,
            [
                {
                    "kind": "goodwill",
                    "amount": 40.0,
                    "remaining": 40.0,
                    "note": f"{self.accountant.name}: Late delivery",
                    "counterpart_account_id": self.E.id,
                    "partner_id": self.referrer.id,
                }
            ],
        )
        self.assertEqual(str(lot.date_expiry), "2028-03-15")
        self.assertLines(lot.move_id, (self.E, self.referrer, 40.0), (self.L, self.referrer, -40.0))
        self.assertEqual(self._card().history_ids.description, "Goodwill", "not the reason")
        self.assertIn("Late delivery", self.referrer.message_ids[0].body)
        self.assertInvariants()
        order = self._quotation((self.goods_untaxed, 40.0))
        order.action_confirm()
        self._invoice(order.with_user(self.env.user))
        self.assertBalance(self.L, 0.0)
        self.assertInvariants()

    def test_what_would_have_expired_already_is_not_given(self):
        with self.assertRefused(UserError, "This store credit would have expired already"):
            self._goodwill(10.0, "2027-03-14")
        self.assertFalse(self._card())

    def test_a_second_click_changes_nothing(self):
        wizard = self._wizard()
        wizard.action_confirm()
        wizard.action_confirm()
        self.assertEqual(self._card().points, 40.0)

    def test_it_is_taken_back_once_and_against_what_it_was_booked_on(self):
        lot = self._goodwill(40.0)
        other = self.E.copy({"name": "Rewards, new"})
        self.company.aftersales_commission_expense_account_id = other
        lot.with_user(self.accountant).action_take_back()
        taken = lot.movement_ids.filtered(lambda movement: movement.kind == "taken_back")
        self.assertLines(
            taken.move_id, (self.L, self.referrer, 40.0), (self.E, self.referrer, -40.0)
        )
        self.assertEqual((taken.amount, lot.remaining, self._card().points), (-40.0, 0.0, 0.0))
        name = self.accountant.name
        self.assertEqual(taken.note, f"{name}: takes back “{name}: Late delivery”")
        with self.assertRefused(UserError, "cannot be taken back.*once"):
            lot.with_user(self.accountant).action_take_back()
        self.assertBalance(self.L, 0.0)
        self.assertInvariants()

    def test_what_is_spent_of_it_stays_spent(self):
        lot = self._goodwill(100.0)
        order, card = self._order(confirm=False), self._card().sudo()
        card._change_points(-60.0, "Spent", order)
        lot.with_user(self.accountant).action_take_back()
        self.assertEqual((lot.remaining, card.points), (0.0, 0.0))
        card._change_points(60.0, "Given back", order)
        self.assertEqual((lot.remaining, card.points), (60.0, 60.0))
        with self.assertRefused(UserError, "once"):
            lot.with_user(self.accountant).action_take_back()
        self.assertInvariants()

    def test_the_credit_of_a_payout_is_not_taken_back_here(self):
        self._pay(self._invoice(self._order()))
        lot = self._payout(100.0).card_id.aftersales_lot_ids
        with self.assertRefused(UserError, "only goodwill and opening balances"):
            lot.with_user(self.accountant).action_take_back()

    # --- Taking back ---------------------------------------------------------------------------

    def test_what_expires_soonest_is_taken_back_first(self):
        late, soon = self._goodwill(50.0, "2028-01-01"), self._goodwill(30.0, "2027-06-01")
        wizard = self._wizard(direction="take")
        self.assertEqual((wizard.credit, wizard.new_credit), (80.0, 40.0))
        wizard.action_confirm()
        self.assertEqual((soon.remaining, late.remaining), (0.0, 40.0))
        self.assertLines(
            wizard.move_id, (self.L, self.referrer, 40.0), (self.E, self.referrer, -40.0)
        )
        rows = (soon + late).movement_ids.filtered(lambda row: row.kind == "taken_back")
        self.assertEqual(set(rows.mapped("note")), {f"{self.accountant.name}: Late delivery"})
        self.assertEqual(rows.create_uid, self.accountant)
        self.assertInvariants()

    def test_a_chosen_lot_and_never_below_nothing(self):
        late, soon = self._goodwill(50.0, "2028-01-01"), self._goodwill(30.0, "2027-06-01")
        self._wizard(direction="take", lot_id=late.id).action_confirm()
        self.assertEqual((soon.remaining, late.remaining), (30.0, 10.0))
        for vals, words in (
            ({"lot_id": late.id, "amount": 10.01}, r"10\.00 of store credit in this lot"),
            ({"amount": 40.01}, r"Rita Referrer has .*40\.00 of store credit: .*40\.01"),
            ({"amount": 1.0, "partner_id": self.customer.id}, r"Ned Neighbour has .*0\.00"),
            ({"amount": 0.0}, "more than 0"),
            ({"amount": -5.0}, "more than 0"),
            ({"reason": " "}, "Enter the reason"),
        ):
            with self.assertRefused(UserError, words):
                self._wizard(direction="take", **vals).action_confirm()
        self.assertEqual(self._card().points, 40.0)
        self.assertInvariants()

    def test_what_ran_out_is_not_taken_back_but_expired(self):
        old, new = self._goodwill(50.0, "2027-04-01"), self._goodwill(30.0)
        with freeze_time("2027-04-02"):
            with self.assertRefused(UserError, r"has .*30\.00 of store credit"):
                self._wizard(direction="take", amount=40.0).action_confirm()
            self._wizard(direction="take", amount=30.0).action_confirm()
        self.assertEqual((old.remaining, new.remaining), (0.0, 0.0))
        self.assertBalance(self.breakage, 50.0)
        self.assertInvariants()

    def test_a_contact_s_credit_is_its_company_s(self):
        self.referrer.is_company = True
        contact = self.env["res.partner"].create({"name": "Mason", "parent_id": self.referrer.id})
        lot = self._goodwill(40.0, partner=contact)
        self.assertEqual(lot.partner_id, self.referrer)
        self.assertEqual(contact.aftersales_credit, 40.0)

    def test_the_wizard_starts_from_the_lot_it_was_opened_on(self):
        lot = self._goodwill(40.0)
        with Form(
            self.env["aftersales.credit.adjust"]
            .with_user(self.accountant)
            .with_context(active_model="aftersales.credit.lot", active_ids=lot.ids)
        ) as form:
            self.assertEqual((form.partner_id, form.direction), (self.referrer, "take"))
            self.assertEqual(form.lot_id, lot)
            form.amount, form.reason = 15.0, "Entered twice"
        form.record.action_confirm()
        self.assertEqual(lot.remaining, 25.0)

    def test_an_account_that_is_missing_is_named(self):
        self.company.aftersales_commission_journal_id = False
        with self.assertRefused(UserError, "set After-Sales Journal"):
            self._wizard().action_confirm()
        self.assertFalse(self._card())

    def test_a_contact_of_another_company_holds_no_credit_here(self):
        other = self.setup_other_company(name="Elsewhere")["company"]
        self.referrer.company_id = other
        words = "Rita Referrer is a contact of Elsewhere and cannot hold store credit"
        with self.assertRefused(UserError, words):
            self._goodwill()
        with self.assertRefused(UserError, words):
            self._opening().sudo().with_user(self.accountant).action_record()

    def test_nobody_else_may(self):
        manager = self._user("boss", "aftersales_plans.group_manager")
        stranger = self.setup_other_company(name="Elsewhere")["company"]
        lot = self._goodwill(40.0)
        for user in (self.salesperson, manager, self.biller):
            with self.assertRaises(AccessError):
                self._wizard(user=user)
            with self.assertRaises(AccessError):
                self._goodwill(user=user)
            with self.assertRaises(AccessError):
                self.Lot.with_user(user)._take_from(self.referrer, self.company, 1.0, "x")
            with self.assertRaises(AccessError):
                lot.with_user(user).sudo(False).action_take_back()
        with self.assertRaises(AccessError):
            self._goodwill(company=stranger)
        for vals in ({"remaining": 900.0}, {"date_expiry": "2040-01-01"}):
            with self.assertRaises(AccessError):
                lot.with_user(self.accountant).sudo(False).write(vals)
        with self.assertRaises(UserError):
            lot.movement_ids.note = "x"
        self.assertInvariants()

    # --- Opening balances ----------------------------------------------------------------------

    def _opening(self, amount=150.0, **vals):
        return (
            self.env["aftersales.credit.opening"]
            .with_user(self.accountant)
            .create(
                {
                    "referrer_id": self.referrer.id,
                    "date": "2026-12-31",
                    "amount": amount,
                    "date_expiry": "2027-12-31",
                    **vals,
                }
            )
        )

    def test_opening_credit_is_on_the_cards_with_its_original_last_day(self):
        chosen = self.company_data["default_account_assets"]
        openings = self._opening(counterpart_account_id=chosen.id) + self._opening(
            82.5, referrer_id=self.customer.id, date_expiry=False, counterpart_account_id=chosen.id
        )
        openings.action_record()
        self.assertEqual(openings.mapped("status"), ["recorded", "recorded"])
        lots = openings.lot_id.sudo()
        self.assertEqual(lots.mapped("amount"), [150.0, 82.5])
        self.assertEqual([str(lot.date_expiry) for lot in lots], ["2027-12-31", "False"])
        self.assertEqual(set(lots.mapped("kind")), {"opening"})
        self.assertEqual(str(lots.move_id.date), "2026-12-31")
        self.assertLines(
            lots.move_id,
            (chosen, self.referrer, 150.0),
            (self.L, self.referrer, -150.0),
            (chosen, self.customer, 82.5),
            (self.L, self.customer, -82.5),
        )
        self.assertEqual((self._card().points, self._card(self.customer).points), (150.0, 82.5))
        self.assertInvariants()

    def test_in_a_locked_period_it_is_booked_on_the_first_open_day(self):
        self.company.fiscalyear_lock_date = "2027-01-31"
        opening = self._opening()
        opening.action_record()
        self.assertEqual(str(opening.lot_id.sudo().move_id.date), "2027-02-01")
        self.assertInvariants()

    def test_a_file_is_imported_once(self):
        header = ["referrer_id", "reference", "date", "amount", "date_expiry"]
        lines = [
            [self.referrer.name, "GIFT-1", "2026-12-31", "150.00", "2027-12-31"],
            [self.customer.name, "GIFT-1", "2026-12-31", "82.50", ""],
        ]
        Opening = self.env["aftersales.credit.opening"].with_user(self.accountant)
        first = Opening.load(header, lines)
        self.assertFalse(first["messages"])
        Opening.browse(first["ids"]).action_record()
        Opening.browse(first["ids"]).action_record()
        self.assertEqual(self._card().points, 150.0)
        again = Opening.load(header, lines)
        self.assertIn("is entered already", again["messages"][0]["message"])
        self.assertEqual(Opening.search_count([]), 2)
        self.assertInvariants()

    def test_a_wrong_one_is_taken_back_and_entered_again(self):
        opening = self._opening(1500.0)
        opening.action_record()
        with self.assertRefused(UserError, "is on the card"):
            opening.amount = 150.0
        with self.assertRefused(UserError, "is on the card"):
            opening.unlink()
        opening.action_take_back()
        opening.invalidate_recordset()
        self.assertEqual(opening.status, "taken_back")
        self.assertBalance(opening.counterpart_account_id, 0.0)
        with self.assertRefused(UserError, "once"):
            opening.action_take_back()
        self._opening(150.0).action_record()
        self.assertEqual(self._card().points, 150.0)
        self.assertInvariants()

    def test_nothing_less_than_nothing_expired_and_tomorrow_are_refused(self):
        for vals, words in (
            ({"amount": 0.0}, "other than 0"),
            ({"amount": -1.0}, "less than nothing"),
            ({"date": "2027-03-16"}, "lies in the past"),
            ({"date_expiry": "2027-03-14"}, "expired on 2027-03-14 already"),
            ({"counterpart_account_id": self.L.id}, "store credit account itself"),
        ):
            with self.assertRefused(ValidationError, words):
                self._opening(**vals)
        opening = self._opening(date_expiry="2027-03-15")
        with freeze_time("2027-03-16"), self.assertRefused(ValidationError, "already"):
            opening.action_record()
        self.company.aftersales_store_credit_account_id = False
        with self.assertRefused(UserError, "set Store Credit"):
            self._opening(reference="x").action_record()
        with self.assertRefused(UserError, "cannot be changed by hand"):
            self._opening(reference="y", lot_id=1)
