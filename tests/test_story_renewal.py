"""The renewal story, told on a real Odoo: what the customer pays, and that cover goes on."""

from datetime import date

from odoo.tests import TransactionCase, freeze_time, tagged

from .stories.renewal import RenewalStory


@tagged("post_install", "-at_install")
class TestRenewalStory(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with freeze_time("2026-03-16 10:00:00"):
            cls.story = RenewalStory(cls.env).tell()

    def test_the_quotation_cost_the_uplifted_price_less_the_renewal_discount(self):
        price = self.story.contract.amount_untaxed
        line = self.story.offer_order.order_line
        self.assertEqual(line.aftersales_renews_id, self.story.contract)
        self.assertAlmostEqual(line.price_subtotal, price * 1.05 * 0.9, 2)
        self.assertEqual(self.story.offer_order.aftersales_renewal_deadline, date(2026, 4, 5))

    def test_the_next_term_follows_the_day_after_with_the_same_goods(self):
        old, new = self.story.contract, self.story.child
        self.assertEqual((old.date_start, old.date_end), (date(2025, 4, 10), date(2026, 4, 9)))
        self.assertRecordValues(
            new,
            [
                {
                    "state": "draft",
                    "date_start": date(2026, 4, 10),
                    "date_end": date(2027, 4, 9),
                    "plan_id": old.plan_id.id,
                    "renewed_from_id": old.id,
                }
            ],
        )
        self.assertEqual(old.renewal_stage, "renewed")
        self.assertEqual(new.sale_line_id.aftersales_asset_ids, old.asset_ids)

    def test_on_its_day_the_new_contract_takes_over_the_goods(self):
        old, new = self.story.contract, self.story.child
        goods = old.asset_ids
        with freeze_time("2026-04-10 06:00:00"):
            old._expire()
            new._activate_due()
        self.assertEqual((old.state, new.state), ("expired", "active"))
        self.assertEqual(goods.contract_id, new)

    def test_somebody_called_after_the_silence_and_the_customer_was_satisfied(self):
        call = self.story.followup
        self.assertRecordValues(
            call,
            [
                {
                    "state": "done",
                    "outcome": "satisfied",
                    "date_due": date(2026, 3, 16),  # delivered Wednesday: the third day a Saturday
                    "date_done": date(2026, 3, 14),
                    "order_ids": self.story.second_order.ids,
                }
            ],
        )

    def test_told_twice_it_happens_once(self):
        again = RenewalStory(self.env).tell()
        self.assertEqual(again.contract, self.story.contract)
        self.assertEqual(len(again.contract.renewal_ids), 1)
