from . import contract_suspend
from . import contract_end
from . import claim_refuse
