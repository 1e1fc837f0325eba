# SPDX-License-Identifier: AGPL-3.0-or-later
import vobject

from odoo import Command
from odoo.tests import freeze_time, new_test_user
from odoo.tools import html2plaintext

from odoo.addons.aftersales_plans.tests.common import AfterSalesCase

PIXEL = (
    b"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADU"
    b"lEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


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


class OnSiteCase(InspectionCase):
    """A boiler with a checklist of every kind of question, sold on 15 March 2026."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["aftersales.checklist"].search([]).active = False
        cls.boilers = cls.env["product.category"].create({"name": "Boilers"})
        cls.goods.categ_id = cls.boilers
        cls.checklist = cls.make_checklist(
            {"name": "Burner is clean", "hint": "Open the flap"},
            {
                "name": "Pressure",
                "kind": "measure",
                "unit": "bar",
                "has_minimum": True,
                "minimum": 1.5,
                "has_maximum": True,
                "maximum": 3,
            },
            {"name": "Hours", "kind": "measure", "unit": "h", "is_meter": True},
            {"name": "Remark", "kind": "text", "is_required": False},
            {"name": "Flame", "kind": "photo", "is_required": False},
            category_id=cls.boilers.id,
        )
        cls.contract = cls.sell_on("2026-03-15 06:00:00", (cls.goods, 2), (cls.plan_product, 1))
        cls.asset = cls.contract.asset_ids
        cls.visit = cls.contract.visit_ids.filtered(lambda v: v.aftersales_visit_number == 1)
        cls.wear = cls.env.ref("aftersales_plans.cause_wear")

    @classmethod
    def make_checklist(cls, *questions, **values):
        """Make a checklist for inspections, of these questions."""
        return cls.env["aftersales.checklist"].create(
            {
                "name": "List",
                "line_ids": [
                    Command.create({"sequence": number, **question})
                    for number, question in enumerate(questions)
                ],
                **values,
            }
        )

    def start(self, visit=None, moment="2026-06-01 09:30:00"):
        """Press Start at a fixed moment; return the visit's checks."""
        visit = visit or self.visit
        with freeze_time(moment):
            visit.action_start()
        return visit.check_ids

    def answer(self, visit=None, verdict="ok", pressure=2, hours=120):
        """Answer the required questions."""
        for check in (visit or self.visit).check_ids:
            if check.kind == "ok":
                check.verdict = verdict
            elif check.kind == "measure":
                check.number = hours if check.is_meter else pressure

    def find(self, **values):
        """Write a finding that asks for a replacement of one."""
        return self.env["aftersales.finding"].create(
            {
                "visit_id": self.visit.id,
                "asset_id": self.asset.id,
                "condition": "broken",
                "cause_id": self.wear.id,
                "action": "replace",
                "quantity": 1,
                **values,
            }
        )

    def complete(self, conclusion="remarks", moment="2026-06-01 11:00:00", visit=None):
        """Conclude and complete at a fixed moment."""
        visit = visit or self.visit
        visit.conclusion = conclusion
        with freeze_time(moment):
            visit.action_complete()

    def reopen(self, visit=None):
        """Put the visit back among those to be made."""
        (visit or self.visit).stage_id = self.env.ref("fieldservice.fsm_stage_new")

    def sign(self, name="Vera Verde", moment="2026-06-01 10:45:00"):
        """Let the customer sign, from the button; return the wizard."""
        wizard = (
            self.env["fsm.order.sign.wizard"]
            .with_context(active_id=self.visit.id)
            .create({"signed_by": name, "signature": PIXEL})
        )
        with freeze_time(moment):
            wizard.action_sign()
        return wizard


class VisitCase(InspectionCase):
    """A technician with a van, valued parts in it, and the first visit of a contract."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user = new_test_user(cls.env, "t-tess", "fieldservice.group_fsm_user")
        cls.technician.partner_id = cls.user.partner_id
        cls.technician.action_create_van()
        cls.van = cls.technician.van_location_id
        cls.valued = cls.env["product.category"].create(
            {"name": "Valued", "property_valuation": "real_time"}
        )
        cls.seal = cls.good("Seal", 4.0, aftersales_visit_quantity=2)
        cls.goods.write({"categ_id": cls.valued.id, "standard_price": 300.0})
        cls.load(cls.seal, 10)
        cls.contract = cls.sell_on("2026-03-15 06:00:00")
        cls.asset = cls.contract.asset_ids
        cls.visit = cls.contract.visit_ids.filtered(lambda v: v.aftersales_visit_number == 1)

    @classmethod
    def good(cls, name, cost, **values):
        """Return new goods, valued in real time unless said otherwise."""
        return cls.env["product.product"].create(
            {
                "name": name,
                "type": "consu",
                "is_storable": True,
                "categ_id": cls.valued.id,
                "standard_price": cost,
                **values,
            }
        )

    @classmethod
    def load(cls, product, quantity, lot=None):
        """Put goods into the van."""
        cls.env["stock.quant"]._update_available_quantity(product, cls.van, quantity, lot_id=lot)

    def use(self, product, quantity, user=None, **values):
        """Enter a part on the visit, as the technician."""
        return (
            self.env["aftersales.visit.part"]
            .with_user(user or self.user)
            .create(
                {
                    "visit_id": self.visit.id,
                    "product_id": product.id,
                    "quantity": quantity,
                    **values,
                }
            )
        )

    def complete(self, user=None, outcome=False):
        """Complete the visit as the technician."""
        visit = self.visit.with_user(user or self.user)
        visit.write({"conclusion": "remarks", "outcome": outcome})
        self.env.invalidate_all()  # what others read into the cache, the technician may not
        with freeze_time("2026-06-01 10:00:00"):
            visit.action_complete()

    def reopen(self):
        """Take the visit up again."""
        with freeze_time("2026-06-01 12:00:00"):
            self.visit.with_user(self.user).stage_id = self.env.ref("fieldservice.fsm_stage_new")

    def held(self, product, place=None, lot=None):
        """Return how much a place (the van) holds, below zero too."""
        quants = self.env["stock.quant"].search(
            [
                ("product_id", "=", product.id),
                ("location_id", "=", (place or self.van).id),
                ("lot_id", "=", lot.id if lot else False),
            ]
        )
        return sum(quants.mapped("quantity"))

    def booked(self, moves):
        """Return {account: balance} of the journal items of ``moves``, those at 0 left out."""
        balances = {}
        for item in moves.account_move_id.line_ids:
            balances[item.account_id] = balances.get(item.account_id, 0.0) + item.balance
        return {account: balance for account, balance in balances.items() if balance}
