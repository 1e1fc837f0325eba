# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import api, fields, models
from odoo.fields import Domain


class SaleOrderLine(models.Model):
    """Hooks of order lines: what one sells, and what sold contracts follow (design §3)."""

    _inherit = "sale.order.line"

    aftersales_plan_id = fields.Many2one(
        "aftersales.plan",
        string="After-Sales Plan",
        compute="_compute_aftersales_plan_id",
        search="_search_aftersales_plan_id",
        compute_sudo=True,  # whoever reads the line may know what it sells
        help="What the line sells; once it is sold, what its contract was opened for.",
    )

    aftersales_contract_ids = fields.One2many(
        "aftersales.contract", "sale_line_id", readonly=True, copy=False
    )

    @api.depends("product_id.aftersales_plan_id", "aftersales_contract_ids.state", "state")
    def _compute_aftersales_plan_id(self):
        """Keep what was sold, whatever its product sells by now."""
        for line in self:
            plan = line.product_id.aftersales_plan_id
            if line.state == "sale" and line.product_id.type == "service":
                for contract in line.aftersales_contract_ids:
                    if contract.state != "cancelled":
                        plan = contract.plan_id or plan
                        break
            line.aftersales_plan_id = plan

    def _search_aftersales_plan_id(self, operator, value):
        if operator != "in":
            return NotImplemented
        # "any!" looks through contracts as superuser, as the field does
        live = Domain("state", "!=", "cancelled")
        sold = Domain("aftersales_contract_ids", "any!", live)
        found = Domain("product_id.aftersales_plan_id", "in", value) & ~sold
        return found | Domain(
            "aftersales_contract_ids", "any!", live & Domain("plan_id", "in", value)
        )

    @api.depends("aftersales_contract_ids.close_reason_id")
    def _compute_qty_to_invoice(self):
        """A plan that ended early and was settled is not invoiced again."""
        result = super()._compute_qty_to_invoice()
        for line in self.filtered(
            lambda line: line.state == "sale" and line.product_id.type == "service"
        ):
            contract = line.sudo().aftersales_contract_ids[:1]  # the latest; follows from it alone
            settled = line._aftersales_invoiced_lines() or not line.price_subtotal
            if contract.close_reason_id and settled:
                line.qty_to_invoice = 0.0
        return result

    @api.depends_context("aftersales_show_plan")
    def _compute_display_name(self):
        """Call a plan line by its plan where goods lines point to it."""
        result = super()._compute_display_name()
        if self.env.context.get("aftersales_show_plan"):
            for line in self.filtered("aftersales_plan_id"):
                line.display_name = line.aftersales_plan_id.name
        return result

    @api.model_create_multi
    def create(self, vals_list):
        """Open the contract of a plan added to a confirmed order.

        A form that saves goods and plan at once cannot name the new plan line yet and sends
        nothing for it: that means "as the order offers", not "without plan".
        """
        for vals in vals_list:
            if not vals.get("aftersales_plan_line_id"):
                vals.pop("aftersales_plan_line_id", None)
        lines = super().create(vals_list)
        lines._aftersales_price_cover()
        lines._aftersales_keep_once()
        lines._aftersales_open_contracts()
        return lines

    def write(self, vals):
        """Remember when somebody takes goods out of a plan; let sold contracts follow."""
        if "aftersales_plan_line_id" in vals:
            vals = dict(vals, aftersales_uncovered=not vals["aftersales_plan_line_id"])
        if {"product_id", "product_uom_qty"}.isdisjoint(vals):
            return super().write(vals)
        self._aftersales_check_sold(vals)
        # The cover of what was sold is kept; that of other goods is found anew.
        exchanged = self._aftersales_exchanged(vals)
        super(SaleOrderLine, exchanged).write({"aftersales_plan_line_id": False})
        fresh = self - self.filtered(lambda line: line.aftersales_plan_id and line.product_uom_qty)
        result = super().write(vals)
        self._aftersales_keep_once()
        fresh._aftersales_open_contracts()
        self._aftersales_follow_quantities()
        return result

    def _aftersales_plan_error(self):
        """Return why this plan line cannot be sold as it is, in words; else False."""
        self.ensure_one()
        plan = self.aftersales_plan_id.sudo()  # only to say what is wrong with it
        if not plan:
            return False
        if self.product_uom_qty != 1:
            return self.env._(
                "%(plan)s: a plan is sold once per order line. Set its quantity to 1.",
                plan=self.product_id.display_name,
            )
        if plan.company_id != self.company_id:
            return self.env._(
                "%(plan)s is a plan of %(company)s. Choose a plan of %(own)s.",
                plan=plan.name,
                company=plan.company_id.name,
                own=self.company_id.name,
            )
        if not plan.active or not self.product_id.active:
            return self.env._(
                "%s is no longer sold. Choose another plan or bring it back first.", plan.name
            )
        return self._aftersales_cover_error()
