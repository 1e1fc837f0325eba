# SPDX-License-Identifier: AGPL-3.0-or-later
def migrate(cr, version):
    """Say who sold each visit; the column was made empty, for years of others' orders."""
    cr.execute(
        """
        UPDATE fsm_order visit
           SET aftersales_user_id = contract.user_id
          FROM aftersales_contract contract
         WHERE contract.id = visit.aftersales_contract_id
        """
    )
    cr.execute(
        """
        UPDATE fsm_order visit
           SET aftersales_user_id = sale.user_id
          FROM sale_order_line line, sale_order sale
         WHERE line.id = visit.aftersales_sale_line_id AND sale.id = line.order_id
           AND visit.aftersales_contract_id IS NULL
        """
    )
