# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import SUPERUSER_ID, api

from odoo.addons.aftersales_plans.models.template_upgrade import reset_unchanged

TEMPLATES = (
    "statement",
    "credit_expires",
    "referral_link",
)


def migrate(cr, version):
    """Give mails their new text, button and layout; what a company changed stays."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    reset_unchanged(env, (f"aftersales_referral.mail_template_{name}" for name in TEMPLATES))
