# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import api, models
from odoo.exceptions import ValidationError


class AftersalesAsset(models.Model):
    """Goods registered by hand or imported: bought elsewhere, or before there was a register."""

    _inherit = "aftersales.asset"

    @api.model
    def get_import_templates(self):
        """Offer a table to fill in on the import screen (requirement 87)."""
        return [
            {
                "label": self.env._("Import Template for Assets"),
                "template": "/aftersales_plans/static/xls/aftersales_asset.xlsx",
            }
        ]

    @api.constrains("product_id", "lot_id", "serial", "quantity")
    def _check_serial(self):
        """Refuse serial numbers that cannot be right, where goods are registered by hand.

        What a delivery says is not doubted: the same number may be sold again after a return.
        """
        for asset in self.filtered(lambda asset: asset.serial and not asset.move_id):
            asset._check_serial_fits()
            if asset.product_id.tracking != "lot" and asset.status == "in_use":
                asset._check_serial_is_new()

    def _check_serial_fits(self):
        lot, product = self.lot_id, self.product_id
        if lot and lot.product_id != product:
            raise ValidationError(
                self.env._(
                    "Serial number %(serial)s belongs to %(other)s, not to %(product)s.",
                    serial=lot.name,
                    other=lot.product_id.display_name,
                    product=product.display_name,
                )
            )
        if product.tracking != "lot" and product.uom_id.compare(self.quantity, 1) != 0:
            raise ValidationError(
                self.env._(
                    "%(asset)s has a serial number, so its quantity is 1, not %(quantity)s.",
                    asset=self.name,
                    quantity=self.quantity,
                )
            )

    def _check_serial_is_new(self):
        twin = self.search(
            [
                ("id", "!=", self.id),
                ("company_id", "=", self.company_id.id),
                ("product_id", "=", self.product_id.id),
                ("serial", "=", self.serial),
                ("status", "=", "in_use"),
            ],
            limit=1,
        )
        if twin:
            raise ValidationError(
                self.env._(
                    "%(asset)s is registered already: it belongs to %(owner)s. Hand that one over "
                    "instead.",
                    asset=twin.name,
                    owner=twin.partner_id.display_name,
                )
            )
