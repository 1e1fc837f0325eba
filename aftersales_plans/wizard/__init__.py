from . import contract_suspend
from . import contract_end
from . import asset_dated
from . import asset_handover
from . import asset_scrap
from . import plan_offer
from . import plan_offer_row
