from . import (
    account_move_reversal,
    base_partner_merge,
    commission_adjust,
    commission_expected,
    commission_expected_wizard,
    commission_statement,
    loyalty_card_update_balance,
    referral_dispute,
    referral_late,
    referral_reassign,
    sale_loyalty_coupon_wizard,
    sale_make_invoice_advance,
)
