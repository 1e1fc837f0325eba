from odoo import api, fields, models
from odoo.tools import SQL


class AftersalesObligation(models.Model):
    """Adds the visits that are still to be made; late when their window is over."""

    _inherit = "aftersales.obligation"
    _depends = {
        "fsm.order": [
            "aftersales_contract_id", "aftersales_window_end", "company_id", "outcome", "stage_id",
        ],
        "fsm.stage": ["is_closed"],
    }  # fmt: skip

    kind = fields.Selection(selection_add=[("visit", "Inspection visit")])

    @api.model
    def _queries(self):
        """Append the visits of contracts."""
        return [*super()._queries(), self._select_visits()]

    @api.model
    def _select_visits(self):
        """Visits that are neither completed nor cancelled; the salesperson answers for them."""
        return self._select(
            10,
            "visit",
            SQL("visit.id"),
            SQL(
                """
                  FROM fsm_order visit
                  JOIN aftersales_contract contract ON contract.id = visit.aftersales_contract_id
                  JOIN fsm_stage stage ON stage.id = visit.stage_id
                 WHERE visit.aftersales_contract_id IS NOT NULL
                   AND visit.outcome IS NULL
                   AND stage.is_closed IS NOT TRUE
                """
            ),
            partner_id=SQL("contract.partner_id"),
            site_id=SQL("contract.site_id"),
            contract_id=SQL("contract.id"),
            user_id=SQL("contract.user_id"),
            company_id=SQL("visit.company_id"),
            due_on=SQL("visit.aftersales_window_end"),
        )

    def _describe(self):
        """Name the visit by its number."""
        if self.kind != "visit":
            return super()._describe()
        return self.env._("Inspection visit %s", self._source("fsm.order").aftersales_visit_number)

    def _thing(self):
        """Open the visit."""
        return self._source("fsm.order") if self.kind == "visit" else super()._thing()


class FsmOrder(models.Model):
    """Finds the visits that are still to be made among years of completed ones."""

    _inherit = "fsm.order"

    _aftersales_open_visits_idx = models.Index(
        "(aftersales_contract_id) WHERE aftersales_contract_id IS NOT NULL AND outcome IS NULL"
    )
