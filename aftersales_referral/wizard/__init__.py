from . import (
    commission_adjust,
    commission_expected,
    commission_expected_wizard,
    commission_statement,
    loyalty_card_update_balance,
    referral_dispute,
    referral_late,
    referral_reassign,
    sale_loyalty_coupon_wizard,
    tax_data,
)
