# SPDX-License-Identifier: LGPL-3.0-or-later
from datetime import date, datetime

from lxml import etree

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import freeze_time, new_test_user, tagged

from .common import AfterSalesCase
from .common_proof import poisoned


@tagged("post_install", "-at_install")
class TestCampaign(AfterSalesCase):
    """Offers to customers nobody heard of for long, and what came of them (36, 38)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seller = new_test_user(cls.env, "t-seller", "sales_team.group_sale_salesman")
        cls.cards = cls.env["aftersales.customer"]
        with freeze_time("2025-01-10 09:00:00"):
            for name in ("Ann", "Bob"):
                partner = cls.env["res.partner"].create(
                    {"name": name, "email": f"{name}@example.com", "user_id": cls.seller.id}
                )
                cls.sell((cls.goods, 1), partner_id=partner.id)
                cls.cards |= cls.cards._make(partner, cls.company)
        cls.ann, cls.bob = cls.cards

    def campaign(self, cards=None, **values):
        with freeze_time("2026-03-01 09:00:00"):
            campaign = (
                self.env["aftersales.campaign"]
                .with_user(self.manager)
                .create(
                    {
                        "name": "Spring",
                        "product_id": self.plan_product.id,
                        "discount_percent": 20,
                        "date_from": date(2026, 3, 2),
                        "date_to": date(2026, 3, 31),
                        **values,
                    }
                )
            )
            campaign._add(cards or self.cards)
        return campaign

    def start(self, *args, **values):
        campaign = self.campaign(*args, **values)
        with freeze_time("2026-03-01 09:00:00"):
            campaign.action_start()
        return campaign.sudo()

    def run_on(self, *moments):
        for moment in moments:
            with freeze_time(moment), self.enter_registry_test_mode():
                self.env.ref("aftersales_plans.cron_follow_customers").method_direct_trigger()
        self.env.invalidate_all()

    def line(self, card):
        return self.env["aftersales.campaign.line"].search([("customer_id", "=", card.id)])

    def mails(self, order):
        return self.env["mail.mail"].search(
            [("model", "=", "sale.order"), ("res_id", "=", order.id)]
        )

    def test_each_customer_gets_one_quotation_with_the_discount_in_the_hours_for_contacts(self):
        self.start()
        self.run_on("2026-03-01 10:00:00")
        self.assertFalse(self.line(self.ann).order_id)
        self.run_on("2026-03-02 03:00:00", "2026-03-02 10:00:00", "2026-03-20 10:00:00")
        for card in self.cards:
            line = self.line(card)
            order = line.order_id
            self.assertEqual((line.state, line.date_contacted), ("contacted", date(2026, 3, 2)))
            self.assertEqual((order.amount_untaxed, order.state), (480.0, "sent"))
            self.assertEqual(order.validity_date, date(2026, 3, 31))
            self.assertEqual(order.order_line.aftersales_asset_ids.partner_id, card.partner_id)
            self.assertEqual(order.user_id, self.seller)
            self.assertEqual(
                self.mails(order).mapped("scheduled_date"), [datetime(2026, 3, 2, 9, 0)]
            )

    def test_the_mail_leads_to_the_quotation(self):
        self.start()
        self.run_on("2026-03-02 10:00:00")
        order = self.line(self.ann).order_id
        mail = self.mails(order)
        self.assertIn(order.access_token, mail.body_html)
        self.assertIn("552.00", mail.body_html)  # with tax
        self.assertEqual(mail.recipient_ids, self.ann.partner_id)

    def test_results_are_who_was_contacted_accepted_and_came_back_and_what_they_ordered(self):
        campaign = self.start()
        self.run_on("2026-03-02 10:00:00")
        with freeze_time("2026-03-05 10:00:00"):
            self.line(self.ann).order_id.action_confirm()
            self.line(self.bob).order_id._action_cancel()
        self.assertEqual(self.line(self.ann).state, "accepted")
        self.assertEqual(self.line(self.bob).state, "declined")
        self.assertEqual(self.ann.stage, "returned")
        self.assertEqual(
            (
                campaign.customer_count,
                campaign.contacted_count,
                campaign.accepted_count,
                campaign.returned_count,
                campaign.amount,
            ),
            (2, 2, 1, 1, 480.0),
        )

    def test_who_wants_no_contact_is_left_out_even_if_that_came_later(self):
        self.start()
        self.ann.partner_id.aftersales_no_contact = True
        self.run_on("2026-03-02 10:00:00")
        line = self.line(self.ann)
        self.assertEqual((line.state, line.order_id.ids), ("to_contact", []))
        self.assertIn("Wants no calls", line.hint)
        self.assertEqual(self.line(self.bob).state, "contacted")

    def test_who_was_in_touch_lately_waits_for_the_gap(self):
        self.start()
        with freeze_time("2026-03-01 12:00:00"):
            self.ann.partner_id._aftersales_note_contact(self.company, date(2026, 3, 1))
        self.run_on("2026-03-02 10:00:00", "2026-03-14 10:00:00")
        self.assertFalse(self.line(self.ann).order_id)
        self.run_on("2026-03-15 10:00:00")
        self.assertEqual(self.line(self.ann).date_contacted, date(2026, 3, 15))

    def test_without_address_or_goods_the_line_says_so(self):
        self.start()
        self.ann.partner_id.email = False
        goods = self.env["aftersales.asset"].search([("partner_id", "=", self.bob.partner_id.id)])
        goods._take_out("scrapped", date(2026, 3, 1), "gone")
        self.run_on("2026-03-02 10:00:00")
        self.assertIn("No e-mail", self.line(self.ann).hint)
        self.assertIn("Nothing in use", self.line(self.bob).hint)
        with freeze_time("2026-03-03 10:00:00"):
            self.line(self.ann).with_user(self.seller).action_contacted()
        self.assertEqual(self.line(self.ann).date_contacted, date(2026, 3, 3))

    def test_a_customer_is_in_one_open_campaign_only(self):
        first = self.campaign(self.ann)
        second = self.campaign(self.cards, name="Summer")
        self.assertEqual(second.line_ids.customer_id, self.bob)
        with self.assertRefused("Ann is in Spring already"):
            second.line_ids = [Command.create({"customer_id": self.ann.id})]
        with freeze_time("2026-03-01 09:00:00"):
            first.action_start()
            first.action_close()
            second._add(self.ann)
            self.assertEqual(second.line_ids.customer_id, self.cards)
            with self.assertRefused("Ann is in"):
                first.action_reopen()

    def test_the_campaign_ends_by_itself_and_sends_nothing_late(self):
        campaign = self.start()
        self.run_on("2026-04-01 10:00:00")
        self.assertEqual(campaign.state, "done")
        self.assertFalse(campaign.line_ids.order_id)

    def test_one_offer_that_cannot_be_made_stops_no_other(self):
        self.start()
        with poisoned(self.line(self.ann), "_make_order"):
            self.run_on("2026-03-02 10:00:00")
        self.assertEqual(self.line(self.bob).state, "contacted")
        self.assertIn("poison", self.line(self.ann).activity_ids.note)
        self.run_on("2026-03-03 10:00:00")
        self.assertEqual(self.line(self.ann).state, "contacted")

    def test_customers_who_may_not_be_contacted_are_not_among_the_lost_to_choose(self):
        """Filters without a separator between them are alternatives."""
        action = self.campaign(self.ann).action_choose_customers()
        wanted = [name for name in action["context"] if name.startswith("search_default_")]
        self.assertIn("search_default_may_contact", wanted)
        view = self.env.ref("aftersales_plans.aftersales_customer_view_search")
        (filter_,) = etree.fromstring(view.arch).xpath("//filter[@name='may_contact']")
        self.assertEqual(filter_.getprevious().tag, "separator")

    def test_it_starts_only_with_customers_and_a_plan(self):
        campaign = self.campaign(self.ann, product_id=False)
        with freeze_time("2026-03-01 09:00:00"), self.assertRefused("choose the plan"):
            campaign.action_start()
        campaign.product_id = self.plan_product
        with freeze_time("2026-05-01 09:00:00"), self.assertRefused("over already"):
            campaign.action_start()

    def test_it_needs_customers_and_takes_none_once_it_is_over(self):
        campaign = self.campaign(self.ann)
        campaign.line_ids.sudo().unlink()
        with self.assertRefused("Spring: choose customers first"):
            campaign.action_start()
        campaign = self.start(self.ann)
        campaign._set_state("done")
        with self.assertRefused("Spring is over. Choose another campaign."):
            campaign._add(self.bob)

    def test_an_offer_whose_mail_cannot_be_written_is_sent_by_hand(self):
        self.env.ref("aftersales_plans.mail_template_campaign_offer").unlink()
        self.start(self.ann)
        self.run_on("2026-03-02 10:00:00")
        line = self.line(self.ann)
        self.assertEqual((line.state, line.order_id.state), ("to_contact", "draft"))
        self.assertEqual(line.hint, f"No mail could be written: send {line.order_id.name} by hand")
        self.run_on("2026-03-03 10:00:00")
        self.assertEqual(len(self.env["sale.order"].search([("partner_id.name", "=", "Ann")])), 2)

    def test_the_line_says_why_its_offer_waits_until_it_left(self):
        self.start()
        line = self.line(self.ann)
        with freeze_time("2026-03-02 10:00:00"):
            self.ann.partner_id._aftersales_note_contact(self.company, date(2026, 3, 1))
            line.invalidate_recordset()
            self.assertEqual(line.hint, "Was in touch lately")
            self.ann.partner_id.email = False
            line.invalidate_recordset()
            self.assertEqual(line.hint, "No e-mail address: call")
            line._set_state("contacted")
            line.invalidate_recordset()
            self.assertFalse(line.hint)

    def test_the_dialog_knows_the_company_of_the_customers(self):
        chosen = {"active_model": "aftersales.customer", "active_ids": self.cards.ids}
        wizard = self.env["aftersales.campaign.add"].with_context(**chosen)
        sister = self.env["res.company"].create({"name": "Sister"})
        self.assertEqual(wizard.with_company(sister).new({}).company_id, self.company)
        nobody = wizard.with_company(sister).with_context(active_ids=[])
        self.assertEqual(nobody.new({}).company_id, sister)

    def test_the_dialog_tells_who_is_added_and_who_stays_out(self):
        self.bob.partner_id.aftersales_no_contact = True
        campaign = self.campaign(self.ann)
        wizard = (
            self.env["aftersales.campaign.add"]
            .with_user(self.manager)
            .with_context(active_model="aftersales.customer", active_ids=self.cards.ids)
            .create({"campaign_id": campaign.id})
        )
        self.assertEqual((wizard.added_count, wizard.taken_count, wizard.silent_count), (0, 1, 1))
        self.bob.partner_id.aftersales_no_contact = False
        wizard.invalidate_recordset()
        wizard.action_add()
        self.assertEqual(campaign.line_ids.customer_id, self.cards)

    def test_a_salesperson_works_on_own_customers_only(self):
        self.start()
        other = new_test_user(self.env, "t-other", "sales_team.group_sale_salesman")
        line = self.line(self.ann)
        with freeze_time("2026-03-03 10:00:00"):
            line.with_user(self.seller).action_declined()
        with self.assertRaises(AccessError):
            line.with_user(other).action_accepted()
        with self.assertRaises(AccessError):
            line.campaign_id.with_user(self.seller).write({"name": "mine"})
        with self.assertRefused("cannot be changed by hand"):
            line.with_user(self.seller).state = "accepted"
