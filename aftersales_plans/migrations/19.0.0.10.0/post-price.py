# SPDX-License-Identifier: LGPL-3.0-or-later
def migrate(cr, version):
    """Say of open quotations what the prices of their plans came from, so that these stay.

    Before, a plan cost the price of its product; plans still do until somebody gives them rules.
    Without it the next change of any goods would price them anew, by the list price of that day.
    """
    cr.execute(
        """
        UPDATE sale_order_line line
           SET aftersales_price_facts = jsonb_build_object(
                   'for', jsonb_build_object(
                       'product', line.product_id,
                       'pricelist', COALESCE(to_jsonb(sale.pricelist_id), 'false'),
                       'currency', sale.currency_id,
                       'quantity', line.product_uom_qty,
                       'unit', line.product_uom_id,
                       'share', NULL,
                       'factor', 1.0
                   )
               )
          FROM sale_order sale, product_product product, product_template template
         WHERE sale.id = line.order_id
           AND product.id = line.product_id
           AND template.id = product.product_tmpl_id
           AND template.aftersales_plan_id IS NOT NULL
           AND sale.state IN ('draft', 'sent')
           AND line.aftersales_price_facts IS NULL
           AND line.aftersales_renews_id IS NULL
        """
    )
