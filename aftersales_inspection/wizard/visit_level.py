# SPDX-License-Identifier: AGPL-3.0-or-later
from datetime import timedelta

from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from ..calc.zone import day_begins


class AftersalesVisitLevel(models.TransientModel):
    """Levels the visits of some days again, and shows what became of them (requirement 82).

    Touches only visits nobody has started and no customer was asked about; see ``_domain``.
    """

    _name = "aftersales.visit.level"
    _description = "Level Visits Again"

    date_start = fields.Date(string="From", required=True, default=fields.Date.context_today)
    date_end = fields.Date(
        string="To",
        required=True,
        default=lambda self: fields.Date.context_today(self) + timedelta(days=30),
        help="Last day, inclusive.",
    )
    person_ids = fields.Many2many(
        "fsm.person", string="Technicians", help="Only what these are to do; empty: everybody."
    )
    territory_ids = fields.Many2many(
        "res.territory", string="Territories", help="Only visits there; empty: everywhere."
    )
    move_proposed = fields.Boolean(
        string="Also Proposed Dates",
        help="Move visits whose date was proposed to the customer, who has not answered yet.",
    )
    moved_ids = fields.Many2many(
        "fsm.order", "aftersales_visit_level_moved_rel", string="Moved Visits", readonly=True
    )
    kept_ids = fields.Many2many(
        "fsm.order", "aftersales_visit_level_kept_rel", string="Kept Visits", readonly=True
    )
    unplaced_ids = fields.Many2many(
        "fsm.order",
        "aftersales_visit_level_unplaced_rel",
        string="Visits not Placed",
        readonly=True,
    )
    moved_count = fields.Integer(string="Moved", compute="_compute_counts")
    kept_count = fields.Integer(string="Kept", compute="_compute_counts")
    unplaced_count = fields.Integer(string="Could not be Placed", compute="_compute_counts")
    is_done = fields.Boolean(readonly=True)

    @api.depends("moved_ids", "kept_ids", "unplaced_ids")
    def _compute_counts(self):
        for wizard in self:
            wizard.moved_count = len(wizard.moved_ids)
            wizard.kept_count = len(wizard.kept_ids)
            wizard.unplaced_count = len(wizard.unplaced_ids)

    def action_level(self):
        """Level the visits again and show the result."""
        self.ensure_one()
        self._check()
        moved = self.env["fsm.order"]
        visits = self.env["fsm.order"]
        for company in self.env.companies:
            found = self.env["fsm.order"].search(self._domain(company), order="id")
            visits |= found
            moved |= self._level(company, found)
        unplaced = visits.filtered(lambda visit: not visit.scheduled_date_start)
        self.write(
            {
                "moved_ids": [Command.set((moved - unplaced).ids)],
                "kept_ids": [Command.set((visits - moved - unplaced).ids)],
                "unplaced_ids": [Command.set(unplaced.ids)],
                "is_done": True,
            }
        )
        return self._reopen()

    def _check(self):
        """Raise where the user may not, or the days are the wrong way round."""
        user = self.env.user
        if not user.has_group("aftersales_plans.group_manager") and not user.has_group(
            "fieldservice.group_fsm_dispatcher"
        ):
            raise AccessError(self.env._("Ask a dispatcher or a plan manager to level visits."))
        if self.date_end < self.date_start:
            raise UserError(self.env._("The last day lies before the first one."))

    def _level(self, company, visits):
        """Level ``visits`` of ``company``; return the moved ones."""
        visits.check_access("write")
        planner = (
            self.env["aftersales.visit.planner"]
            .sudo()  # sees the technicians' leave, writes what nobody writes by hand
            .with_company(company)
        )
        hidden = visits.sudo().with_company(company)
        before = planner._remember(hidden)
        moved = planner._level_again(hidden)
        planner._tell(before, self.env._("Visits were levelled again."), on_contract=False)
        return visits.filtered(lambda visit: moved[visit.sudo()])

    def _domain(self, company):
        """Return which visits may be moved: planned in these days, or not placed and due in them.

        Nobody has started them, nobody has promised the customer their date, and their windows
        are not over.
        """
        first, after = self._in_utc(company)
        states = [False, "change_asked", *(["proposed"] if self.move_proposed else [])]
        planned = Domain("scheduled_date_start", ">=", first) & Domain(
            "scheduled_date_start", "<", after
        )
        if self.person_ids:
            planned &= Domain("person_id", "in", self.person_ids.ids)
        else:
            planned |= (
                Domain("scheduled_date_start", "=", False)
                & Domain("aftersales_window_start", "<=", self.date_end)
                & Domain("aftersales_window_end", ">=", self.date_start)
            )
        if self.territory_ids:
            planned &= Domain("territory_id", "in", self.territory_ids.ids)
        # Expired: a visit that was carried over may outlive its contract.
        promised = Domain("aftersales_sale_line_id", "!=", False) | Domain(
            "aftersales_contract_id.state", "in", ("active", "suspended", "expired")
        )
        return (
            planned
            & promised
            & Domain(
                [
                    ("company_id", "=", company.id),
                    ("aftersales_window_end", ">=", company._aftersales_today()),
                    ("stage_id.is_closed", "=", False),
                    ("date_start", "=", False),
                    ("appointment_state", "in", states),
                ]
            )
        )

    def _in_utc(self, company):
        """Return when the first day begins where ``company`` is, and when the last one is over."""
        days = (self.date_start, self.date_end + timedelta(days=1))
        zone = company._aftersales_tz()
        return [day_begins(zone, day) for day in days]

    def _reopen(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Level Again"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }

    def action_open_moved(self):
        """Open the visits that were moved."""
        return self._open(self.env._("Moved"), self.moved_ids)

    def action_open_kept(self):
        """Open the visits that stayed where they were."""
        return self._open(self.env._("Kept"), self.kept_ids)

    def action_open_unplaced(self):
        """Open the visits nobody has time for."""
        name = self.env._("Could not be Placed")
        return self._open(name, self.unplaced_ids, "aftersales_visit_action_unplaced")

    def _open(self, name, visits, xmlid="aftersales_visit_action"):
        return visits._open_list([("id", "in", visits.ids)], xmlid, name=name)
