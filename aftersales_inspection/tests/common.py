from odoo.tests import freeze_time

from odoo.addons.aftersales_plans.tests.common import AfterSalesCase


class InspectionCase(AfterSalesCase):
    """A plan with four visits a year and one technician of one company."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["fsm.person"].search([]).active = False
        cls.technician = cls.env["fsm.person"].create({"name": "Tess"})
        cls.plan.visit_interval_months = 3

    @classmethod
    def sell_on(cls, moment, *lines, **values):
        """Sell and deliver at a fixed UTC moment; return the contract."""
        with freeze_time(moment):
            return cls.sell(*(lines or ((cls.goods, 10), (cls.plan_product, 1))), **values)

    @classmethod
    def visit(cls, contract, number):
        """Return one visit of ``contract``."""
        return contract.visit_ids.filtered(lambda visit: visit.aftersales_visit_number == number)

    @classmethod
    def holiday(cls, start, end, **values):
        """Enter a public holiday of the company's calendar, UTC."""
        return cls.env["resource.calendar.leaves"].create(
            {
                "name": "Holiday",
                "calendar_id": cls.company.resource_calendar_id.id,
                "date_from": start,
                "date_to": end,
                **values,
            }
        )
