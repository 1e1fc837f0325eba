# SPDX-License-Identifier: AGPL-3.0-or-later
from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .fsm_order_type import CHECKED_KINDS


class AftersalesChecklist(models.Model):
    """What is checked on goods of a category at one kind of visit (requirement 5).

    Goods are checked by the list of their category, else of the nearest category above that has
    one, else by the list without a category. A company's own list goes before a shared one.
    """

    _name = "aftersales.checklist"
    _description = "Checklist"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    kind = fields.Selection(
        list(CHECKED_KINDS.items()),
        string="Kind of Visit",
        required=True,
        default="inspection",
        index=True,
        help="The visits this list is asked at.",
    )
    category_id = fields.Many2one(
        "product.category",
        index=True,
        ondelete="cascade",
        help="Also for the categories below it that have no checklist of their own. "
        "Empty: all goods whose category has none.",
    )
    company_id = fields.Many2one("res.company", index=True, help="Empty: shared by all companies.")
    line_ids = fields.One2many(
        "aftersales.checklist.line", "checklist_id", string="Questions", copy=True
    )
    line_count = fields.Integer(string="Number of Questions", compute="_compute_line_count")

    @api.depends("line_ids")
    def _compute_line_count(self):
        for checklist in self:
            checklist.line_count = len(checklist.line_ids)

    @api.constrains("active", "kind", "category_id", "company_id")
    def _check_unique(self):
        """Refuse a second list for the same goods: nobody could tell which one is asked."""
        for checklist in self.filtered("active"):
            twin = self.search(
                [
                    ("id", "!=", checklist.id),
                    ("kind", "=", checklist.kind),
                    ("category_id", "=", checklist.category_id.id),
                    ("company_id", "=", checklist.company_id.id),
                ],
                limit=1,
            )
            if twin:
                raise ValidationError(
                    self.env._(
                        "%(twin)s is for the same goods and kind of visit already. Add the "
                        "questions of %(checklist)s there, or archive it.",
                        twin=twin.name,
                        checklist=checklist.name,
                    )
                )

    def copy_data(self, default=None):
        """Start the copy archived: two lists cannot be for the same goods."""
        vals_list = super().copy_data(default)
        for checklist, vals in zip(self, vals_list, strict=True):
            vals.update(name=self.env._("%s (copy)", checklist.name), active=False)
        return [{**vals, **(default or {})} for vals in vals_list]

    @api.model
    def _of_products(self, products, kind, company):
        """Return {product: checklist} for a visit of ``kind`` by ``company``; empty where none.

        An empty product stands for the visit as a whole: it has the list without a category. Own
        stock is asked what is asked at a customer's, unless it has a list of its own (40).
        """
        checklists = self.search([("kind", "=", kind), ("company_id", "in", (company.id, False))])
        shared_first = checklists.sorted(lambda checklist: bool(checklist.company_id))
        by_category = {checklist.category_id.id: checklist for checklist in shared_first}
        found = {}
        for product in products:
            path = [int(part) for part in (product.categ_id.parent_path or "").split("/")[:-1]]
            nearest = (by_category.get(part) for part in [*reversed(path), False])
            found[product] = next(filter(None, nearest), self.browse())
        if kind == "stock":
            rest = [product for product in products if not found[product]]
            found.update(self._of_products(rest, "inspection", company))
        return found


class AftersalesChecklistLine(models.Model):
    """One question of a checklist."""

    _name = "aftersales.checklist.line"
    _description = "Checklist Question"
    _inherit = "aftersales.question"
    _order = "checklist_id, sequence, id"

    checklist_id = fields.Many2one(
        "aftersales.checklist", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="checklist_id.company_id", store=True, index=True)
