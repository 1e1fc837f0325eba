"""The pictures of the documents: what each shows, and how a browser gets there.

`tests/test_pictures.py` opens every one of them in the told stories and looks for what must be on
it; `make pictures` takes them anew.
"""

from dataclasses import dataclass

DESKTOP = (1400, 900)
PHONE = (390, 844)


@dataclass(frozen=True)
class Picture:
    """One file of `docs/images`."""

    #: Name of the file, without `.png`.
    name: str
    #: Who logs in.
    login: str
    #: Address of the page; `{id}` is the record.
    page: str
    #: What must be seen on it: words as a reader sees them, or "css:" and a selector.
    shows: tuple[str, ...]
    #: Model and domain of the record that is opened: the first one found.
    record: tuple[str, list] | None = None
    #: What is clicked first, in order: words of a button, link or tab, or "css:" and a selector.
    clicks: tuple[str, ...] = ()
    #: Width and height of the window.
    size: tuple[int, int] = DESKTOP
    #: Selector of the only element to be on it.
    crop: str = ""


def contract_of(customer):
    """Return the newest running contract of a customer of the stories."""
    return (
        "aftersales.contract",
        [("partner_id.name", "=", customer), ("state", "=", "active")],
    )


#: Of the accounting and the administrator's guide.
FOR_THE_OFFICE = (
    Picture(
        "settings_accounts",
        "admin",
        "/odoo/action-aftersales_plans.aftersales_settings_action",
        ("Accounts and Journals", "Commission Expense", "Self-Billing Journal"),
        crop="#aftersales_referral_accounts",
        size=(1400, 5000),
    ),
    Picture(
        "reconciliation",
        "accountant",
        "/odoo/action-aftersales_referral.aftersales_reconciliation_action",
        ("Referrer", "Accrued (A)", "Lots"),
        size=(1700, 900),
        crop="table.o_list_table",
    ),
    Picture(
        "user_rights",
        "admin",
        "/odoo/action-base.action_res_users/{id}",
        ("Agnes Agent", "After-Sales Accounting", "Service Agent"),
        record=("res.users", [("login", "=", "agent")]),
        clicks=("Access Rights",),
    ),
)

PICTURES = (
    *FOR_THE_OFFICE,
    Picture(
        "overview_manager",
        "manager",
        "/odoo/action-aftersales_plans.aftersales_tile_action",
        ("Overview", "Running Contracts", "Sold this Month", "Visits Due this Month"),
    ),
    Picture(
        "contract",
        "agent",
        "/odoo/action-aftersales_plans.aftersales_contract_action/{id}",
        ("Joel Willis", "VIP", "Active", "Entitlements"),
        record=contract_of("Joel Willis"),
    ),
)
