"""The pictures of the documents: what each shows, and how a browser gets there.

`tests/test_pictures.py` opens every one of them in the told stories and looks for what must be on
it; `make pictures` takes them anew.
"""

from dataclasses import dataclass

DESKTOP = (1400, 900)
FORM = (1200, 900)  # where messages stand below, not beside
PHONE = (390, 844)


@dataclass(frozen=True, eq=False)
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


QUOTATION = ("sale.order", [("client_order_ref", "=", "Today")])
WAITING = ("sale.order", [("client_order_ref", "=", "Today: discount")])
CONTRACT = (
    "aftersales.contract",
    [("partner_id.name", "=", "Joel Willis"), ("state", "=", "active")],
)
REPORTED = ("aftersales.claim", [("channel", "=", "portal"), ("state", "=", "submitted")])
SHIPPED = ("stock.picking", [("origin", "like", "CL/"), ("state", "=", "assigned")])
VISIT = (
    "fsm.order",
    [("location_id.owner_id.name", "=", "Wood Corner"), ("aftersales_visit_number", "=", 1)],
)
NEXT_VISIT = (
    "fsm.order",
    [("location_id.owner_id.name", "=", "Joel Willis"), ("aftersales_visit_number", "=", 2)],
)
REFERRAL = ("aftersales.referral", [("contact_name", "=", "Clara Berg")])

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
    # salesperson
    Picture(
        "overview_salesperson",
        "salesperson",
        "/odoo/after-sales",
        ("My Work", "My First Visits to Make", "I Sold this Month", "My Open Referrals"),
    ),
    Picture(
        "service_plans",
        "salesperson",
        "/odoo/sales/{id}",
        ("VIP", "GOLD", "STANDARD", "What you get", "Not covered", "Choose"),
        record=QUOTATION,
        clicks=("Service Plans",),
        crop=".modal-content",
    ),
    Picture(
        "contract",
        "salesperson",
        "/odoo/service-contracts/{id}",
        ("Joel Willis", "VIP", "Active", "Entitlements", "Inspection visit", "Unlimited"),
        record=CONTRACT,
        size=FORM,
    ),
    Picture(
        "referral",
        "salesperson",
        "/odoo/action-aftersales_referral.aftersales_referral_action/{id}",
        ("Clara Berg", "Joel Willis", "Registered"),
        record=REFERRAL,
        size=FORM,
    ),
    # service agent
    Picture(
        "overview_agent",
        "agent",
        "/odoo/after-sales",
        ("Claims", "New Claims, Nobody's", "My Claims to Settle", "Answers Due"),
    ),
    Picture(
        "claim",
        "agent",
        "/odoo/service-claims/{id}",
        ("Approve", "Take", "Refuse", "Who Pays", "Covered by a Plan", "A corner broke off"),
        record=REPORTED,
        size=FORM,
    ),
    # technician
    Picture(
        "technician_day",
        "technician",
        "/odoo/my-day",
        ("Wood Corner", "Lumber Inc", "Map", "Start", "Route Today"),
        size=PHONE,
    ),
    Picture(
        "visit_on_a_phone",
        "technician",
        "/odoo/my-day/{id}",
        ("Wood Corner", "Checks", "No tile is cracked", "Not OK"),
        record=VISIT,
        clicks=("Start",),
        size=PHONE,
    ),
    # warehouse
    Picture(
        "claim_delivery",
        "warehouse",
        "/odoo/deliveries/{id}",
        ("Validate", "Paving tile", "CL/"),
        record=SHIPPED,
        size=FORM,
    ),
    # plan manager
    Picture(
        "overview_manager",
        "manager",
        "/odoo/after-sales",
        ("Running Contracts", "Sold this Month", "Visits Due this Month"),
    ),
    Picture(
        "approval",
        "manager",
        "/odoo/sales/{id}",
        ("wait for the approval", "Approve or Refuse", "Nina Baker", "20 % off"),
        record=WAITING,
        size=FORM,
    ),
    Picture(
        "calendar",
        "manager",
        "/odoo/inspections",
        ("Wood Corner", "Lumber Inc"),
        size=(1400, 850),
    ),
    Picture(
        "onboarding",
        "admin",
        "/odoo/after-sales",
        ("Plans", "Products and Prices", "Technicians", "Try with Sample Data", "Configuration"),
        clicks=("Configuration", "Set-Up Guide"),
        size=(1400, 760),
    ),
    # accountant
    Picture(
        "overview_accountant",
        "accountant",
        "/odoo/after-sales",
        ("Rewards", "Payouts to Post", "Available to Pay Out", "$ 90.00"),
        size=(1400, 620),
    ),
    Picture(
        "ledger",
        "accountant",
        "/odoo/action-aftersales_referral.aftersales_commission_action",
        ("Joel Willis", "Maria Santos", "90.00"),
        size=(1400, 620),
    ),
    # customer
    Picture(
        "portal_contract",
        "portal",
        "/my/service-contracts/{id}",
        ("VIP", "What is left", "Unlimited replacements", "Report a problem", "I will not renew"),
        record=CONTRACT,
        size=(1000, 800),
    ),
    Picture(
        "portal_quotation",
        "portal",
        "/my/orders/{id}",
        ("Compare our service plans", "VIP", "GOLD", "Choose"),
        record=QUOTATION,
        size=(1010, 1250),
    ),
    Picture(
        "portal_claim_phone",
        "portal",
        "/my/claims/new",
        ("What is it about?", "Paving tile", "What happened?", "Photos"),
        size=(390, 1300),
    ),
    Picture(
        "portal_visit_phone",
        "portal",
        "/my/visits/{id}",
        ("Inspection visit 2", "Promised between", "Petra", "Confirm"),
        record=NEXT_VISIT,
        size=PHONE,
    ),
    Picture(
        "portal_rewards",
        "portal",
        "/my/rewards",
        ("Recommend us", "Get my link", "Available", "Store credit"),
        size=(1000, 900),
    ),
)
