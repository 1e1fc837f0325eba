# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import fields
from odoo.tests import freeze_time

from odoo.addons.mail.tests.common import MailCase

from .common import AfterSalesCase
from .common_plan_offer import OfferCase


class RenewalCase(AfterSalesCase):
    """A plan at 1,200 that is offered again, with 5 % uplift a year and 10 % renewal discount."""

    policy = "offer"
    sequence = 20  # of the plan, among those beside it

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.plan.write(
            {
                "renewal_policy": cls.policy,
                "renewal_uplift_percent": 5,
                "renewal_discount_percent": 10,
                "sequence": cls.sequence,
            }
        )
        cls.plan_product.write({"list_price": 1200.0, "taxes_id": False})
        cls.goods.taxes_id = False

    @classmethod
    def running(cls, *lines, start="2026-01-10", **values):
        """Sell and deliver on ``start``; return the contract: by default to 9 January 2027."""
        with freeze_time(f"{start} 12:00:00"):
            return cls.sell(*(lines or ((cls.plan_product, 1), (cls.goods, 1))), **values)

    @classmethod
    def follow(cls, day):
        """Do on ``day`` what both daily runs do, record by record."""
        with freeze_time(f"{day} 12:00:00"):
            Contract = cls.env["aftersales.contract"]
            for domain, method in Contract._due(cls.company):
                for contract in Contract.search([*domain, ("company_id", "=", cls.company.id)]):
                    getattr(contract, method)()
            cls.run_daily()

    @classmethod
    def run_daily(cls):
        """Let the daily run of renewals do what is due; commits nothing."""
        for record, method in cls.env["aftersales.contract"]._renewal_work(cls.company):
            getattr(record, method)()

    @classmethod
    def quoted(cls, contract, day="2026-11-11", **values):
        """Make the renewal quotation of ``contract`` on ``day``."""
        with freeze_time(f"{day} 12:00:00"):
            return contract._make_renewal(**values)

    @classmethod
    def confirm(cls, order, day):
        """Confirm a renewal on ``day``; return the contract that follows."""
        with freeze_time(f"{day} 12:00:00"):
            order.action_confirm()
        return order.aftersales_contract_ids

    @classmethod
    def tax(cls, percent, included):
        """Make a sales tax."""
        return cls.env["account.tax"].create(
            {
                "name": f"T {percent} {included}",
                "amount": percent,
                "price_include_override": "tax_included" if included else "tax_excluded",
            }
        )


class RenewalOfferCase(RenewalCase, OfferCase, MailCase):
    """A contract that ends on 31 December 2026, sold for 1,200, with a renewal that is due.

    Notice 60 days before (on 1 November), uplift 5 %, renewal discount 10 % for 30 days.
    """

    sequence = 10  # one tier above the other plan

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.plan.write(
            {
                "renewal_notice_days": 60,
                "renewal_offer_days": 30,
                "start_policy": "confirmation",
                "refund_policy": "none",
            }
        )
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
