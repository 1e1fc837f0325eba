# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import api, fields, models
from odoo.exceptions import UserError

from ..calc.decision import BILLABLE, CONTRACT, GOODWILL


class AftersalesCause(models.Model):
    """Why something broke; the cause decides who pays (requirements 23, 24, 42, 71)."""

    _name = "aftersales.cause"
    _description = "Cause of Failure"
    _order = "sequence, name"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, index=True, help="Short technical name, such as accident.")
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    billing_type = fields.Selection(
        [
            (CONTRACT, "Plan"),
            (GOODWILL, "Goodwill"),
            (BILLABLE, "Customer"),
        ],
        string="Paid by",
        required=True,
        default=CONTRACT,
        help="Who pays when nothing else decides.",
    )
    consumes_quota = fields.Boolean(
        string="Uses a Replacement",
        default=True,
        help="A claim with this cause uses one of the replacements of the plan.",
    )

    replaces_part = fields.Boolean(
        default=True,
        help="Switch it off where nothing is replaced: the call itself is charged then.",
    )

    part_returns = fields.Boolean(
        string="Part Comes Back",
        help="The broken part is expected back when its replacement is sent.",
    )

    _code_unique = models.Constraint("UNIQUE(code)", "Each cause needs a code of its own.")

    @api.ondelete(at_uninstall=False)
    def _unlink_if_unused(self):
        # whoever took the claims: only whether there is one
        lines = self.env["aftersales.claim.line"].sudo()
        used = lines.search([("cause_id", "in", self.ids)], limit=1)
        if used:
            raise UserError(
                self.env._(
                    "%(cause)s is named by claim %(claim)s. Archive it instead of deleting it.",
                    cause=used.cause_id.name,
                    claim=used.claim_id.name,
                )
            )

    def _is_defect(self):
        """Tell whether the goods themselves were bad: what the statutory guarantee answers for."""
        self.ensure_one()
        return self.code == "defect"
