# SPDX-License-Identifier: AGPL-3.0-or-later
from odoo import api, models

MONTHS = 6  # between the visits of the sample contract, where its plan promises none


class AftersalesSample(models.AbstractModel):
    """The visits of the sample contract: planned like any other, and gone with it."""

    _inherit = "aftersales.sample"

    def _prepare_contract(self, made, plan):
        """Promise visits, so that there are some to look at."""
        vals = super()._prepare_contract(made, plan)
        if not plan.visit_interval_months:
            vals["visit_interval_months"] = MONTHS
        return vals

    @api.model
    def _followers(self):
        """Add the visits of the contract and the place of service of the customer."""
        return {
            "aftersales.check": "visit_id",
            "fsm.order": "aftersales_contract_id",
            "fsm.location.person": "location_id",
            "fsm.location": "partner_id",
            **super()._followers(),
        }

    @api.model
    def _kept(self, record):
        """Keep a visit somebody began or made: it is work that was done."""
        if record._name == "fsm.order":
            return bool(record.date_start or record.is_closed)
        return super()._kept(record)
