# SPDX-License-Identifier: AGPL-3.0-or-later
from odoo import fields, models


class AftersalesClaim(models.Model):
    """A claim may come from a visit; its findings then follow the terms (requirement 6)."""

    _inherit = "aftersales.claim"
    _guarded = frozenset({"visit_id"})  # it decides whether replacements are used

    visit_id = fields.Many2one(
        "fsm.order", string="Found at Visit", readonly=True, copy=False, index="btree_not_null"
    )

    def _uses_quota(self, line):
        """Let the terms say whether findings of a visit use replacements."""
        uses = super()._uses_quota(line)
        if not self.visit_id or self.visit_id.aftersales_contract_id != self.contract_id:
            return uses
        policy = self.contract_id.findings_use_quota
        if policy == "customer_accident":
            return uses and line.cause_id.code == "accident"
        return uses and policy == "always"
