# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import Command, api, fields, models
from odoo.exceptions import UserError, ValidationError


class SaleOrderLine(models.Model):
    """What is taken off the plan a line sells, for a lower price (requirement 28)."""

    _inherit = "sale.order.line"

    aftersales_reduction_ids = fields.Many2many(
        "aftersales.scope.reduction",
        "aftersales_sale_line_reduction_rel",
        "line_id",
        "reduction_id",
        string="Taken Off the Plan",
        context={"active_test": False},
        groups="base.group_user",
        help="The customer gets less for less money: the contract begins with these promises "
        "reduced.",
    )
    aftersales_reducible_ids = fields.Many2many(
        "aftersales.scope.reduction",
        compute="_compute_aftersales_reducible_ids",
        groups="base.group_user",
    )

    @api.depends("product_id", "aftersales_plan_id")
    def _compute_aftersales_reducible_ids(self):
        # whoever sells the plan may know what can be taken off
        Reduction = self.env["aftersales.scope.reduction"].sudo()
        plans = self.aftersales_plan_id.sudo()
        found = Reduction.search([("company_id", "in", plans.company_id.ids)])
        for line in self:
            plan = line.aftersales_plan_id.sudo()
            fit = found.filtered(lambda one, plan=plan: plan and not plan._reduction_error(one))
            line.aftersales_reducible_ids = fit.sudo(self.env.su)

    def _aftersales_promised(self):
        """Return the plan of one line as it is sold here; in memory where something is off it."""
        # sudo: whoever may read the line may know what it promises
        return self.aftersales_plan_id.sudo()._reduced_by(self.sudo().aftersales_reduction_ids)

    @api.constrains("aftersales_reduction_ids", "product_id")
    def _check_aftersales_reductions(self):
        """Let come off a plan what it promises, and only what is still granted.

        :raises ValidationError: naming the reduction and the plan
        """
        for line in self.filtered("aftersales_reduction_ids"):
            reductions = line.aftersales_reduction_ids
            if not line.aftersales_plan_id:
                raise ValidationError(
                    self.env._(
                        "%s sells no service plan, so nothing can be taken off it.",
                        line.product_id.display_name,
                    )
                )
            over = reductions.filtered(lambda reduction: not reduction.active)
            over -= line.aftersales_renews_id.reduction_ids
            if over and self.env.user._is_internal():  # online, agreed prices may come back
                raise ValidationError(
                    self.env._("“%s” is no longer granted. Take it off.", over[0].name)
                )
            error = line._aftersales_reduction_error()
            if error:
                raise ValidationError(error)

    def _aftersales_reduction_error(self):
        """Return why one line cannot be sold with what is taken off its plan; else False."""
        hidden = self.sudo()  # only to say what is wrong
        return hidden.aftersales_plan_id._reduction_error(hidden.aftersales_reduction_ids)

    def _aftersales_plan_error(self):
        """Refuse what takes nothing off by now: the plan may promise less than it did."""
        return super()._aftersales_plan_error() or (
            self.aftersales_plan_id and self._aftersales_reduction_error()
        )

    # --- Following the plan --------------------------------------------------------------------

    @api.onchange("product_id")
    def _onchange_aftersales_reductions(self):
        kept = self.aftersales_plan_id._fitting(self.aftersales_reduction_ids._origin)
        self.aftersales_reduction_ids = kept.filtered("active")

    def write(self, vals):
        """Drop what another plan does not allow; keep what was sold as it was agreed.

        :raises UserError: the order is confirmed
        """
        if "aftersales_reduction_ids" in vals:
            self._aftersales_check_reducible()
        elif vals.get("product_id"):
            self._aftersales_drop_reductions(vals["product_id"])
        return super().write(vals)

    def _aftersales_check_reducible(self):
        for line in self._aftersales_sold_contract().sale_line_id:
            raise UserError(
                self.env._(
                    "%(order)s is confirmed: what was taken off %(plan)s stays as it was agreed. A "
                    "plan manager can amend the terms on the contract.",
                    order=line.order_id.name,
                    plan=line.aftersales_plan_id.name,
                )
            )

    def _aftersales_drop_reductions(self, product_id):
        """Take off these lines the reductions that the plan of another product does not allow."""
        # follows from the product, which writing it right after this checks
        plan = self.env["product.product"].browse(product_id).aftersales_plan_id.sudo()
        for line in self.sudo().filtered("aftersales_reduction_ids"):
            kept = plan._fitting(line.aftersales_reduction_ids.filtered("active"))
            if kept != line.aftersales_reduction_ids:
                line.aftersales_reduction_ids = kept

    def copy_data(self, default=None):
        """Leave out of a copy what is no longer granted."""
        vals_list = super().copy_data(default)
        for line, vals in zip(self, vals_list, strict=True):
            reductions = line.sudo().aftersales_reduction_ids  # only the copy's own
            if reductions and "aftersales_reduction_ids" in vals:
                plan = line.product_id.aftersales_plan_id.sudo()
                kept = plan._fitting(reductions.filtered("active"))
                vals["aftersales_reduction_ids"] = [Command.set(kept.ids)]
        return vals_list

    # --- In words ------------------------------------------------------------------------------

    @api.depends("aftersales_reduction_ids")
    def _compute_name(self):
        """Say what the customer does without."""
        return super()._compute_name()

    def _get_sale_order_line_multiline_description_sale(self):
        """Name what is taken off the plan, for quotation, portal and invoice."""
        name = super()._get_sale_order_line_multiline_description_sale()
        reductions = self.sudo().aftersales_reduction_ids  # what is sold is no secret on its order
        if reductions:
            told = ", ".join(reductions.mapped("name"))
            name += "\n" + self.env._("Agreed for this price: %(reductions)s", reductions=told)
        return name


class SaleOrder(models.Model):
    """Whether there is anything to take off the plans of an order."""

    _inherit = "sale.order"

    aftersales_can_reduce = fields.Boolean(compute="_compute_aftersales_can_reduce")

    @api.depends("order_line.product_id", "order_line.aftersales_reduction_ids")
    def _compute_aftersales_can_reduce(self):
        for order in self:
            lines = order.sudo().order_line  # only whether there is any
            order.aftersales_can_reduce = bool(
                lines.aftersales_reduction_ids or lines.aftersales_reducible_ids
            )


class AftersalesContract(models.Model):
    """A contract remembers what was taken off its plan; its terms are frozen without it."""

    _inherit = "aftersales.contract"
    _guarded = frozenset({"reduction_ids"})

    reduction_ids = fields.Many2many(
        "aftersales.scope.reduction",
        "aftersales_contract_reduction_rel",
        "contract_id",
        "reduction_id",
        string="Taken Off the Plan",
        readonly=True,
        copy=False,
        context={"active_test": False},
        help="Agreed when it was sold, for a lower price.",
    )

    def _prepare_new(self, vals):
        """Freeze the terms without what was taken off the plan on the order line."""
        values = super()._prepare_new(vals)
        line = self.env["sale.order.line"].sudo().browse(vals.get("sale_line_id"))  # as sold
        reductions = line.aftersales_reduction_ids
        if reductions:
            plan = self.env["aftersales.plan"].sudo().browse(vals["plan_id"])  # as above
            values.update(plan._prepare_reduced(reductions))
            values["reduction_ids"] = [Command.set(reductions.ids)]
        return values

    @api.model
    def _open_for(self, lines):
        """Note in the history of each contract what was taken off."""
        contracts = super()._open_for(lines)
        for contract in contracts.filtered("reduction_ids"):
            contract.message_post(
                body=self.env._(
                    "Sold with less than %(plan)s promises: %(reductions)s.",
                    plan=contract.plan_id.name,
                    reductions=", ".join(contract.reduction_ids.mapped("name")),
                )
            )
        return contracts

    def _prepare_renewal_line(self, product, order):
        """Let the same plan go on with what was taken off it, as its price does."""
        values = super()._prepare_renewal_line(product, order)
        plan = product.aftersales_plan_id
        if plan == self.plan_id:
            kept = plan.sudo()._fitting(self.sudo().reduction_ids)  # as sold
            values["aftersales_reduction_ids"] = [Command.set(kept.ids)]
        return values

    def _printed_conditions(self):
        """Print what was agreed off the plan."""
        conditions = super()._printed_conditions()
        if self.reduction_ids:
            told = ", ".join(self.sudo().reduction_ids.mapped("name"))  # whoever reads the contract
            conditions.insert(0, (self.env._("Agreed for the price"), told))
        return conditions
