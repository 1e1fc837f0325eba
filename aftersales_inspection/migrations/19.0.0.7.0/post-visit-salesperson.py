def migrate(cr, version):
    """Fill in who sold the visits there are: the column is new and was added empty."""
    cr.execute(
        """
        UPDATE fsm_order visit SET aftersales_user_id = contract.user_id
          FROM aftersales_contract contract
         WHERE contract.id = visit.aftersales_contract_id
        """
    )
    cr.execute(
        """
        UPDATE fsm_order visit SET aftersales_user_id = sale.user_id
          FROM sale_order_line line JOIN sale_order sale ON sale.id = line.order_id
         WHERE line.id = visit.aftersales_sale_line_id AND visit.aftersales_contract_id IS NULL
        """
    )
