# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import api, fields, models


class AftersalesSuspension(models.Model):
    """Days in which a contract rests: nothing is covered, and its end moves by as many (61).

    Written by the contract alone (:meth:`~.contract_suspension.AftersalesContract._suspend`);
    the suspensions of a contract never overlap.
    """

    _name = "aftersales.suspension"
    _description = "Suspension"
    _inherit = "aftersales.defaults"
    _order = "date_start desc"
    _rec_name = "reason"

    contract_id = fields.Many2one(
        "aftersales.contract", required=True, index=True, ondelete="restrict", readonly=True
    )
    company_id = fields.Many2one(related="contract_id.company_id", store=True, index=True)
    date_start = fields.Date(string="From", required=True, readonly=True)
    date_end = fields.Date(
        string="To", required=True, readonly=True, index=True, help="Last day, inclusive."
    )
    days = fields.Integer(compute="_compute_days")
    reason = fields.Char(readonly=True)

    _dates_in_order = models.Constraint(
        "CHECK(date_end >= date_start)", "A suspension cannot end before it starts."
    )

    @api.depends("date_start", "date_end")
    def _compute_days(self):
        for suspension in self:
            suspension.days = (suspension.date_end - suspension.date_start).days + 1

    def action_withdraw(self):
        """Take back a suspension that has not begun."""
        self.contract_id.check_access("write")
        for suspension in self:
            suspension.contract_id._withdraw_suspension(suspension)
