from . import test_specialist
from . import test_tours
from . import test_visit
from . import test_visit_planner
from . import test_visit_report
from . import test_visit_rights
from . import test_visit_suspension
from . import test_visit_moved
