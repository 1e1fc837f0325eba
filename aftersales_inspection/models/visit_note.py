# SPDX-License-Identifier: AGPL-3.0-or-later
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date


class AftersalesVisitNote(models.AbstractModel):
    """What is noted about goods at a visit: a check or a finding.

    Nobody changes it once the visit is completed, and a customer's signature never stands below
    something that was changed after it was given.
    """

    _name = "aftersales.visit.note"
    _description = "Note of a Visit"
    _inherit = "aftersales.guarded"

    visit_id = fields.Many2one("fsm.order", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="visit_id.company_id", store=True, index=True)
    visit_date = fields.Datetime(
        related="visit_id.date_end", string="Visited on", store=True, index=True
    )
    asset_id = fields.Many2one("aftersales.asset", index=True, ondelete="restrict")
    product_id = fields.Many2one(
        "product.product", compute="_compute_goods", store=True, readonly=False, precompute=True,
        index=True,
    )  # fmt: skip
    lot_id = fields.Many2one(
        "stock.lot", string="Lot/Serial", compute="_compute_goods", store=True, readonly=False,
        precompute=True,
    )  # fmt: skip
    goods = fields.Char(compute="_compute_goods_name", compute_sudo=True)
    goods_detail = fields.Char(
        compute="_compute_goods_detail", compute_sudo=True, help="Tells goods of one name apart."
    )

    @api.depends("asset_id")
    def _compute_goods(self):
        """Follow the asset; own stock, which is no asset, says what it is itself."""
        for note in self:
            # sudo: of what is saved, the visit decides which goods a note is about, not the reader
            asset = note.asset_id.sudo()
            note.product_id = asset.product_id or note.product_id
            note.lot_id = asset.lot_id or note.lot_id

    @api.depends("asset_id.name", "product_id.name", "lot_id.name")
    def _compute_goods_name(self):
        for note in self:
            product, lot = note.product_id.name or "", note.lot_id.name
            note.goods = note.asset_id.name or (f"{product} ({lot})" if lot else product)

    @api.depends_context("lang")
    @api.depends("asset_id.quantity", "asset_id.date_delivered")
    def _compute_goods_detail(self):
        for note in self:
            asset = note.asset_id
            note.goods_detail = bool(asset) and self.env._(
                "%(quantity)s %(unit)s, delivered %(day)s",
                quantity=f"{asset.quantity:g}",
                unit=asset.uom_id.name,
                day=format_date(self.env, asset.date_delivered),
            )

    def _signed_fields(self):
        """Return the names a customer's signature stands for."""
        raise NotImplementedError

    @api.model_create_multi
    def create(self, vals_list):
        """Refuse notes on completed visits; a new one comes after the signature."""
        notes = super().create(vals_list)
        notes._refuse_completed()
        notes.visit_id._clear_signature()
        return notes

    def write(self, vals):
        """Refuse changes on completed visits; a change comes after the signature."""
        self._refuse_completed()
        if not self._signed_fields().isdisjoint(vals):
            self.visit_id._clear_signature()
        result = super().write(vals)
        if "visit_id" in vals:
            self._refuse_completed()
            self.visit_id._clear_signature()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_if_open(self):
        self._refuse_completed()
        self.visit_id._clear_signature()

    def _refuse_completed(self):
        """Raise where a visit is over; our own methods follow it into its end.

        :raises UserError: names the visit
        """
        closed = self.visit_id.filtered("is_closed")
        if closed and not self.env.su:
            raise UserError(
                self.env._(
                    "%s is over: what was noted there stays. Reopen the visit to correct it.",
                    closed[0].name,
                )
            )
