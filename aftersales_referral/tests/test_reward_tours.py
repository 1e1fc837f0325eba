# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo.tests import HttpCase, tagged

from .common import ReferralCommon


@tagged("post_install", "-at_install")
class TestRewardTours(HttpCase, ReferralCommon):
    """The screens of a salesperson and of an accountant, in a browser."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.goods.standard_price = 600.0
        cls.referrer.email = "rita@example.com"
        cls.env.ref("sales_team.group_sale_salesman_all_leads").user_ids |= cls.salesperson

    def test_a_salesperson_names_who_brought_the_customer(self):
        order = self._order(referrer=self.env["res.partner"], confirm=False)
        self.start_tour(f"/odoo/sales/{order.id}", "aftersales_refer_customer", login="sally")
        self.assertEqual((order.state, order.referral_id.state), ("sale", "qualified"))
        self.assertEqual(order.referral_id.referrer_id, self.referrer)

    def test_a_referrer_s_credit_is_spent_on_an_order(self):
        self._pay(self._invoice(self._order()))
        card = self._payout(100.0).card_id
        order = self._order(
            (self.goods_untaxed, 160.0),
            partner=self.referrer,
            referrer=self.env["res.partner"],
            confirm=False,
        )
        self.start_tour(f"/odoo/sales/{order.id}", "aftersales_spend_credit", login="sally")
        self.assertEqual((order.state, order.amount_total, card.points), ("sale", 60.0, 0.0))
        self.assertInvariants()

    def test_an_accountant_drills_down_and_mails_a_statement(self):
        order = self._order()
        self._pay(self._invoice(order))
        self.start_tour(
            f"/odoo/contacts/{self.referrer.id}", "aftersales_reward_statement", login="ada"
        )
        statement = self.env["aftersales.statement"].search(
            [("referrer_id", "=", self.referrer.id)]
        )
        message = statement.message_ids.filtered("attachment_ids")
        self.assertEqual(message.partner_ids, self.referrer)
        self.assertEqual(len(message.attachment_ids), 1)

    def test_several_statements_are_printed_in_one_document(self):
        if self.env["ir.actions.report"].get_wkhtmltopdf_state() == "install":
            self.skipTest("wkhtmltopdf is not installed")
        others = self.env["res.partner"].create([{"name": "Otto Other"}, {"name": "Nora North"}])
        today = self.company._aftersales_today()
        statements = self.env["aftersales.statement"]._of(
            self.referrer | others, self.company, today.replace(day=1), today
        )
        report = self.env["ir.actions.report"].with_context(force_report_rendering=True)
        with self.allow_pdf_render():
            streams = report._render_qweb_pdf_prepare_streams(
                "aftersales_referral.statement_report", {}, statements.ids
            )
            self.assertEqual(list(streams), statements.ids)
            pdf, kind = report._render_qweb_pdf(
                "aftersales_referral.statement_report", statements.ids
            )
        self.assertEqual((kind, pdf[:4]), ("pdf", b"%PDF"))
