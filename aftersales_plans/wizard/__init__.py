from . import plan_offer
from . import plan_offer_row
