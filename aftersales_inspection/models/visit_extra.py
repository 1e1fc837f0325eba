# SPDX-License-Identifier: AGPL-3.0-or-later
from datetime import timedelta

from odoo import models
from odoo.exceptions import AccessError, UserError

from ..calc.window import Window

SOON = 14  # days in which an ordered visit is made, where the terms aim at no other


class AftersalesContract(models.Model):
    """A customer orders a visit beyond those the contract promises, by phone (requirement 19).

    It is numbered below zero, so that no number of a promised visit is ever taken; it uses no
    entitlement, and completing it charges the price of a visit.
    """

    _inherit = "aftersales.contract"

    def action_order_visit(self):
        """Enter one more visit, planned as soon as somebody is free; open it.

        :raises UserError: the contract does not run
        """
        self.ensure_one()
        self.check_access("read")
        planner = self.env["aftersales.visit.planner"]
        if not planner.env["fsm.order"]._may_carry_over():
            raise AccessError(self.env._("Ask the service desk or a dispatcher for another visit."))
        if self.state != "active":
            raise UserError(
                self.env._("%s does not run, so no visit can be ordered under it.", self.name)
            )
        visit = planner._plan({self: [self._extra_window()]})
        planner._tell({visit: None}, self.env._("The customer ordered another visit."))
        return visit.sudo(False).get_formview_action()

    def _extra_window(self):
        """Return the days in which an ordered visit is made: as soon as possible."""
        numbers = self.sudo().visit_ids.mapped("aftersales_visit_number")  # whoever made them
        today = self.company_id._aftersales_today()
        days = timedelta(days=self.visit_lead_days or SOON)
        return Window(min([*numbers, 0]) - 1, today, today + days)


class FsmOrder(models.Model):
    """A visit beyond the promised ones."""

    _inherit = "fsm.order"

    def _is_extra(self):
        """Tell whether the visit was ordered beyond what its contract promises."""
        return bool(self.aftersales_contract_id) and self.aftersales_visit_number < 0

    def _appointment_title(self):
        """Call it what it is; its number says nothing to the customer."""
        return self.env._("Extra visit") if self._is_extra() else super()._appointment_title()

    def _visit_entitlement(self):
        """Count none of them."""
        if self._is_extra():
            return self.env["aftersales.entitlement"]
        return super()._visit_entitlement()

    def _promised_window(self, window):
        """Keep the days that were agreed: the terms know nothing of it."""
        return self._window() if self._is_extra() else super()._promised_window(window)


class AftersalesVisitPlanner(models.AbstractModel):
    """Says of such a visit that it is one."""

    _inherit = "aftersales.visit.planner"

    def _prepare_visit(self, key, window, location):
        """Name it by what it is."""
        vals = super()._prepare_visit(key, window, location)
        contract, number = key
        if number < 0:
            vals["name"] = self.env._(
                "%(plan)s extra visit %(number)s · %(customer)s",
                plan=contract.plan_id.code,
                number=-number,
                customer=contract.partner_id.name,
            )
        return vals

    def _number_in_words(self, visit):
        if visit._is_extra():
            return self.env._("Extra visit %s", -visit.aftersales_visit_number)
        return super()._number_in_words(visit)
