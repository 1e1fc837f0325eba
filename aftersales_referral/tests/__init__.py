from . import (
    test_commission,
    test_commission_ledger,
    test_commission_statement,
    test_contract_report,
    test_entries,
    test_payout,
    test_referral,
    test_referral_margin,
    test_referral_statistics,
    test_reward_tours,
    test_scenario_neighbour,
    test_store_credit,
)
