from odoo import models

from ..calc.window import Window, windows


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
        promised = windows(self.date_start, self.duration_months, self.visit_interval_months)
        agreed = {
            visit.aftersales_visit_number: Window(
                visit.aftersales_visit_number,
                visit.aftersales_window_start,
                visit.aftersales_window_end,
            )
            for visit in self.sudo().visit_ids  # the customer's dates, whoever prints them
        }
        by_number = {window.number: window for window in promised} | agreed
        return [by_number[number] for number in sorted(by_number)]
