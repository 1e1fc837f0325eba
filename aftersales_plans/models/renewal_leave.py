# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL
from odoo.tools.sql import column_exists

from .renewal import OPEN_ORDER
from .stored_column import add_column, fill_column


class AftersalesContract(models.Model):
    """Customers who do not go on, and why (requirement 64)."""

    _inherit = "aftersales.contract"
    _guarded = frozenset({"lapse_reason_id"})

    lapse_reason_id = fields.Many2one(
        "aftersales.close.reason",
        string="Not Renewed Because",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        tracking=True,
        help="Why the customer does not go on after the term.",
    )

    leave_reason_id = fields.Many2one(
        "aftersales.close.reason",
        string="Left Because",
        compute="_compute_leave_reason_id",
        store=True,
        index="btree_not_null",
        help="Why the customer left: did not renew, or ended early. Not what was never sold.",
    )

    def _auto_init(self):
        """Fill the column by the database: contracts that ended early are the ones so far."""
        cr, table, name = self.env.cr, self._table, "leave_reason_id"
        if column_exists(cr, table, "close_reason_id"):
            reason = SQL(
                "(SELECT r.id FROM aftersales_close_reason r WHERE r.id = close_reason_id"
                " AND r.void IS NOT TRUE AND state = 'cancelled')"
            )
            fill_column(cr, table, name, "int4", reason)
        else:  # 19.0.0.1.0 knew no reasons
            add_column(cr, table, name, "int4")
        return super()._auto_init()

    @api.depends("lapse_reason_id", "close_reason_id", "renewal_stage")
    def _compute_leave_reason_id(self):
        for contract in self:
            ended = contract.close_reason_id.filtered(lambda reason: not reason.void)
            reasons = {"lapsed": contract.lapse_reason_id, "ended": ended}
            contract.leave_reason_id = reasons.get(contract.renewal_stage, False)

    def _not_renewing(self, reason, note=None):
        """Note that no contract follows, and why; open renewal quotations are dropped.

        Callers check who may.

        :param reason: ``aftersales.close.reason``
        :param note: what else the customer said
        """
        for contract in self:
            contract._check_not_renewing()
            contract.sudo().lapse_reason_id = reason  # nobody's to write by hand
            contract.message_post(
                body=contract.env._(
                    "Will not be renewed: %(reason)s. %(note)s",
                    reason=reason.name,
                    note=note or "",
                ).strip()
            )
            contract._drop_renewal_orders()
            contract._end_renewal_activities()

    def _check_not_renewing(self):
        """Raise where a contract goes on already, or never reached its end.

        :raises UserError: naming the contract
        """
        error = self._renewal_error()
        if error:
            raise UserError(error)

    def _drop_renewal_orders(self):
        """Take the contract off its open quotations; one that renews nothing else is cancelled."""
        # whoever may say that the customer leaves; the quotation follows from that
        lines = self.sudo().renewal_line_ids.filtered(lambda line: line.state in OPEN_ORDER)
        for order, mine in lines.grouped("order_id").items():
            if order.order_line.filtered(lambda line: not line.display_type) - mine:
                mine.unlink()
            else:
                order._action_cancel()
