# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    """Give replaced goods their status, and register what was delivered before the add-on."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    env.cr.execute(
        """
        UPDATE aftersales_asset a
           SET status = 'replaced', date_out = new.date_delivered
          FROM aftersales_asset new
         WHERE new.id = a.replaced_by_id AND a.status = 'in_use'
        """
    )
    env.invalidate_all()
    env["aftersales.backfill"]._start(env["res.company"].search([]))
