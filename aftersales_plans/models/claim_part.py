# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import api, fields, models
from odoo.exceptions import UserError

from .linked_records import open_action
from .stock_move import is_open

SETTLED = {"scrapped", "second_grade", "supplier"}


class AftersalesClaim(models.Model):
    """Broken parts that a claim expects back (requirement 39)."""

    _inherit = "aftersales.claim"

    parts_to_settle = fields.Boolean(compute="_compute_parts_to_settle")

    @api.depends("line_ids.part_state")
    def _compute_parts_to_settle(self):
        for claim in self:
            claim.parts_to_settle = "received" in claim.line_ids.mapped("part_state")

    def _part_moves(self):
        """Return the moves that bring broken parts back."""
        return self.move_ids.filtered(lambda move: move.aftersales_step == "return")

    def _expect_parts(self, lines):
        """Plan the return of the broken parts of ``lines``, one transfer per claim."""
        if not lines:
            return
        self._transfer(
            "in_type_id",
            "return",
            [
                self._prepare_good(line.product_id, line.quantity, line.lot_id)
                | {"aftersales_claim_line_id": line.id}
                for line in lines
            ],
            # where they are; whoever approves need not be allowed to see it
            self.site_id.sudo().with_company(self.company_id).property_stock_customer,
            self.company_id.aftersales_returned_location_id,
        )

    def action_settle_parts(self):
        """Ask what happens to the broken parts of this claim that came back."""
        return self.line_ids.filtered(lambda line: line.part_state == "received").action_settle()


class AftersalesClaimLine(models.Model):
    """What becomes of the broken part: scrap, second grade, or its supplier (39, 49)."""

    _inherit = "aftersales.claim.line"
    _guarded = frozenset({"part_state", "part_quantity", "supplier_id", "supplier_reference"})

    partner_id = fields.Many2one(related="claim_id.partner_id", string="Customer")
    part_returns = fields.Boolean(
        string="Part Comes Back",
        compute="_compute_part_returns",
        store=True,
        readonly=False,
        precompute=True,
        help="The broken part is expected back. As the cause says.",
    )
    part_state = fields.Selection(
        [
            ("expected", "Expected"),
            ("received", "To settle"),
            ("scrapped", "Scrapped"),
            ("second_grade", "Second grade"),
            ("supplier", "Claimed from supplier"),
        ],
        string="Broken Part",
        compute="_compute_part_state",
        store=True,
        compute_sudo=True,
        copy=False,
        index="btree_not_null",
    )
    part_quantity = fields.Float(
        string="Parts to Settle",
        compute="_compute_part_state",
        store=True,
        compute_sudo=True,
        copy=False,
        digits="Product Unit",
        help="Came back and nobody has said yet what becomes of it.",
    )
    supplier_id = fields.Many2one("res.partner", readonly=True, copy=False, index="btree_not_null")
    supplier_reference = fields.Char(string="Supplier's Reference", readonly=True, copy=False)
    supplier_answer = fields.Selection(
        [("replaced", "Replaced"), ("credited", "Credited"), ("refused", "Refused")],
        string="Supplier's Answer",
        copy=False,
        help="Empty while we wait for it.",
    )

    @api.depends("cause_id")
    def _compute_part_returns(self):
        for line in self:
            line.part_returns = line.cause_id.part_returns and line.cause_id.replaces_part

    @api.depends("move_ids.state", "move_ids.aftersales_step")
    def _compute_part_state(self):
        """Read the state off the transfers, so that cancelling one of them undoes it."""
        for line in self:
            moves = line._part_moves()
            place = line.company_id.aftersales_returned_location_id
            settled = moves.filtered(lambda move, p=place: p == move.location_id)
            coming = moves.filtered(lambda move, p=place: p == move.location_dest_id)
            left = sum(line._parts_left().values())
            line.part_quantity = left
            if left:
                line.part_state = "received"
            elif coming.filtered(is_open):
                line.part_state = "expected"
            else:
                step = settled.sorted("id")[-1:].aftersales_step
                line.part_state = step if step in SETTLED else False

    def _part_moves(self):
        """Return the moves of broken parts, cancelled ones left out."""
        return self.move_ids.filtered(
            lambda move: move.aftersales_step in {"return", *SETTLED} and move.state != "cancel"
        )

    def _parts_left(self):
        """Return {lot: quantity} of what came back and is not settled.

        Counted by where the moves go, so that sending a transfer back undoes it too.
        """
        place, left = self.company_id.aftersales_returned_location_id, {}
        for move in self._part_moves():
            sign = (move.location_dest_id == place) - (move.location_id == place)
            if sign < 0 or move.state == "done":
                for lot, quantity in move._aftersales_quantities().items():
                    left[lot] = left.get(lot, 0.0) + sign * quantity
        unit = self.product_id.uom_id
        return {lot: quantity for lot, quantity in left.items() if unit.compare(quantity, 0) > 0}

    # --- Settling ------------------------------------------------------------------------------

    def action_settle(self):
        """Ask what happens to these parts."""
        action = "aftersales_plans.aftersales_part_settle_action"
        return open_action(self.env, action, default_line_ids=self.ids)

    def _settle(self, outcome, supplier=None, reference=False):
        """Plan the transfer that takes the parts where they belong.

        Undone by cancelling that transfer.

        :param outcome: ``scrapped``, ``second_grade`` or ``supplier``
        :param supplier: partner the parts are claimed from
        :param reference: the supplier's own, such as a return number
        :raises UserError: nothing came back that is not settled; names the goods
        :return: the transfers
        """
        self.check_access("write")
        pickings = self.env["stock.picking"]
        for line in self:
            parts = line.sudo()._parts_left()  # checked above; moves belong to the warehouse
            if not parts:
                raise UserError(
                    self.env._(
                        "%(goods)s of claim %(claim)s: no part is waiting to be settled.",
                        goods=line.product_id.display_name,
                        claim=line.claim_id.name,
                    )
                )
            pickings |= line._move_parts(parts, outcome, supplier, reference)
            answered = {
                "supplier_id": supplier and supplier.id,
                "supplier_reference": reference,
                "supplier_answer": False,
            }
            line.sudo().write(answered)  # checked above
        return pickings

    def _move_parts(self, parts, outcome, supplier, reference):
        claim, company = self.claim_id, self.company_id
        goods = [
            claim._prepare_good(self.product_id, quantity, lot)
            | {"aftersales_claim_line_id": self.id}
            for lot, quantity in parts.items()
        ]
        source = company.aftersales_returned_location_id
        if outcome == "supplier":
            return claim._transfer(
                "out_type_id",
                outcome,
                goods,
                source,
                # any vendor's; _settle checked who may
                supplier.sudo().with_company(company).property_stock_supplier,
                partner_id=supplier.id,
                origin=" · ".join(filter(None, [claim.name, reference])),
            )
        return claim._transfer("int_type_id", outcome, goods, source, self._pool(outcome))

    def _pool(self, outcome):
        """Return where parts of ``outcome`` are kept."""
        if outcome == "second_grade":
            return self.company_id.aftersales_second_grade_location_id
        scrap = self.env["stock.scrap"].sudo()  # core knows where scrap of a company goes
        return scrap.new({"company_id": self.company_id.id}).scrap_location_id
