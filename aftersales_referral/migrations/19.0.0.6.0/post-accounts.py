# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import SUPERUSER_ID, api

# Branches see the credit of the company that keeps their cards.
RULES = ("aftersales_credit_lot_rule_company", "aftersales_credit_movement_rule_company")


def migrate(cr, version):
    """Give existing companies the breakage account and one program with the company at the root."""
    env = api.Environment(cr, SUPERUSER_ID, {"lang": "en_US"})
    for name in RULES:
        rule = env.ref(f"aftersales_referral.{name}", raise_if_not_found=False)
        if rule:
            rule.domain_force = "[('company_id', 'parent_of', company_ids)]"
    companies = env["res.company"].with_context(active_test=False).search([])
    for branch in companies.filtered("parent_id"):
        branch.aftersales_store_credit_account_id = (
            branch.root_id.aftersales_store_credit_account_id
        )
    companies.filtered("chart_template")._aftersales_create_accounts()
    for branch in companies.filtered("parent_id"):
        if not branch.aftersales_breakage_account_id:
            branch.aftersales_breakage_account_id = branch.root_id.aftersales_breakage_account_id
    companies._aftersales_create_wallets()
    wallets = companies.aftersales_wallet_program_id
    wallets.reward_ids.write({"description": env._("Store credit")})
    join_programs(env, companies.filtered("aftersales_wallet_program_id"))


def join_programs(env, companies):
    """Move the cards of branches to the program of their root, with what is on them."""
    for branch in companies.filtered("parent_id"):
        old, kept = branch.aftersales_wallet_program_id, branch.root_id.aftersales_wallet_program_id
        cards = env["loyalty.card"].with_context(active_test=False)
        cards.search([("program_id", "=", old.id)]).write({"program_id": kept.id})
        branch.aftersales_wallet_program_id = False
        old.write({"aftersales_wallet": False})
        old.action_archive()
