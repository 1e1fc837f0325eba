from . import (
    test_commission,
    test_commission_expected,
    test_contract_report,
    test_entries,
    test_ledger_check,
    test_ledger_check_run,
    test_payout,
    test_referral,
    test_scenario_neighbour,
    test_store_credit,
)
