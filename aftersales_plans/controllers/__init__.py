# SPDX-License-Identifier: LGPL-3.0-or-later
from . import customer_pages
from . import plan_choice_pages
from . import contract_pages
from . import asset_pages
from . import claim_pages
from . import claim_report_pages
from . import conversations
from . import renewal_pages
from . import waiting_quotation_pages
from . import feedback_pages
