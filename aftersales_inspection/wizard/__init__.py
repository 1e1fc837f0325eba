from . import visit_carry
from . import visit_level
