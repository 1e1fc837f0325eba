# SPDX-License-Identifier: AGPL-3.0-or-later
from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError


class AftersalesCheck(models.Model):
    """A check of our own goods that failed."""

    _inherit = "aftersales.check"

    def action_report_finding(self):
        """Report it on the row of these goods, from where they can be scrapped."""
        action = super().action_report_finding()
        rows = self.visit_id.stock_check_ids.filtered(
            lambda row: (row.product_id, row.lot_id) == (self.product_id, self.lot_id)
        )
        if not rows:
            return action
        form = self.env.ref("aftersales_inspection.aftersales_finding_view_form_stock")
        context = {**action["context"], "default_stock_check_id": rows[0].id}
        return dict(action, views=[(form.id, "form")], context=context)


class AftersalesFinding(models.Model):
    """What a stock inspection finds in our own goods; it opens no claim (requirement 40)."""

    _inherit = "aftersales.finding"

    stock_check_id = fields.Many2one(
        "aftersales.stock.check", string="Goods in Stock", index="btree_not_null"
    )
    scrap_id = fields.Many2one(
        "stock.scrap", readonly=True, copy=False, index="btree_not_null", ondelete="set null"
    )

    @api.constrains("stock_check_id", "visit_id", "product_id", "lot_id", "quantity")
    def _check_stock_goods(self):
        for finding in self.filtered("stock_check_id"):
            row = finding.stock_check_id
            same = (row.visit_id, row.product_id, row.lot_id) == (
                finding.visit_id,
                finding.product_id,
                finding.lot_id,
            )
            if not same or finding.asset_id:
                raise ValidationError(
                    self.env._("%s is not what the row says.", finding.product_id.display_name)
                )
            if row.uom_id.compare(finding.quantity, row.quantity) > 0:
                raise ValidationError(
                    self.env._(
                        "%(product)s: there are only %(have)g, not %(found)g.",
                        product=row.product_id.display_name,
                        have=row.quantity,
                        found=finding.quantity,
                    )
                )

    def action_scrap(self):
        """Take these goods out of stock; done at once.

        A storekeeper sees the scrap first and may send it elsewhere, such as to a quarantine.

        :raises UserError: they are a customer's, are scrapped already, or are not there any more
        """
        self.ensure_one()
        self.check_access("write")
        if not self.stock_check_id:
            raise UserError(self.env._("%s is not in our stock.", self.product_id.display_name))
        if self.scrap_id.state == "done":
            raise UserError(
                self.env._("%s: these goods are scrapped already.", self.product_id.display_name)
            )
        hidden = self.sudo()  # checked above; technicians have no right on stock
        hidden.scrap_id = hidden.scrap_id or hidden.env["stock.scrap"].create(self._prepare_scrap())
        if self.env.user.has_group("stock.group_stock_user"):
            return dict(self.scrap_id.get_formview_action(), target="new")
        if hidden.scrap_id.action_validate() is not True:
            raise UserError(
                self.env._(
                    "%(place)s does not hold %(quantity)g %(product)s any more. Let the "
                    "warehouse count it.",
                    place=hidden.stock_check_id.place_id.display_name,
                    quantity=self.quantity,
                    product=self.product_id.display_name,
                )
            )
        return {"type": "ir.actions.act_window_close"}

    def _prepare_scrap(self):
        self.ensure_one()
        return {
            "product_id": self.product_id.id,
            "lot_id": self.lot_id.id,
            "scrap_qty": self.quantity,
            "product_uom_id": self.uom_id.id,
            "location_id": self.stock_check_id.place_id.id,
            "company_id": self.company_id.id,
            "origin": self.visit_id.name,
        }
