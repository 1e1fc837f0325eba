# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import api, fields, models
from odoo.exceptions import UserError

CLAIM_FIELDS = (
    "aftersales_claim_id",
    "aftersales_claim_line_id",
    "aftersales_step",
    "aftersales_lot_id",
)


class StockMove(models.Model):
    """Moves of a claim: what it ships, lends and expects back; nobody makes one by hand."""

    _inherit = "stock.move"

    aftersales_claim_id = fields.Many2one(
        "aftersales.claim", string="Claim", index="btree_not_null", readonly=True
    )
    aftersales_claim_line_id = fields.Many2one(
        "aftersales.claim.line", index="btree_not_null", readonly=True
    )
    aftersales_step = fields.Selection(
        [
            ("return", "Broken part comes back"),
            ("scrapped", "Broken part is scrapped"),
            ("second_grade", "Broken part is kept as second grade"),
            ("supplier", "Broken part goes to its supplier"),
            ("loan", "Unit is lent"),
            ("loan_return", "Lent unit comes back"),
            ("put_back", "Picked goods go back to the shelf"),
        ],
        string="Step of the Claim",
        readonly=True,
        help="Empty for what is shipped to replace broken goods.",
    )
    aftersales_lot_id = fields.Many2one(
        "stock.lot",
        string="Preferred Lot",
        readonly=True,
        help="Reserved first where it is in stock, such as tiles of the same batch.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        """Let clients make no move of a claim but the return of what it shipped."""
        if not self.env.su:
            for vals in vals_list:
                self._refuse_claim(vals)
            vals_list = [{**vals, **self._claim_of_returned(vals)} for vals in vals_list]
        return super().create(vals_list)

    def write(self, vals):
        """Refuse to move goods into or out of a claim by hand: they settle it."""
        if not self.env.su:
            self._refuse_claim(vals)
        return super().write(vals)

    def copy_data(self, default=None):
        """Leave copies that clients make out of the claim; see :meth:`create` for returns."""
        vals_list = super().copy_data(default)
        if not self.env.su:
            for vals in vals_list:
                for name in CLAIM_FIELDS:
                    vals.pop(name, None)
        return vals_list

    @api.model
    def _refuse_claim(self, vals):
        if not vals.keys().isdisjoint(CLAIM_FIELDS):
            raise UserError(
                self.env._(
                    "Goods go out for a claim by its approval alone. Approve the claim instead."
                )
            )

    @api.model
    def _claim_of_returned(self, vals):
        """Return the claim fields of a new move, empty unless it returns goods of a claim.

        Given explicitly, so that no default of a client's context decides.
        """
        # only to say which claim a return belongs to
        returned = self.sudo().browse(vals.get("origin_returned_move_id"))
        return {
            name: self._fields[name].convert_to_write(returned[name], returned)
            for name in CLAIM_FIELDS
        }

    def _create_backorder(self):
        """Keep what is left of a claim's shipment in the claim."""
        of_claims = self.filtered("aftersales_claim_id")
        rest = super(StockMove, self - of_claims)._create_backorder()
        # Made as superuser: the user may ship these goods, and what is left is of the same claim.
        kept = super(StockMove, of_claims.sudo())._create_backorder()
        return rest | kept.with_env(self.env)

    def _prepare_merge_moves_distinct_fields(self):
        """Keep the moves of different claim lines, steps and lots apart."""
        return [
            *super()._prepare_merge_moves_distinct_fields(),
            "aftersales_claim_line_id",
            "aftersales_step",
            "aftersales_lot_id",
        ]

    # --- The lot that is preferred, or known ---------------------------------------------------

    def _update_reserved_quantity(
        self, need, location_id, lot_id=None, package_id=None, owner_id=None, strict=True
    ):
        """Reserve the preferred lot first, then what else there is."""
        taken, rest = 0.0, (package_id, owner_id, strict)
        if self.aftersales_lot_id and not lot_id:
            lot = self.aftersales_lot_id
            taken = super()._update_reserved_quantity(need, location_id, lot, *rest)
        if self.product_id.uom_id.compare(need, taken) > 0:
            taken += super()._update_reserved_quantity(need - taken, location_id, lot_id, *rest)
        return taken

    def _prepare_move_line_vals(self, quantity=None, reserved_quant=None):
        """Expect the lot that is known where nothing is reserved, as from a customer."""
        vals = super()._prepare_move_line_vals(quantity=quantity, reserved_quant=reserved_quant)
        if self.aftersales_step and self.aftersales_lot_id and not reserved_quant:
            vals["lot_id"] = self.aftersales_lot_id.id
        return vals

    # --- How much, and what it costs -----------------------------------------------------------

    def _aftersales_quantities(self):
        """Return {lot: quantity} of a move, in the product's own unit: done, else planned."""
        if self.state == "done":
            return self.env["aftersales.asset"]._quantity_per_lot(self)
        return {self.aftersales_lot_id: self.product_qty}

    def _aftersales_kept(self):
        """Return how much of this delivery did not come back, in the unit of the move."""
        self.ensure_one()
        back = self.returned_move_ids.filtered(lambda move: move.state == "done")
        return self.quantity - sum(
            move.product_uom._compute_quantity(move.quantity, self.product_uom, round=False)
            for move in back
        )

    def _get_account_move_line_vals(self):
        """Let what a claim gives away count for the contract's analytic accounts."""
        vals_list = super()._get_account_move_line_vals()
        claim = self.sudo().aftersales_claim_id  # follows from the move alone
        return claim._add_analytic(vals_list) if claim else vals_list
