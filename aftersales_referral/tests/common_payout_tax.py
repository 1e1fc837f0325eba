# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo.fields import Command

from .common import ReferralCommon


class PayoutTaxCase(ReferralCommon):
    """300 earned, and taxes on rewards: VAT of businesses, what is withheld from others."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls._order((cls.goods_untaxed, 2000.0))
        cls._pay(cls._invoice(cls.order))  # 300 earned
        cls.E = cls.company.aftersales_commission_expense_account_id
        cls.A = cls.company.aftersales_accrued_commission_account_id
        cls.L = cls.company.aftersales_store_credit_account_id
        cls.AP = cls.referrer.property_account_payable_id
        cls.input_vat = cls._account("Input VAT", "INVAT", "asset_current")
        cls.owed_tax = cls._account("Withholding Payable", "WHPAY", "liability_current")
        cls.vat20 = cls._tax("Input VAT 20", 20.0, cls.input_vat)
        cls.withheld10 = cls._tax("Withheld 10", -10.0, cls.owed_tax)

    @classmethod
    def _account(cls, name, code, kind):
        return cls.env["account.account"].create({"name": name, "code": code, "account_type": kind})

    @classmethod
    def _tax(cls, name, amount, account, **vals):
        parts = [
            Command.create({"repartition_type": "base"}),
            Command.create({"repartition_type": "tax", "account_id": account.id}),
        ]
        return cls.env["account.tax"].create(
            {
                "name": name,
                "amount": amount,
                "type_tax_use": "purchase",
                "invoice_repartition_line_ids": parts,
                "refund_repartition_line_ids": parts,
                **vals,
            }
        )

    @classmethod
    def _become(cls, status, taxes=None, partner=None):
        """Let the referrer have this tax status, and all that is asked for; taxes of it too."""
        partner = partner or cls.referrer
        partner.write(
            {
                "referral_tax_status": status,
                "vat": False if status == "individual" else "TAX-4711",
                "referral_self_billing_date": "2027-01-01",
            }
        )
        if taxes is not None:
            cls.company[f"aftersales_{status}_tax_ids"] = taxes

    def _draft(self, method, referrer=None, amount=100.0):
        return self.env["aftersales.payout"].create(
            {"referrer_id": (referrer or self.referrer).id, "method": method, "amount": amount}
        )

    def assertItems(self, move, *expected):
        """Check the items of ``move``: (account, partner, tax, balance), in any order."""
        found = [
            (line.account_id, line.partner_id, line.tax_line_id, round(line.balance, 2))
            for line in move.line_ids
        ]
        self.assertCountEqual(found, expected)

    def _item(self, account, balance, tax=None, partner=None):
        return account, partner or self.referrer, tax or self.env["account.tax"], balance

    def assertSettled(self):
        self.assertInvariants()
        checker = self.Commission.sudo()
        found = [
            one.text for _k, compare in checker._comparisons() for one in compare(self.company)
        ]
        self.assertEqual(found, [])
