# SPDX-License-Identifier: AGPL-3.0-or-later
from odoo import models

INSPECTIONS = 20  # of one asset, the latest; older ones are among the visits


class AftersalesAsset(models.Model):
    """What its owner reads online of the inspections of an asset (requirement 45)."""

    _inherit = "aftersales.asset"

    def _inspections_online(self):
        """Return the inspections its customer had made, latest first.

        Of goods that were sold on, the new owner does not see the visits of the one before.

        :return: [{"visit", "condition"}, …]
        """
        self.ensure_one()
        visits = self.env["fsm.order"].search(
            [
                ("aftersales_partner_id", "child_of", self.partner_id.commercial_partner_id.ids),
                ("company_id", "=", self.company_id.id),
                *self.env["fsm.order"]._reported_domain(),
                *self._visits(),
            ],
            order="date_end desc, id desc",
            limit=INSPECTIONS,
        )
        return [{"visit": visit, "condition": self._condition_at(visit)} for visit in visits]

    def _condition_at(self, visit):
        """Return in words how this asset was found at ``visit``; empty when nothing was noted."""
        findings = visit.finding_ids.filtered(lambda finding: finding.asset_id == self)
        if findings:
            return ", ".join(self._found_in_words(finding) for finding in findings)
        checks = visit.check_ids.filtered(lambda check: check.asset_id == self)
        if any(check.result == "failed" for check in checks):
            return self.env._("Not in order")
        return self.env._("In order") if checks else ""

    def _found_in_words(self, finding):
        """Return a condition, with how many pieces of several it is about."""
        label = dict(finding._fields["condition"]._description_selection(self.env))
        words = label[finding.condition]
        if self.uom_id.compare(finding.quantity, self.quantity) < 0:
            return f"{finding.quantity:g} × {words}"
        return words
