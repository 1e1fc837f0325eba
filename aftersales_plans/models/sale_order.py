# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import api, fields, models

from .linked_records import CONTRACTS, open_records

CANCELLING = "aftersales_order_cancelled"
WITH_ORDER = object()  # no client can send it


class SaleOrder(models.Model):
    """Hooks of the sales order; contracts themselves live in ``aftersales.contract``."""

    _inherit = "sale.order"

    aftersales_contract_ids = fields.One2many(
        "aftersales.contract", "sale_order_id", string="Service Contracts", readonly=True
    )
    aftersales_contract_count = fields.Integer(compute="_compute_aftersales_contract_count")
    aftersales_has_plan = fields.Boolean(compute="_compute_aftersales_has_plan")

    @api.depends("order_line.product_id")
    def _compute_aftersales_has_plan(self):
        for order in self:
            order.aftersales_has_plan = bool(order.order_line.aftersales_plan_id)

    def _compute_aftersales_contract_count(self):
        for order in self:
            # the number is no secret to whoever may read the order
            order.aftersales_contract_count = len(order.sudo().aftersales_contract_ids)

    def _confirmation_error_message(self):
        """Refuse to confirm a plan line that nothing could be made of."""
        return super()._confirmation_error_message() or next(
            filter(None, (line._aftersales_plan_error() for line in self.order_line)), False
        )

    def _action_confirm(self):
        """Open a contract for each plan line."""
        result = super()._action_confirm()
        # Signing or paying customers confirm orders too; contracts follow from the order alone.
        self.env["aftersales.contract"].sudo()._create_from_orders(self.sudo())
        for order in self:
            day = order.company_id._aftersales_day_of(order.date_order)
            order.partner_id._aftersales_note_contact(order.company_id, day, ordered=True)
        # whoever confirms: that an offer of a campaign was accepted follows from it
        self.env["aftersales.campaign.line"].sudo()._on_orders(self, "accepted")
        self._settle_aftersales_claims()
        return result

    def _action_cancel(self):
        """End the contracts of the order with it."""
        # its deliveries are cancelled too, which must not start or settle anything by itself
        result = super(SaleOrder, self.with_context(**{CANCELLING: WITH_ORDER}))._action_cancel()
        contracts = self.sudo().aftersales_contract_ids  # follows from the order, as above
        contracts._on_order_cancelled()
        self.env["aftersales.campaign.line"].sudo()._on_orders(self, "declined")  # as above
        self._settle_aftersales_claims()
        return result

    def action_draft(self):
        """Offer plans at their price again, also where a contract ended early brought it down."""
        others = self.filtered(lambda order: order.state != "draft")
        result = super().action_draft()
        # core leaves drafts and sold orders as they are, and asks for no right on them
        made = others.filtered(lambda order: order.state == "draft").sudo()  # was writable
        made.aftersales_contract_ids._restore_price()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_leave_contracts(self):
        """Let the contracts of a cancelled order stay when it is deleted; they are history."""
        self.sudo().aftersales_contract_ids.sale_line_id = False  # follows from the deletion

    @api.ondelete(at_uninstall=False)
    def _unlink_drop_claims(self):
        """Take a deleted quotation of a claim for a dropped one: the claim ends with it."""
        drafts = self.filtered(lambda order: order.state == "draft")
        # whoever may delete the order; which of them belong to a claim is no secret
        claims = self.env["aftersales.claim"].sudo().search([("sale_order_id", "in", drafts.ids)])
        (claims.sale_order_id & drafts)._action_cancel()

    def _settle_aftersales_claims(self):
        """Settle the claims whose quotation was accepted or dropped."""
        # whoever confirms or cancels the order; the claim's state follows from it alone
        self.env["aftersales.claim"].sudo().search([("sale_order_id", "in", self.ids)])._finish()

    def action_open_aftersales_contracts(self):
        """Open the contracts sold on this order."""
        return open_records(self.aftersales_contract_ids, CONTRACTS)

    def copy(self, default=None):
        """Let the same plans cover the same lines of the copy."""
        copies = super().copy(default)
        for order, copy in zip(self, copies, strict=True):
            copy.order_line._aftersales_cover_like(order.order_line)
        return copies

    def action_offer_aftersales_plans(self):
        """Compare the plans for the goods on this quotation, side by side."""
        self.ensure_one()
        return self.env["aftersales.plan.offer"]._open_for_order(self)
