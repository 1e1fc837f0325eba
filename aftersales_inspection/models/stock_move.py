# SPDX-License-Identifier: AGPL-3.0-or-later
from odoo import api, fields, models
from odoo.exceptions import UserError

VISIT_FIELDS = {"aftersales_visit_id", "aftersales_visit_part_id"}


class StockMove(models.Model):
    """Hooks of stock moves; what a visit uses lives in ``aftersales.visit.part``."""

    _inherit = "stock.move"

    aftersales_visit_id = fields.Many2one(
        "fsm.order", string="Used at Visit", readonly=True, copy=False, index="btree_not_null"
    )
    aftersales_visit_part_id = fields.Many2one(
        "aftersales.visit.part", readonly=True, copy=False, index="btree_not_null"
    )

    @api.model_create_multi
    def create(self, vals_list):
        """Let only visits move goods for visits."""
        for vals in vals_list:
            self._refuse_visit(vals)
        # given here, so that no default of a client's context or of a user decides
        nothing = dict.fromkeys(VISIT_FIELDS, False)
        return super().create([{**nothing, **vals} for vals in vals_list])

    def write(self, vals):
        """Refuse to move goods into or out of a visit by hand."""
        self._refuse_visit(vals)
        return super().write(vals)

    @api.model
    def _refuse_visit(self, vals):
        if not self.env.su and not VISIT_FIELDS.isdisjoint(vals):
            raise UserError(
                self.env._("Parts leave stock when their visit is completed. Complete it instead.")
            )

    def _get_account_move_line_vals(self):
        """Let what a visit uses count for what sold it, contract or visit; its return too."""
        vals_list = super()._get_account_move_line_vals()
        used = self if self.aftersales_visit_id else self.origin_returned_move_id
        # follows from the move alone, whoever values it
        if self.aftersales_claim_id or not used.sudo().aftersales_visit_id:
            return vals_list
        visit = used.sudo().aftersales_visit_id  # follows from the move alone
        if (self | self.origin_returned_move_id).sudo().aftersales_visit_part_id._is_charged():
            return vals_list  # the cost of what is sold, not of the contract
        shares = visit._sold_by().analytic_distribution
        return visit.company_id._aftersales_add_analytic(vals_list, shares)
