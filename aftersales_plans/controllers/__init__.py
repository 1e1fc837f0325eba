from . import customer_pages
from . import plan_choice
