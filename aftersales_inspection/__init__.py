# SPDX-License-Identifier: AGPL-3.0-or-later
from . import controllers, models, wizard


def _share_stages(env):
    """Let every company use the shipped order stages.

    Field Service gives them to the main company alone, so that the first visit of a second
    company, and with it a delivery, would fail.
    """
    for name in ("new", "completed", "cancelled"):
        env.ref(f"fieldservice.fsm_stage_{name}").company_id = False
