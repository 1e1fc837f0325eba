from . import visit_carry
from . import visit_level
from . import visit_outcome
from . import visit_sign
