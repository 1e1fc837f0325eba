from . import commission_adjust, loyalty_card_update_balance
