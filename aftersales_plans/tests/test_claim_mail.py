# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo.tests import freeze_time, new_test_user, tagged
from odoo.tools import html2plaintext, mute_logger

from .common import AfterSalesCase

MORNING = "2026-04-06 10:00:00"


@tagged("post_install", "-at_install")
class TestClaimMail(AfterSalesCase):
    """Ten boilers at 500.00 under Gold from 1 March 2026; the customer reads English."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.goods.taxes_id = False
        cls.customer.email = "casa@example.com"
        cls.agent.email = "agnes@example.com"
        with freeze_time("2026-03-01 12:00:00"):
            cls.contract = cls.sell((cls.goods, 10), (cls.plan_product, 1))
        cls.asset = cls.contract.asset_ids
        cls.misuse = cls.env.ref("aftersales_plans.cause_misuse")
        cls.warehouse_user = new_test_user(cls.env, "t-warehouse", "stock.group_stock_user")

    def mails(self, claim):
        """Return what the customer was written, oldest first."""
        return (
            claim.sudo()
            .message_ids.filtered(lambda m: m.message_type == "auto_comment")
            .sorted("id")
        )

    def text(self, claim):
        """Return the last mail in plain words."""
        plain = html2plaintext(self.mails(claim)[-1].body).replace("*", "")
        return " ".join(plain.split())

    def settle(self, cause=None, quantity=1):
        with freeze_time(MORNING):
            claim = self.claim(self.asset, quantity=quantity, cause=cause)
            claim.action_approve()
        return claim

    def test_each_step_is_told_once(self):
        with freeze_time(MORNING):
            claim = self.claim(self.asset, quantity=2)
            claim.action_submit()
            claim.action_approve()
            self.deliver(claim.picking_ids.sudo())
        self.assertEqual(
            self.mails(claim).mapped("subject"),
            [
                f"We have received your report {claim.name}",
                f"Your report {claim.name}: what we do",
                f"Your report {claim.name}: the goods are shipped",
            ],
        )
        self.assertEqual(claim.mail_step, "done")
        self.assertEqual(self.mails(claim).partner_ids, self.customer)
        self.assertEqual(set(self.mails(claim).mapped("email_from")), {self.agent.email_formatted})
        for step in ("received", "done"):
            claim._tell_customer(step)
        self.assertEqual(len(self.mails(claim)), 3)

    def test_what_is_free_and_what_is_charged_stands_in_the_mail(self):
        free = self.settle(quantity=2)
        self.assertIn("2 × Boiler Free: your service plan Replacement 1 of 3", self.text(free))
        self.assertNotIn("quotation", self.text(free))
        charged = self.settle(self.misuse, quantity=3)
        order = charged.sudo().sale_order_id
        self.assertRegex(self.text(charged), r"3 × Boiler Charged: .*1,500\.00.* before taxes")
        self.assertIn("Misuse is charged", self.text(charged))
        self.assertRegex(self.text(charged), rf"quotation {order.name} over .*1,500\.00")
        self.assertNotIn("preparing", self.text(charged))

    def test_the_call_where_nothing_was_wrong_costs_one_call(self):
        claim = self.settle(self.env.ref("aftersales_plans.cause_no_fault"), quantity=3)
        self.assertRegex(self.text(claim), r"Charged: .*80\.00.* before taxes")

    def test_a_refusal_says_why(self):
        claim = self.claim(self.asset)
        self.env["aftersales.claim.refuse"].with_user(self.agent).create(
            {"claim_id": claim.id, "reason": "The pipes <b>had</b> frozen."}
        ).action_confirm()
        self.assertEqual(
            (claim.state, claim.refusal_reason), ("refused", "The pipes <b>had</b> frozen.")
        )
        self.assertEqual(claim.line_ids.decision_note, "The pipes <b>had</b> frozen.")
        self.assertIn("The pipes <b>had</b> frozen.", self.text(claim))
        self.assertNotIn("<b>had</b>", self.mails(claim).body)

    def test_a_claim_taken_up_again_is_told_anew(self):
        claim = self.claim(self.asset)
        claim.action_refuse("Frost")
        claim.action_reopen()
        claim.action_refuse("Frost indeed")
        self.assertEqual(len(self.mails(claim)), 2)
        self.assertIn("Frost indeed", self.text(claim))

    def test_why_a_manager_overruled_is_not_the_customers(self):
        claim = self.claim(self.asset, cause=self.misuse, user=self.manager)
        claim.line_ids.write({"forced_billing_type": "goodwill", "overrule_note": "He shouts"})
        claim.action_approve()
        self.assertIn("Free: goodwill", self.text(claim))
        self.assertNotIn("shouts", self.text(claim))

    def test_the_customer_reads_their_own_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.customer.lang = "fr_FR"
        template = self.env.ref("aftersales_plans.mail_template_claim_approved")
        template.with_context(lang="fr_FR").subject = "Votre signalement {{ object.name }}"
        self.goods.with_context(lang="fr_FR").name = "Chaudière"
        claim = self.settle()
        self.assertEqual(self.mails(claim).subject, f"Votre signalement {claim.name}")
        self.assertIn("1 × Chaudière", self.text(claim))

    def test_a_company_may_keep_silent(self):
        self.company.aftersales_claim_mails = False
        claim = self.settle()
        self.assertFalse(self.mails(claim) or claim.mail_step)

    def test_who_has_no_address_gets_no_mail(self):
        self.customer.email = False
        claim = self.settle()
        self.assertFalse(self.mails(claim) or claim.mail_step)
        self.assertEqual(claim.state, "approved")

    def test_where_nothing_is_shipped_nothing_is_said_of_shipping(self):
        claim = self.settle(self.misuse)
        claim.sudo().sale_order_id.action_confirm()
        self.assertEqual((claim.state, claim.mail_step), ("done", "approved"))

    @mute_logger("odoo.addons.aftersales_plans.models.never_fail")
    @mute_logger("odoo.addons.mail.models.mail_render_mixin")
    def test_a_broken_template_does_not_stop_the_warehouse(self):
        claim = self.settle()
        claim.reference = "4711"
        template = self.env.ref("aftersales_plans.mail_template_claim_done")
        template.body_html = '<p>Hello <t t-out="1 // len(object.reference)"/></p>'
        claim.reference = False
        self.deliver(claim.picking_ids.with_user(self.warehouse_user).sudo(False))
        self.assertEqual((claim.state, claim.mail_step), ("done", "approved"))
        self.assertIn("could not be told", claim.message_ids[0].body)

    def test_colleagues_who_follow_get_no_copy(self):
        claim = self.claim(self.asset)
        claim.message_subscribe(self.manager.partner_id.ids)
        claim.action_approve()
        self.deliver(claim.picking_ids.with_user(self.warehouse_user).sudo(False))
        mails = self.mails(claim)
        self.assertEqual(mails.notification_ids.res_partner_id, self.customer)
        self.assertFalse(any(mails.mapped("is_internal")))

    def test_who_is_assigned_reads_the_number_of_the_claim(self):
        self.manager.email = "manager@example.com"
        claims = self.env["aftersales.claim"].with_user(self.agent)
        claim = claims.with_context(tracking_disable=False).create(
            {"partner_id": self.customer.id, "user_id": self.manager.id}
        )
        told = self.env["mail.message"].search(
            [
                ("model", "=", "aftersales.claim"),
                ("res_id", "=", claim.id),
                ("subject", "!=", False),
            ]
        )
        self.assertEqual(told.subject, f"You have been assigned to {claim.name}")
        self.assertEqual(told.partner_ids, self.manager.partner_id)

    def test_a_deleted_template_is_a_mail_less(self):
        self.env.ref("aftersales_plans.mail_template_claim_done").unlink()
        claim = self.settle()
        self.deliver(claim.picking_ids.with_user(self.warehouse_user).sudo(False))
        self.assertEqual(claim.state, "done")

    def test_the_warehouse_ships_and_the_mail_comes_from_the_desk(self):
        claim = self.settle(quantity=2)
        self.deliver(claim.picking_ids.with_user(self.warehouse_user).sudo(False))
        mail = self.mails(claim)[-1]
        self.assertEqual(
            (mail.email_from, mail.author_id), (self.agent.email_formatted, self.agent.partner_id)
        )
        self.assertIn("2 × Boiler", self.text(claim))
        self.assertIn("1 Elm Street", self.text(claim))
