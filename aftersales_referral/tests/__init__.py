from . import test_commission
from . import test_entries
from . import test_payout
from . import test_referral
from . import test_store_credit
from . import test_scenario_neighbour
