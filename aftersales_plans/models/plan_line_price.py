# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import api, fields, models
from odoo.tools import frozendict

from .price_basis import BASIS, Basis
from .renewal import OPEN_ORDER
from .stored_column import add_column

FACTS = "aftersales_price_facts"
FORCED = "force_price_recomputation"
# A discount of a pricelist is the same part of every base, so any will do to ask for it.
ANY_SHARE = 100.0
# What of the facts belongs to the day the price was worked out.
WORKED_OUT = ("price", "discount", "base", "rule")
# A price that came without being asked for by our rules: to core it is one typed by hand.
NO_RULE = -1.0


class SaleOrderLine(models.Model):
    """What a plan line costs, and that it follows the goods it covers (requirement 20).

    Goods' prices never depend on a plan, so a plan line waits for its goods alone.
    """

    _name = "sale.order.line"
    _inherit = ["sale.order.line", "aftersales.guarded"]
    _guarded = frozenset({FACTS})

    price_unit = fields.Float(recursive=True)  # of a plan: it depends on those of its goods
    aftersales_price_facts = fields.Json(
        string="Price Facts",
        compute="_compute_price_unit",
        store=True,
        precompute=True,
        readonly=False,  # core forgets what a copy brings of the rest; guarded instead
        copy=True,  # as the price it explains
        groups="base.group_user",
        help="What the price of a plan was worked out from, and what its rules say it costs.",
    )
    aftersales_goods_line_ids = fields.One2many(
        "sale.order.line", "aftersales_plan_line_id", string="Covered Goods", readonly=True
    )

    def _auto_init(self):
        """Add the column empty: what was sold before came about without factors."""
        add_column(self.env.cr, "sale_order_line", "aftersales_price_facts", "jsonb")
        return super()._auto_init()

    @api.model_create_multi
    def create(self, vals_list):
        """Take a price that comes with a new plan line for one made by hand."""
        for vals in vals_list:
            if "price_unit" in vals and "technical_price_unit" not in vals:
                product = self.env["product.product"].browse(vals.get("product_id"))
                if product.sudo().aftersales_plan_id:  # only whether it sells one
                    vals["technical_price_unit"] = NO_RULE
        return super().create(vals_list)

    @api.model
    def _own_defaults(self):
        """Start the evidence of a price as the model says; all else is core's to start."""
        return self._guarded_fields()

    def copy_data(self, default=None):
        """Take the evidence of a price along, as a value that no client can send."""
        vals_list = super().copy_data(default)
        if FACTS in (default or {}):
            return vals_list
        for line, vals in zip(self, vals_list, strict=True):
            vals.pop(FACTS, None)
            facts = line.sudo().aftersales_price_facts  # who copies sells the same once more
            if facts:
                vals[FACTS] = frozendict(facts)
        return vals_list

    def _refuse_guarded(self, vals):
        """Refuse the evidence of a price from clients, but not where a copy takes it along."""
        if isinstance(vals.get(FACTS), frozendict):
            vals = {name: value for name, value in vals.items() if name != FACTS}
        return super()._refuse_guarded(vals)

    # --- When it changes -----------------------------------------------------------------------

    @api.depends(
        "aftersales_goods_line_ids.price_subtotal",
        "aftersales_goods_line_ids.product_uom_qty",
        "aftersales_asset_ids",
        "aftersales_renews_id",
    )
    def _compute_price_unit(self):
        """Price plans by their goods; other lines as ever."""
        plans = self.filtered(lambda line: line.product_id.sudo().aftersales_plan_id)  # only which
        result = super(SaleOrderLine, self - plans)._compute_price_unit()
        for line in plans:
            if line._aftersales_follow_goods():
                super(SaleOrderLine, line)._compute_price_unit()
        return result

    def _aftersales_price_cover(self):
        """Price the plans among new lines, and those that cover them: now it is known which do."""
        selling = self.filtered(
            lambda line: line.product_id.sudo().aftersales_plan_id
        )  # only which
        (selling | self.aftersales_plan_line_id)._compute_price_unit()

    def _aftersales_follow_goods(self):
        """Note what the price of this plan rests on now; tell whether it must be priced anew.

        Not what was sold, nor where all it depends on is as it was.
        """
        # only whether there is one
        sold = self.state not in OPEN_ORDER and self.sudo().aftersales_contract_ids
        if not self.order_id or sold:
            return False
        hidden = self.sudo()  # the reasons of the price are for colleagues; they lead to it
        facts = hidden._prepare_aftersales_price_facts()
        known = hidden.aftersales_price_facts or hidden._origin.aftersales_price_facts or {}
        anew = bool(self.env.context.get(FORCED)) or known.get("for") != facts["for"]
        if not anew:  # other goods may come to the same; the price was worked out when it was
            facts |= {name: known[name] for name in WORKED_OUT if name in known}
        if facts != known:
            hidden.aftersales_price_facts = facts
        return anew

    def _reset_price_unit(self):
        """Price a plan by its own rules, whenever core prices the line anew."""
        # only whether it is a plan
        if not self.product_id.sudo().aftersales_plan_id or not self.order_id:
            return super()._reset_price_unit()
        price = self._aftersales_plan_price() or 0.0  # 0: not enough data, as the order says
        return self.update({"price_unit": price, "technical_price_unit": price})

    def _compute_discount(self):
        """Ask for the discount of plans on any base: theirs may not be known yet."""
        plans = self.filtered(lambda line: line.product_id.sudo().aftersales_plan_id)  # only which
        shares = plans.filtered(
            lambda line: line.product_id.sudo().aftersales_plan_id.price_policy == "percent"
        )
        result = super(SaleOrderLine, self - shares)._compute_discount()
        for line in shares:
            basis = Basis(share=ANY_SHARE, currency=line.currency_id)
            super(SaleOrderLine, line.with_context(**{BASIS: basis}))._compute_discount()
        return result

    def _get_product_price_context(self):
        """Let the rule of the pricelist start from what the plan's price is worked out from."""
        context = super()._get_product_price_context()
        basis = self.env.context.get(BASIS)
        return {**context, BASIS: basis} if isinstance(basis, Basis) else context

    # --- What it is ----------------------------------------------------------------------------

    def _aftersales_plan_price(self):
        """Return what this plan line costs by its rules on this order; None for lack of data.

        In the currency of the order, one unit, before discounts of the line.
        """
        # the price alone, for whoever sells; its reasons are for colleagues
        return self.sudo()._prepare_aftersales_price_facts()["price"]

    def _prepare_aftersales_price_facts(self):
        """Return what this plan line costs by its rules and why; see the plan's method.

        Hook: a line may be priced by another rule; such an override has the same keys.
        """
        self.ensure_one()
        plan, goods = self.product_id.aftersales_plan_id, self._aftersales_goods()
        return plan._prepare_price_facts(self.product_id, self.order_id, goods, line=self)


class SaleOrder(models.Model):
    """What of the order itself changes the prices of its plans."""

    _inherit = "sale.order"

    @api.onchange("partner_shipping_id", "pricelist_id")
    def _onchange_aftersales_plan_prices(self):
        self._aftersales_price_plans()

    def write(self, vals):
        """Let plans cost what they do at the new address, by the new pricelist."""
        result = super().write(vals)
        if not {"partner_id", "partner_shipping_id", "pricelist_id"}.isdisjoint(vals):
            self.filtered(lambda order: order.state in OPEN_ORDER)._aftersales_price_plans()
        return result

    def _aftersales_price_plans(self):
        """Price the plans of these quotations anew where something has changed."""
        plans = self.order_line.filtered(
            lambda line: line.product_id.sudo().aftersales_plan_id  # only which lines sell one
        )
        if plans:
            plans.invalidate_recordset(["pricelist_item_id"])  # core waits for its own button
            plans._compute_price_unit()
