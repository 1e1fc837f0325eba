# SPDX-License-Identifier: AGPL-3.0-or-later
from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from odoo.addons.aftersales_plans.calc import decision
from odoo.addons.aftersales_plans.models.choices import choices_of
from odoo.addons.aftersales_plans.models.claim_approval import SHIPPED_TYPES


class AftersalesFinding(models.Model):
    """A broken part that the technician replaces on the spot (requirements 6, 12).

    Before fitting it he reads who would pay. What is free for the customer may be fitted, and what
    he agreed to pay: a contract that leaves parts out of its price charges them as they come (19).
    """

    _inherit = "aftersales.finding"

    supply = fields.Selection(
        [("ship", "To be shipped"), ("van", "Fitted from the van")],
        default="ship",
        required=True,
        help="How the replacement gets there: sent after the visit, or fitted right now.",
    )
    tracking = fields.Selection(related="product_id.tracking")
    fitted_lot_id = fields.Many2one(
        "stock.lot",
        string="Lot/Serial Fitted",
        domain="[('product_id', '=', product_id)]",
        ondelete="restrict",
    )
    cover_type = fields.Selection(
        selection=choices_of("billing_type", "aftersales.claim.line"),
        string="Would Be Paid by",
        compute="_compute_cover",
        compute_sudo=True,
    )
    cover_label = fields.Char(
        string="Who Pays",
        compute="_compute_cover",
        compute_sudo=True,
        help="What the claim would be decided, as things are now.",
    )

    @api.depends("action", "asset_id", "quantity", "cause_id", "visit_id")
    def _compute_cover(self):
        self.cover_type = self.cover_label = False
        labels = dict(self._fields["cover_type"]._description_selection(self.env))
        for visit, findings in self.grouped("visit_id").items():
            # one that is entered in a window of its own is not among those of its visit yet
            others = visit.finding_ids.filtered(lambda f, n=findings: f._origin not in n._origin)
            decided = visit._preview_claim(others | findings) if visit else {}
            for finding in findings:
                if finding in decided:
                    made, reason = decided[finding]
                    finding.cover_type = made.billing_type
                    finding.cover_label = f"{labels[made.billing_type]}: {reason}"

    def _is_fitted(self):
        return self.action == "replace" and self.supply == "van"

    def _signed_fields(self):
        """Add whether it was replaced already."""
        return super()._signed_fields() | {"supply"}

    def _follow_up_in_words(self, label):
        """Say that nothing is left to do where it was replaced already."""
        if self._is_fitted():
            return self.env._("replaced on the spot")
        return super()._follow_up_in_words(label)

    @api.constrains("supply", "action", "asset_id", "quantity", "cause_id", "fitted_lot_id")
    def _check_fitted(self):
        fitted = self.filtered(lambda finding: finding._is_fitted())
        for finding in fitted.filtered(lambda finding: not finding.visit_id.stage_id.is_closed):
            finding._check_is_covered()
            product, lot = finding.product_id, finding.fitted_lot_id
            if product.tracking == "serial" and finding.quantity != 1:
                raise ValidationError(
                    self.env._(
                        "%s has serial numbers: enter a finding for each unit that is fitted.",
                        product.display_name,
                    )
                )
            if lot and lot.product_id != product:
                raise ValidationError(
                    self.env._(
                        "%(lot)s is no lot of %(product)s.",
                        lot=lot.name,
                        product=product.display_name,
                    )
                )

    def _check_is_covered(self):
        """Raise where the customer would have to pay and did not agree: he has to be asked first.

        :raises UserError: naming goods and reason
        """
        self.ensure_one()
        contract = self.visit_id.aftersales_contract_id
        agreed = self.cover_type == decision.BILLABLE and contract._charges_parts()
        if self.cover_type not in SHIPPED_TYPES and not agreed:
            raise ValidationError(
                self.env._(
                    "%(goods)s is not covered (%(reason)s), so it cannot be fitted for free. "
                    "Choose To be shipped: the office quotes it.",
                    goods=self.product_id.display_name,
                    reason=self.cover_label,
                )
            )
        if self.cover_type == "contract":
            # sudo: whether that cover is held; who enters a finding reads its label anyway
            finding = self.sudo()
            contract = finding.visit_id.aftersales_contract_id or finding.asset_id.contract_id
            contract._check_benefits_not_held()

    def _check_fitted_lots(self):
        """Raise where tracked goods were fitted and nobody said which.

        :raises UserError: naming goods and visit
        """
        for finding in self:
            if finding.product_id.tracking != "none" and not finding.fitted_lot_id:
                raise UserError(
                    self.env._(
                        "%(visit)s: enter the lot or serial number of the %(product)s you fitted.",
                        visit=finding.visit_id.name,
                        product=finding.product_id.display_name,
                    )
                )

    def _prepare_claim_line(self):
        """Mark what was fitted."""
        vals = super()._prepare_claim_line()
        if self._is_fitted():
            vals |= {"is_fitted": True, "fitted_lot_id": self.fitted_lot_id.id}
        return vals


class FsmOrder(models.Model):
    """What a visit replaced on the spot becomes an approved claim when the visit is completed."""

    _inherit = "fsm.order"

    def _preview_claim(self, findings):
        """Return {finding: (decision, reason in words)}: their claim as it would be decided now.

        :param findings: of this visit, also those that are not saved yet
        """
        self.ensure_one()
        findings = findings.filtered(
            lambda f: f.action == "replace" and f.asset_id and f.cause_id
        ).sorted(lambda f: f._origin.id or float("inf"))
        if not findings:
            return {}
        claim = self.env["aftersales.claim"].new(
            {
                "partner_id": self._customer()._origin.id,
                "contract_id": self.aftersales_contract_id._origin.id,
                "company_id": self.company_id._origin.id,
                "channel": "visit",
                "visit_id": self._origin.id,
                "line_ids": [
                    fields.Command.create(
                        {
                            "asset_id": finding.asset_id._origin.id,
                            "quantity": finding.quantity,
                            "cause_id": finding.cause_id._origin.id,
                        }
                    )
                    for finding in findings
                ],
            }
        )
        decisions = claim._decisions()
        return {
            finding: (decisions[line], line._reason(decisions[line].reason))
            for finding, line in zip(findings, claim.line_ids, strict=True)
        }

    def _open_claim(self):
        """Settle what was fitted; own stock has nobody to open a claim for."""
        if self.aftersales_kind == "stock":
            return self.env["aftersales.claim"]
        self.finding_ids.filtered(lambda finding: finding._is_fitted())._check_fitted_lots()
        claim = super()._open_claim()
        if claim.line_ids.filtered("is_fitted"):
            claim._settle_fitted()
        return claim

    def _on_reopened(self):
        """Bring back what was fitted for claims that are withdrawn with the visit."""
        result = super()._on_reopened()
        for visit in self.sudo():  # stock follows from the visit, which was writable
            withdrawn = visit.claim_ids.filtered(lambda claim: claim.state == "cancelled")
            visit._bring_back(withdrawn.line_ids.filtered("is_fitted").move_ids)
        return result
