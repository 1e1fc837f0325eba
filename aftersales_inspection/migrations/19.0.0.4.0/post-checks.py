# SPDX-License-Identifier: AGPL-3.0-or-later
from odoo import SUPERUSER_ID, api

CHECKED = "('check_ids.visit_id.person_id.partner_id.user_ids', 'in', user.id)"
AT_SITE = (
    "('site_id.fsm_location_ids.visit_ids', 'any', "
    "[('aftersales_contract_id', '=', False), "
    "('aftersales_kind', 'in', ('inspection', 'installation', 'training')), "
    "('person_id.partner_id.user_ids', 'in', user.id)])"
)


def migrate(cr, version):
    """Let technicians see goods they check without a contract; rules are not updated by data."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    rule = env.ref("aftersales_inspection.asset_rule_technician", raise_if_not_found=False)
    if rule and "check_ids" not in rule.domain_force:
        rule.domain_force = f"['|', '|', {CHECKED}, {AT_SITE}, " + rule.domain_force.lstrip("[")
