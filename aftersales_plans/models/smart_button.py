# SPDX-License-Identifier: LGPL-3.0-or-later
from collections import Counter

from odoo import fields, models
from odoo.fields import Domain

from .linked_records import (
    ASSETS,
    CLAIMS,
    CONTRACTS,
    FOLLOWUPS,
    OBLIGATIONS,
    count_linked,
    linked,
    open_action,
    open_records,
)


class SaleOrder(models.Model):
    """Shows the goods and claims that come from an order."""

    _inherit = "sale.order"

    aftersales_asset_count = fields.Integer(compute="_compute_aftersales_counts")
    aftersales_claim_count = fields.Integer(compute="_compute_aftersales_counts")

    _ASSETS = ("aftersales.asset", ["move_id.sale_line_id.order_id"])
    _CLAIMS = (
        "aftersales.claim",
        [
            "sale_order_id",
            "contract_id.sale_order_id",
            "line_ids.asset_id.move_id.sale_line_id.order_id",
        ],
    )

    def _compute_aftersales_counts(self):
        assets, claims = count_linked(self, *self._ASSETS), count_linked(self, *self._CLAIMS)
        for order in self:
            order.aftersales_asset_count = assets[order._origin.id]
            order.aftersales_claim_count = claims[order._origin.id]

    def action_open_aftersales_assets(self):
        """Open the goods this order delivered."""
        return open_records(linked(self, *self._ASSETS), ASSETS)

    def action_open_aftersales_claims(self):
        """Open the claims about what this order sold, and those it charges."""
        return open_records(linked(self, *self._CLAIMS), CLAIMS)


class StockPicking(models.Model):
    """Shows what a delivery put into the register and which contracts it serves."""

    _inherit = "stock.picking"

    aftersales_asset_count = fields.Integer(
        compute="_compute_aftersales_counts", groups="base.group_user"
    )
    aftersales_contract_count = fields.Integer(
        compute="_compute_aftersales_counts", groups="base.group_user"
    )

    _ASSETS = ("aftersales.asset", ["move_id.picking_id"])
    _CONTRACTS = (
        "aftersales.contract",
        ["sale_order_id.picking_ids", "claim_ids.move_ids.picking_id"],
    )

    def _compute_aftersales_counts(self):
        assets, contracts = count_linked(self, *self._ASSETS), count_linked(self, *self._CONTRACTS)
        for picking in self:
            picking.aftersales_asset_count = assets[picking._origin.id]
            picking.aftersales_contract_count = contracts[picking._origin.id]

    def action_open_aftersales_assets(self):
        """Open the goods this delivery registered."""
        return open_records(linked(self, *self._ASSETS), ASSETS)

    def action_open_aftersales_contracts(self):
        """Open the contracts whose order, or claim, this delivery ships."""
        return open_records(linked(self, *self._CONTRACTS), CONTRACTS)


class AccountMove(models.Model):
    """Shows the contracts a customer's invoice charges."""

    _inherit = "account.move"

    aftersales_contract_count = fields.Integer(
        compute="_compute_aftersales_contract_count", groups="base.group_user"
    )

    _CONTRACTS = ("aftersales.contract", ["sale_line_id.invoice_lines.move_id"])

    def _compute_aftersales_contract_count(self):
        counts = count_linked(self, *self._CONTRACTS)
        for move in self:
            move.aftersales_contract_count = counts[move._origin.id]

    def action_open_aftersales_contracts(self):
        """Open the contracts this invoice charges."""
        return open_records(linked(self, *self._CONTRACTS), CONTRACTS)


class ResPartner(models.Model):
    """Shows a customer's contracts, goods, claims, what we owe; those of its contacts included."""

    _inherit = "res.partner"

    aftersales_contract_count = fields.Integer(
        compute="_compute_aftersales_counts", groups="base.group_user"
    )
    aftersales_asset_count = fields.Integer(
        compute="_compute_aftersales_counts", groups="base.group_user"
    )
    aftersales_claim_count = fields.Integer(
        compute="_compute_aftersales_counts", groups="base.group_user"
    )
    aftersales_obligation_count = fields.Integer(
        compute="_compute_aftersales_counts", groups="base.group_user"
    )
    aftersales_followup_count = fields.Integer(
        compute="_compute_aftersales_counts", groups="base.group_user"
    )

    def _compute_aftersales_counts(self):
        # sudo: whether there is anything to count, to leave out what would be read in vain
        customers = self.filtered(lambda partner: partner.sudo().aftersales_traces)
        family = customers and self.with_context(active_test=False).search_fetch(
            [("id", "child_of", customers.ids)], ["parent_id"]
        )
        contracts = customers._aftersales_count("aftersales.contract", family)
        assets = customers._aftersales_count("aftersales.asset", family)
        claims = customers._aftersales_count("aftersales.claim", family)
        owed = customers._aftersales_count(
            "aftersales.obligation", family, Domain("is_standing", "=", False)
        )
        calls = customers._aftersales_count("aftersales.followup", family)
        for partner in self:
            partner.aftersales_followup_count = calls[partner._origin.id]
            partner.aftersales_contract_count = contracts[partner._origin.id]
            partner.aftersales_asset_count = assets[partner._origin.id]
            partner.aftersales_claim_count = claims[partner._origin.id]
            partner.aftersales_obligation_count = owed[partner._origin.id]

    def _aftersales_count(self, model, family, domain=Domain.TRUE):
        """Return {id of a partner: number of records of ``model`` of it and of those below it}."""
        counts = Counter()
        if self._aftersales_with(model) and self.env[model].has_access("read"):
            for partner, count in self.env[model]._read_group(
                domain & Domain("partner_id", "in", family.ids), ["partner_id"], ["__count"]
            ):
                while partner:
                    counts[partner.id] += count
                    partner = partner.parent_id
        return counts

    def _aftersales_open(self, action_xmlid, **context):
        """Return an action narrowed to the customer and its contacts."""
        return open_action(
            self.env, action_xmlid, [("partner_id", "child_of", self.ids)], **context
        )

    def action_open_aftersales_contracts(self):
        """Open the service contracts of this customer; a new one starts with it."""
        return self._aftersales_open(CONTRACTS, default_partner_id=self[:1].id)

    def action_open_aftersales_assets(self):
        """Open what this customer has of us."""
        return self._aftersales_open(ASSETS, default_partner_id=self[:1].id)

    def action_open_aftersales_claims(self):
        """Open the claims of this customer; a new one starts with it."""
        return self._aftersales_open(CLAIMS, default_partner_id=self[:1].id)

    def action_open_aftersales_followups(self):
        """Open for what we turned to this customer, or will."""
        return self._aftersales_open(FOLLOWUPS)

    def action_open_aftersales_obligations(self):
        """Open what we owe this customer."""
        return self._aftersales_open(OBLIGATIONS, search_default_todo=True)


class AftersalesClaim(models.Model):
    """Leads from a claim to what it is about: its contract and the order that sold the goods."""

    _inherit = "aftersales.claim"

    sold_order_count = fields.Integer(compute="_compute_sold_order_count")

    def _compute_sold_order_count(self):
        for claim in self:
            claim.sold_order_count = len(claim._sold_orders())

    def _sold_orders(self):
        """Return the orders of the contract or of the goods that the user may read."""
        claim = self.sudo()  # sudo: only the way there; what the user may not read is left out
        orders = claim.contract_id.sale_order_id or (
            claim.line_ids.asset_id.move_id.sale_line_id.order_id
        )
        return orders.sudo(False)._filtered_access("read")

    def action_open_contract(self):
        """Open the contract that covers the goods."""
        return open_records(self.contract_id, CONTRACTS)

    def action_open_sold_orders(self):
        """Open the orders that sold the contract, or else the goods."""
        return open_records(self._sold_orders(), "sale.action_orders")
