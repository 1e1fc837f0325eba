# SPDX-License-Identifier: LGPL-3.0-or-later
from datetime import timedelta
from itertools import pairwise

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_date


class AftersalesReading(models.Model):
    """One reading of an asset's meter (requirement 46).

    A meter never goes down unless a reading says that it was reset or exchanged. An asset may have
    several meters, told apart by their unit.
    """

    _name = "aftersales.reading"
    _description = "Meter Reading"
    _order = "date desc, id desc"
    _rec_name = "value"

    asset_id = fields.Many2one(
        "aftersales.asset", required=True, index=True, ondelete="cascade", check_company=True
    )
    company_id = fields.Many2one(related="asset_id.company_id", store=True, index=True)
    date = fields.Datetime(string="Read on", required=True, default=fields.Datetime.now, index=True)
    value = fields.Float(string="Reading", required=True, digits=(16, 2), aggregator="max")
    unit = fields.Char(
        compute="_compute_unit",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        help="What the meter counts, such as h (hours), km or cycles.",
    )
    is_reset = fields.Boolean(
        string="Meter Reset", help="The meter was exchanged or set back: it starts again here."
    )
    source = fields.Selection(
        [("manual", "Entered"), ("visit", "Visit"), ("import", "Import")],
        required=True,
        default=lambda self: self._default_source(),
    )
    note = fields.Char()
    user_id = fields.Many2one(
        "res.users", string="Read by", default=lambda self: self.env.user, index=True
    )

    _value_not_negative = models.Constraint("CHECK(value >= 0)", "A meter shows 0 or more.")

    def _default_source(self):
        """Return where a new reading comes from; a sibling knows who reads at visits."""
        return "import" if self.env.context.get("import_file") else "manual"

    @api.depends("asset_id")
    def _compute_unit(self):
        """Take the unit of the last reading: most assets have one meter."""
        for reading in self:
            reading.unit = reading.unit or reading.asset_id.reading_unit or "h"

    @api.constrains("date")
    def _check_not_ahead(self):
        """Refuse readings of days to come; a day ahead may be today where the meter is."""
        latest = fields.Datetime.now() + timedelta(days=1)
        for reading in self:
            if reading.date > latest:
                raise ValidationError(
                    self.env._(
                        "%(asset)s: nobody has read its meter on %(day)s yet. Enter the day of "
                        "the reading.",
                        asset=reading.asset_id.name,
                        day=format_date(self.env, reading.date),
                    )
                )

    @api.constrains("asset_id", "date", "value", "unit", "is_reset")
    def _check_goes_up(self):
        """Refuse a reading that is lower than an earlier one of the same meter."""
        readings = self.search([("asset_id", "in", self.asset_id.ids)], order="date, id")
        for meter in readings.grouped(lambda reading: (reading.asset_id, reading.unit)).values():
            for old, new in pairwise(meter):
                if new.value < old.value and not new.is_reset and (old in self or new in self):
                    raise ValidationError(
                        self.env._(
                            "%(asset)s: the meter showed %(old)s %(unit)s on %(old_day)s and "
                            "cannot show %(new)s on %(new_day)s. Tick Meter Reset if it was "
                            "exchanged.",
                            asset=new.asset_id.name,
                            old=old.value,
                            unit=new.unit,
                            old_day=format_date(self.env, old.date),
                            new=new.value,
                            new_day=format_date(self.env, new.date),
                        )
                    )
