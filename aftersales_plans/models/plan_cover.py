# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .stored_column import add_column


class SaleOrderLine(models.Model):
    """Which plan line of an order covers which of its goods (design §3)."""

    _inherit = "sale.order.line"

    aftersales_plan_line_id = fields.Many2one(
        "sale.order.line",
        string="Covered by",
        compute="_compute_aftersales_plan_line_id",
        store=True,
        readonly=False,
        copy=False,
        recursive=True,
        index="btree_not_null",
        ondelete="set null",
        domain="[('order_id', '=', parent.id), ('aftersales_plan_id', '!=', False), "
        "('aftersales_asset_ids', '=', False)]",
        help="The plan on this order that covers these goods.",
    )
    aftersales_uncovered = fields.Boolean(
        string="Without Plan", help="These goods stay without a plan, whatever the order offers."
    )

    def _auto_init(self):
        """Add the column empty: computing it for years of old orders would find nothing."""
        add_column(self.env.cr, self._table, "aftersales_plan_line_id", "int4")
        return super()._auto_init()

    @api.depends(
        "order_id.order_line.product_id",
        "aftersales_uncovered",
        "combo_item_id",
        "linked_line_id.aftersales_plan_line_id",
        "order_id.order_line.product_uom_qty",
        "order_id.order_line.aftersales_asset_ids",
    )
    def _compute_aftersales_plan_line_id(self):
        """Cover goods by the first plan on the order whose categories take them.

        The items of a combo follow the combo, where a plan covers that. What was sold stays
        covered while its plan is on the order, whatever the plan takes by now.
        """
        for order, lines in self.grouped("order_id").items():
            plan_lines = order.order_line._aftersales_takes_goods()
            for line in lines:
                line.aftersales_plan_line_id = line._aftersales_cover_among(plan_lines)

    def _aftersales_cover_among(self, plan_lines):
        """Return the plan line that covers this line now; ``plan_lines`` may take goods."""
        self.ensure_one()
        if self.aftersales_uncovered:
            return self.browse()
        combo = self.linked_line_id if self.combo_item_id else self.browse()
        if combo.aftersales_plan_line_id or combo.aftersales_uncovered:
            return combo.aftersales_plan_line_id
        chosen = self.aftersales_plan_line_id
        # In a form the same order is there twice: as edited and as stored.
        stays = chosen.product_uom_qty and chosen.order_id._origin == self.order_id._origin
        if self.state == "sale" and stays:
            return chosen
        taking = plan_lines.filtered(lambda line: line.aftersales_plan_id._covers(self.product_id))
        return chosen if chosen in taking else taking[:1]

    @api.constrains("aftersales_plan_line_id", "order_id")
    def _check_aftersales_plan_line(self):
        for line in self.filtered("aftersales_plan_line_id"):
            plan_line = line.aftersales_plan_line_id
            if plan_line.aftersales_asset_ids:
                raise ValidationError(
                    self.env._(
                        "%(plan)s on this order is for goods bought earlier. Add another plan for "
                        "%(goods)s.",
                        plan=plan_line.product_id.display_name,
                        goods=line.product_id.display_name,
                    )
                )
            if plan_line.order_id != line.order_id or not plan_line.aftersales_plan_id:
                raise ValidationError(
                    self.env._(
                        "%(goods)s can only be covered by a plan on the same order, not by "
                        "%(other)s.",
                        goods=line.product_id.display_name,
                        other=plan_line.display_name,
                    )
                )

    def _aftersales_covered_lines(self):
        """Return the goods lines this plan line covers; a combo's are those of its items."""
        self.ensure_one()
        return self.order_id.order_line.filtered(
            lambda line: line.aftersales_plan_line_id == self and line.product_type != "combo"
        )

    def _aftersales_takes_goods(self):
        """Return the plan lines that may cover goods of their order.

        Not those for goods bought earlier, nor those taken off a confirmed order, nor services
        that sold no plan when their order was confirmed.
        """
        return self.filtered(
            lambda line: (
                line.aftersales_plan_id
                and line.product_uom_qty
                and not line.sudo().aftersales_asset_ids  # only whether there are some
                and (line.state != "sale" or line._aftersales_sold_contract())
            )
        )

    def _aftersales_take_goods(self):
        """Let a plan that is added to a confirmed order cover the goods without a plan on it."""
        self.ensure_one()
        plan = self.aftersales_plan_id.sudo()  # whoever adds it; only what it covers
        if self.sudo().aftersales_asset_ids or not plan:
            return
        self.order_id.order_line.filtered(
            lambda line: (
                not line.aftersales_plan_line_id
                and not line.aftersales_uncovered
                and not line.linked_line_id.aftersales_uncovered
                and plan._covers(line.product_id)
            )
        ).aftersales_plan_line_id = self

    def _aftersales_cover_like(self, originals):
        """Let the lines of a copied order be covered as those of its original were."""
        copies, remaining = {}, iter(originals)
        for line in self.sorted("id"):
            key = (line.product_id, line.sequence, line.display_type)
            for original in remaining:
                if key == (original.product_id, original.sequence, original.display_type):
                    copies[original] = line
                    break
        for original, line in copies.items():
            plan_line = copies.get(original.aftersales_plan_line_id)
            if plan_line and line.aftersales_plan_line_id != plan_line:
                line.aftersales_plan_line_id = plan_line
