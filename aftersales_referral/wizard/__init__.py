from . import commission_statement, loyalty_card_update_balance
