# SPDX-License-Identifier: AGPL-3.0-or-later
from dataclasses import dataclass

from odoo import models


@dataclass(frozen=True)
class Errand:
    """An order line that sells visits, asked by the planner what it asks a contract.

    These names, with the same meaning on ``aftersales.contract``, are all that the planner knows of
    why somebody goes somewhere; its parameters called ``errand`` take either.
    """

    line: models.Model
    _name = "sale.order.line"  # as records say it

    @property
    def id(self):
        """What its visits are told apart by, with their numbers."""
        return self.line.id

    @property
    def company_id(self):
        """Who sends somebody."""
        return self.line.company_id

    @property
    def partner_id(self):
        """Who is visited."""
        return self.line.order_id.partner_id

    @property
    def site_id(self):
        """Where the goods are delivered."""
        return self.line.order_id.partner_shipping_id or self.partner_id

    @property
    def user_id(self):
        """Who sold it."""
        return self.line.order_id.user_id

    @property
    def visit_hours(self):
        """How long one visit takes."""
        return self.line.product_id.aftersales_visit_hours

    @property
    def visit_lead_days(self):
        """How long before the window ends: the day after the goods are promised."""
        return max(self.line.product_id.aftersales_visit_days - 1, 0)

    def _suspensions(self):
        """An order is never suspended."""
        return []
