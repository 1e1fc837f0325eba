# SPDX-License-Identifier: LGPL-3.0-or-later
from datetime import date, datetime

from odoo.tests import freeze_time, tagged

from .common import AfterSalesCase

MORNING = datetime(2026, 1, 15, 9)


@tagged("post_install", "-at_install")
class TestCustomer(AfterSalesCase):
    """One card per customer and company, and the day of the last contact on it."""

    def card(self, partner=None):
        return self.env["aftersales.customer"]._of(partner or self.customer, self.company)

    def test_a_sold_plan_makes_the_card_with_the_day_of_the_order(self):
        with freeze_time(MORNING):
            self.sell((self.goods, 1), (self.plan_product, 1))
        card = self.card()
        self.assertEqual(len(card), 1)
        self.assertEqual(card.last_contact, date(2026, 1, 15))
        self.assertEqual((card.stage, card.contract_count), ("active", 1))

    def test_a_later_order_and_claim_move_the_day_and_an_earlier_contact_does_not(self):
        with freeze_time(MORNING):
            contract = self.sell((self.goods, 1), (self.plan_product, 1))
        with freeze_time("2026-02-01 09:00:00"):
            self.sell((self.goods, 1))
        self.assertEqual(self.card().last_contact, date(2026, 2, 1))
        self.assertEqual(self.card().last_order, date(2026, 2, 1))
        with freeze_time("2026-02-10 09:00:00"):
            self.claim(contract.asset_ids)
        self.assertEqual(self.card().last_contact, date(2026, 2, 10))
        self.customer._aftersales_note_contact(self.company, date(2026, 2, 5))
        self.assertEqual(self.card().last_contact, date(2026, 2, 10))
        self.assertEqual(self.card().last_order, date(2026, 2, 1))

    def test_goods_without_plan_get_their_card_from_the_daily_run_once(self):
        with freeze_time(MORNING):
            self.sell((self.goods, 1))
            self.assertFalse(self.card())
            partners = self.env["aftersales.customer"]._without_card(self.company, datetime.min)
            self.assertIn(self.customer, partners)
            self.env["aftersales.customer"]._make(partners, self.company)
            self.env["aftersales.customer"]._make(partners, self.company)
        self.assertEqual(self.card().mapped("last_contact"), [date(2026, 1, 15)])

    def test_contacts_that_become_one_customer_count_once_at_once(self):
        Customer = self.env["aftersales.customer"]
        house, owner, tenant = self.env["res.partner"].create(
            [{"name": name} for name in ("House", "Owner", "Tenant")]
        )
        with freeze_time(MORNING):
            Customer._make(house | owner | tenant, self.company)
            cards = Customer._of(house | owner | tenant, self.company)
            mine = [("id", "in", cards.ids), ("is_base", "=", True)]
            self.assertEqual(Customer.search_count(mine), 3)
            (owner | tenant).parent_id = house
            self.env.flush_all()
            self.assertEqual(Customer.search(mine).partner_id, house)
            self.assertEqual(cards.filtered("is_base").partner_id, house)
            Customer._join_doubles(self.company)
            self.assertEqual(Customer.search(mine).partner_id, house)
            cards.exists().unlink()
            Customer._make(tenant, self.company)
            self.assertEqual(Customer.search_count([("partner_id", "=", house.id)]), 1)

    def test_cards_are_found_by_whether_they_have_a_contract(self):
        contract = self.sell((self.goods, 1), (self.plan_product, 1))
        card, cards = self.card(), self.env["aftersales.customer"]
        for domain, there in (
            ([("contract_count", ">", 0)], True),
            ([("contract_count", "=", 0)], False),
        ):
            with self.subTest(domain):
                self.assertEqual(card in cards.search(domain), there)
        contract._set_state("expired")
        self.assertNotIn(card, cards.search([("contract_count", ">", 0)]))
