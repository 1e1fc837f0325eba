# SPDX-License-Identifier: LGPL-3.0-or-later
from datetime import date

from odoo import models
from odoo.exceptions import UserError

from ..calc import period
from .stock_move import is_open


class AftersalesContract(models.Model):
    """How contracts start, by their ``start_policy`` (requirements 2-4; design §3)."""

    _inherit = "aftersales.contract"

    def _cover(self, assets, not_before=date.min):
        """Put ``assets`` under the contract and start it if its time has come.

        :param not_before: first day it may start, where the goods were delivered before the sale
        """
        self.ensure_one()
        self.asset_ids |= assets
        if self._may_start():
            self._start(max(not_before, *assets.mapped("date_delivered")))

    def _may_start(self):
        """Tell whether what is delivered lets a contract start that waits for deliveries."""
        self.ensure_one()
        return (
            self.state == "draft"
            and not self.date_start
            and bool(self.asset_ids)
            and (
                self.start_policy == "first_delivery"
                or (self.start_policy == "full_delivery" and self._is_fully_delivered())
            )
        )

    def _start_if_complete(self):
        """Start today what waits no longer, because the order or the terms changed."""
        self.filtered(lambda contract: contract._may_start())._start_today()

    def _is_fully_delivered(self):
        """Tell whether all came that was ordered, or that will come: a backorder was dropped."""
        return not self._awaits_deliveries() or all(
            line.product_uom_id.compare(line.qty_delivered, line.product_uom_qty) >= 0
            for line in self.sale_line_id._aftersales_covered_lines()
        )

    def _awaits_deliveries(self):
        """Tell whether goods this contract covers are still on their way to the customer."""
        self.ensure_one()
        return any(
            is_open(move) and (move.location_final_id or move.location_dest_id).usage == "customer"
            for move in self.sale_line_id._aftersales_covered_lines().move_ids
        )

    def _start_today(self):
        for contract in self:
            contract._start(contract.company_id._aftersales_today())

    def _start(self, day):
        """Fix the term to begin on ``day`` and activate it, now or on that day."""
        for contract in self:
            contract._fix_term(day)
        self._activate_due()

    def _fix_term(self, day):
        """Let the term begin on ``day`` and run its months."""
        term = period.term(day, self.duration_months)
        # callers check who may start it
        self.sudo().write({"date_start": term.first, "date_end": term.last})

    def _activate_due(self):
        """Activate the contracts whose first day has come."""
        self.filtered(lambda c: c.date_start <= c.company_id._aftersales_today())._activate()

    def _activate(self):
        if not self:
            return
        self._set_state("active")
        self._on_contract_activated()
        self._open_periods()

    def _on_contract_activated(self):
        """Let a sibling act on contracts that start; empty here.

        Called by :meth:`_activate` inside its transaction, once for each contract: active by now,
        its first year not yet opened. An override writes its own tables only.
        """

    def action_mark_installed(self):
        """Start the contract today: the goods are installed.

        Salespeople start what was sold; a contract entered by hand is the manager's to start.
        """
        self.check_access("write")
        if not self.env.user.has_group("aftersales_plans.group_manager"):
            by_hand = self.filtered(lambda contract: not contract.sale_line_id)
            if by_hand:
                raise UserError(
                    self.env._("%s was not sold on an order: ask a plan manager.", by_hand[0].name)
                )
        waiting = self.filtered(
            lambda c: c.state == "draft" and c.start_policy == "installed" and not c.date_start
        )
        if waiting != self:
            raise UserError(
                self.env._("Only a contract that waits for installation can be started this way.")
            )
        waiting._start_today()
