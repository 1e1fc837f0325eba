# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.mail.tests.common import MailCommon

from .common_claim_desk import DeskCase

MAIL_TEXT = """Return-Path: {return_path}
To: {to}
cc: {cc}
From: {email_from}
Subject: {subject}
MIME-Version: 1.0
Content-Type: text/html; charset="utf-8"
Message-ID: {msg_id}
Date: Mon, 6 Apr 2026 10:00:00 +0000
{extra}
{body}
"""


@tagged("post_install", "-at_install")
class TestClaimIntake(MailCommon, DeskCase):
    """Claims by e-mail, through Odoo's own gateway."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context=dict(cls.env.context, tracking_disable=False))
        cls.desk_company = cls.company_admin
        settings = (
            cls.env["res.config.settings"]
            .with_company(cls.desk_company)
            .create({"aftersales_claim_alias_name": "claims"})
        )
        settings.execute()
        cls.address = f"claims@{cls.desk_company.alias_domain_id.name}"

    def receive(self, sender, subject="Broken boiler", body="<p>It leaks.</p>", **headers):
        """Let a mail arrive; return the claim it opened."""
        known = self.env["aftersales.claim"].search([])
        with self.mock_mail_gateway():
            self.format_and_process(
                MAIL_TEXT,
                sender,
                self.address,
                subject=subject,
                body=body,
                target_model="aftersales.claim",
                **headers,
            )
            self.env.flush_all()
        return self.env["aftersales.claim"].search([]) - known

    def test_a_customers_mail_opens_a_claim_nobody_owns(self):
        claim = self.receive("Casa <casa@example.com>")
        self.assertRecordValues(
            claim,
            [
                {
                    "partner_id": self.customer.id,
                    "channel": "email",
                    "user_id": False,
                    "company_id": self.desk_company.id,
                    "description": "Broken boiler\n\nIt leaks.",
                    "state": "draft",
                    "line_ids": [],
                }
            ],
        )
        self.assertRegex(claim.name, r"^CL/\d{4}/\d{5}$")
        confirmation, mail = claim.message_ids[:2]
        self.assertEqual((mail.message_type, mail.author_id), ("email", self.customer))
        self.assertEqual(confirmation.subject, f"We have received your report {claim.name}")
        self.assertEqual(claim.mail_step, "received")

    def test_an_unknown_sender_becomes_a_contact(self):
        claim = self.receive("Nora New <nora@new.example.com>")
        self.assertRecordValues(
            claim.partner_id, [{"name": "Nora New", "email": "nora@new.example.com"}]
        )
        self.assertEqual(claim.message_ids.filtered("subject")[-1].author_id, claim.partner_id)

    def test_a_mail_without_a_sender_opens_no_claim(self):
        with self.assertRefused("A claim by e-mail needs a sender: -"):
            self.env["aftersales.claim"]._find_sender({}, self.company)

    def test_a_contact_of_another_company_is_not_used(self):
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        foreign = self.env["res.partner"].create(
            {"name": "Foreign", "email": "shared@example.com", "company_id": elsewhere.id}
        )
        claim = self.receive("Shared <shared@example.com>")
        self.assertNotEqual(claim.partner_id, foreign)
        self.assertEqual(claim.partner_id.name, "Shared")

    def test_a_reply_joins_the_claim_and_opens_none(self):
        claim = self.receive("Casa <casa@example.com>")
        mail = claim.message_ids[0]
        self.assertFalse(
            self.receive("Casa <casa@example.com>", extra=f"In-Reply-To: {mail.message_id}\n")
        )
        self.assertEqual(claim.message_ids[0].author_id, self.customer)
        self.assertFalse(claim.date_responded)

    @mute_logger("odoo.addons.mail.models.mail_thread")
    def test_an_answering_machine_does_not_open_claims_for_ever(self):
        self.env["ir.config_parameter"].set_param("mail.gateway.loop.threshold", 3)
        for _number in range(5):
            self.receive("Robot <robot@example.com>")
        claims = self.env["aftersales.claim"].search(
            [("partner_id.email", "=", "robot@example.com")]
        )
        self.assertEqual(len(claims), 3)

    def test_the_setting_makes_renames_and_removes_the_address(self):
        company = self.desk_company
        alias = company.aftersales_claim_alias_id
        self.assertEqual(
            (alias.alias_name, alias.alias_model_id.model), ("claims", "aftersales.claim")
        )
        company.aftersales_claim_alias_name = "reports"
        self.assertEqual(alias.alias_name, "reports")
        company.aftersales_claim_alias_name = False
        self.assertFalse(alias.exists() or company.aftersales_claim_alias_id)
