# SPDX-License-Identifier: LGPL-3.0-or-later
def migrate(cr, version):
    """Let lines of products without reward keep that, as they were counted up to now."""
    cr.execute(
        """
        UPDATE sale_order_line line
           SET referral_excluded = TRUE
          FROM product_product product
          JOIN product_template template ON template.id = product.product_tmpl_id
         WHERE product.id = line.product_id AND template.referral_excluded
        """
    )
