# SPDX-License-Identifier: AGPL-3.0-or-later
from odoo import SUPERUSER_ID, api

from odoo.addons.aftersales_plans.models.template_upgrade import reset_unchanged

TEMPLATES = (
    "visit_proposed",
    "visit_confirmed",
    "visit_reminder",
    "visit_cancelled",
    "visit_report",
)


def migrate(cr, version):
    """Give mails their new text, button and layout; what a company changed stays."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    reset_unchanged(env, (f"aftersales_inspection.mail_template_{name}" for name in TEMPLATES))
