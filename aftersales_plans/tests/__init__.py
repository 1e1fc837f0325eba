from . import test_asset
from . import test_claim
from . import test_company
from . import test_contract
from . import test_entitlement
from . import test_plan_offer
from . import test_tours
