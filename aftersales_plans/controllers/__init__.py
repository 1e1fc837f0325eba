from . import customer_pages
from . import plan_choice_pages
from . import contract_pages
from . import asset_pages
from . import claim_pages
from . import claim_report_pages
from . import conversations
from . import renewal_pages
