import vobject

from odoo.tests import freeze_time
from odoo.tools import html2plaintext

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
    def visit_of(cls, contract, number):
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


class AppointmentCase(InspectionCase):
    """Four visits from 15 March 2026; the first is planned for Monday, 1 June, 8:00 UTC."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer.email = "casa@example.com"
        cls.technician.name = "Tess Tern"
        cls.contract = cls.sell_on("2026-03-15 06:00:00")
        cls.visit = cls.contract.visit_ids.filtered(lambda v: v.aftersales_visit_number == 1)

    def propose(self, moment="2026-05-18 08:00:00"):
        """Let an agent propose the planned date at a UTC ``moment``."""
        with freeze_time(moment):
            return self.visit.with_user(self.agent).action_propose_appointment()

    def mails(self, visit=None):
        """Return what the customer was written, oldest first."""
        messages = (visit or self.visit).sudo().message_ids
        return messages.filtered(lambda m: m.message_type == "auto_comment").sorted("id")

    def text(self, message=None):
        """Return the last mail in plain words, spaces as one."""
        plain = html2plaintext((message or self.mails()[-1]).body).replace("*", "")
        return " ".join(plain.split())

    def entry(self, message=None):
        """Return the calendar entry of the last mail: (METHOD, VEVENT)."""
        attachment = (message or self.mails()[-1]).attachment_ids
        self.assertEqual(attachment.mimetype, "text/calendar")
        calendar = vobject.readOne(attachment.raw.decode())
        return calendar.method.value, calendar.vevent
