from . import visit_outcome
from . import visit_sign
