# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, freeze_time, tagged

from .common import TODAY, ReferralCommon


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestReferralShare(HttpCase, ReferralCommon):
    """A referrer gets a link and a QR code to pass on (requirement 8)."""

    def test_the_link_and_its_qr_code_follow_from_the_code(self):
        partner = self.referrer.with_user(self.salesperson)
        self.assertFalse(partner.referral_url or partner.referral_qr_url)
        partner.action_make_referral_code()
        self.assertEqual(
            partner.referral_url, f"{partner.get_base_url()}/refer/{partner.referral_code}"
        )
        self.authenticate(None, None)
        image = self.url_open(partner.referral_qr_url)
        self.assertEqual(image.headers["Content-Type"], "image/png")
        self.assertEqual(image.content, partner._referral_qr(partner.referral_url))
        self.assertEqual(self.url_open(f"/refer/{'x' * 2000}/qr.png").status_code, 200)

    def test_the_referrer_gets_code_link_and_qr_code_by_mail(self):
        partner = self.referrer.with_user(self.salesperson)
        with self.assertRefused(UserError, "e-mail address of Rita"):
            partner.action_send_referral_link()
        with self.assertRaises(AccessError):
            self.referrer.with_user(self.biller).action_send_referral_link()
        self.referrer.email = "rita@referrer.example"
        self.salesperson.group_ids += self.env.ref("base.group_partner_manager")
        action = partner.action_send_referral_link()
        composer = (
            self.env["mail.compose.message"]
            .with_user(self.salesperson)
            .with_context(**action["context"])
            .create({})
        )
        self.assertEqual(composer.partner_ids, self.referrer)
        composer.action_send_mail()
        message = self.referrer.message_ids[0]
        self.assertIn(partner.referral_code, message.subject)
        self.assertIn(f'href="{partner.referral_url}"', message.body)
        self.assertIn(f"{partner.referral_url}/qr.png", message.body)
        self.assertNotIn("<script", message.body)

    def test_a_salesperson_who_may_not_write_to_customers_sends_it_as_it_is(self):
        self.referrer.email = "rita@referrer.example"
        partner = self.referrer.with_user(self.salesperson)
        action = partner.action_send_referral_link()
        self.assertIn("on its way to rita@", action["params"]["message"])
        mail = self.env["mail.mail"].search([("recipient_ids", "in", self.referrer.ids)])
        self.assertIn(partner.referral_url, mail.body_html)
        self.assertIn("sally", mail.body_html)
