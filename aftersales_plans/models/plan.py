# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import api, fields, models

from .linked_records import CONTRACTS, open_action


class AftersalesPlan(models.Model):
    """A tier a customer can buy, such as VIP, GOLD or STANDARD (requirements 1-4, 18).

    A row holds the terms as they are sold from now on. Products point to it
    (``product.template.aftersales_plan_id``); contracts copy its terms.
    """

    _name = "aftersales.plan"
    _description = "After-Sales Plan"
    _inherit = ["aftersales.terms", "mail.thread"]
    _order = "sequence, name"
    _check_company_auto = True
    _rec_names_search = ["name", "code"]

    name = fields.Char(required=True, translate=True, tracking=True)
    code = fields.Char(required=True, copy=False, help="Short name, such as VIP.")
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    category_ids = fields.Many2many(
        "product.category",
        string="Covered Categories",
        help="Goods of these categories and below can be covered. Empty: all goods.",
    )
    product_ids = fields.One2many("product.template", "aftersales_plan_id", string="Products")
    contract_ids = fields.One2many("aftersales.contract", "plan_id")
    contract_count = fields.Integer(compute="_compute_contract_count")

    _code_unique = models.Constraint(
        "UNIQUE(code, company_id)", "Another plan of this company has the same code."
    )

    def _compute_contract_count(self):
        counts = dict(
            self.env["aftersales.contract"]._read_group(
                [("plan_id", "in", self.ids)], ["plan_id"], ["__count"]
            )
        )
        for plan in self:
            plan.contract_count = counts.get(plan, 0)

    @api.model
    def get_import_templates(self):
        """Offer a file to fill in on the import screen."""
        return [
            {
                "label": self.env._("Import Template for Plans"),
                "template": "/aftersales_plans/static/xls/plans.csv",
            }
        ]

    def action_new_product(self):
        """Open a new service product that sells this plan."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Product of %s", self.name),
            "res_model": "product.template",
            "view_mode": "form",
            "views": [(False, "form")],
            "context": {
                "default_name": self.env._("%s after-sales plan", self.name),
                "default_type": "service",
                "default_invoice_policy": "order",
                "default_aftersales_plan_id": self.id,
                "default_company_id": self.company_id.id,
            },
        }

    def copy_data(self, default=None):
        """Give the copy a name and a code of its own, unless they are given."""
        vals_list = super().copy_data(default)
        given = default or {}
        for plan, vals in zip(self, vals_list, strict=True):
            vals["name"] = given.get("name") or self.env._("%s (copy)", plan.name)
            vals["code"] = given.get("code") or self.env._("%s-COPY", plan.code)
        return vals_list

    def _covers(self, product):
        """Tell whether goods of ``product`` can be covered by this plan."""
        self.ensure_one()
        category = product.categ_id
        if product.type not in ("consu", "combo") or (
            category and not category.aftersales_register_assets
        ):
            return False
        if not self.category_ids:
            return True
        parents = {int(part) for part in (category.parent_path or "").split("/") if part}
        return not parents.isdisjoint(self.category_ids.ids)

    def _covered_among(self, goods):
        """Return those of ``goods`` this plan can cover: any records with a ``product_id``."""
        return goods.filtered(lambda one: self._covers(one.product_id))

    def action_open_contracts(self):
        """Open the contracts that were sold with this plan."""
        return open_action(self.env, CONTRACTS, [("plan_id", "=", self.id)])
