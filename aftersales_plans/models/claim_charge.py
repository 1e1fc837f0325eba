# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import api, fields, models

from ..calc import decision
from ..calc.charge import is_charged, with_surcharge
from .quoting import Quoted


class AftersalesClaim(models.Model):
    """What the customer pays for: goods, a call-out, work, freight (requirements 10, 24, 27)."""

    _name = "aftersales.claim"
    _inherit = ["aftersales.claim", "aftersales.quoting"]
    _guarded = frozenset({"sale_order_id"})

    sale_order_id = fields.Many2one(
        "sale.order", string="Quotation", readonly=True, copy=False, index="btree_not_null"
    )
    labour_hours = fields.Float(
        string="Work (hours)",
        copy=False,
        help="Charged where plan and guarantee do not include it.",
    )
    after_hours = fields.Boolean(
        compute="_compute_after_hours",
        store=True,
        readonly=False,
        precompute=True,
        help="Reported outside the company's working hours: charged work costs more.",
    )
    send_freight = fields.Boolean(
        string="Freight", copy=False, help="Charged where plan and guarantee do not include it."
    )

    _labour_hours_possible = models.Constraint(
        "CHECK(labour_hours BETWEEN 0 AND 9999)", "Work takes from 0 to 9999 hours."
    )

    @api.depends("date_reported", "company_id")
    def _compute_after_hours(self):
        for claim in self:
            claim.after_hours = not claim.company_id._aftersales_is_open(claim.date_reported)

    def _prepare_charges(self):
        """Return what the customer pays as values of order lines, without currency conversion."""
        types = set(self.line_ids.mapped("billing_type"))
        billable = self.line_ids.filtered(lambda line: line.billing_type == decision.BILLABLE)
        goods = billable.filtered(lambda line: line.cause_id.replaces_part)
        charges = [line._prepare_charge() for line in goods]
        contract = self.contract_id
        if billable - goods or self._charges_call_out(types):
            charges.append(self._prepare_service("product_call_out", 1.0, contract.visit_rate))
        if self.labour_hours and is_charged(types, contract._includes("labour_included")):
            charges.append(self._prepare_labour())
        if self.send_freight and is_charged(types, contract._includes("freight_included")):
            charges.append(self._prepare_service("product_freight", 1.0))
        return charges

    def _charges_call_out(self, types):
        """Tell whether sending a specialist is charged by itself: time and materials (19).

        Whatever the contract, a call where nothing was wrong is charged as a line of the claim.

        :param types: how the lines of the claim were decided
        """
        return (
            self.handling == "specialist"
            and self.contract_id.contract_kind == "time_material"
            and is_charged(types, included=False)
        )

    def _prepare_labour(self):
        product = self.env.ref("aftersales_plans.product_labour").sudo()  # a price for everybody
        percent = (
            self.contract_id.after_hours_percent
            if self.contract_id
            else self.company_id.aftersales_after_hours_percent
        )
        hour_rate = self.contract_id.hour_rate or product._aftersales_list_price(self.company_id)
        price = with_surcharge(hour_rate, self.after_hours, percent)
        return self._prepare_service("product_labour", self.labour_hours, price)

    def _quoted(self):
        """Say for whom it is: who reported the claim."""
        return Quoted(self.partner_id, self.site_id, self.contract_id)

    def _quote(self, charges):
        """Offer ``charges`` to the customer; prices come in company currency."""
        order = self._create_quotation(charges)  # checked by action_approve
        if order:
            self.sudo().sale_order_id = order  # as above; guarded, whoever approves
            self.sudo()._note_quotation(order)

    def action_open_quotation(self):
        """Open the quotation for what the customer pays."""
        self.ensure_one()
        return self.sale_order_id.get_formview_action()


class SaleOrderLine(models.Model):
    """A line of a claim's quotation knows what it charges."""

    _inherit = "sale.order.line"

    aftersales_claim_line_id = fields.Many2one(
        "aftersales.claim.line", readonly=True, copy=False, index="btree_not_null"
    )


class AftersalesClaimLine(models.Model):
    """Goods the customer pays for."""

    _inherit = "aftersales.claim.line"

    def _prepare_charge(self):
        """Return this line as values of an order line, price in company currency."""
        self.ensure_one()
        return {
            "product_id": self.product_id.id,
            "product_uom_qty": self.quantity,
            "product_uom_id": self.product_id.uom_id.id,
            "price_unit": self.price_unit,
            "discount": 0.0,
            "aftersales_claim_line_id": self.id,
        }
