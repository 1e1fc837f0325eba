from . import asset_handover
from . import asset_scrap
