# SPDX-License-Identifier: AGPL-3.0-or-later
from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    """Narrow rules that let a salesperson who is a technician too write what each only reads.

    Rules are loaded once, so that a company may change them; these were a mistake of ours.
    """
    env = api.Environment(cr, SUPERUSER_ID, {})
    seller = env.ref("sales_team.group_sale_salesman")
    accountant = env.ref("aftersales_plans.group_accountant")
    for name, values in {
        "aftersales_inspection.contract_rule_technician": {
            "perm_write": False,
            "perm_create": False,
            "perm_unlink": False,
        },
        "aftersales_inspection.finding_rule_office": {"groups": [(3, seller.id)]},
        "aftersales_plans.aftersales_asset_rule_office": {
            "groups": [(3, seller.id), (3, accountant.id)]
        },
    }.items():
        rule = env.ref(name, raise_if_not_found=False)
        if rule:
            rule.write(values)
