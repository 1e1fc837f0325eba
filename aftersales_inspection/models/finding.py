# SPDX-License-Identifier: AGPL-3.0-or-later
from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError


class AftersalesFinding(models.Model):
    """What a technician saw on one asset at a visit (requirements 5, 6).

    Findings that ask for a replacement become lines of one claim when the visit is completed.
    """

    _name = "aftersales.finding"
    _description = "Inspection Finding"
    _inherit = "aftersales.visit.note"
    _order = "visit_id, id"
    _guarded = frozenset({"claim_id", "condition_before"})
    _settled = frozenset({"visit_id", "asset_id", "action", "cause_id", "quantity"})

    contract_id = fields.Many2one(related="visit_id.aftersales_contract_id", store=True)
    uom_id = fields.Many2one(related="product_id.uom_id", string="Unit")
    condition = fields.Selection(
        [
            ("ok", "Good"),
            ("worn", "Worn"),
            ("broken", "Broken"),
            ("defective", "Defective"),
            ("missing", "Missing"),
        ],
        required=True,
        default="ok",
    )
    cause_id = fields.Many2one("aftersales.cause", ondelete="restrict")
    action = fields.Selection(
        [("none", "Nothing"), ("repair", "Repair"), ("replace", "Replace")],
        required=True,
        default="none",
    )
    quantity = fields.Float(default=1.0, digits="Product Unit", required=True)
    note = fields.Char()
    photo = fields.Image(max_width=1920, max_height=1920)
    claim_id = fields.Many2one(
        "aftersales.claim", readonly=True, copy=False, ondelete="set null",
        index="btree_not_null", help="Opened when the visit was completed.",
    )  # fmt: skip
    condition_before = fields.Char(
        readonly=True, copy=False, help="Of the asset, before the visit was completed."
    )

    _quantity_positive = models.Constraint(
        "CHECK(quantity > 0)", "A finding needs a quantity above zero."
    )

    @api.constrains("action", "cause_id")
    def _check_cause(self):
        for finding in self:
            if finding.action == "replace" and not finding.cause_id:
                raise ValidationError(
                    self.env._("%s: say why it has to be replaced (cause).", finding.asset_id.name)
                )

    @api.constrains("asset_id", "visit_id", "quantity")
    def _check_asset(self):
        for finding in self.filtered("asset_id"):
            asset, visit = finding.asset_id, finding.visit_id
            if asset not in visit._known_assets():
                raise ValidationError(finding._foreign_goods_error())
            if asset.uom_id.compare(finding.quantity, asset.quantity) > 0:
                raise ValidationError(
                    self.env._(
                        "%(asset)s: there are only %(have)s, not %(found)s.",
                        asset=asset.name,
                        have=asset.quantity,
                        found=finding.quantity,
                    )
                )

    @api.constrains("asset_id", "product_id")
    def _check_goods(self):
        for finding in self:
            if not finding.product_id:
                raise ValidationError(
                    self.env._("%s: say which goods the finding is about.", finding.visit_id.name)
                )

    def _foreign_goods_error(self):
        asset, contract = self.asset_id, self.visit_id.aftersales_contract_id
        if contract:
            return self.env._(
                "%(asset)s is not covered by contract %(contract)s.",
                asset=asset.name,
                contract=contract.name,
            )
        return self.env._(
            "%(asset)s is not among the goods of %(visit)s.",
            asset=asset.name,
            visit=self.visit_id.name,
        )

    def write(self, vals):
        """Leave what a claim was approved for as it was."""
        if not self._settled.isdisjoint(vals):
            self._refuse_settled()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_unless_settled(self):
        self._refuse_settled()

    def _refuse_settled(self):
        """Raise where the claim of a finding was approved; a reopened visit keeps that claim.

        :raises UserError: names the goods and the claim
        """
        claims = self.sudo().claim_id  # its state only
        settled = claims.filtered(lambda claim: claim.state in ("approved", "done"))
        for finding in self.filtered(lambda finding: finding.sudo().claim_id in settled):
            if not self.env.su:
                raise UserError(
                    self.env._(
                        "%(goods)s: claim %(claim)s was approved for this finding, so it stays. "
                        "Add another finding for what else is wrong.",
                        goods=finding.goods,
                        claim=finding.sudo().claim_id.name,
                    )
                )

    def _signed_fields(self):
        """Return what the customer signs: what was found, why, and what follows."""
        return frozenset(
            {
                "visit_id",
                "asset_id",
                "product_id",
                "condition",
                "cause_id",
                "action",
                "quantity",
                "note",
                "photo",
            }
        )

    def _prepare_claim_line(self):
        """Return the claim line this finding asks for."""
        self.ensure_one()
        return {
            "asset_id": self.asset_id.id,
            "quantity": self.quantity,
            "cause_id": self.cause_id.id,
        }

    def _update_assets(self):
        """Write the seen condition on assets the finding speaks of as a whole."""
        for finding in self.filtered("asset_id"):
            asset = finding.asset_id
            if asset.uom_id.compare(finding.quantity, asset.quantity) == 0:
                finding.condition_before = asset.condition
                asset.condition = finding.condition

    def _restore_assets(self):
        """Give assets back the condition they had, unless somebody has seen them since."""
        for finding in self.filtered("condition_before").sorted("id", reverse=True):
            asset = finding.asset_id
            if asset.condition == finding.condition and asset.status == "in_use":
                asset.condition = finding.condition_before
            finding.condition_before = False

    def _in_words(self):
        """Return what was found and why, in one sentence that the customer can sign."""
        self.ensure_one()
        labels = {
            name: dict(self._fields[name]._description_selection(self.env)).get(self[name])
            for name in ("condition", "action")
        }
        # sudo: names of what the reader has before them
        parts = [labels["condition"], self.sudo().cause_id.name, self.note]
        parts.append(self._follow_up_in_words(labels["action"]))
        return " · ".join(filter(None, parts))

    def _follow_up_in_words(self, label):
        """Return what becomes of it; ``label`` is that of its action."""
        return self.env._("to do: %s", label) if self.action != "none" else ""
