# SPDX-License-Identifier: AGPL-3.0-or-later
from odoo import SUPERUSER_ID, api

from odoo.addons.aftersales_plans.models.template_upgrade import reset_unchanged


def migrate(cr, version):
    """Give the proposal of a date its subject in the customer's language."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    reset_unchanged(env, ["aftersales_inspection.mail_template_visit_proposed"])
