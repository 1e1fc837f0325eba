import pytz

from odoo import fields, models


class ResCompany(models.Model):
    """How a company plans its visits."""

    _inherit = "res.company"

    aftersales_travel_minutes = fields.Integer(
        string="Travel between Visits (minutes)",
        default=30,
        help="Kept free between two visits of a worker at different sites.",
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
