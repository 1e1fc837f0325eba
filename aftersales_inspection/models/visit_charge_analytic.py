# SPDX-License-Identifier: AGPL-3.0-or-later
from odoo import models


class FsmOrder(models.Model):
    """Work and parts that are charged are the cost of that, not of the contract (19, 29).

    The analytic accounts of the contract follow, as its profit does, whenever a quotation is made,
    cancelled or taken up again.
    """

    _inherit = "fsm.order"

    def _tell_charged(self):
        """Bring the analytic items of work and parts in line with what is charged now."""
        for visit in self.sudo():  # costs follow from the order, which was writable
            if visit.aftersales_labour_cost:
                hours, rates = visit._aftersales_labour()
                visit._aftersales_tell_labour(
                    -visit.aftersales_labour_cost, (hours or 0.0) * len(rates)
                )
            for part in visit.part_ids:
                part._tell_charged()


class AftersalesVisitPart(models.Model):
    """A part is on the contract's analytic accounts unless it is sold."""

    _inherit = "aftersales.visit.part"

    def _tell_charged(self):
        """Put the service cost of this part on the contract's analytic accounts, or take it off."""
        self.ensure_one()
        moves = self.move_ids | self.move_ids.returned_move_ids
        cost = self.company_id.aftersales_replacement_location_id.valuation_account_id
        items = moves.account_move_id.line_ids.filtered(lambda item: item.account_id == cost)
        shares = False if self._is_charged() else self.visit_id._sold_by().analytic_distribution
        changed = items.filtered(lambda item: (item.analytic_distribution or False) != shares)
        changed.analytic_distribution = shares


class SaleOrder(models.Model):
    """What it charges is sold as long as it stands."""

    _inherit = "sale.order"

    def write(self, vals):
        """Tell the visits it charges that it was cancelled, or is offered again."""
        if "state" not in vals:
            return super().write(vals)
        stood = self.filtered(lambda order: order.state != "cancel")
        result = super().write(vals)
        changed = self.filtered(lambda order: (order in stood) != (order.state != "cancel"))
        # sudo: whoever cancels; costs follow from it
        changed.sudo().aftersales_charged_visit_ids._tell_charged()
        return result


class SaleOrderLine(models.Model):
    """A part whose line is deleted is not charged."""

    _inherit = "sale.order.line"

    def unlink(self):
        """Leave what is not charged to the contract."""
        visits = self.sudo().aftersales_visit_part_id.visit_id  # as in write of the order
        result = super().unlink()
        visits._tell_charged()
        return result
