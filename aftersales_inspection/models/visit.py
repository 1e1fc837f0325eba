from odoo import api, fields, models
from odoo.tools.sql import column_exists, create_column


class FsmOrder(models.Model):
    """A field-service order with a contract of ours *is* an inspection visit (design §4).

    Made by the visit planner, one per contract and number; see ``visit_completion`` for its end.
    """

    _name = "fsm.order"
    _inherit = ["fsm.order", "aftersales.guarded"]
    _guarded = frozenset(
        {
            "aftersales_contract_id",
            "aftersales_plan_id",
            "aftersales_partner_id",
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
        "res.partner",
        string="Customer",
        compute="_compute_aftersales_partner_id",
        store=True,
        index="btree_not_null",
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

    def _auto_init(self):
        """Add the columns empty: computing them for years of others' orders would find nothing."""
        for name in ("aftersales_plan_id", "aftersales_partner_id"):
            if not column_exists(self.env.cr, self._table, name):
                create_column(self.env.cr, self._table, name, "int4")
        return super()._auto_init()

    @api.constrains("scheduled_date_start")
    def check_day(self):
        """Leave visits to the planner, which knows whose leave it is.

        Field Service refuses a day on which anybody takes an hour off; see its own constraint.
        """
        return super(FsmOrder, self - self._visits()).check_day()

    @api.depends("aftersales_contract_id.partner_id", "aftersales_sale_line_id.order_id.partner_id")
    def _compute_aftersales_partner_id(self):
        """Take the customer of the contract or, without one, of the order it was sold on."""
        for visit in self:
            sold_to = visit.aftersales_sale_line_id.order_id.partner_id
            visit.aftersales_partner_id = visit.aftersales_contract_id.partner_id or sold_to

    def _site_zone(self):
        """Return the time zone of the place that is visited."""
        self.ensure_one()
        return self.company_id._visit_zone(self.location_id.partner_id.tz)

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
