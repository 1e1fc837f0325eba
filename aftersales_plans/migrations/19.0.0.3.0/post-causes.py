# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    """Let a call where nothing was wrong charge the call, not goods; causes are noupdate data."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    no_fault = env.ref("aftersales_plans.cause_no_fault", raise_if_not_found=False)
    if no_fault:
        no_fault.replaces_part = False
