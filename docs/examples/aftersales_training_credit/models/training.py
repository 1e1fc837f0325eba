from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date


class AftersalesTraining(models.Model):
    """One training session of a contract; held, it has used one session of its contract year."""

    _name = "aftersales.training"
    _description = "Training Session"
    _inherit = ["aftersales.state.gate", "aftersales.guarded"]
    _order = "date desc, id desc"
    _check_company_auto = True
    _transitions = {
        "planned": {"held", "cancelled"},
        "held": {"cancelled"},
        "cancelled": {"planned"},
    }
    _guarded = frozenset({"state"})  # it decides what is used: its buttons write it

    name = fields.Char(compute="_compute_name")
    contract_id = fields.Many2one(
        "aftersales.contract", required=True, index=True, ondelete="restrict", check_company=True
    )
    company_id = fields.Many2one(related="contract_id.company_id", store=True, index=True)
    date = fields.Date(required=True, default=lambda self: self.env.company._aftersales_today())
    state = fields.Selection(
        [("planned", "Planned"), ("held", "Held"), ("cancelled", "Cancelled")],
        default="planned",
        required=True,
        readonly=True,
        copy=False,
    )

    @api.depends("contract_id.name", "date")
    def _compute_name(self):
        for session in self:
            day = session.date and format_date(self.env, session.date)
            session.name = ", ".join(filter(None, (session.contract_id.name, day)))

    def action_hold(self):
        """Note that the sessions were held: each uses one of its contract year.

        :raises UserError: the contract does not cover the day, or nothing is left
        """
        self.check_access("write")
        for session in self:
            entitlement = session._entitlement()
            # counters are nobody's to write; who may hold the session was checked above
            if not entitlement or not entitlement.sudo()._consume(session):
                raise UserError(
                    self.env._("%s: no training session of this year is left.", session.name)
                )
        self._set_state("held")

    def action_cancel(self):
        """Cancel the sessions; what they used comes back."""
        self.check_access("write")
        for session in self:
            session._entitlement().sudo()._give_back(session)  # as in action_hold
        self._set_state("cancelled")

    def action_plan(self):
        """Take cancelled sessions up again."""
        self.check_access("write")
        self._set_state("planned")

    def _entitlement(self):
        """Return what counts the session; empty where the contract does not cover its day."""
        self.ensure_one()
        entitlement = self.contract_id._entitlement("training", self.date)
        return entitlement if self.contract_id._covers_day(self.date) else entitlement.browse()

    def write(self, vals):
        """Refuse another day or contract once a session is held: it is counted there."""
        if not {"contract_id", "date"}.isdisjoint(vals):
            for session in self.filtered(lambda one: one.state == "held"):
                raise UserError(self.env._("%s was held: cancel it first.", session.name))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never_held(self):
        for session in self.filtered(lambda one: one.state == "held"):
            raise UserError(self.env._("%s was held: cancel it first.", session.name))
