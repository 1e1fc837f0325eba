# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ..models.linked_records import open_dialog


class AftersalesPlanOffer(models.TransientModel):
    """Tiers side by side for some goods; choosing one sells it (requirements 1, 9, 17, 22).

    The goods are lines of one quotation, or what one customer bought earlier; then choosing makes
    the quotation. Nothing is sold that was not ticked or chosen.
    """

    _name = "aftersales.plan.offer"
    _description = "Offer Service Plans"

    order_id = fields.Many2one("sale.order", readonly=True, ondelete="cascade")
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True, required=True)
    segment = fields.Selection(related="partner_id.commercial_partner_id.aftersales_segment")
    company_id = fields.Many2one("res.company", readonly=True, required=True)
    currency_id = fields.Many2one("res.currency", readonly=True, required=True)
    site_id = fields.Many2one(
        "res.partner", domain="[('id', 'in', site_ids)]", help="One quotation is for one site."
    )
    site_ids = fields.Many2many("res.partner", string="Sites", readonly=True)
    asset_ids = fields.Many2many("aftersales.asset", readonly=True)
    goods_ids = fields.One2many("aftersales.plan.offer.goods", "offer_id")
    option_ids = fields.One2many("aftersales.plan.offer.option", "offer_id")
    addon_ids = fields.One2many("aftersales.plan.offer.addon", "offer_id")

    # --- Opening -------------------------------------------------------------------------------

    @api.model
    def _open_for_order(self, order):
        """Offer plans for the goods of a quotation; those without a plan are ticked."""
        order.check_access("write")
        self._check_quotation(order)
        lines = order.order_line.filtered(lambda line: line.product_id.type == "consu")
        values = {
            "order_id": order.id,
            "goods_ids": [Command.create(self._prepare_order_goods(line, lines)) for line in lines],
        }
        return self._open(order, lines.product_id, values)

    @api.model
    def _open_for_customer(self, partner):
        """Offer plans for all that a customer bought earlier and no plan covers, site by site."""
        Asset = self.env["aftersales.asset"]
        assets = Asset.search(Asset._uncovered_domain(partner, self.env.company))
        if not assets:
            raise UserError(
                self.env._(
                    "%s has no goods without a plan. Deliver goods or register them as assets "
                    "first.",
                    partner.display_name,
                )
            )
        return self._open_for_sites(partner, assets)

    @api.model
    def _open_for_assets(self, assets):
        """Offer plans for the selected goods of one customer at one site.

        :raises UserError: in words, for goods that do not belong together or cannot be covered
        """
        first = assets[:1]
        owner = first.partner_id
        if len(assets.partner_id) > 1:
            owner = owner.commercial_partner_id
        error = assets._offer_error(owner, first.site_id, first.company_id)
        if error:
            raise UserError(error)
        return self._open_for_sites(owner, assets)

    @api.model
    def _open_for_sites(self, partner, assets):
        site = assets[:1].site_id
        order = self._imagined_order(partner, site, assets[:1].company_id)
        values = {
            "site_id": site.id,
            "site_ids": [Command.set(assets.site_id.ids)],
            "asset_ids": [Command.set(assets.ids)],
            "goods_ids": self._prepare_asset_goods(assets, site),
        }
        return self._open(order, assets.product_id, values)

    @api.model
    def _imagined_order(self, partner, site, company):
        """Return a quotation that is never saved, to ask it for prices and taxes."""
        return self.env["sale.order"].new(
            {
                "partner_id": partner.id,
                "partner_shipping_id": site.id,
                "company_id": company.id,
            }
        )

    @api.model
    def _open(self, order, goods, values):
        """Make the wizard for the products ``goods`` and open it; ``order`` may be virtual."""
        Plan = self.env["aftersales.plan"]
        products = Plan._search_products(order.company_id, goods)
        if not products:
            raise UserError(
                self.env._(
                    "No plan covers these goods. Set a plan on a service product of %s, or widen "
                    "the categories of a plan.",
                    order.company_id.display_name,
                )
            )
        addons = self._search_addons(order)
        prices = Plan._price_in_order(addons, order)
        offer = self.create(
            {
                **values,
                "partner_id": order.partner_id.id,
                "company_id": order.company_id.id,
                "currency_id": order.currency_id.id,
                "option_ids": [
                    Command.create(self._prepare_option(product, order.partner_id))
                    for product in products
                ],
                "addon_ids": [
                    Command.create({"product_id": addon.id, "price": prices[addon]})
                    for addon in addons
                ],
            }
        )
        dialog = open_dialog(self.env._("Service Plans"), self._name, dialog_size="extra-large")
        return {**dialog, "res_id": offer.id}

    @api.model
    def _prepare_option(self, product, partner):
        """Return the tier that ``product`` sells, as it is offered to ``partner``."""
        suggested = product.aftersales_plan_id._is_suggested(partner)
        return {"product_id": product.id, "suggested": suggested}

    @api.model
    def _search_addons(self, order):
        """Return the add-on services that are not on ``order`` yet."""
        addons = self.env["product.product"].search(
            [
                ("aftersales_addon", "=", True),
                ("sale_ok", "=", True),
                ("company_id", "in", (False, order.company_id.id)),
            ]
        )
        return addons - order.order_line.product_id

    @api.model
    def _prepare_order_goods(self, line, lines):
        """Return the row of a goods ``line``: ticked without a plan, or if all have one."""
        uncovered = lines.filtered(lambda other: not other.aftersales_plan_line_id)
        return {"order_line_id": line.id, "ticked": line in (uncovered or lines)}

    @api.model
    def _prepare_asset_goods(self, assets, site):
        """Return the rows of the assets at one site as commands, all ticked."""
        return [
            Command.create({"asset_id": asset.id, "ticked": True})
            for asset in assets
            if asset.site_id == site
        ]

    @api.onchange("site_id")
    def _onchange_site_id(self):
        rows = self._prepare_asset_goods(self.asset_ids._origin, self.site_id._origin)
        self.goods_ids = [Command.clear(), *rows]

    # --- Choosing ------------------------------------------------------------------------------

    @api.model
    def _check_quotation(self, order):
        if order.state not in ("draft", "sent"):
            raise UserError(
                self.env._(
                    "%s is no quotation any more. Add the plan as an order line instead.",
                    order.name,
                )
            )

    def _choose(self, option):
        """Put the chosen plan on the quotation for the goods ticked, with the ticked services."""
        self.ensure_one()
        goods = self.goods_ids.filtered("ticked")._covered_by(option.plan_id)
        if not goods:
            raise UserError(
                self.env._("%s covers none of the goods ticked. Tick some first.", option.name)
            )
        if not self.order_id:
            return self._quote(option, goods.asset_id)._get_records_action()
        self.order_id.check_access("write")
        self._check_quotation(self.order_id)
        self.order_id._aftersales_put_plan(option.product_id, goods.order_line_id)
        self.order_id._aftersales_put_services(self.addon_ids.filtered("ticked").product_id)
        return {"type": "ir.actions.act_window_close"}

    def _quote(self, option, assets):
        """Write the quotation of a plan for goods bought earlier."""
        error = assets._offer_error(self.partner_id, self.site_id, self.company_id)
        if error:
            raise UserError(error)
        order = self.env["sale.order"].create(
            {
                "partner_id": self.partner_id.id,
                "partner_shipping_id": self.site_id.id,
                "company_id": self.company_id.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": option.product_id.id,
                            "aftersales_asset_ids": [Command.set(assets.ids)],
                        }
                    )
                ],
            }
        )
        warning = assets._prepare_risk_warning(option.plan_id)
        if warning:
            order.message_post(body=warning)
        order._aftersales_put_services(self.addon_ids.filtered("ticked").product_id)
        return order

    def action_add_services(self):
        """Put the ticked services on the quotation, without a plan."""
        self.ensure_one()
        self.order_id.check_access("write")
        self._check_quotation(self.order_id)
        services = self.addon_ids.filtered("ticked").product_id
        if not services:
            raise UserError(self.env._("Tick the services to add first."))
        self.order_id._aftersales_put_services(services)
        return {"type": "ir.actions.act_window_close"}
