# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo.tests import Form, freeze_time, new_test_user, tagged

from .common import TODAY, ReferralCommon


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestReferralSearch(ReferralCommon):
    """The field "Referred by" finds people by name, code or phone number."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.referrer.phone = "+32 (0)470/12.34.56"
        cls.code = cls.referrer._get_referral_code()
        cls.twin = cls.env["res.partner"].create({"name": "Rita Aardvark", "phone": "02 111 22 33"})

    def _search(self, text, referral=True, **kwargs):
        partners = self.env["res.partner"].with_user(self.salesperson)
        if referral:
            partners = partners.with_context(referral_search=True)
        found = partners.name_search(text, **kwargs)
        return partners.browse([partner_id for partner_id, _name in found])

    def test_a_code_a_name_or_a_phone_number_finds_the_referrer(self):
        for text in (
            self.code,
            f" {self.code.lower()} ",
            "rita ref",
            "0470 12 34 56",
            "+32470123456",
            "0032 470/12.34.56",
            "123456",
        ):
            self.assertEqual(self._search(text), self.referrer, text)

    def test_other_searches_of_partners_are_as_before(self):
        for text in (self.code, "0470 12 34 56"):
            self.assertFalse(self._search(text, referral=False), text)
        for text in ("12345", "34 56", "x123456", "+", "()", "\\", "12%"):
            self.assertNotIn(self.referrer, self._search(text), text)

    def test_those_who_earn_rewards_come_first(self):
        self.assertEqual(self._search("Rita").ids, [self.referrer.id, self.twin.id])
        self.assertEqual(self._search("Rita", referral=False).ids, [self.twin.id, self.referrer.id])
        self.assertEqual(self._search("Rita", limit=1), self.referrer)
        self.assertEqual(self._search("", limit=1), self.referrer)
        colleague = self.env["res.partner"].create(
            {"name": "Rita Zed", "parent_id": self.referrer.id}
        )
        self.assertEqual(self._search("Rita").ids, [self.referrer.id, self.twin.id, colleague.id])
        self.contract._close("cancelled")
        self.assertEqual(self._search("Rita")[0], self.twin)

    def test_a_domain_and_the_company_s_rules_are_kept(self):
        self.assertFalse(self._search(self.code, domain=[("id", "=", self.twin.id)]))
        self.referrer.company_id = self.env["res.company"].create({"name": "Elsewhere"})
        self.assertFalse(self._search(self.code))
        self.assertFalse(self._search("0470 12 34 56"))

    def test_a_customer_of_the_portal_learns_nothing_by_searching_like_this(self):
        portal = new_test_user(self.env, "portal-p", "base.group_portal")
        partners = self.env["res.partner"].with_user(portal).with_context(referral_search=True)
        for text in (self.code, "0470 12 34 56", "Rita"):
            self.assertFalse(partners.search([("display_name", "ilike", text)]), text)
            self.assertFalse(partners.name_search(text), text)

    def test_the_field_on_the_quotation_searches_like_this(self):
        order = self._order(referrer=self.env["res.partner"], confirm=False)
        form = Form(order.with_user(self.salesperson))
        context = form._view["contexts"]["referrer_id"]
        self.assertIn("referral_search", str(context))

    def test_a_phone_number_is_found_by_an_index(self):
        self.env.cr.execute(
            """
            INSERT INTO res_partner (name, complete_name, active, phone, autopost_bills)
            SELECT 'P' || n, 'P' || n, true, '+32 470 ' || (100000 + n), 'ask'
              FROM generate_series(1, 20000) n
            """
        )
        self.env.cr.execute("ANALYZE res_partner")
        self.env.cr.execute("SET LOCAL enable_seqscan = off")  # a small table may be read whole
        self.env.cr.execute(
            r"""
            EXPLAIN SELECT id FROM res_partner WHERE phone IS NOT NULL
            AND reverse(regexp_replace(phone, '\D', '', 'g')) LIKE '654321074%'
            """
        )
        plan = str(self.env.cr.fetchall())
        self.assertIn("res_partner_referral_phone_idx", plan)

    def test_in_a_branch_holders_of_the_company_above_come_first(self):
        branch = self.env["res.company"].create({"name": "North", "parent_id": self.company.id})
        self.salesperson.company_ids |= branch
        there = self.env["res.partner"].with_user(self.salesperson).with_company(branch)
        found = there.with_context(referral_search=True).name_search("Rita")
        self.assertEqual([partner_id for partner_id, _name in found][0], self.referrer.id)
