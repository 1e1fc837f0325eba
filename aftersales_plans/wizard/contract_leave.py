# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import fields, models


class AftersalesContractLeave(models.TransientModel):
    """Asks why customers do not go on after their term (requirement 64).

    Opened from contracts, or from renewal quotations that are cancelled.
    """

    _name = "aftersales.contract.leave"
    _description = "Will Not Renew"

    contract_ids = fields.Many2many("aftersales.contract", string="Contracts", readonly=True)
    order_ids = fields.Many2many("sale.order", string="Quotations to Cancel", readonly=True)
    reason_id = fields.Many2one(
        "aftersales.close.reason",
        string="Because",
        required=True,
        domain=[("void", "=", False)],
        help="Why the customer does not go on.",
    )
    note = fields.Text(string="What the Customer Said")

    def action_confirm(self):
        """Note the reason, and cancel the quotations it was asked for."""
        self.ensure_one()
        orders, contracts = self.order_ids, self.contract_ids
        orders.check_access("write")
        if orders:
            contracts &= orders._aftersales_renewed()  # others are not the quotation's to decide
        else:
            contracts._check_may_renew()
        # ended, or renewed otherwise meanwhile: nothing to note, the quotation goes all the same
        orders.filtered(lambda order: order.state != "cancel")._action_cancel()
        if orders:
            contracts = contracts.filtered(lambda contract: not contract._renewal_error())
        contracts._not_renewing(self.reason_id, self.note)
