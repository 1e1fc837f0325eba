from odoo import api, fields, models
from odoo.exceptions import ValidationError


class AftersalesTerms(models.AbstractModel):
    """The promise: how many training sessions a contract year includes."""

    _inherit = "aftersales.terms"

    training_sessions = fields.Integer(
        string="Training Sessions a Year", tracking=True, help="0: the plan includes none."
    )

    @api.constrains("training_sessions")
    def _check_training_sessions(self):
        for terms in self:
            if terms.training_sessions < 0:
                raise ValidationError(
                    self.env._("%s: training sessions cannot be negative.", terms.display_name)
                )

    def _benefits(self):
        """Append the sessions: cards, quotations and the customer's pages read this."""
        benefits = super()._benefits()
        if self.training_sessions:
            benefits.append(self.env._("%s training sessions a year", self.training_sessions))
        return benefits
