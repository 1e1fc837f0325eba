# SPDX-License-Identifier: LGPL-3.0-or-later
from freezegun import freeze_time

from odoo.tests import BaseCase, TransactionCase, new_test_user, tagged

from ..models.in_words import day_in_words, moment_in_words
from ..models.template_upgrade import reset_unchanged
from .common import AfterSalesCase
from .common_portal import EVERY_SCRIPT, SCRIPTS, what_runs

CONTRACT = "aftersales_plans.mail_template_contract"
STEPS = ("received", "approved", "refused", "done")


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02 10:00:00")
class TestMailsToCustomers(AfterSalesCase):
    """One look, one button with the customer's own link, dates in words, and nothing runs."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.company.write(
            {"email_primary_color": "#ffffff", "email_secondary_color": "#0b6e4f"}
        )
        cls.customer.write({"email": "casa@example.com", "tz": "Europe/Paris"})
        cls.contract = cls.sell((cls.goods, 2), (cls.plan_product, 1))
        cls.env.ref("base.main_company").partner_id.email = "we@example.com"

    def sent(self, record, template, subtype="mail.mt_comment"):
        """Send the mail to the customer; return what leaves."""
        before = self.env["mail.mail"].search([])
        record.with_context(mail_notify_force_send=False).message_post_with_source(
            self.env.ref(template), message_type="auto_comment", subtype_xmlid=subtype
        )
        mails = self.env["mail.mail"].search([]) - before
        return mails.filtered(lambda mail: self.customer in mail.recipient_ids)

    def test_the_contract_comes_with_its_dates_in_words_and_a_button_for_the_customer_alone(self):
        mail = self.sent(self.contract, CONTRACT)
        body = mail._prepare_outgoing_body()
        self.assertIn("March 2, 2026", body)
        self.assertIn("March 1, 2027", body)
        self.assertIn("See your contract online", body)
        self.assertIn("background-color: #0b6e4f", body)
        self.assertIn(f"access_token={self.contract.access_token}", body)
        self.assertNotIn(self.contract.access_token, self.contract.message_ids[0].body)
        self.assertNotIn("min-width: 590px", body)

    def test_it_is_written_in_the_language_of_the_customer(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.customer.lang = "fr_FR"
        self.assertIn("2 mars 2026", self.sent(self.contract, CONTRACT).body_html)
        report = self.env["ir.actions.report"]._render_qweb_html(
            "aftersales_plans.contract_report", self.contract.ids
        )[0]
        self.assertIn("2 mars 2026", report.decode())

    def test_a_moment_is_told_in_the_readers_time(self):
        claim = self.claim(self.contract.asset_ids)
        claim.sudo().response_deadline = "2026-03-02 23:30:00"
        words = claim._deadline_in_words().replace("\u202f", " ")
        self.assertEqual(words, "March 3, 2026, 12:30 AM")
        self.assertIn(claim._deadline_in_words(), claim._next_online(), "the page says the same")
        self.assertEqual(
            (day_in_words(self.env, False), moment_in_words(self.env, False, "UTC")), ("", "")
        )


@tagged("post_install", "-at_install")
class TestWhatRuns(BaseCase):
    """The eye of all these tests: it sees what a browser would run, and nothing else."""

    def test_what_a_browser_would_run_is_seen_wherever_it_stands(self):
        for_servers = ("<scr<script>", "<t t-out", "{{")  # that filter, or render twice
        for markup in (
            *(script for script in SCRIPTS if not script.startswith(for_servers)),
            EVERY_SCRIPT,
            "<IMG SRC=x ONERROR=alert(1) ALT=y>",
            "<img src='x' onerror='&#97;lert(1)'/>",
            "<p><script>/* x */ let y; alert(1)</script></p>",
            "<iframe srcdoc='&lt;script&gt;alert(1)&lt;/script&gt;'></iframe>",
            "<iframe srcdoc='&lt;b onclick=alert(1)&gt;x&lt;/b&gt;'></iframe>",
            "<svg><a xlink:href='javascript:alert(1)'>x</a></svg>",
            "<a href=' java\nscript:alert(1)'>x</a>",
            "<a href='&#106;avascript:alert(1)'>x</a>",
            "<form><button formaction=JavaScript:alert(1)>x</button></form>",
            "<p style='width: expression(alert(1))'>x</p>",
            "<table><td background='javascript:alert(1)'>x</td></table>",
            "<svg><a><set attributeName='href' to='javascript:alert(1)'/></a></svg>",
            "<meta http-equiv='refresh' content='0; url=javascript:alert(1)'>",
            "<object data='data:text/html,<script>alert(1)</script>'></object>",
            "<div><p><b title='x' onmouseover='window.alert(1)'>x</b></p></div>",
            "<b onclick=\"say(''+alert(1)+'')\">x</b>",
            "<script>let said = '</script><script>alert(1)</script>'</script>",
        ):
            self.assertTrue(what_runs(markup), markup)

    def test_words_about_scripts_are_no_scripts(self):
        for markup in (
            "",
            "&lt;script&gt;alert(1)&lt;/script&gt;",
            "<p>onerror=alert(1) javascript:alert(1)</p>",
            "<input value='&lt;script&gt;alert(1)&lt;/script&gt;'>",
            "<input value='\"&gt;&lt;img src=x onerror=alert(1)&gt;' placeholder='alert(1)'>",
            "<textarea>&lt;img src=x onerror=alert(1)&gt;</textarea>",
            "<title>&lt;svg/onload=alert(1)&gt;</title>",
            "<a href='/my/claims?search=javascript:alert(1)'>x</a>",
            "<a href='mailto:?body=%3Cscript%3Ealert(1)'>x</a>",
            "<img src='data:image/svg+xml;base64,AA=='/>",  # images run nothing
            "<script>odoo.session = {'a': 1}</script><p style='color: red'>x</p>",
            "<script type='application/json'>{'a': 'alert(1)'}</script>",
            "<button onclick='window.print()'>x</button>",
            "<button onclick=\"copy('/my?said=%3Cscript%3Ealert(1)')\">x</button>",
        ):
            self.assertEqual(what_runs(markup), [], markup)


@tagged("post_install", "-at_install")
class TestTemplatesOfAnUpgrade(TransactionCase):
    def test_an_upgrade_brings_new_texts_but_keeps_what_a_company_changed(self):
        xmlids = [f"aftersales_plans.mail_template_claim_{step}" for step in STEPS]
        received, approved, refused, done = (self.env.ref(xmlid) for xmlid in xmlids)
        ours = done.body_html
        old = {"body_html": "<p>As an old version wrote it</p>", "email_layout_xmlid": "old"}
        (received | approved | done).write(old)
        editor = new_test_user(
            self.env, "t-editor", "base.group_system,aftersales_plans.group_manager"
        )
        approved.with_user(editor).subject = "Our own words"
        self.env.flush_all()
        refused.unlink()
        self.assertEqual(reset_unchanged(self.env, xmlids), approved)
        self.assertEqual(done.body_html, ours)
        self.assertEqual(received.email_layout_xmlid, "aftersales_plans.mail_layout_customer")
        self.assertIn("As an old version wrote it", approved.body_html)
