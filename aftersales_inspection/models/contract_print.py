# SPDX-License-Identifier: AGPL-3.0-or-later
from odoo import models


class AftersalesContract(models.Model):
    """What the printed contract says about visits (requirement 66)."""

    _inherit = "aftersales.contract"

    def _printed_visits(self):
        """Return the windows of all visits of the term: as planned, later years as promised.

        :return: [:class:`~..calc.window.Window`, …], empty before the term is fixed
        """
        self.ensure_one()
        if not self.date_start:
            return []
        visits = self.sudo().visit_ids  # the customer's dates, whoever prints them
        planned = [
            visit._window() for visit in visits if visit._is_promised() and not visit._is_extra()
        ]
        by_number = {window.number: window for window in [*self._windows(), *planned]}
        return [by_number[number] for number in sorted(by_number)]
