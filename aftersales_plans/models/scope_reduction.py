# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import Command, api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..calc import scope

# What is worth something only where the plan itself replaces goods.
OF_REPLACEMENTS = ("replacements", "causes", "claim_limit", "term_limit", "labour", "freight")
OF_NUMBERS = ("replacements", "response")
SUBSTANCE = {"kind", "number", "value_limit", "support_level", "cause_ids", "company_id"}


class AftersalesScopeReduction(models.Model):
    """Something that is taken off a plan, and the discount that stands for it (requirement 28).

    Plan managers make the list; salespeople choose from it on the line that sells the plan. A row
    that was chosen keeps its substance: customers agreed to it.
    """

    _name = "aftersales.scope.reduction"
    _description = "Reduction of Scope"
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(
        required=True, translate=True, help="As customers read it, such as: 2 replacements a year."
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    plan_ids = fields.Many2many(
        "aftersales.plan",
        string="Plans",
        check_company=True,
        help="It may be taken off these plans. Empty: off every plan that promises more.",
    )
    kind = fields.Selection(
        [
            ("replacements", "Fewer replacements a year"),
            ("response", "Later answer"),
            ("support", "Less phone support"),
            ("causes", "More causes excluded"),
            ("claim_limit", "Limit per claim"),
            ("term_limit", "Limit per term"),
            ("labour", "Work is charged"),
            ("freight", "Freight is charged"),
        ],
        string="What Is Reduced",
        default="replacements",
        required=True,
    )
    number = fields.Integer(
        string="Reduced to",
        help="Replacements a year, or hours to answer; 0: none, or no promise.",
    )
    value_limit = fields.Monetary(string="Limit", help="List price of what may be replaced.")
    support_level = fields.Selection(
        [("none", "No phone support"), ("business_hours", "Phone support in business hours")],
        string="Support Left",
        default="none",
    )
    cause_ids = fields.Many2many("aftersales.cause", string="Causes Not Paid For")
    discount_percent = fields.Float(
        string="Worth (%)",
        digits=(5, 2),
        help="What may be taken off the full price for it, beside the plan's own limit.",
    )
    is_used = fields.Boolean(compute="_compute_is_used")

    def _compute_is_used(self):
        # sudo: only whether some order has it, whoever looks at the list
        groups = (
            self.env["sale.order.line"]
            .sudo()
            ._read_group(
                [("aftersales_reduction_ids", "in", self.ids)], ["aftersales_reduction_ids"]
            )
        )
        used = {reduction.id for (reduction,) in groups}
        for reduction in self:
            reduction.is_used = reduction.id in used

    @api.constrains("discount_percent")
    def _check_discount_percent(self):
        for reduction in self:
            if not 0 <= reduction.discount_percent <= 100:
                raise ValidationError(
                    self.env._(
                        "%s: what it is worth lies between 0 and 100 %% of the full price.",
                        reduction.name,
                    )
                )

    @api.constrains("kind", "number", "value_limit", "support_level", "cause_ids")
    def _check_substance(self):
        for reduction in self:
            error = reduction._substance_error()
            if error:
                raise ValidationError(error)

    def _substance_error(self):
        """Return what is missing to know what is left, in words; else False.

        A sibling adds its kinds.
        """
        if self.number < 0:
            return self.env._("%s: it cannot be reduced to less than 0.", self.name)
        if self.kind in ("claim_limit", "term_limit") and self.value_limit <= 0:
            return self.env._("%s: say up to which value goods are replaced.", self.name)
        if self.kind == "causes" and not self.cause_ids:
            return self.env._("%s: say which causes are not paid for.", self.name)
        if self.kind == "support" and not self.support_level:
            return self.env._("%s: say which phone support is left.", self.name)
        return False

    def write(self, vals):
        """Keep what customers agreed to.

        :raises UserError: a reduction that was chosen would become another
        """
        if not SUBSTANCE.isdisjoint(vals):
            used = self.filtered("is_used")
            if used:
                raise UserError(
                    self.env._(
                        "“%s” was chosen on orders already, so what it takes off stays as it is. "
                        "Archive it and make another.",
                        used[0].name,
                    )
                )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_unless_used(self):
        for reduction in self.filtered("is_used"):
            raise UserError(
                self.env._("“%s” was chosen on orders already. Archive it.", reduction.name)
            )

    # --- What is left --------------------------------------------------------------------------

    def _reduced(self, terms):
        """Return what one reduction leaves of ``terms``, as values; empty: it takes nothing off.

        A sibling overrides it for its own kinds and calls ``super()`` for others; it must not
        write, and never returns more than is promised.

        :param terms: a plan, maybe one in memory that others took something off already
        """
        self.ensure_one()
        if self.kind in OF_REPLACEMENTS and terms.contract_kind != "full_service":
            return {}
        left = {
            "replacements": self._left_of_replacements,
            "response": self._left_of_response,
            "support": self._left_of_support,
            "causes": self._left_of_causes,
            "claim_limit": lambda terms: self._left_of_limit(terms, "claim_value_limit"),
            "term_limit": lambda terms: self._left_of_limit(terms, "term_value_limit"),
            "labour": lambda terms: {"labour_included": False} if terms.labour_included else {},
            "freight": lambda terms: {"freight_included": False} if terms.freight_included else {},
        }
        return left[self.kind](terms) if self.kind in left else {}

    def _left_of_replacements(self, terms):
        unlimited = terms.replacements_unlimited
        if not scope.is_fewer(terms.replacements_included, self.number, unlimited=unlimited):
            return {}
        return {"replacements_unlimited": False, "replacements_included": self.number}

    def _left_of_response(self, terms):
        if not scope.is_later(terms.response_hours, self.number):
            return {}
        return {"response_hours": self.number}

    def _left_of_support(self, terms):
        levels = [key for key, _label in terms._fields["support_level"].selection]
        if levels.index(self.support_level) >= levels.index(terms.support_level):
            return {}
        return {"support_level": self.support_level}

    def _left_of_causes(self, terms):
        paid = self.cause_ids.filtered(lambda cause: cause.billing_type != "billable")
        excluded = terms.excluded_cause_ids._origin
        if paid <= excluded:
            return {}
        return {"excluded_cause_ids": [Command.set((excluded | self.cause_ids).ids)]}

    def _left_of_limit(self, terms, name):
        if not scope.is_lower_limit(terms[name], self.value_limit):
            return {}
        return {name: self.value_limit}


class AftersalesPlan(models.Model):
    """What a plan promises once something is taken off."""

    _inherit = "aftersales.plan"

    def _prepare_reduced(self, reductions):
        """Return the promises that change when ``reductions`` are taken off, as values."""
        self.ensure_one()
        values = {}
        for reduction in reductions:
            values.update(reduction._reduced(self._in_memory(values)))
        return values

    def _reduced_by(self, reductions):
        """Return this plan with ``reductions`` taken off: a record in memory, only to be read."""
        return self._in_memory(self._prepare_reduced(reductions))

    def _in_memory(self, values):
        """Return this plan with other promises; itself where there are none.

        A copy without origin: records in memory of one origin are one to Odoo's cache, so what
        comes off one line would come off all.
        """
        if not values:
            return self
        kept = ("name", "code", "sequence")
        return self.new(
            {
                **{name: self[name] for name in kept},
                "company_id": self.company_id.id,
                "category_ids": [Command.set(self.category_ids.ids)],
                **self._prepare_terms(),
                **values,
            }
        )

    def _reduction_error(self, reductions):
        """Return why ``reductions`` cannot be taken off this plan together, in words; else False.

        Each must take something off that the others leave: nothing is paid for twice, and no
        promise is raised.
        """
        for reduction in reductions:
            names = {"reduction": reduction.name, "plan": self.name}
            if reduction.company_id != self.company_id or (
                reduction.plan_ids and self._origin not in reduction.plan_ids
            ):
                return self.env._("“%(reduction)s” cannot be taken off %(plan)s.", **names)
            if not reduction._reduced(self):
                return self.env._(
                    "“%(reduction)s” takes nothing off %(plan)s, which promises no more than that. "
                    "Choose another reduction, or none.",
                    **names,
                )
            if not reduction._reduced(self._reduced_by(reductions - reduction)):
                return self.env._(
                    "“%(reduction)s” takes nothing off %(plan)s beside the other reductions. "
                    "Choose one of them.",
                    **names,
                )
        return False

    def _fitting(self, reductions):
        """Return those of ``reductions`` that can be taken off this plan, the first ones first."""
        kept = reductions.browse()
        for reduction in reductions if self else kept:
            if not self._reduction_error(kept | reduction):
                kept |= reduction
        return kept
