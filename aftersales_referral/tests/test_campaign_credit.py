# SPDX-License-Identifier: LGPL-3.0-or-later
from datetime import timedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, new_test_user, tagged

from .common import TODAY
from .common_credit import CreditCommon


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestCampaignCredit(CreditCommon):
    """A campaign proposes store credit, an accountant grants it (36)."""

    def test_the_accountant_grants_once_and_the_next_order_is_the_answer(self):
        today = self.company._aftersales_today()
        partner = self.env["res.partner"].create({"name": "Lena", "email": "lena@example.com"})
        card = self.env["aftersales.customer"].sudo()._make(partner, self.company)
        card.last_contact = today - timedelta(days=300)
        manager = new_test_user(
            self.env,
            "c-manager",
            "aftersales_plans.group_manager",
            company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)],
        )
        campaign = (
            self.env["aftersales.campaign"]
            .sudo()
            .create(
                {
                    "name": "Credit",
                    "offer": "credit",
                    "credit_amount": 25.0,
                    "date_from": today,
                    "company_id": self.company.id,
                }
            )
        )
        campaign._add(card)
        campaign.with_user(manager).sudo(False).action_start()
        with self.assertRaises(AccessError):
            campaign.with_user(manager).sudo(False).action_grant_credit()
        by_accountant = campaign.with_user(self.accountant).sudo(False)
        self.assertEqual(by_accountant.credit_waiting_count, 1)
        by_accountant.action_grant_credit()
        by_accountant.action_grant_credit()
        by_accountant.line_ids._grant_credit()
        line = campaign.line_ids
        self.assertEqual((line.credit_lot_id.amount, line.credit_lot_id.remaining), (25.0, 25.0))
        self.assertLines(
            line.credit_lot_id.move_id,
            (self.E, partner, 25.0),
            (self.L, partner, -25.0),
        )
        self.assertEqual(self._card(partner).points, 25.0)
        self.assertEqual((line.state, line.date_contacted), ("contacted", today))
        order = self._order((self.goods_untaxed, 60.0), partner=partner, referrer=partner.browse())
        self.assertEqual((line.state, line.order_id, line.amount), ("accepted", order, 60.0))

    def test_a_campaign_of_credit_says_how_much(self):
        today = self.company._aftersales_today()
        partner = self.env["res.partner"].create({"name": "Lena", "email": "lena@example.com"})
        card = self.env["aftersales.customer"].sudo()._make(partner, self.company)
        campaign = self.env["aftersales.campaign"].sudo()
        campaign = campaign.create(
            {
                "name": "Credit",
                "offer": "credit",
                "date_from": today,
                "date_to": today,
                "company_id": self.company.id,
            }
        )
        campaign._add(card)
        with self.assertRefused(UserError, "Credit: enter the credit for each customer"):
            campaign.action_start()
