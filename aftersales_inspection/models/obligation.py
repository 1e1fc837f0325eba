# SPDX-License-Identifier: AGPL-3.0-or-later
from odoo import api, fields, models
from odoo.tools import SQL


class AftersalesObligation(models.Model):
    """Adds the visits that are still to be made; late when their window is over."""

    _inherit = "aftersales.obligation"
    _depends = {
        "fsm.location": ["partner_id"],
        "fsm.order": [
            "aftersales_contract_id", "aftersales_partner_id", "aftersales_sale_line_id",
            "aftersales_user_id", "aftersales_window_end", "company_id", "location_id", "outcome",
            "stage_id",
        ],
        "fsm.stage": ["is_closed"],
    }  # fmt: skip

    kind = fields.Selection(selection_add=[("visit", "Visit")])

    @api.model
    def _queries(self):
        """Append the visits customers were promised."""
        return [*super()._queries(), self._select_visits()]

    @api.model
    def _select_visits(self):
        """Visits of contracts, or sold by themselves, that are neither completed nor cancelled.

        The salesperson answers for them.
        """
        return self._select(
            10,
            "visit",
            SQL("visit.id"),
            SQL(
                """
                  FROM fsm_order visit
                  JOIN fsm_location location ON location.id = visit.location_id
                  JOIN fsm_stage stage ON stage.id = visit.stage_id
                  LEFT JOIN sale_order_line line ON line.id = visit.aftersales_sale_line_id
                 WHERE visit.aftersales_window_end IS NOT NULL
                   AND visit.outcome IS NULL
                   AND stage.is_closed IS NOT TRUE
                   AND (visit.aftersales_contract_id IS NOT NULL
                        OR visit.aftersales_sale_line_id IS NOT NULL)
                """
            ),
            partner_id=SQL("visit.aftersales_partner_id"),
            site_id=SQL("location.partner_id"),
            contract_id=SQL("visit.aftersales_contract_id"),
            order_id=SQL("line.order_id"),
            user_id=SQL("visit.aftersales_user_id"),
            company_id=SQL("visit.company_id"),
            due_on=SQL("visit.aftersales_window_end"),
        )

    def _describe(self):
        """Name the visit by its kind and number."""
        if self.kind != "visit":
            return super()._describe()
        visit = self._source("fsm.order")
        if visit.aftersales_contract_id:
            if visit._is_extra():
                return self.env._("Extra visit %s", -visit.aftersales_visit_number)
            return self.env._("Inspection visit %s", visit.aftersales_visit_number)
        return f"{visit.type.name} {visit.aftersales_visit_number}"

    def _thing(self):
        """Open the visit."""
        return self._source("fsm.order") if self.kind == "visit" else super()._thing()


class FsmOrder(models.Model):
    """Finds the visits that are still to be made among years of completed ones."""

    _inherit = "fsm.order"

    _aftersales_open_visits_idx = models.Index(
        "(aftersales_contract_id) WHERE aftersales_contract_id IS NOT NULL AND outcome IS NULL"
    )
