# SPDX-License-Identifier: AGPL-3.0-or-later
from odoo import api, fields, models

from odoo.addons.aftersales_plans.models.stored_column import add_column

from ..calc.window import Window
from .errand import Errand
from .fsm_order_type import CHECKED_KINDS


class FsmOrder(models.Model):
    """A field-service order with a contract or a sale of ours *is* a visit (design §4).

    Made by the visit planner, one per contract and number. This file says what a visit is and for
    whom; ``models/__init__.py`` names the rooms in which the rest of its life is.
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
        compute="_compute_aftersales_parties",
        store=True,
        index="btree_not_null",
    )
    aftersales_user_id = fields.Many2one(
        "res.users",
        string="Salesperson",
        compute="_compute_aftersales_parties",
        store=True,
        index="btree_not_null",
        help="Who sold the contract or the visit, and answers for it.",
    )
    aftersales_visit_number = fields.Integer(string="Visit", readonly=True, copy=False)
    aftersales_window_start = fields.Date(string="Window from", readonly=True, copy=False)
    aftersales_window_end = fields.Date(
        string="Window to", readonly=True, copy=False, index="btree_not_null"
    )
    aftersales_unplaced_reason = fields.Char(string="Not Placed Because", readonly=True, copy=False)
    aftersales_kind = fields.Selection(related="type.aftersales_kind", string="Kind of Visit")

    _aftersales_visit_unique = models.Constraint(
        "UNIQUE(aftersales_contract_id, aftersales_visit_number)",
        "This visit of the contract exists already.",
    )
    _scheduled_date_start_idx = models.Index("(scheduled_date_start)")

    def _auto_init(self):
        """Add the columns empty: computing them for years of others' orders would find nothing."""
        for name in ("aftersales_plan_id", "aftersales_partner_id", "aftersales_user_id"):
            add_column(self.env.cr, self._table, name, "int4")
        return super()._auto_init()

    @api.constrains("scheduled_date_start")
    def check_day(self):
        """Leave visits to the planner, which knows whose leave it is.

        Field Service refuses a day on which anybody takes an hour off; see its own constraint.
        """
        return super(FsmOrder, self - self._visits()).check_day()

    @api.depends(
        "aftersales_contract_id.partner_id",
        "aftersales_contract_id.user_id",
        "aftersales_sale_line_id.order_id.partner_id",
        "aftersales_sale_line_id.order_id.user_id",
    )
    def _compute_aftersales_parties(self):
        """Take both of the contract or, without one, of the order the visit was sold on."""
        for visit in self:
            errand = visit._errand()
            visit.aftersales_partner_id = errand.partner_id
            visit.aftersales_user_id = errand.user_id

    def _errand(self):
        """Return what the planner asks about this visit: its contract, else what sold it."""
        self.ensure_one()
        return self.aftersales_contract_id or Errand(self.aftersales_sale_line_id)

    def _seller(self):
        """Return who sold this visit or its contract; mail templates in live databases ask this."""
        self.ensure_one()
        return self.aftersales_user_id

    def _customer(self):
        """Return whom the visit is made for: who bought it, else the site's owner."""
        self.ensure_one()
        return self.aftersales_partner_id or self.location_id.owner_id

    def _window(self):
        """Return the :class:`~..calc.window.Window` in which this visit is promised."""
        self.ensure_one()
        return Window(
            self.aftersales_visit_number, self.aftersales_window_start, self.aftersales_window_end
        )

    def _is_promised(self):
        """Tell whether somebody was promised this visit, which own stock and others' orders lack.

        A visit the terms dropped has no window.
        """
        self.ensure_one()
        promise = self.aftersales_contract_id or self.aftersales_sale_line_id
        return bool(promise and self.aftersales_window_end)

    def _sold_by(self):
        """Return the order line that sold this visit, whose analytic accounts bear its costs."""
        return self.aftersales_contract_id.sale_line_id or self.aftersales_sale_line_id

    def _is_unstarted(self):
        """Tell whether the visit is neither over nor begun, so that it may still be taken back."""
        self.ensure_one()
        return not self.is_closed and not self.date_start

    def _site_zone(self):
        """Return the time zone of the place that is visited."""
        self.ensure_one()
        return self.company_id._visit_zone(self.location_id.partner_id.tz)

    def _visits(self):
        """Return the orders that are visits with a checklist and a conclusion, not repairs."""
        return self.filtered(
            lambda order: order.aftersales_contract_id or order.aftersales_kind in CHECKED_KINDS
        )

    def action_open_contract(self):
        """Open the contract this visit belongs to."""
        self.ensure_one()
        return self.aftersales_contract_id.get_formview_action()
