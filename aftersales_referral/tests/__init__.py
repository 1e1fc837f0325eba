from . import (
    test_commission,
    test_contract_report,
    test_entries,
    test_ledger_sequences,
    test_payout,
    test_referral,
    test_scenario_neighbour,
    test_store_credit,
)
