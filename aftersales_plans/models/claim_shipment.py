from odoo import Command, api, fields, models

from .claim import is_open


class AftersalesClaim(models.Model):
    """What a claim moves in the warehouse (requirements 7, 12; design §3).

    Its moves carry the claim, and beside the shipment itself an ``aftersales_step``: the broken
    part comes back and is settled (:mod:`.claim_part`), a unit is lent (:mod:`.claim_loan`).
    """

    _inherit = "aftersales.claim"

    handling = fields.Selection(
        [("post", "Send the goods"), ("specialist", "Send a specialist")],
        default="post",
        required=True,
        help="A specialist brings and fits what is shipped (12).",
    )
    warehouse_id = fields.Many2one(
        "stock.warehouse",
        compute="_compute_warehouse_id",
        store=True,
        readonly=False,
        check_company=True,
        ondelete="restrict",
        help="Ships the goods: the one that delivered them, else the company's first.",
    )

    @api.depends("contract_id", "line_ids.asset_id", "company_id")
    def _compute_warehouse_id(self):
        for claim in self:
            hidden = claim.sudo()  # only which warehouse; orders and moves belong to other roles
            sold = hidden.contract_id.sale_order_id or hidden.line_ids.asset_id.move_id.sale_line_id
            claim.warehouse_id = (
                sold[:1].warehouse_id.filtered(lambda w, c=claim: w.company_id == c.company_id)
                or claim.warehouse_id.filtered(lambda w, c=claim: w.company_id == c.company_id)
                or claim._first_warehouse()
            )

    def _first_warehouse(self):
        company = self.company_id
        return self.env["stock.warehouse"].sudo().search([("company_id", "=", company.id)], limit=1)

    def _ship(self, lines):
        """Order ``lines`` from stock to the after-sales location, by the warehouse's own routes.

        The shipment carries no sale order: core would add its products to the order (design §3).
        """
        if not lines:
            return
        # checked by action_approve; other add-ons ask the goods for suppliers or bills of materials
        lines, company = lines.sudo(), self.company_id.sudo()
        rule = self.env["stock.rule"].sudo()  # as above
        reference = self.env["stock.reference"].sudo().create({"name": self.name})
        rule.run(
            [
                rule.Procurement(
                    line.product_id,
                    line.quantity,
                    line.product_id.uom_id,
                    company.aftersales_replacement_location_id,
                    line.product_id.display_name,
                    self.name,
                    company,
                    line._prepare_procurement(self.sudo().warehouse_id, reference),
                )
                for line in lines
            ]
        )

    def _shipping_moves(self):
        """Return the moves that bring replacements, on every leg of the warehouse's route."""
        return self.move_ids.filtered(
            lambda move: not move.aftersales_step and not move.origin_returned_move_id
        )

    def _transfer(self, kind, step, goods, source, target, **values):
        """Plan one transfer for this claim and reserve its goods; callers check who may.

        :param kind: the warehouse's type of operation, such as ``int_type_id``
        :param step: of ``stock.move.aftersales_step``
        :param goods: values of moves with product, quantity and what else they need
        :param values: further values of the transfer
        :return: the transfer, planned for the warehouse to do
        """
        self.ensure_one()
        hidden = self.sudo().with_company(self.company_id)
        warehouse = hidden.warehouse_id or hidden._first_warehouse()
        common = {
            "location_id": source.id,
            "location_dest_id": target.id,
            "company_id": self.company_id.id,
            "aftersales_claim_id": self.id,
            "aftersales_step": step,
            "origin": self.name,
        }
        picking = hidden.env["stock.picking"].create(
            {
                "picking_type_id": warehouse[kind].id,
                "partner_id": self.site_id.id,
                "location_id": source.id,
                "location_dest_id": target.id,
                "company_id": self.company_id.id,
                "origin": self.name,
                "move_ids": [Command.create({**common, **vals}) for vals in goods],
                **values,
            }
        )
        picking.action_confirm()
        picking.action_assign()
        steps = dict(picking.move_ids._fields["aftersales_step"]._description_selection(self.env))
        hidden._message_log(
            body=self.env._(
                "%(step)s: %(transfer)s is planned for the warehouse.",
                step=steps[step],
                transfer=picking.name,
            )
        )
        return picking

    @api.model
    def _prepare_good(self, product, quantity, lot):
        """Return one kind of goods as values of a move, in the product's own unit."""
        return {
            "product_id": product.id,
            "product_uom_qty": quantity,
            "product_uom": product.uom_id.id,
            "aftersales_lot_id": lot.id,
        }

    # --- Withdrawing ---------------------------------------------------------------------------

    def _cancel_transfers(self):
        """Cancel what is still to be shipped, expected or lent; runs as superuser.

        What somebody picked already goes back to the shelf. A lent unit still has to come back,
        and a broken part that came is settled all the same.
        """
        self.move_ids.filtered(
            lambda move: is_open(move) and move.aftersales_step in (False, "return", "loan")
        )._action_cancel()
        for move in self._shipping_moves():
            if move.state == "done" and move.location_dest_id.usage != "customer":
                self._put_back(move)

    def _put_back(self, move):
        """Bring what ``move`` picked back to the shelf, less what went on from there."""
        onward = move.move_dest_ids | self.move_ids.filtered(
            lambda other: other.origin_returned_move_id == move
        )
        gone = sum(other.product_qty for other in onward if other.state != "cancel")
        goods = []
        for lot, quantity in self.env["aftersales.asset"]._quantity_per_lot(move).items():
            left = max(quantity - gone, 0.0)
            gone -= quantity - left
            if move.product_id.uom_id.compare(left, 0) > 0:
                line = move.aftersales_claim_line_id
                good = self._prepare_good(move.product_id, left, lot)
                goods.append(
                    good | {"origin_returned_move_id": move.id, "aftersales_claim_line_id": line.id}
                )
        if not goods:
            return
        first = move
        while first.move_orig_ids:
            first = first.move_orig_ids[:1]
        source, shelf = move.location_dest_id, first.location_id
        self._transfer("int_type_id", "put_back", goods, source, shelf)


class AftersalesClaimLine(models.Model):
    """How much of a line was shipped."""

    _inherit = "aftersales.claim.line"

    move_ids = fields.One2many("stock.move", "aftersales_claim_line_id", readonly=True, copy=False)
    replacement_serials = fields.Char(
        string="New Lot/Serial",
        compute="_compute_replacement_serials",
        compute_sudo=True,
        help="What the customer got instead.",
    )

    @api.depends("move_ids.state")
    def _compute_replacement_serials(self):
        for line in self:
            lots = line._delivered_moves().move_line_ids.lot_id
            line.replacement_serials = ", ".join(lots.mapped("name"))

    def _delivered_moves(self):
        return self.move_ids & self.claim_id._delivered_moves()

    def _shipped_quantity(self):
        """Return how much reached the customer, in the product's own unit."""
        return sum(self._delivered_moves().move_line_ids.mapped("quantity_product_uom"))

    def _kept_quantity(self):
        """Return how much the customer got and did not send back, in the product's own unit."""
        return sum(
            move.product_uom._compute_quantity(move._aftersales_kept(), self.uom_id, round=False)
            for move in self._delivered_moves()
        )

    def _left_to_ship(self):
        """Return how much of the claimed quantity the customer still waits for."""
        return self.quantity - self._shipped_quantity()
