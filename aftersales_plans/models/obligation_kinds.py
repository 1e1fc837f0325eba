# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import api, fields, models
from odoo.tools import SQL

#: How much of an order line is on its way to the customer; no row where nothing is.
COMING = SQL(
    """
    SELECT SUM(move.product_uom_qty * unit.factor)
               FILTER (WHERE move.product_id = line.product_id) AS quantity
      FROM stock_move move
      JOIN uom_uom unit ON unit.id = move.product_uom
      JOIN stock_location destination
        ON destination.id
           = COALESCE(move.location_final_id, move.location_dest_id)
       AND destination.usage = 'customer'
     WHERE move.sale_line_id = line.id
       AND move.state NOT IN ('done', 'cancel')
       AND NOT EXISTS (  -- the last step alone counts
               SELECT
                 FROM stock_move_move_rel rel
                 JOIN stock_move next ON next.id = rel.move_dest_id
                WHERE rel.move_orig_id = move.id
                  AND next.sale_line_id = line.id
                  AND next.state NOT IN ('done', 'cancel')
           )
    HAVING COUNT(*) > 0
    """
)


class AftersalesObligation(models.Model):
    """What each kind of obligation is read from; the model itself is in ``obligation.py``."""

    _inherit = "aftersales.obligation"

    @api.model
    def _queries(self):
        """Add the kinds of this module."""
        return [
            *super()._queries(),
            self._select_deliveries(),
            self._select_claim_decisions(),
            self._select_claim_shipments(),
            self._select_replacements(),
            self._select_guarantees(),
        ]

    @api.model
    def _select_deliveries(self):
        """Goods under a plan that are still on their way: what came back is owed no more.

        Of goods that go in steps or in parts of a kit, the shipments tell only that something is
        to come; the order tells how much.
        """
        return self._select(
            1,
            "delivery",
            SQL("line.id"),
            SQL(
                """
                  FROM sale_order_line line
                  JOIN sale_order sale ON sale.id = line.order_id
                  JOIN aftersales_contract contract
                    ON contract.sale_line_id = line.aftersales_plan_line_id
                   AND contract.state != 'cancelled'
                  JOIN uom_uom sold_in ON sold_in.id = line.product_uom_id
                  JOIN LATERAL (
                           %(coming)s
                       ) AS coming ON TRUE
                 WHERE line.aftersales_plan_line_id IS NOT NULL
                   AND line.state = 'sale'
                   AND line.qty_delivered < line.product_uom_qty
                """,
                coming=COMING,
            ),
            partner_id=SQL("sale.partner_id"),
            site_id=SQL("sale.partner_shipping_id"),
            contract_id=SQL("contract.id"),
            order_id=SQL("sale.id"),
            product_id=SQL("line.product_id"),
            user_id=SQL("sale.user_id"),
            company_id=SQL("sale.company_id"),
            quantity=SQL(
                "LEAST(line.product_uom_qty - line.qty_delivered, coming.quantity / sold_in.factor)"
            ),
            uom_id=SQL("line.product_uom_id"),
            due_at=SQL(
                "COALESCE(sale.commitment_date,"
                " sale.date_order + line.customer_lead * INTERVAL '1 day')"
            ),
        )

    @api.model
    def _select_claim_decisions(self):
        """Claims nobody has decided."""
        return self._select(
            2,
            "claim_decision",
            SQL("claim.id"),
            SQL("FROM aftersales_claim claim WHERE claim.state IN ('draft', 'submitted')"),
            partner_id=SQL("claim.partner_id"),
            site_id=SQL("claim.site_id"),
            contract_id=SQL("claim.contract_id"),
            claim_id=SQL("claim.id"),
            user_id=SQL("claim.user_id"),
            company_id=SQL("claim.company_id"),
            due_at=SQL("claim.date_reported"),
            deadline=SQL("claim.response_deadline"),
        )

    @api.model
    def _select_claim_shipments(self):
        """Goods an approved claim still has to bring to the customer."""
        return self._select(
            3,
            "claim_shipment",
            SQL("move.id"),
            SQL(
                """
                  FROM aftersales_claim claim
                  JOIN stock_move move ON move.aftersales_claim_id = claim.id
                  JOIN stock_location destination
                    ON destination.id = move.location_dest_id AND destination.usage = 'customer'
                 WHERE claim.state = 'approved' AND move.state NOT IN ('done', 'cancel')
                """
            ),
            partner_id=SQL("claim.partner_id"),
            site_id=SQL("claim.site_id"),
            contract_id=SQL("claim.contract_id"),
            claim_id=SQL("claim.id"),
            product_id=SQL("move.product_id"),
            user_id=SQL("claim.user_id"),
            company_id=SQL("claim.company_id"),
            quantity=SQL("move.product_uom_qty"),
            uom_id=SQL("move.product_uom"),
            due_at=SQL("move.date"),
        )

    @api.model
    def _select_replacements(self):
        """Replacements that are left in the running year of a contract."""
        return self._select(
            4,
            "replacement",
            SQL("entitlement.id"),
            SQL(
                """
                  FROM aftersales_contract contract
                  JOIN aftersales_entitlement entitlement
                    ON entitlement.contract_id = contract.id AND entitlement.kind = 'replacement'
                 WHERE contract.state = 'active'
                   AND (entitlement.unlimited OR entitlement.used < entitlement.included)
                """
            ),
            partner_id=SQL("contract.partner_id"),
            site_id=SQL("contract.site_id"),
            contract_id=SQL("contract.id"),
            user_id=SQL("contract.user_id"),
            company_id=SQL("contract.company_id"),
            quantity=SQL(
                "CASE WHEN NOT entitlement.unlimited"
                " THEN entitlement.included - entitlement.used END"
            ),
            is_unlimited=SQL("entitlement.unlimited"),
            is_standing=SQL("TRUE"),
            due_on=SQL("entitlement.date_end"),
        )

    @api.model
    def _select_guarantees(self):
        """Goods in use that are inside the statutory guarantee, with or without a plan."""
        return self._select(
            5,
            "guarantee",
            SQL("asset.id"),
            SQL(
                """
                  FROM aftersales_asset asset
                  JOIN res_partner owner ON owner.id = asset.partner_id
                  LEFT JOIN LATERAL (
                           SELECT contract.id, contract.user_id
                             FROM aftersales_contract_asset_rel rel
                             JOIN aftersales_contract contract ON contract.id = rel.contract_id
                            WHERE rel.asset_id = asset.id
                              AND contract.state IN ('draft', 'active', 'suspended')
                            ORDER BY contract.id DESC
                            LIMIT 1
                       ) AS cover ON TRUE
                 WHERE asset.active
                   AND asset.status = 'in_use'
                   AND asset.warranty_end >= %(yesterday)s
                """,
                yesterday=fields.Date.subtract(fields.Date.today(), days=1),  # or still today there
            ),
            partner_id=SQL("asset.partner_id"),
            site_id=SQL("asset.site_id"),
            contract_id=SQL("cover.id"),
            asset_id=SQL("asset.id"),
            product_id=SQL("asset.product_id"),
            user_id=SQL("COALESCE(cover.user_id, owner.user_id)"),
            company_id=SQL("asset.company_id"),
            quantity=SQL("asset.quantity"),
            is_standing=SQL("TRUE"),
            due_on=SQL("asset.warranty_end"),
        )


class SaleOrderLine(models.Model):
    """Finds the few undelivered lines under a plan among years of delivered ones."""

    _inherit = "sale.order.line"

    _aftersales_undelivered_idx = models.Index(
        "(aftersales_plan_line_id) WHERE aftersales_plan_line_id IS NOT NULL"
        " AND state = 'sale' AND qty_delivered < product_uom_qty"
    )


class AftersalesAsset(models.Model):
    """Finds the goods inside their guarantee among all that were ever delivered."""

    _inherit = "aftersales.asset"

    _in_guarantee_idx = models.Index("(warranty_end) WHERE active AND status = 'in_use'")
