from odoo import api, fields, models


class FsmOrder(models.Model):
    """A field-service order with a contract of ours *is* an inspection visit (design §4).

    Made by the visit planner, one per contract and number; see ``visit_completion`` for its end.
    """

    _name = "fsm.order"
    _inherit = ["fsm.order", "aftersales.guarded"]
    _guarded = frozenset(
        {
            "aftersales_contract_id",
            "aftersales_visit_number",
            "aftersales_window_start",
            "aftersales_window_end",
            "aftersales_unplaced_reason",
            "appointment_state",
        }
    )

    aftersales_contract_id = fields.Many2one(
        "aftersales.contract",
        string="Service Contract",
        index="btree_not_null",
        readonly=True,
        copy=False,
    )
    aftersales_plan_id = fields.Many2one(
        related="aftersales_contract_id.plan_id", string="Plan", store=True
    )
    aftersales_partner_id = fields.Many2one(
        related="aftersales_contract_id.partner_id", string="Customer", store=True
    )
    aftersales_visit_number = fields.Integer(string="Visit", readonly=True, copy=False)
    aftersales_window_start = fields.Date(string="Window from", readonly=True, copy=False)
    aftersales_window_end = fields.Date(
        string="Window to", readonly=True, copy=False, index="btree_not_null"
    )
    aftersales_unplaced_reason = fields.Char(string="Not Placed Because", readonly=True, copy=False)
    aftersales_kind = fields.Selection(related="type.aftersales_kind", string="Kind of Visit")
    appointment_state = fields.Selection(
        [
            ("proposed", "Proposed"),
            ("confirmed", "Confirmed"),
            ("change_asked", "Another date asked"),
        ],
        string="Appointment",
        copy=False,
        readonly=True,
        help="What the customer says to the planned date; empty until somebody asked.",
    )

    _aftersales_visit_unique = models.Constraint(
        "UNIQUE(aftersales_contract_id, aftersales_visit_number)",
        "This visit of the contract exists already.",
    )
    _scheduled_date_start_idx = models.Index("(scheduled_date_start)")

    @api.constrains("scheduled_date_start")
    def check_day(self):
        """Leave visits to the planner, which knows whose leave it is.

        Field Service refuses a day on which anybody takes an hour off; see its own constraint.
        """
        return super(
            FsmOrder, self.filtered(lambda order: not order.aftersales_contract_id)
        ).check_day()

    def _visits(self):
        """Return the orders that are visits with a checklist and a conclusion, not repairs."""
        return self.filtered(
            lambda order: (
                order.aftersales_contract_id or order.aftersales_kind not in (False, "repair")
            )
        )

    def action_open_contract(self):
        """Open the contract this visit belongs to."""
        self.ensure_one()
        return self.aftersales_contract_id.get_formview_action()
