# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import models
from odoo.exceptions import UserError


class AftersalesStateGate(models.AbstractModel):
    """States that move along a table: ``_transitions`` lists what each state may become.

    A model with a ``state`` inherits it and changes that state nowhere else.
    """

    _name = "aftersales.state.gate"
    _description = "State gate"
    _transitions = {}

    def _set_state(self, state):
        """Move to ``state``; the only place where it changes.

        :raises UserError: the move is not in ``_transitions``; names the record and both states
        """
        states = dict(self._fields["state"]._description_selection(self.env))
        for record in self:
            if state not in self._transitions[record.state]:
                raise UserError(
                    self.env._(
                        "%(kind)s %(name)s is %(old)s and cannot become %(new)s.",
                        kind=self.env["ir.model"].sudo()._get(self._name).name,  # only its name
                        name=record.name,
                        old=states[record.state],
                        new=states[state],
                    )
                )
        self.sudo().write({"state": state})  # callers check who may; nobody writes it by hand
        self._on_state(state)

    def _on_state(self, state):
        """Let a model note that its records became ``state`` just now; empty here."""
