# SPDX-License-Identifier: AGPL-3.0-or-later
from . import visit_carry
from . import visit_level
from . import visit_outcome
from . import visit_sign
