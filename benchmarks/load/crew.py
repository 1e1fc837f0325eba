"""Who works during a load test, with the rights of their roles and nothing more."""

from __future__ import annotations

from typing import NamedTuple

PASSWORD = "load-test"  # of logins in a database that is dropped afterwards  # noqa: S105
CUSTOMER = "Customer"


class Role(NamedTuple):
    """People of one kind.

    `weight` is how many of twelve they are; `groups` are XML ids, empty for a customer online.
    """

    name: str
    weight: int
    groups: tuple[str, ...] = ()


CREW = (
    Role(
        "Salesperson", 3, ("sales_team.group_sale_salesman_all_leads", "base.group_partner_manager")
    ),
    Role("BackOffice", 1, ("stock.group_stock_user", "account.group_account_invoice")),
    Role("Agent", 2, ("aftersales_plans.group_agent",)),
    Role("Technician", 2, ("fieldservice.group_fsm_user",)),
    Role("Manager", 1, ("aftersales_plans.group_manager",)),
    Role("Accountant", 1, ("aftersales_plans.group_accountant",)),
    Role(CUSTOMER, 2),
)
USUAL = sum(role.weight for role in CREW)


def heads(users: int) -> dict[str, int]:
    """Return how many people of each role ``users`` are: {name: number}, nobody left out.

    >>> heads(12)["Salesperson"], heads(24)["Salesperson"], sum(heads(31).values())
    (3, 6, 31)

    Who does not fit into full dozens is drawn from the start of the list.
    """
    dozens, rest = divmod(users, USUAL)
    extra = [role.name for role in CREW for _ in range(role.weight)][:rest]
    return {role.name: role.weight * dozens + extra.count(role.name) for role in CREW}


def login(role: str, number: int) -> str:
    """Return the login of the person ``number`` (from 1) of a role."""
    return f"load-{role.lower()}-{number}"
