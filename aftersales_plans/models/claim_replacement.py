# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..calc import decision


class AftersalesClaimLine(models.Model):
    """What the customer got instead of the broken goods, and what the register makes of it (7)."""

    _inherit = "aftersales.claim.line"
    _guarded = frozenset({"move_ids", "replacement_asset_ids"})

    move_ids = fields.One2many("stock.move", "aftersales_claim_line_id", readonly=True, copy=False)
    replacement_asset_ids = fields.Many2many(
        "aftersales.asset", string="Replaced by", readonly=True, copy=False
    )
    replacement_serials = fields.Char(
        string="New Lot/Serial",
        compute="_compute_replacement_serials",
        compute_sudo=True,
        help="What the customer got instead.",
    )

    @api.depends("move_ids.state")
    def _compute_replacement_serials(self):
        for line in self:
            lots = line._delivered_moves().move_line_ids.lot_id
            line.replacement_serials = ", ".join(lots.mapped("name"))

    def _delivered_moves(self):
        return self.move_ids & self.claim_id._delivered_moves()

    def _shipped_quantity(self):
        """Return how much reached the customer, in the product's own unit."""
        return sum(self._delivered_moves().move_line_ids.mapped("quantity_product_uom"))

    def _kept_quantity(self):
        """Return how much the customer got and did not send back, in the product's own unit."""
        return sum(
            move.product_uom._compute_quantity(move._aftersales_kept(), self.uom_id, round=False)
            for move in self._delivered_moves()
        )

    def _left_to_ship(self):
        """Return how much of the claimed quantity the customer still waits for."""
        return self.quantity - self._shipped_quantity()

    def _release_undelivered(self):
        """Take back from the contract the value of what did not come or was sent back."""
        for line in self.filtered("counted_value"):
            came = line._kept_quantity()
            kept = line.counted_value * min(1.0, came / line.quantity)
            kept = line.currency_id.round(kept)
            line.claim_id.contract_id._release_value(line.counted_value - kept)
            line.counted_value = kept

    def _check_still_there(self):
        """Refuse what was replaced already or is promised by another claim.

        :raises UserError: naming the asset, and the claim that was earlier
        """
        for line in self.filtered("asset_id"):
            line._check_in_use()
            line._check_not_promised()

    def _check_in_use(self):
        asset = self.asset_id
        if asset.status != "in_use":
            states = dict(asset._fields["status"]._description_selection(self.env))
            raise UserError(
                self.env._(
                    "%(asset)s is out of use: %(status)s on %(day)s.",
                    asset=asset.name,
                    status=states[asset.status],
                    day=format_date(self.env, asset.date_out),
                )
            )

    def _check_not_promised(self):
        """Refuse to promise more of an asset than there is, in this claim and others together."""
        asset, earlier = self.asset_id, self._promised_elsewhere()
        # counted against what is there, also where the claim's other lines are hidden
        same = self.sudo().claim_id.line_ids.filtered(
            lambda other: other.asset_id == asset and other.cause_id.replaces_part
        )
        asked = sum(other._left_to_ship() for other in earlier | same)
        if self.uom_id.compare(asked, asset.quantity) > 0:
            raise UserError(
                self.env._(
                    "%(asset)s: %(have)s are there, but %(asked)s are claimed in all (%(claims)s).",
                    asset=asset.name,
                    have=asset.quantity,
                    asked=asked,
                    claims=(earlier | same).claim_id.mapped("name"),
                )
            )

    def _promised_elsewhere(self):
        """Return the lines of other approved claims that have yet to replace the same goods."""
        # whoever claimed them: the same goods are replaced once
        lines = self.sudo().search(
            [
                ("asset_id", "=", self.asset_id.id),
                ("claim_id.state", "=", "approved"),
                ("claim_id", "!=", self.claim_id.id),
                ("cause_id.replaces_part", "=", True),
                ("billing_type", "!=", decision.REFUSED),
            ]
        )
        return lines.filtered(lambda other: other._left_to_ship() > 0)

    def _on_replaced(self, replacements):
        """Take the broken goods out of the register; ``replacements`` inherit their cover."""
        self.ensure_one()
        self.replacement_asset_ids |= replacements
        if not self.asset_id:
            return
        replacements.partner_id = self.asset_id.partner_id
        # More may be shipped than was claimed, or than the asset holds; nobody is stopped.
        came = sum(replacements.mapped("quantity"))
        claimed = self.quantity - (self._shipped_quantity() - came)
        quantity = min(came, claimed, self.asset_id.quantity)
        if self.uom_id.compare(quantity, 0) <= 0:
            return
        broken = self.asset_id._split(quantity)
        broken.write({"condition": "broken", "replaced_by_id": replacements[:1].id})
        replacements.write({"origin_asset_id": self.asset_id.id})
        if broken.status == "in_use":  # else it came back by itself, and its cover ended then
            for contract in broken.contract_ids._live():
                contract.asset_ids |= replacements
            broken._take_out("replaced", replacements[:1].date_delivered, self.claim_id.name)
