# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import Command, api, fields, models

from .linked_records import open_transfers
from .stock_move import is_open


class AftersalesClaim(models.Model):
    """What a claim moves in the warehouse (requirements 7, 12; design §3).

    Its moves carry the claim, and beside the shipment itself an ``aftersales_step``: the broken
    part comes back and is settled (:mod:`.claim_part`), a unit is lent (:mod:`.claim_loan`).
    """

    _inherit = "aftersales.claim"
    _guarded = frozenset({"move_ids"})

    move_ids = fields.One2many("stock.move", "aftersales_claim_id", readonly=True)
    picking_ids = fields.Many2many(
        "stock.picking", string="Shipments", compute="_compute_picking_ids", compute_sudo=True
    )
    picking_count = fields.Integer(compute="_compute_picking_ids", compute_sudo=True)
    handling = fields.Selection(
        [("post", "Send the goods"), ("specialist", "Send a specialist")],
        default="post",
        required=True,
        help="A specialist brings and fits what is shipped.",
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

    @api.depends("move_ids.picking_id")
    def _compute_picking_ids(self):
        for claim in self:
            claim.picking_ids = claim.move_ids.picking_id
            claim.picking_count = len(claim.picking_ids)

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
        # agents read no warehouses; a claim ships from one of its company
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

    def _delivered_moves(self):
        """Return the moves of this claim whose goods the customer got and kept."""
        return self._shipping_moves().filtered(
            lambda move: (
                move.state == "done"
                and move.location_dest_id.usage == "customer"
                and move.product_uom.compare(move._aftersales_kept(), 0.0) > 0
            )
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
        # agents move no goods; the callers checked who may, and the warehouse does it
        hidden = self.sudo().with_company(self.company_id)
        warehouse = hidden.warehouse_id or hidden._first_warehouse()
        common = {
            "location_id": source.id,
            "location_dest_id": target.id,
            "company_id": self.company_id.id,
            "origin": self.name,
        }
        of_claim = {"aftersales_claim_id": self.id, "aftersales_step": step}
        picking = hidden.env["stock.picking"].create(
            {
                **common,
                "picking_type_id": warehouse[kind].id,
                "partner_id": self.site_id.id,
                "move_ids": [Command.create({**common, **of_claim, **vals}) for vals in goods],
                **values,
            }
        )
        picking.action_confirm()
        picking.action_assign()
        hidden._log_planned(picking, step)
        return picking

    def _log_planned(self, picking, step):
        steps = dict(picking.move_ids._fields["aftersales_step"]._description_selection(self.env))
        self._message_log(
            body=self.env._(
                "%(step)s: %(transfer)s is planned for the warehouse.",
                step=steps[step],
                transfer=picking.name,
            )
        )

    @api.model
    def _prepare_good(self, product, quantity, lot):
        """Return one kind of goods as values of a move, in the product's own unit."""
        return {
            "product_id": product.id,
            "product_uom_qty": quantity,
            "product_uom": product.uom_id.id,
            "aftersales_lot_id": lot.id,
        }

    def action_open_pickings(self):
        """Open the shipments of this claim."""
        self.ensure_one()
        return open_transfers(self.picking_ids)

    # --- Withdrawing ---------------------------------------------------------------------------

    def _cancel_transfers(self):
        """Cancel what is still to be shipped, expected or lent; runs as superuser.

        What somebody picked already goes back to the shelf. A lent unit still has to come back,
        and a broken part that came is settled all the same.
        """
        moves = self.move_ids.filtered(
            lambda move: is_open(move) and move.aftersales_step in (False, "return", "loan")
        )
        # Odoo cancels nothing that was planned in a period locked since
        locked = moves.picking_id.filtered(lambda picking: picking._is_date_in_lock_period())
        locked.scheduled_date = fields.Datetime.now()
        moves._action_cancel()
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
    """How one line is ordered from stock."""

    _inherit = "aftersales.claim.line"

    def _prepare_procurement(self, warehouse, reference):
        """Return what is asked of the warehouse's rules; goods others ship come from stock too.

        A dropshipment would be a purchase, which brings no goods to the claim that waits for them.
        """
        self.ensure_one()
        values = self._prepare_shipment(warehouse, reference)
        company = self.claim_id.company_id
        target = company.aftersales_replacement_location_id
        rule = warehouse.env["stock.rule"]._get_rule(
            self.product_id, target, {**values, "company_id": company}
        )
        if rule and rule.action not in ("pull", "pull_push"):
            values["route_ids"] = warehouse.delivery_route_id
        return values

    def _prepare_shipment(self, warehouse, reference):
        return {
            "warehouse_id": warehouse,
            "partner_id": self.claim_id.site_id.id,
            "reference_ids": reference,
            "date_planned": fields.Datetime.now(),
            "aftersales_claim_line_id": self.id,
            "aftersales_claim_id": self.claim_id.id,
            # a serial number is out already; of a batch there may be more
            "aftersales_lot_id": self.lot_id.id if self.product_id.tracking == "lot" else False,
        }
