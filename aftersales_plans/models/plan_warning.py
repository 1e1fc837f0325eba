# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import api, fields, models

from .renewal import OPEN_ORDER


class SaleOrder(models.Model):
    """What to know about the plans of a quotation before it is sent (requirements 20, 22)."""

    _inherit = "sale.order"

    aftersales_plan_warning = fields.Text(
        compute="_compute_aftersales_plan_warning",
        compute_sudo=True,  # who writes the quotation is told what is wrong with it
        groups="base.group_user",
    )

    @api.depends_context("lang")
    @api.depends(
        "state",
        "partner_shipping_id",
        "order_line.product_id",
        "order_line.price_unit",
        "order_line.aftersales_price_facts",
        "order_line.aftersales_asset_ids",
        "order_line.aftersales_plan_line_id",
    )
    def _compute_aftersales_plan_warning(self):
        for order in self:
            lines = order.order_line.filtered("aftersales_plan_id")
            lines = lines if order.state in OPEN_ORDER else lines.browse()
            told = [line._aftersales_price_error() for line in lines]
            told += [line._aftersales_risk_warning() for line in lines]
            order.aftersales_plan_warning = "\n".join(filter(None, told)) or False

    def _action_confirm(self):
        """Keep in the history that goods of unknown history were fully covered."""
        result = super()._action_confirm()
        # a note for colleagues that follows from confirming
        for line in self.sudo().order_line.filtered("aftersales_plan_id"):
            warning = line._aftersales_risk_warning()
            if warning:
                line.order_id._message_log(body=warning)
        return result


class SaleOrderLine(models.Model):
    """What is wrong with, or risky about, one plan line."""

    _inherit = "sale.order.line"

    def _aftersales_risk_warning(self):
        """Return that this plan fully covers goods of unknown history; else False."""
        hidden = self.sudo()  # only to warn, whoever writes the order
        plan = hidden.aftersales_plan_id
        if plan.contract_kind != "full_service":
            return False
        return hidden._aftersales_goods_covered_before()._prepare_risk_warning(plan)

    def _aftersales_goods_covered_before(self):
        """Return the goods bought earlier that this line covers, or was sold for."""
        contract = self.aftersales_contract_ids.filtered(lambda c: c.state != "cancelled")[:1]
        if contract and not self._aftersales_covered_lines():
            return contract.asset_ids
        return self._aftersales_earlier_goods()

    def _aftersales_price_error(self):
        """Return why this plan has no price, in words; False if it has, or one typed by hand."""
        hidden = self.sudo()  # as above
        facts = hidden.aftersales_price_facts or {}
        if not facts.get("missing") or self.price_unit:
            return False
        return self.env._(
            "%(plan)s: %(missing)s Enter a price by hand, or complete the goods.",
            plan=self.product_id.display_name,
            missing=self.env["aftersales.plan"]._tell_missing(facts),
        )

    def _aftersales_plan_error(self):
        """Refuse a plan without a price, once it is known that it covers anything."""
        return super()._aftersales_plan_error() or self._aftersales_price_error()
