# SPDX-License-Identifier: AGPL-3.0-or-later
from odoo import api, fields, models
from odoo.exceptions import ValidationError

CONCLUDED = ("conclusion", "conclusion_note")


class FsmOrder(models.Model):
    """The customer's signature below what was found (requirement 5).

    It is Field Service's own. What was signed stays true: whatever changes it afterwards takes the
    signature away, and says so. A customer may also not sign; then the visit says why.
    """

    _inherit = "fsm.order"

    is_unsigned = fields.Boolean(
        string="Customer Did Not Sign", copy=False, help="Nobody was there, or refused to sign."
    )
    unsigned_reason = fields.Char(string="Did Not Sign Because", copy=False)

    @api.constrains("is_unsigned", "unsigned_reason")
    def _check_unsigned_reason(self):
        for visit in self:
            if visit.is_unsigned and not (visit.unsigned_reason or "").strip():
                raise ValidationError(
                    self.env._("%s: say why the customer did not sign.", visit.name)
                )

    def write(self, vals):
        """Take the signature away from a conclusion that is another now."""
        touched = [name for name in CONCLUDED if name in vals]
        before = {visit: [visit[name] for name in touched] for visit in self if visit.signature}
        if vals.get("signature"):
            vals = {**vals, "is_unsigned": False, "unsigned_reason": False}
        result = super().write(vals)
        for visit, values in before.items():
            if values != [visit[name] for name in touched]:
                visit._clear_signature()
        return result

    def _clear_signature(self):
        """Take signatures away, because something above them has changed."""
        for visit in self.sudo().filtered("signature"):  # callers check who changes a visit
            visit._message_log(
                body=self.env._(
                    "The signature of %s no longer holds: what was signed has changed since. "
                    "Let it be signed again.",
                    visit.signed_by or visit._customer().name,
                )
            )
            visit.write({"signature": False, "signed_by": False, "signed_on": False})

    def action_sign(self):
        """Let the customer read what was found and sign it."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "fieldservice.fsm_order_sign_wizard_action"
        )
        return dict(action, context={"active_id": self.id, "active_model": self._name})
