# SPDX-License-Identifier: LGPL-3.0-or-later
from markupsafe import Markup

from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from .linked_records import CONTRACTS, open_dialog, open_records
from .renewal import OPEN_ORDER


class SaleOrder(models.Model):
    """What stands beside a renewal quotation, and another plan in one click (59, 60, 62)."""

    _inherit = "sale.order"

    aftersales_renewed_count = fields.Integer(compute="_compute_aftersales_renewed")
    aftersales_renewal_facts = fields.Html(compute="_compute_aftersales_renewed", sanitize=False)
    aftersales_renewal_told = fields.Char(compute="_compute_aftersales_renewed")
    aftersales_renewal_warning = fields.Char(compute="_compute_aftersales_renewed")
    aftersales_plan_up_id = fields.Many2one(
        "product.product", string="Higher Plan", compute="_compute_aftersales_plans_beside"
    )
    aftersales_plan_down_id = fields.Many2one(
        "product.product", string="Lower Plan", compute="_compute_aftersales_plans_beside"
    )

    @api.depends_context("uid", "lang")
    @api.depends(
        "state",
        "aftersales_renewal_deadline",
        "aftersales_renewal_discount_over",
        "order_line.aftersales_renews_id",
        "order_line.discount",
        "order_line.product_id",
    )
    def _compute_aftersales_renewed(self):
        for order in self:
            contracts = order._aftersales_renewed()
            order.aftersales_renewed_count = len(contracts)
            order.aftersales_renewal_facts = order._aftersales_tell_renewed(contracts)
            order.aftersales_renewal_told = order._aftersales_tell_discount()
            order.aftersales_renewal_warning = order._aftersales_warn_renewed()

    def _aftersales_renewed(self):
        """Return the contracts this order renews."""
        # who may read the quotation may know what it renews
        return self.sudo().order_line.aftersales_renews_id.sudo(self.env.su)

    def _aftersales_tell_renewed(self, contracts):
        """Return the old terms as a table each; nothing to who may not read the contracts."""
        row = Markup("<tr><td class='text-muted pe-3'>%s</td><td>%s</td></tr>")
        told = Markup("")
        for contract in contracts._filtered_access("read"):
            rows = Markup("").join(row % fact for fact in contract._renewal_facts())
            title = Markup("<tr><th colspan='2'>%s</th></tr>") % contract.display_name
            told += Markup("<table class='mb-0'><tbody>%s%s</tbody></table>") % (title, rows)
        return told or False

    def _aftersales_tell_discount(self):
        """Return what the renewal discount comes to and until when; else False."""
        day = format_date(self.env, self.aftersales_renewal_deadline)
        for line in self.order_line:
            if not (self.state in OPEN_ORDER and day and line._aftersales_goes_on()):
                continue
            if self.aftersales_renewal_discount_over:
                return self.env._("The renewal discount ended on %s.", day)
            later = line._aftersales_struck_price()
            if later:
                return self.env._(
                    "%(percent)s %% off when signed by %(day)s; then it costs %(price)s.",
                    percent=f"{line.discount:g}",
                    day=day,
                    price=line.currency_id.format(later),
                )
        return False

    def _aftersales_warn_renewed(self):
        """Return that the renewal discount is not above the one of the purchase; else False."""
        for line in self.order_line.filtered(lambda line: line._aftersales_goes_on()):
            contract = line.sudo().aftersales_renews_id  # its number and discount alone
            before = contract._purchase_discount()
            if before and line.discount <= before and line.state in OPEN_ORDER:
                return self.env._(
                    "%(contract)s was bought with a discount of %(before)s %%, and renewing it "
                    "earns %(now)s %%. Who renews should get more than who buys.",
                    contract=contract.name,
                    before=f"{before:g}",
                    now=f"{line.discount:g}",
                )
        return False

    def action_open_aftersales_renewed(self):
        """Open the contracts this order renews."""
        return open_records(self._aftersales_renewed(), CONTRACTS)

    # --- Another plan --------------------------------------------------------------------------

    @api.depends("order_line.product_id", "order_line.aftersales_renews_id", "state")
    def _compute_aftersales_plans_beside(self):
        self.aftersales_plan_up_id = self.aftersales_plan_down_id = False
        for order in self.filtered(lambda order: order.state in OPEN_ORDER):
            # only which line renews something
            lines = order.order_line.filtered(lambda line: line.sudo().aftersales_renews_id)
            if len(lines) == 1:
                order.aftersales_plan_up_id, order.aftersales_plan_down_id = (
                    lines._aftersales_plans_beside()
                )

    def action_aftersales_plan_up(self):
        """Offer the next higher plan instead."""
        self.ensure_one()
        self._aftersales_switch_plan(self.aftersales_plan_up_id)

    def action_aftersales_plan_down(self):
        """Offer the next lower plan instead."""
        self.ensure_one()
        self._aftersales_switch_plan(self.aftersales_plan_down_id)

    def _aftersales_switch_plan(self, product):
        """Let the one renewal on this quotation be for another plan, the goods carried over.

        :param product: sells the other plan
        :raises UserError: there is none
        """
        if not product:
            raise UserError(self.env._("%s: there is no other plan for these goods.", self.name))
        # only which line renews something
        line = self.order_line.filtered(lambda line: line.sudo().aftersales_renews_id)
        old = line.product_id
        renewable = line.aftersales_renews_id._renewable_goods()
        goods = product.aftersales_plan_id._covered_among(renewable)
        line.write({"product_id": product.id, "aftersales_asset_ids": [Command.set(goods.ids)]})
        line.with_context(force_price_recomputation=True)._compute_price_unit()
        self.message_post(
            body=self.env._(
                "Offered instead of %(old)s: %(new)s.",
                old=old.display_name,
                new=product.display_name,
            )
        )

    # --- Dropping it ---------------------------------------------------------------------------

    def action_cancel(self):
        """Ask why, where the order renews contracts."""
        renewed = self._aftersales_renewed()
        asks = renewed and not any(order.locked for order in self)
        if not asks or self.env.su:
            return super().action_cancel()
        return open_dialog(
            self.env._("Why Is It Not Renewed?"),
            "aftersales.contract.leave",
            default_order_ids=self.ids,
            default_contract_ids=renewed.ids,
        )


class SaleOrderLine(models.Model):
    """The plans beside the one a line renews."""

    _inherit = "sale.order.line"

    def _aftersales_plans_beside(self):
        """Return the products of the next higher and the next lower plan for the same goods."""
        goods = self.sudo().aftersales_renews_id._renewable_goods().product_id  # only which plans
        found = self.env["aftersales.plan"]._search_products(self.company_id, goods)
        mine = self.aftersales_plan_id
        rank = (mine.sequence, mine.name)
        none = found.browse()
        up, down = none, none
        for product in found:
            plan = product.aftersales_plan_id
            if (plan.sequence, plan.name) < rank and plan != up.aftersales_plan_id:
                up = product
            if (plan.sequence, plan.name) > rank and not down:
                down = product
        return up, down
