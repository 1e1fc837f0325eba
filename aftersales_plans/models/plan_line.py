# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError


class SaleOrderLine(models.Model):
    """A plan line: what keeps it from being sold, and what holds once it is sold."""

    _inherit = "sale.order.line"

    aftersales_asset_ids = fields.Many2many(
        "aftersales.asset",
        "aftersales_sale_line_asset_rel",
        "line_id",
        "asset_id",
        string="Goods Bought Earlier",
        check_company=True,
        context={"active_test": False},
        groups="base.group_user",
        help="Exactly these are covered by the plan. Empty: the goods of this order or, if the "
        "plan is sold alone, all the customer has at the site without a plan.",
    )
    aftersales_sells_plan = fields.Boolean(compute="_compute_aftersales_sells_plan")

    @api.depends("aftersales_plan_id")
    def _compute_aftersales_sells_plan(self):
        for line in self:
            line.aftersales_sells_plan = bool(line.aftersales_plan_id)

    @api.depends("aftersales_asset_ids")
    def _compute_name(self):
        """Say which goods bought earlier a plan line covers."""
        return super()._compute_name()

    def _get_sale_order_line_multiline_description_sale(self):
        """Name the goods bought earlier, for quotation, portal and invoice."""
        name = super()._get_sale_order_line_multiline_description_sale()
        assets = self.sudo().aftersales_asset_ids  # what is sold is no secret on its order
        if assets:
            goods = ", ".join(assets.mapped("display_name"))
            name += "\n" + self.env._("For goods bought earlier: %(goods)s", goods=goods)
        return name

    def _aftersales_exchanged(self, vals):
        """Return the lines that ``vals`` give other goods than were sold."""
        return self.filtered(
            lambda line: (
                line.state == "sale"
                and vals.get("product_id", line.product_id.id) != line.product_id.id
            )
        )

    @api.constrains("aftersales_asset_ids", "product_id")
    def _check_aftersales_assets(self):
        for line in self.filtered("aftersales_asset_ids"):
            if not line.aftersales_plan_id:
                raise ValidationError(
                    self.env._(
                        "%s sells no service plan, so it cannot cover goods bought earlier.",
                        line.product_id.display_name,
                    )
                )

    def _aftersales_keep_once(self):
        """Keep one of each plan in what customers fill themselves, such as a shop's cart.

        An order with more cannot be confirmed, which they would learn only after paying.
        """
        if not self.env.user._is_internal():
            plans = self.filtered(lambda line: line.state != "sale" and line.aftersales_plan_id)
            plans.filtered(lambda line: line.product_uom_qty > 1).product_uom_qty = 1

    # --- Before the sale -----------------------------------------------------------------------

    def _aftersales_cover_error(self):
        """Return why this plan line has nothing to cover, in words; else False."""
        hidden = self.sudo()  # only to say what is wrong, whoever confirms
        if hidden.aftersales_asset_ids:
            return hidden._aftersales_asset_error()
        if self._aftersales_covered_lines():
            return False
        return hidden._aftersales_rival_error() or hidden._aftersales_nothing_error()

    def _aftersales_earlier_goods(self):
        """Return the goods bought earlier that this plan line covers, if it covers such."""
        if self.aftersales_asset_ids or self._aftersales_covered_lines():
            return self.aftersales_asset_ids
        return self.env["aftersales.asset"]._search_uncovered(
            self.aftersales_plan_id, self.order_id
        )

    def _aftersales_asset_error(self):
        """Return what is wrong with the goods bought earlier that were named; else False."""
        order, assets = self.order_id, self.aftersales_asset_ids
        for asset in assets:
            if not self.aftersales_plan_id._covers(asset.product_id):
                return self.env._(
                    "%(plan)s does not cover %(asset)s: its category is not in the plan. Leave it "
                    "out or choose another plan.",
                    plan=self.aftersales_plan_id.name,
                    asset=asset.display_name,
                )
        return (
            assets._offer_error(order.partner_id, order.partner_shipping_id, order.company_id)
            or self._aftersales_twice_error()
        )

    def _aftersales_twice_error(self):
        """Return which goods bought earlier two plan lines of the order claim; else False."""
        others = self.order_id.order_line.filtered("aftersales_plan_id") - self
        mine = self._aftersales_earlier_goods()
        for other in others:
            both = mine & other._aftersales_earlier_goods()
            if both:
                return self.env._(
                    "%(plan)s and %(other)s both cover %(asset)s. Take one of them off, or say on "
                    "each which goods bought earlier it is for.",
                    plan=self.product_id.display_name,
                    other=other.product_id.display_name,
                    asset=both[0].display_name,
                )
        return False

    def _aftersales_rival_error(self):
        """Return which other plan covers all the goods this one could cover; else False."""
        plan = self.aftersales_plan_id
        for line in self.order_id.order_line.filtered("aftersales_plan_line_id"):
            if plan._covers(line.product_id):
                return self.env._(
                    "%(plan)s covers nothing: %(goods)s is covered by %(other)s. Take one of the "
                    "plans off, or say in “Covered by” which goods belong to which plan.",
                    plan=plan.name,
                    goods=line.product_id.display_name,
                    other=line.aftersales_plan_line_id.aftersales_plan_id.name,
                )
        return False

    def _aftersales_nothing_error(self):
        """Return that a plan sold alone finds no goods at the site; else False."""
        if self._aftersales_earlier_goods():
            return self._aftersales_twice_error()
        return self.env._(
            "%(plan)s covers nothing yet: add the goods to this order, or register what the "
            "customer has at %(site)s as assets first.",
            plan=self.aftersales_plan_id.name,
            site=self.order_id.partner_shipping_id.display_name,
        )

    # --- Once it is sold -----------------------------------------------------------------------

    def _aftersales_sold_contract(self):
        """Return the live contract this plan line was sold as."""
        # only to say what is wrong or to follow the order, whoever writes it
        return self.sudo().aftersales_contract_ids._live()

    def _aftersales_check_sold(self, vals):
        """Refuse changes of a confirmed plan line that its contract could not follow.

        :raises UserError: naming plan and contract
        """
        product = self.env["product.product"].browse(vals.get("product_id"))
        quantity = vals.get("product_uom_qty", 1)
        sold = self.filtered(lambda line: line.state == "sale")
        for contract in sold._aftersales_sold_contract():
            other = product and product != contract.sale_line_id.product_id
            if other and product.aftersales_plan_id != contract.plan_id:
                raise UserError(
                    self.env._(
                        "Contract %s was opened for this plan. Set its quantity to 0 and add the "
                        "other plan as a new line.",
                        contract.display_name,
                    )
                )
            if not quantity and contract.state != "draft":
                raise UserError(
                    self.env._(
                        "Contract %s is running. End it first with the button End Early on "
                        "the contract; then the plan can be taken off the order.",
                        contract.display_name,
                    )
                )
            if quantity not in (0, 1):
                raise UserError(
                    self.env._(
                        "%(plan)s: a plan is sold once per order line. Set its quantity to 1.",
                        plan=contract.sale_line_id.product_id.display_name,
                    )
                )

    def _aftersales_open_contracts(self):
        """Open the contracts of plan lines that were added to confirmed orders.

        :raises UserError: in words, where nothing could be made of a line
        """
        late = self.filtered(
            lambda line: line.state == "sale" and line.aftersales_plan_id and line.product_uom_qty
        )
        for line in late - late._aftersales_sold_contract().sale_line_id.with_env(self.env):
            line._aftersales_take_goods()
            error = line._aftersales_plan_error()
            if error:
                raise UserError(error)
        if late:
            # Contracts follow from the order alone, whoever may change it.
            self.env["aftersales.contract"].sudo()._create_from_lines(late.sudo())

    def _aftersales_follow_quantities(self):
        """Let the contracts follow the changed quantities of confirmed orders."""
        sold = self.filtered(lambda line: line.state == "sale")
        if sold:
            # Contracts follow from the order alone, whoever may change it.
            self.env["aftersales.contract"].sudo()._follow_quantities(sold.sudo())
