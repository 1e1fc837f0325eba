from odoo import models


class AftersalesClaim(models.Model):
    """What a claim moves in the warehouse (requirements 7, 12; design §3)."""

    _inherit = "aftersales.claim"  # pylint: disable=consider-merging-classes-inherited

    def _ship(self, lines):
        """Order ``lines`` from stock to the after-sales location, by the warehouse's own routes.

        The shipment carries no sale order: core would add its products to the order (design §3).
        """
        if not lines:
            return
        company = self.company_id
        rule = self.env["stock.rule"].sudo()  # checked by action_approve
        warehouse = self.sudo().contract_id.sale_order_id.warehouse_id or self.env[
            "stock.warehouse"
        ].sudo().search([("company_id", "=", company.id)], limit=1)
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
                    line._prepare_procurement(warehouse, reference),
                )
                for line in lines
            ]
        )
