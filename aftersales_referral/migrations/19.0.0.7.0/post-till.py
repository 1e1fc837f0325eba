# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import SUPERUSER_ID, api
from odoo.tools.sql import column_exists

AT_THE_TILL = "[(1, '=', 1)] if user.has_group('point_of_sale.group_pos_user') else "
WALLETS = {
    "loyalty_card_rule_wallet": "[('aftersales_wallet', '=', True)]",
    "loyalty_history_rule_wallet": "[('card_id.aftersales_wallet', '=', True)]",
}


def migrate(cr, version):
    """Keep store credit from the till, and show all cards to whoever works there too.

    Rules are not updated by data; those a company changed stay.
    """
    if column_exists(cr, "loyalty_program", "pos_ok"):
        cr.execute("UPDATE loyalty_program SET pos_ok = FALSE WHERE aftersales_wallet AND pos_ok")
    env = api.Environment(cr, SUPERUSER_ID, {})
    for name, domain in WALLETS.items():
        rule = env.ref(f"aftersales_referral.{name}", raise_if_not_found=False)
        if rule and rule.domain_force == domain:
            rule.domain_force = AT_THE_TILL + domain
