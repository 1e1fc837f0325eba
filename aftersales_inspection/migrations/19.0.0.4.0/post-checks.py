from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    """Let technicians see goods they check without a contract; rules are not updated by data."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    rule = env.ref("aftersales_inspection.asset_rule_technician", raise_if_not_found=False)
    if rule and "check_ids" not in rule.domain_force:
        assigned = "('check_ids.visit_id.person_id.partner_id.user_ids', 'in', user.id)"
        rule.domain_force = "['|', " + assigned + ", " + rule.domain_force.lstrip("[")
