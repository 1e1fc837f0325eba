# SPDX-License-Identifier: AGPL-3.0-or-later
from odoo import fields, models

CUSTOMERS_KINDS = {  # of visits to customers, who are promised them and agree to the date
    "inspection": "Inspection",
    "installation": "Installation",
    "training": "Training",
}
CHECKED_KINDS = {**CUSTOMERS_KINDS, "stock": "Own stock"}  # have a checklist and a conclusion
KINDS = {**CHECKED_KINDS, "repair": "Repair"}  # has a claim instead


class FsmOrderType(models.Model):
    """Says which of our kinds of visit an order is; empty for everybody else's orders."""

    _inherit = "fsm.order.type"

    aftersales_kind = fields.Selection(list(KINDS.items()), string="After-Sales Kind", copy=False)
