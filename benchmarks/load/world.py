"""What is there before anybody works: logins, customers with goods and plans, enough in stock."""

from __future__ import annotations

from odoo import Command, api

from tests.stories import clicks
from tests.stories.cast import ROLES, user

from . import crew

CUSTOMERS = 12  # without a login, who call and are sold to; as many were referred as not
REFERRERS = 4
TIERS = ("standard", "gold", "vip", "")  # the last one took no plan
ENOUGH = 1_000_000  # tiles in stock


def prepare(env: api.Environment, users: int, address: str, bus: str, mail_port: int) -> None:
    """Make everything that ``users`` people need; the server will answer at ``address``.

    :param bus: the address of the gevent process, where what is printed fetches its styles: the
        worker that prints waits for them, and nobody would be left where all of them print
    :param mail_port: of loopback, where mails are taken
    """
    settings = env["ir.config_parameter"]
    settings.set_param("web.base.url", address)
    settings.set_param("report.url", bus)
    env["ir.mail_server"].search([]).action_archive()
    env["ir.mail_server"].create(
        {"name": "Loopback", "smtp_host": "127.0.0.1", "smtp_port": mail_port}
    )
    # what found no server before is no concern of ours
    env["mail.mail"].search([("state", "=", "exception")]).unlink()
    env.company.aftersales_hold_days = 0  # so that there is something to pay out
    sellers = {role: user(env, role) for role in ROLES}
    stock_up(env)
    hire(env, users)
    referrers = [referrer(env, number) for number in range(1, REFERRERS + 1)]
    online = [login.partner_id for login in logins(env, crew.CUSTOMER)]
    for number, partner in enumerate([*referrers, *online]):
        sell(env, sellers, partner, number, "vip")  # which rewards who recommends us
    for number in range(1, CUSTOMERS + 1):
        partner = customer(env, "customer", number)
        brought_by = referrers[number // 2 % len(referrers)] if number % 2 else None
        sell(env, sellers, partner, number, TIERS[number % len(TIERS)], brought_by)


def hire(env: api.Environment, users: int) -> None:
    """Make the people with their logins, and technicians of the technicians."""
    for role in crew.CREW:
        for number in range(1, crew.heads(users)[role.name] + 1):
            login = crew.login(role.name, number)
            groups = role.groups or ("base.group_portal",)
            values = {
                "name": f"{role.name} {number}",
                "login": login,
                "password": crew.PASSWORD,
                "email": f"{login}@example.com",
                "group_ids": [Command.set([env.ref(group).id for group in groups])],
            }
            if role.name == crew.CUSTOMER:
                partner = customer(env, "portal", number)
                values.update(partner_id=partner.id, name=partner.name)
            person = env["res.users"].with_context(no_reset_password=True).create(values)
            if role.name == "Technician":
                env["fsm.person"].create({"partner_id": person.partner_id.id})


def logins(env: api.Environment, role: str):
    """Return the users of a role."""
    return env["res.users"].search([("login", "like", crew.login(role, 0)[:-1])], order="id")


def customer(env: api.Environment, kind: str, number: int):
    """Make a customer with an address."""
    return env["res.partner"].create(
        {
            "name": f"Load {kind} {number}",
            "street": f"{number} Load Street",
            "city": "Bayonne",
            "email": f"{kind}{number}@example.com",
        }
    )


def referrer(env: api.Environment, number: int):
    """Make a customer who recommends us and may be paid for it, in money or in credit."""
    partner = customer(env, "referrer", number)
    partner.write(
        {
            "referral_tax_status": "individual",
            "referral_self_billing_date": env.company._aftersales_today(),
            "referral_payout_method": "cash" if number % 2 else "credit",
        }
    )
    return partner


def stock_up(env: api.Environment) -> None:
    """Put so many tiles on the shelf that nobody waits for any."""
    place = env["stock.warehouse"].search([("company_id", "=", env.company.id)], limit=1)
    tiles = env.ref("aftersales_plans.product_paving_tile")
    env["stock.quant"]._update_available_quantity(tiles, place.lot_stock_id, ENOUGH)


def sell(env: api.Environment, people: dict, partner, number: int, tier: str, by=None) -> None:
    """Let a customer buy tiles, maybe with a plan, maybe referred; delivered, invoiced, paid.

    :param number: decides who looks after the site
    :param by: who brought the customer
    """
    technicians = env["fsm.person"].search(
        [("partner_id", "in", logins(env, "Technician").partner_id.ids)], order="id"
    )
    clicks.prefer(technicians[number % len(technicians)], partner)
    lines = [(env.ref("aftersales_plans.product_paving_tile"), 40, None)]
    if tier:
        lines.append((env.ref(f"aftersales_plans.product_plan_{tier}"), 1, None))
    order = clicks.sell(people["salesperson"], partner, lines)
    if by:
        order.referrer_id = by
    order.action_confirm()
    clicks.deliver(people["warehouse"], order.sudo().picking_ids)
    clicks.pay(people["billing"], clicks.invoice(people["salesperson"], people["billing"], order))
