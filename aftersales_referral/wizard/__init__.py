from . import loyalty_card_update_balance, referral_dispute, referral_late, referral_reassign
