"""The people and things of the stories: found where they exist, made where they do not.

Every person has one role's rights and nothing more, so that a story also proves that the clicks
of a warehouse or billing user work without any right on after-sales models.
"""

from odoo import Command
from odoo.modules import get_manifest
from odoo.tools.convert import convert_file

MODULES = ("aftersales_plans", "aftersales_inspection", "aftersales_referral")
ROLES = {
    # Odoo gives every new user the creation of contacts; without it nobody sells to a newcomer.
    "salesperson": (
        "Sam Seller",
        ["sales_team.group_sale_salesman_all_leads", "base.group_partner_manager"],
    ),
    "warehouse": ("Wendy Warehouse", ["stock.group_stock_user"]),
    "billing": ("Bill Billing", ["account.group_account_invoice"]),
    "accountant": ("Ada Accountant", ["aftersales_plans.group_accountant"]),
    "agent": ("Agnes Agent", ["aftersales_plans.group_agent"]),
    "technician": ("Petra Novak", ["fieldservice.group_fsm_user"]),
    "manager": (
        "Mona Manager",
        ["aftersales_plans.group_manager", "sales_team.group_sale_salesman_all_leads"],
    ),
}


def load_demo_data(env):
    """Load the modules' own demo data where the database was made without."""
    if env.ref("aftersales_plans.plan_vip", raise_if_not_found=False):
        return
    for module in MODULES:
        for file in get_manifest(module).get("demo", []):
            convert_file(env, module, file, {}, mode="init", noupdate=True)


def user(env, role):
    """Return the user who plays ``role``, with that role's groups only; password = login."""
    found = env["res.users"].search([("login", "=", role)])
    if found:
        return found
    name, groups = ROLES[role]
    return (
        env["res.users"]
        .with_context(no_reset_password=True)
        .create(
            {
                "name": name,
                "login": role,
                "password": role,
                "email": f"{role}@example.com",
                "company_id": env.company.id,
                "company_ids": [Command.set(env.company.ids)],
                "group_ids": [Command.set([env.ref(group).id for group in groups])],
            }
        )
    )


def customer_online(env, partner):
    """Return the user with whom a customer logs in to the portal."""
    partner.email = partner.email or "online@example.com"  # where he is written to
    found = env["res.users"].search([("partner_id", "=", partner.id)], limit=1)
    return found or (
        env["res.users"]
        .with_context(no_reset_password=True)
        .create(
            {
                "partner_id": partner.id,
                "login": "portal",
                "password": "portal",
                "company_id": env.company.id,
                "company_ids": [Command.set(env.company.ids)],
                "group_ids": [Command.set(env.ref("base.group_portal").ids)],
            }
        )
    )


def customer(env, name, **address):
    """Return the customer ``name``: Odoo's own demo customer where there is one."""
    found = env["res.partner"].search([("name", "=", name), ("parent_id", "=", False)], limit=1)
    return found or env["res.partner"].create({"name": name, "is_company": True, **address})
