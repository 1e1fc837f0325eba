# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo.exceptions import ValidationError
from odoo.tests import freeze_time, tagged

from .common import TODAY
from .common_store_credit import StoreCreditCommon


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestStoreCreditOwner(StoreCreditCommon):
    """Store credit follows merged contacts and people who join a company, lot by lot."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.twin = cls.env["res.partner"].create(
            {"name": "Rita R.", "referral_tax_status": "individual"}
        )
        cls._contract(cls.twin, cls.plan)
        cls._pay(
            cls._invoice(
                cls._order(
                    partner=cls.env["res.partner"].create({"name": "Nora"}), referrer=cls.twin
                )
            )
        )
        payout = cls.env["aftersales.payout"].create(
            {"referrer_id": cls.twin.id, "method": "credit", "amount": 50.0}
        )
        payout.action_post()
        cls.other_payout, cls.other = payout, payout.card_id

    def _merge(self, source, target):
        self.env["base.partner.merge.automatic.wizard"].create({})._merge(
            (source | target).ids, target
        )
        self.env.invalidate_all()

    def test_merged_contacts_keep_every_lot_and_tell_where_it_came_from(self):
        order = self._spend((self.goods_untaxed, 20.0), partner=self.twin)
        quotation = self._spend((self.goods_untaxed, 25.0), partner=self.twin, confirm=False)
        self._merge(self.twin, self.referrer)
        self.assertCredit(130.0, 20.0, 150.0)
        self.assertEqual((self.other.active, self.other.points), (False, 0.0))
        self.assertEqual(sorted(self.card.aftersales_lot_ids.mapped("remaining")), [30.0, 100.0])
        self.assertEqual(self.other_payout.card_id, self.card)
        told = r"30\.00 of store credit came from Rita R\."
        self.assertRegex(" ".join(self.card.history_ids.mapped("description")), told)
        self.assertRegex(" ".join(map(str, self.referrer.message_ids.mapped("body"))), told)
        self.assertEqual(order.order_line.coupon_id, self.card)
        order._action_cancel()
        self.assertCredit(150.0, 0.0, 150.0)
        quotation.with_user(self.salesperson).action_confirm()
        self.assertCredit(125.0, 25.0, 150.0)

    def test_a_merge_keeps_what_invoices_hold(self):
        invoice = self._invoice(self._spend((self.goods_untaxed, 20.0), partner=self.twin))
        self._merge(self.twin, self.referrer)
        self.assertCredit(130.0, 0.0, 130.0)
        self._reverse(invoice).action_post()
        self.assertCredit(150.0, 0.0, 150.0)
        self.other_payout.action_cancel()
        self.assertCredit(100.0, 0.0, 100.0)

    def test_a_card_moves_to_who_has_none(self):
        newcomer = self.env["res.partner"].create({"name": "Rita's new file"})
        self._merge(self.referrer, newcomer)
        self.assertEqual(self.card.partner_id, newcomer)
        self.assertEqual(self.card.points, 100.0)
        self.assertRegex(" ".join(self.card.history_ids.mapped("description")), "came from Rita")
        self.assertInvariants()

    def test_who_joins_a_company_brings_the_credit_along(self):
        firm = self.env["res.partner"].create({"name": "Builders", "is_company": True})
        order = self._spend((self.goods_untaxed, 60.0))
        quotation = self._spend((self.goods_untaxed, 30.0), confirm=False)
        self.referrer.parent_id = firm
        self.assertEqual(self.card.partner_id, firm)
        self.assertEqual(self.card.points, 40.0)
        quotation.with_user(self.salesperson).action_confirm()
        order.with_user(self.salesperson)._action_cancel()
        self.assertEqual(self.card.points, 70.0)
        self.twin.parent_id = firm
        self.env.invalidate_all()
        self.assertEqual(self.card.points, 120.0)
        self.assertFalse(self.other.active)
        self.assertInvariants()

    def test_who_leaves_a_company_leaves_the_credit_there(self):
        firm = self.env["res.partner"].create({"name": "Builders", "is_company": True})
        quotation = self._spend((self.goods_untaxed, 30.0), confirm=False)
        order = self._spend((self.goods_untaxed, 20.0))
        self.referrer.parent_id = firm
        self.referrer.parent_id = False
        self.assertEqual(self.card.partner_id, firm)
        with self.assertRefused(ValidationError, "another customer"):
            quotation.with_user(self.salesperson).action_confirm()
        order.with_user(self.salesperson)._action_cancel()
        self.assertEqual(self.card.points, 100.0)
        self.assertInvariants()
