from odoo.tests import freeze_time

from .common import AfterSalesCase


class RenewalCase(AfterSalesCase):
    """A plan at 1,200 that is offered again, with 5 % uplift a year and 10 % renewal discount."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.plan.write(
            {
                "renewal_policy": "offer",
                "renewal_uplift_percent": 5,
                "renewal_discount_percent": 10,
                "sequence": 20,
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
            for record, method in Contract._renewal_work(cls.company):
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
