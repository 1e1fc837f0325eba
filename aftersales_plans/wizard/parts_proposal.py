# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import Command, api, fields, models

from ..models.linked_records import open_records

RULES = "stock.action_orderpoint"


class AftersalesPartsProposal(models.TransientModel):
    """Reordering rules as the forecast proposes them, shown before anything changes (13)."""

    _name = "aftersales.parts.proposal"
    _description = "Propose Reordering Rules"

    outlook_ids = fields.Many2many("aftersales.parts.outlook", string="Parts")
    line_ids = fields.One2many(
        "aftersales.parts.proposal.line",
        "proposal_id",
        compute="_compute_line_ids",
        store=True,
        readonly=False,
    )
    note = fields.Text(string="Left Out", readonly=True)

    @api.depends("outlook_ids")
    def _compute_line_ids(self):
        for proposal in self:
            proposal.line_ids = [
                Command.clear(),
                *(Command.create({"outlook_id": outlook.id}) for outlook in proposal.outlook_ids),
            ]

    def action_apply(self):
        """Make or change the ticked rules and open them; the user's own rights count."""
        self.ensure_one()
        self.outlook_ids._check_may_change_rules()
        rules = self.env["stock.warehouse.orderpoint"]
        for line in self.line_ids.filtered("apply"):
            rules |= line._apply()
        return open_records(rules, RULES)


class AftersalesPartsProposalLine(models.TransientModel):
    """One rule before and after. Rules that order by themselves are not ticked."""

    _name = "aftersales.parts.proposal.line"
    _description = "Proposed Reordering Rule"

    proposal_id = fields.Many2one("aftersales.parts.proposal", required=True, ondelete="cascade")
    outlook_id = fields.Many2one("aftersales.parts.outlook", required=True, ondelete="cascade")
    company_id = fields.Many2one(related="outlook_id.company_id")
    product_id = fields.Many2one(related="outlook_id.product_id")
    uom_id = fields.Many2one(related="product_id.uom_id", string="Unit")
    warehouse_id = fields.Many2one(
        "stock.warehouse",
        compute="_compute_warehouse_id",
        store=True,
        readonly=False,
        required=True,
        precompute=True,
        domain="[('company_id', '=', company_id)]",
        help="Whose stock is filled up: the company's first, unless the part has a rule elsewhere.",
    )
    rule_id = fields.Many2one("stock.warehouse.orderpoint", compute="_compute_rule_id")
    trigger = fields.Selection(
        [("none", "No rule yet"), ("manual", "By hand"), ("auto", "By itself")],
        string="Orders",
        compute="_compute_rule_id",
    )
    old_min = fields.Float(string="Min Now", compute="_compute_rule_id", digits="Product Unit")
    old_max = fields.Float(string="Max Now", compute="_compute_rule_id", digits="Product Unit")
    new_min = fields.Float(
        string="Min", compute="_compute_new", store=True, readonly=False, digits="Product Unit"
    )
    new_max = fields.Float(
        string="Max", compute="_compute_new", store=True, readonly=False, digits="Product Unit"
    )
    apply = fields.Boolean(
        compute="_compute_apply",
        store=True,
        readonly=False,
        help="A rule that orders by itself spends money: tick it when you have looked at it.",
    )

    @api.depends("outlook_id")
    def _compute_warehouse_id(self):
        rules = self._rules().grouped("product_id")
        for line in self:
            there = rules.get(line.product_id, self.env["stock.warehouse.orderpoint"])
            own = there.filtered(lambda rule, line=line: rule.company_id == line.company_id)
            line.warehouse_id = own[:1].warehouse_id or self.env["stock.warehouse"].search(
                [("company_id", "=", line.company_id.id)], limit=1
            )

    def _rules(self):
        """Return the rules of these parts, archived ones last: a place has one at most."""
        rules = self.env["stock.warehouse.orderpoint"].with_context(active_test=False)
        found = rules.search([("product_id", "in", self.product_id.ids)])
        return found.sorted(lambda rule: (not rule.active, rule.id))

    @api.depends("warehouse_id", "product_id")
    def _compute_rule_id(self):
        rules = self._rules()
        for line in self:
            rule = rules.filtered(
                lambda rule, line=line: (
                    rule.product_id == line.product_id
                    and rule.location_id == line.warehouse_id.lot_stock_id
                )
            )[:1]
            line.rule_id = rule
            line.trigger = rule.active and rule.trigger or "none"
            line.old_min, line.old_max = rule.product_min_qty, rule.product_max_qty

    @api.depends("outlook_id")
    def _compute_new(self):
        for line in self:
            line.new_min, line.new_max = line.outlook_id._proposed_quantities()

    @api.depends("trigger")
    def _compute_apply(self):
        for line in self:
            line.apply = line.trigger != "auto"

    def _apply(self):
        """Make the rule, or change its quantities; who orders stays as it is."""
        self.ensure_one()
        quantities = {"product_min_qty": self.new_min, "product_max_qty": self.new_max}
        if self.rule_id.active:
            self.rule_id.write(quantities)
        elif self.rule_id:
            self.rule_id.write({**quantities, "active": True, "trigger": "manual"})
        else:
            return self.rule_id.create(
                {
                    **quantities,
                    "product_id": self.product_id.id,
                    "location_id": self.warehouse_id.lot_stock_id.id,
                    "warehouse_id": self.warehouse_id.id,
                    "company_id": self.company_id.id,
                    "trigger": "manual",
                }
            )
        return self.rule_id
