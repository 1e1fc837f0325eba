# SPDX-License-Identifier: LGPL-3.0-or-later
from .common import ReferralCommon


class PayoutRunCase(ReferralCommon):
    """Many referrers, what they are owed, and a second accountant.

    Rita is owed 150.00 in store credit, Cash 75.00 in money, Small 15.00 in money.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.A = cls.company.aftersales_accrued_commission_account_id
        cls.L = cls.company.aftersales_store_credit_account_id
        cls.E = cls.company.aftersales_commission_expense_account_id
        cls.cash = cls._referrer("Cash Carla", referral_payout_method="cash")
        cls.small = cls._referrer("Small Sam", referral_payout_method="cash")
        cls.referrer.referral_tax_status = "individual"
        (cls.cash | cls.small).referral_self_billing_date = "2027-01-01"
        cls.order = cls._earn(cls.referrer, 1000.0)
        cls._earn(cls.cash, 500.0)
        cls._earn(cls.small, 100.0)
        cls.other_accountant = cls._user("otto", "aftersales_plans.group_accountant")

    @classmethod
    def _referrer(cls, name, **vals):
        vals = {"name": name, "referral_tax_status": "individual", **vals}
        partner = cls.env["res.partner"].create(vals)
        cls._contract(partner, cls.plan)
        return partner

    @classmethod
    def _earn(cls, referrer, net):
        order = cls._order(
            (cls.goods_untaxed, net),
            partner=cls.env["res.partner"].create({"name": f"Brought by {referrer.name}"}),
            referrer=referrer,
        )
        cls._pay(cls._invoice(order))
        return order

    def _run(self, prepare=True, user=None, **vals):
        run = self.env["aftersales.payout.run"].with_user(user or self.accountant).create(vals)
        if prepare:
            run.action_prepare()
        return run

    def _lines(self, run):
        return [(line.referrer_id.name, line.method, line.amount) for line in run.payout_ids]

    def _left_out(self, run):
        return {line.referrer_id.name: line.reason for line in run.left_out_ids}

    def _lead_into_debt(self):
        """Pay Rita 150.00 and take back what she earned: she owes us 150.00."""
        self._payout(150.0)
        self._credit(self.order.invoice_ids)
