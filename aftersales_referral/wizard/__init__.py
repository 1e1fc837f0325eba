from . import loyalty_card_update_balance, referral_dispute, referral_late, referral_reassign
from . import loyalty_card_update_balance, sale_loyalty_coupon_wizard
from . import commission_expected, commission_expected_wizard, loyalty_card_update_balance
from . import commission_statement, loyalty_card_update_balance
from . import commission_adjust, loyalty_card_update_balance
