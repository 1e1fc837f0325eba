# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import Form, freeze_time, new_test_user, tagged

from .common_claim_desk import MORNING, DeskCase


@tagged("post_install", "-at_install")
class TestClaimOwner(DeskCase):
    """One owner per matter, and reports that are one matter."""

    def test_a_second_owner_is_warned_of_the_first(self):
        first = self.report()
        second = self.report(user=self.colleague)
        self.assertEqual(second.second_owner_label, f"{first.name} ({self.agent.name})")
        self.assertEqual(second.action_open_second_owner()["res_id"], first.id)
        form = Form(second.with_user(self.colleague))
        form.user_id = self.manager
        values = second.onchange(
            {"user_id": self.manager.id}, ["user_id"], {"user_id": {}, "second_owner_label": {}}
        )
        self.assertIn(first.name, values["warning"]["message"])

    def test_the_same_owner_or_other_goods_or_a_settled_claim_warn_of_nothing(self):
        self.report()
        self.assertFalse(self.report().second_owner_label)
        self.sell((self.goods, 1))
        other = self.env["aftersales.asset"].search([("contract_id", "=", False)], limit=1)
        claim = self.claim(other, user=self.colleague)
        self.assertFalse(claim.second_owner_label)
        self.assertTrue(claim.others_label)
        refused = self.report(user=self.colleague)
        refused.action_refuse()
        self.assertFalse(refused.second_owner_label or refused.others_label)

    def test_a_claim_without_owner_is_named_as_such(self):
        first = self.report(user_id=False)
        second = self.report(user=self.colleague)
        self.assertFalse(second.second_owner_label)
        self.assertEqual(second.others_label, f"{first.name} (nobody yet)")

    def test_take_makes_it_mine(self):
        claim = self.report(user_id=False)
        claim.with_user(self.colleague).action_take()
        self.assertEqual(claim.user_id, self.colleague)
        with self.assertRaises(AccessError):
            claim.with_user(new_test_user(self.env, "t-nobody")).action_take()

    def test_a_quotation_is_sent_by_who_sells_to_the_customer(self):
        misuse = self.env.ref("aftersales_plans.cause_misuse")
        seller = new_test_user(self.env, "t-sells", "sales_team.group_sale_salesman")
        self.contract.user_id, self.customer.user_id = False, seller
        claim = self.report(cause=misuse)
        claim.action_approve()
        self.assertEqual(claim.sudo().sale_order_id.user_id, seller)
        self.customer.user_id = False
        claim = self.report(cause=misuse)
        claim.action_approve()
        self.assertFalse(claim.sudo().sale_order_id.user_id)
        said = " ".join(claim.message_ids.mapped("body"))
        self.assertIn("this customer has no salesperson", said)

    # --- Joining ---

    def test_reports_within_7_days_become_the_earliest_one(self):
        first = self.report(at="2026-04-01 10:00:00", description="One boiler")
        second = self.report(
            at="2026-04-08 10:00:00", quantity=2, description="Two more", labour_hours=1.5,
            user=self.colleague,
        )  # fmt: skip
        self.assertEqual((first.joinable_count, second.joinable_count), (2, 2))
        action = second.action_join()
        self.assertEqual(action["res_id"], first.id)
        self.assertEqual(first.line_ids.mapped("quantity"), [1.0, 2.0])
        self.assertEqual(first.description, f"One boiler\n\n{second.name}: Two more")
        self.assertEqual((first.labour_hours, first.user_id), (1.5, self.agent))
        self.assertEqual((second.state, second.joined_into_id), ("cancelled", first))
        self.assertIn(first.name, second.message_ids[0].body)
        self.assertIn(f">{second.name}</a>", first.message_ids[0].body)
        self.assertFalse(first.joinable_count)
        first.action_approve()
        self.assertEqual(self.contract.entitlement_ids.mapped("used"), [1])
        with self.assertRefused(f"joined into {first.name}"):
            second.action_reopen()

    def test_eight_days_apart_or_decided_or_elsewhere_stay_apart(self):
        first = self.report(at="2026-04-01 10:00:00")
        late = self.report(at="2026-04-08 10:00:01")
        self.assertFalse(first.joinable_count or late.joinable_count)
        decided = self.report(at="2026-04-02 10:00:00")
        decided.action_approve()
        site = self.env["res.partner"].create({"name": "Barn", "parent_id": self.customer.id})
        self.report(at="2026-04-02 10:00:00", site_id=site.id)
        visited = self.report(at="2026-04-02 10:00:00", channel="visit")
        self.assertFalse(first.joinable_count or decided.joinable_count or visited.joinable_count)
        with self.assertRefused("no other undecided report"):
            first.action_join()

    def test_customers_and_plans_are_never_mixed(self):
        first = self.report()
        stranger = self.env["res.partner"].create({"name": "Stranger"})
        foreign = self.env["aftersales.claim"].create(
            {"partner_id": stranger.id, "site_id": self.customer.id}
        )
        self.assertFalse(foreign.joinable_count)
        with freeze_time("2026-03-01 12:00:00"):
            other = self.sell((self.goods, 1), (self.plan_product, 1))
        with freeze_time(MORNING):
            second = self.claim(other.asset_ids)
        self.assertNotEqual(first.contract_id, second.contract_id)
        self.assertFalse(first.joinable_count)

    def test_a_report_without_goods_takes_over_goods_and_plan(self):
        with freeze_time("2026-04-05 10:00:00"):
            mail = self.env["aftersales.claim"].create(
                {"partner_id": self.customer.id, "channel": "email", "user_id": False}
            )
        call = self.report()
        call.action_join()
        self.assertEqual((mail.contract_id, mail.user_id), (self.contract, self.agent))
        self.assertEqual(mail.line_ids.asset_id, self.asset)

    def test_who_may_not_write_all_of_them_joins_nothing(self):
        self.customer.user_id = seller = new_test_user(
            self.env, "t-seller", "sales_team.group_sale_salesman"
        )
        first, second = self.report(), self.report()
        with self.assertRaises(AccessError):
            first.with_user(new_test_user(self.env, "t-nobody")).action_join()
        second.with_user(seller).action_join()
        self.assertEqual(second.state, "cancelled")

    def test_a_quotation_goes_to_nobody_who_left_or_works_elsewhere(self):
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        left = new_test_user(self.env, "t-left", "sales_team.group_sale_salesman")
        other = new_test_user(
            self.env, "t-other", "sales_team.group_sale_salesman",
            company_id=elsewhere.id, company_ids=[Command.set(elsewhere.ids)],
        )  # fmt: skip
        seller = new_test_user(self.env, "t-sells", "sales_team.group_sale_salesman")
        self.contract.user_id, left.active = left, False
        for who, expected in ((other, other.browse()), (seller, seller)):
            self.customer.user_id = who
            claim = self.report(cause=self.env.ref("aftersales_plans.cause_misuse"))
            claim.action_approve()
            self.assertEqual(claim.sudo().sale_order_id.user_id, expected)
