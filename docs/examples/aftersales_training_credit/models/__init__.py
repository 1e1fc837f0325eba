from . import terms
from . import entitlement
from . import contract
from . import training
from . import claim
