# SPDX-License-Identifier: AGPL-3.0-or-later
from odoo import SUPERUSER_ID, api

ASSIGNED = (
    "['|', '&', '&', ('aftersales_contract_id', '=', False), "
    "('aftersales_sale_line_id', '=', False), "
    "'|', ('type', '=', False), ('type.aftersales_kind', 'in', (False, 'repair')), "
    "('person_id.partner_id.user_ids', 'in', user.id)]"
)
OLD = (
    "['|', ('aftersales_contract_id', '=', False), "
    "('person_id.partner_id.user_ids', 'in', user.id)]"
)


def migrate(cr, version):
    """Make the menu *Visits* a section, and keep visits to the technician they are for.

    A menu keeps an action that its data no longer name; rules are not updated by data.
    """
    env = api.Environment(cr, SUPERUSER_ID, {})
    menu = env.ref("aftersales_inspection.menu_visits", raise_if_not_found=False)
    if menu:
        menu.action = False
    rule = env.ref("aftersales_inspection.fsm_order_rule_assigned", raise_if_not_found=False)
    if rule:
        rule.domain_force = rule.domain_force.replace(OLD, ASSIGNED)
