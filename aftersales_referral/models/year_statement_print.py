# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import models


class AftersalesStatement(models.Model):
    """A statement of a whole calendar year says what tax returns ask for (requirement 86)."""

    _inherit = "aftersales.statement"

    def _year(self):
        """Return the year this statement is of, as text; empty when it is no calendar year."""
        self.ensure_one()
        first, last = self.date_from, self.date_to
        whole = (first.month, first.day, last.month, last.day) == (1, 1, 12, 31)
        return str(first.year) if whole and first.year == last.year else ""

    def _year_figures(self):
        """Return the amounts of that year; empty when it is no calendar year, or without rows."""
        return self.env["aftersales.year.statement"].search(
            [
                ("referrer_id", "=", self.referrer_id.id),
                ("company_id", "=", self.company_id.id),
                ("year", "=", self._year()),
            ]
        )

    def _get_statement_filename(self):
        """Name the file by its year."""
        year = self._year()
        return self.env._("Rewards %s", year) if year else super()._get_statement_filename()
