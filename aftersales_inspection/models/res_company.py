# SPDX-License-Identifier: AGPL-3.0-or-later
import pytz

from odoo import fields, models
from odoo.exceptions import ValidationError


class ResCompany(models.Model):
    """How a company plans its visits and tells customers of them."""

    _inherit = "res.company"

    aftersales_travel_minutes = fields.Integer(
        string="Travel between Visits (minutes)",
        default=30,
        help="Kept free between two visits of a worker at different sites.",
    )

    aftersales_propose_days = fields.Integer(
        string="Propose Visits (days ahead)", help="0: by hand."
    )
    aftersales_remind_days = fields.Integer(
        string="Remind of Visits (days before)", default=2, help="0: no reminders."
    )
    aftersales_visit_report_mails = fields.Boolean(
        string="Mail Inspection Reports",
        default=True,
        help="The customer gets the report when a visit is completed.",
    )
    aftersales_hour_rounding_minutes = fields.Integer(
        string="Charge per Started (minutes)",
        default=15,
        help="Hours at visits are charged per started quarter of an hour with 15; 0: to the minute "
        "they took.",
    )

    _aftersales_hour_rounding_possible = models.Constraint(
        "CHECK(aftersales_hour_rounding_minutes BETWEEN 0 AND 480)",
        "Work is charged per started 0 to 480 minutes.",
    )
    _aftersales_appointment_days_not_negative = models.Constraint(
        "CHECK(aftersales_propose_days >= 0 AND aftersales_remind_days >= 0)",
        "Customers are written to 0 days before a visit or earlier.",
    )
    _aftersales_travel_not_negative = models.Constraint(
        "CHECK(aftersales_travel_minutes >= 0)", "Travel cannot take less than 0 minutes."
    )

    def _visit_zone(self, name):
        """Return the time zone called ``name``; the company's where there is none of that name."""
        try:
            return pytz.timezone(name) if name else self._aftersales_tz()
        except pytz.UnknownTimeZoneError:  # renamed or dropped since somebody chose it
            return self._aftersales_tz()

    def _aftersales_first_warehouse(self):
        """Return the first warehouse of this company.

        :raises ValidationError: there is none
        """
        self.ensure_one()
        warehouse = self.env["stock.warehouse"].sudo()  # only which one; everybody may know
        found = warehouse.search([("company_id", "=", self.id)], limit=1)
        if not found:
            raise ValidationError(
                self.env._("%s has no warehouse to take goods from: make one first.", self.name)
            )
        return found
