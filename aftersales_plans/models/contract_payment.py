# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import api, fields, models
from odoo.exceptions import UserError


class AftersalesContract(models.Model):
    """What an unpaid plan means for its benefits (requirement 88)."""

    _inherit = "aftersales.contract"

    payment_warning = fields.Char(compute="_compute_payment_warning", compute_sudo=True)

    @api.depends("is_overdue", "benefits_require_payment")
    def _compute_payment_warning(self):
        for contract in self:
            contract.payment_warning = False
            if contract.is_overdue and contract.benefits_require_payment != "no":
                contract.payment_warning = contract._prepare_payment_warning()

    def _prepare_payment_warning(self):
        invoices = self._overdue_lines(self._standing_invoices()).move_id.mapped("name")
        if self.benefits_require_payment == "hold":
            return self.env._(
                "The plan is not paid (%s is overdue): its benefits are held.", invoices
            )
        return self.env._(
            "The plan is not paid (%s is overdue): remind the customer. Benefits are given "
            "all the same.",
            invoices,
        )

    def _check_benefits_not_held(self):
        """Raise where the terms hold the benefits until the plan is paid.

        :raises UserError: naming the contract, the invoice and what to do
        """
        for contract in self:
            if contract.is_overdue and contract.benefits_require_payment == "hold":
                raise UserError(
                    self.env._(
                        "%(contract)s: %(warning)s Register the payment first, or let a plan "
                        "manager amend the terms of this contract.",
                        contract=contract.display_name,
                        warning=contract.payment_warning,
                    )
                )
