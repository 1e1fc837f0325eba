# SPDX-License-Identifier: AGPL-3.0-or-later
from odoo import SUPERUSER_ID, api

ASSIGNED = "('%sspecialist_order_ids.person_id.partner_id.user_ids', 'in', user.id)"


def migrate(cr, version):
    """Let technicians see the claims they are sent to repair; rules are not updated by data."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    for name, path in (("claim_rule_technician", ""), ("claim_line_rule_technician", "claim_id.")):
        rule = env.ref(f"aftersales_inspection.{name}", raise_if_not_found=False)
        if rule and "specialist_order_ids" not in rule.domain_force:
            rule.domain_force = "['|', " + ASSIGNED % path + ", " + rule.domain_force.lstrip("[")
