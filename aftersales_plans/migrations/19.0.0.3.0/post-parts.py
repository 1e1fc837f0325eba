# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    """Give companies the pool and the place of lent units; expect defective parts back."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    env["res.company"].search([])._aftersales_create_locations()
    defect = env.ref("aftersales_plans.cause_defect", raise_if_not_found=False)
    if defect:
        defect.part_returns = True
