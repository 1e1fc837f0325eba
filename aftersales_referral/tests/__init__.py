from . import (
    test_commission,
    test_contract_report,
    test_entries,
    test_payout,
    test_referral,
    test_referral_code_order,
    test_referral_consent,
    test_referral_page,
    test_referral_search,
    test_referral_share,
    test_scenario_neighbour,
    test_store_credit,
)
