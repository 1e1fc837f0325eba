# SPDX-License-Identifier: AGPL-3.0-or-later
from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    """Say which kinds the types of 19.0.0.3.0 are; their data is not updated."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    for kind in ("inspection", "repair"):
        order_type = env.ref(
            f"aftersales_inspection.fsm_order_type_{kind}", raise_if_not_found=False
        )
        if order_type:
            order_type.aftersales_kind = kind
