# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo.tests import Form, freeze_time, tagged

from .common import AfterSalesCase


@tagged("post_install", "-at_install")
class TestAssetMoved(AfterSalesCase):
    """One of two covered assets is somewhere else now."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(freeze_time("2026-03-16 10:00:00"))
        cls.contract = cls.sell((cls.goods, 1), (cls.goods, 2), (cls.plan_product, 1))
        cls.moved, cls.stayed = cls.contract.asset_ids
        cls.villa = cls.env["res.partner"].create({"name": "Villa Rosa"})

    def hand_over(self, **values):
        wizard = self.env["aftersales.asset.handover"].with_user(self.agent)
        form = Form(wizard.with_context(default_asset_ids=self.moved.ids))
        for name, value in values.items():
            setattr(form, name, value)
        form.save().action_apply()

    def test_parts_are_sent_to_where_the_goods_are(self):
        cabin = self.env["res.partner"].create({"name": "Cabin", "parent_id": self.customer.id})
        self.hand_over(site_id=cabin)
        claim = self.claim(self.moved)
        self.assertEqual(claim.contract_id, self.contract)
        claim.action_approve()
        self.assertEqual(claim.sudo().picking_ids.partner_id, cabin)
        self.assertEqual(self.claim(self.stayed).site_id, self.customer)
        elsewhere = self.claim(self.moved, site_id=self.villa.id)
        self.assertEqual(elsewhere.site_id, self.villa, "what somebody says counts")

    def test_a_claim_is_filled_in_with_the_place_of_its_goods(self):
        cabin = self.env["res.partner"].create({"name": "Cabin", "parent_id": self.customer.id})
        self.hand_over(site_id=cabin)
        form = Form(self.env["aftersales.claim"].with_user(self.agent))
        form.partner_id = self.customer
        with form.line_ids.new() as line:
            line.asset_id = self.moved
            line.cause_id = self.accident
        self.assertEqual(form.save().site_id, cabin)

    def test_what_replaces_goods_of_a_new_owner_is_at_the_new_owner(self):
        self.hand_over(partner_id=self.villa, keep_cover=True)
        self.assertEqual(self.contract.asset_ids, self.moved | self.stayed)
        claim = self.claim(self.moved, partner_id=self.villa.id)
        claim.action_approve()
        self.deliver(claim.sudo().picking_ids)
        new = claim.line_ids.replacement_asset_ids
        self.assertEqual((new.partner_id, new.site_id), (self.villa, self.villa))
