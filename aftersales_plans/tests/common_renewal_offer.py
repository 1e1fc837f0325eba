from odoo import fields

from odoo.addons.mail.tests.common import MailCase

from .common_plan_offer import OfferCase


class RenewalOfferCase(OfferCase, MailCase):
    """A contract that ends on 31 December 2026, sold for 1,200, with a renewal that is due.

    Notice 60 days before (on 1 November), uplift 5 %, renewal discount 10 % for 30 days.
    """

    policy = "offer"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.plan.write(
            {
                "renewal_policy": cls.policy,
                "renewal_notice_days": 60,
                "renewal_uplift_percent": 5.0,
                "renewal_discount_percent": 10.0,
                "renewal_offer_days": 30,
                "start_policy": "confirmation",
                "refund_policy": "none",
            }
        )
        cls.plan_product.write({"list_price": 1200.0, "taxes_id": False})
        cls.goods.taxes_id = False
        cls.customer.write({"email": "casa@example.com", "tz": "Europe/Paris"})
        cls.env.ref("base.main_company").partner_id.email = "we@example.com"
        cls.reason = cls.env.ref("aftersales_plans.close_reason_price")

    @classmethod
    def contract_until(cls, last_day="2026-12-31", **values):
        """Sell and deliver, and let the term end on ``last_day``."""
        contract = cls.sell((cls.goods, 1), (cls.plan_product, 1))
        contract.write({"user_id": cls.manager.id, **values})
        contract.sudo().write({"date_start": "2026-01-01", "date_end": last_day})
        return contract

    @classmethod
    def run_daily(cls):
        """Let the daily run do what is due; commits nothing."""
        Contract = cls.env["aftersales.contract"]
        for record, method in Contract._renewal_work(cls.company):
            getattr(record, method)()

    def mails(self):
        """Return the mails in the queue to the customer."""
        return self.env["mail.mail"].search([("recipient_ids", "in", self.customer.ids)])

    def let_mails_leave(self):
        """Let the queue send what may leave now."""
        with self.mock_mail_gateway():
            self.mails().filtered(lambda mail: mail.state == "outgoing").send()

    def by_hand(self, contract):
        """Return what the owner of ``contract`` has to do by hand."""
        kind = self.env.ref("aftersales_plans.activity_renewal_by_hand")
        return contract.activity_ids.filtered(lambda todo: todo.activity_type_id == kind)

    @staticmethod
    def day(text):
        """Return a day written as 2026-12-31."""
        return fields.Date.from_string(text)
