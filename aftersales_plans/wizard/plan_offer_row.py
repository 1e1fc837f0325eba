# SPDX-License-Identifier: LGPL-3.0-or-later
from markupsafe import Markup

from odoo import api, fields, models


def _bullets(sentences):
    """Return ``sentences`` as an HTML list, escaped."""
    items = Markup().join(Markup("<li>%s</li>") % sentence for sentence in sentences)
    return Markup("<ul class='ps-3 mb-0'>%s</ul>") % items


class AftersalesPlanOfferGoods(models.TransientModel):
    """Goods a plan may cover: a line of the quotation, or an asset; the ticked ones shall be."""

    _name = "aftersales.plan.offer.goods"
    _description = "Goods of an Offer"

    offer_id = fields.Many2one("aftersales.plan.offer", required=True, ondelete="cascade")
    order_line_id = fields.Many2one("sale.order.line", ondelete="cascade")
    asset_id = fields.Many2one("aftersales.asset", ondelete="cascade")
    product_id = fields.Many2one("product.product", compute="_compute_goods")
    name = fields.Char(string="Goods", compute="_compute_goods")
    quantity = fields.Float(digits="Product Unit", compute="_compute_goods")
    uom_id = fields.Many2one("uom.uom", string="Unit", compute="_compute_goods")
    plan_id = fields.Many2one(
        related="order_line_id.aftersales_plan_line_id.aftersales_plan_id", string="Covered by"
    )
    ticked = fields.Boolean(string="Cover")

    @api.depends("order_line_id", "asset_id")
    def _compute_goods(self):
        for goods in self:
            line, asset = goods.order_line_id, goods.asset_id
            goods.product_id = asset.product_id or line.product_id
            goods.name = asset.display_name or line.product_id.display_name
            goods.quantity = asset.quantity or line.product_uom_qty
            goods.uom_id = asset.uom_id or line.product_uom_id

    def _covered_by(self, plan):
        """Return those of these goods that ``plan`` can cover."""
        return plan._covered_among(self)


class AftersalesPlanOfferOption(models.TransientModel):
    """One tier of an offer, with what it would mean for the goods ticked."""

    _name = "aftersales.plan.offer.option"
    _description = "Plan of an Offer"

    offer_id = fields.Many2one("aftersales.plan.offer", required=True, ondelete="cascade")
    product_id = fields.Many2one("product.product", required=True, readonly=True)
    plan_id = fields.Many2one(related="product_id.aftersales_plan_id")
    name = fields.Char(related="plan_id.name")
    currency_id = fields.Many2one(related="offer_id.currency_id")
    price = fields.Monetary(compute="_compute_price", help="For the goods ticked.")
    unpriced = fields.Char(compute="_compute_price", help="What keeps the price from being known.")
    suggested = fields.Boolean(readonly=True)
    term = fields.Char(compute="_compute_words")
    benefits = fields.Html(string="What You Get", compute="_compute_words")
    exclusions = fields.Html(string="Not Covered", compute="_compute_words")
    fits = fields.Boolean(compute="_compute_effect")
    effect = fields.Char(compute="_compute_effect", help="What choosing this plan would change.")
    left_out = fields.Char(compute="_compute_effect")
    warning = fields.Char(compute="_compute_effect")

    @api.depends("plan_id")
    def _compute_words(self):
        for option in self:
            option.term = option.plan_id._conditions_of_term()[0]
            option.benefits = _bullets(option.plan_id._benefits())
            option.exclusions = _bullets(option.plan_id._exclusions())

    @api.depends("offer_id.goods_ids.ticked", "offer_id.site_id")
    def _compute_price(self):
        """Tell what each tier costs for the goods it would cover once it is chosen."""
        for offer, options in self.grouped("offer_id").items():
            order = offer.order_id or offer._imagined_order(
                offer.partner_id, offer.site_id, offer.company_id
            )
            goods = {option.product_id: option._would_cover(order) for option in options}
            products = options.product_id
            prices = self.env["aftersales.plan"]._price_in_order(products, order, goods)
            for option in options:
                price = prices[option.product_id]
                option.price = price
                option.unpriced = price is None and self.env._("Not enough data for a price")

    def _would_cover(self, order):
        """Return what the plan would cover if it were chosen now: order lines or assets."""
        ticked = self.offer_id.goods_ids.filtered("ticked")._covered_by(self.plan_id)
        lines = ticked.order_line_id._origin
        if not self.offer_id.order_id:
            return ticked.asset_id._origin
        same = order._aftersales_same_plan(self.product_id)
        return lines | same._aftersales_covered_lines() if same else lines

    @api.depends("offer_id.goods_ids.ticked")
    def _compute_effect(self):
        for option in self:
            ticked = option.offer_id.goods_ids.filtered("ticked")
            taken = ticked._covered_by(option.plan_id)
            option.fits = bool(taken)
            option.left_out = ", ".join((ticked - taken).mapped("name"))
            option.warning = taken.asset_id._origin._prepare_risk_warning(option.plan_id)
            option.effect = option._effect_on(taken.order_line_id._origin)

    def _effect_on(self, lines):
        """Say what becomes of the plans that are on the quotation already; else False."""
        order = self.offer_id.order_id
        same = order._aftersales_same_plan(self.product_id)
        if same and lines <= same._aftersales_covered_lines():
            return self.env._("On the quotation already")
        if same:
            return self.env._("On the quotation already: the goods ticked join it")
        replaced = order._aftersales_replaced_plans(self.product_id, lines)
        if replaced:
            names = ", ".join(replaced.aftersales_plan_id.mapped("name"))
            return self.env._("Replaces %s", names)
        return False

    def action_choose(self):
        """Sell this plan for the goods ticked."""
        self.ensure_one()
        return self.offer_id._choose(self)


class AftersalesPlanOfferAddon(models.TransientModel):
    """A priced service that can be added beside or without a plan (requirement 9)."""

    _name = "aftersales.plan.offer.addon"
    _description = "Add-on Service of an Offer"

    offer_id = fields.Many2one("aftersales.plan.offer", required=True, ondelete="cascade")
    product_id = fields.Many2one("product.product", string="Service", required=True, readonly=True)
    currency_id = fields.Many2one(related="offer_id.currency_id")
    price = fields.Monetary(readonly=True)
    ticked = fields.Boolean(string="Add")
