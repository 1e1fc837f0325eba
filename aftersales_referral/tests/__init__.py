from . import (
    test_commission,
    test_commission_adjustment,
    test_commission_documents,
    test_commission_hold,
    test_commission_opening,
    test_contract_report,
    test_entries,
    test_payout,
    test_referral,
    test_reward_accounts,
    test_scenario_neighbour,
    test_store_credit,
)
