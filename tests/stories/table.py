"""Prints what a story left behind, straight from the database."""


def print_table(title, headers, rows):
    """Print ``rows`` under ``headers``; numbers to the right."""
    cells = [[_text(value) for value in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(headers, *cells, strict=True)]
    print(f"\n{title}")
    print("  " + "  ".join(h.ljust(w) for h, w in zip(headers, widths, strict=True)).rstrip())
    print("  " + "  ".join("-" * width for width in widths))
    for row, texts in zip(rows, cells, strict=True):
        print(
            "  "
            + "  ".join(
                text.rjust(width) if isinstance(value, float) else text.ljust(width)
                for value, text, width in zip(row, texts, widths, strict=True)
            ).rstrip()
        )


def _text(value):
    if isinstance(value, float):
        return f"{value:,.2f}"
    return "" if value in (None, False) else str(value)


def _label(record, name):
    """Return the words of a selection field instead of its key."""
    return dict(record._fields[name]._description_selection(record.env)).get(record[name])


def print_contract(contract):
    """Print a contract, its visits, its entitlements and its claims."""
    print_table(
        f"{contract.partner_id.name}: contract {contract.name}",
        ["Plan", "State", "From", "To", "Covered goods"],
        [
            (
                contract.plan_id.name,
                _label(contract, "state"),
                contract.date_start,
                contract.date_end,
                ", ".join(
                    f"{sum(assets.mapped('quantity')):g} × {product.name}"
                    for product, assets in contract.asset_ids.grouped("product_id").items()
                ),
            )
        ],
    )
    print_table(
        "Inspection visits",
        ["No.", "Window from", "to", "Planned (UTC)", "Technician", "Outcome", "Conclusion"],
        [
            (
                visit.aftersales_visit_number,
                visit.aftersales_window_start,
                visit.aftersales_window_end,
                visit.scheduled_date_start,
                visit.person_id.name,
                _label(visit, "outcome"),
                _label(visit, "conclusion"),
            )
            for visit in contract.visit_ids.sorted("aftersales_visit_number")
        ],
    )
    print_table(
        "Entitlements",
        ["Kind", "Included", "Used", "Left"],
        [
            (
                _label(entitlement, "kind"),
                entitlement.included_label,
                str(entitlement.used),
                entitlement.remaining_label,
            )
            for entitlement in contract.entitlement_ids
        ],
    )
    print_table(
        "Claims",
        ["Claim", "State", "Goods", "Paid by", "Price", "Reason"],
        [
            (
                line.claim_id.name,
                _label(line.claim_id, "state"),
                f"{line.quantity:g} × {line.product_id.name}",
                _label(line, "billing_type"),
                line.price_unit,
                line.decision_note,
            )
            for line in contract.claim_ids.sorted("id").line_ids
        ],
    )


def print_referral(story):
    """Print the ledger of the referrer, the accounts, the wallet and the invariants."""
    env, company, referrer = story.env, story.company, story.customer
    rows = env["aftersales.commission"].search([("referrer_id", "=", referrer.id)], order="id")
    print_table(
        f"Commission ledger of {referrer.name} for {story.neighbours_order.name}",
        ["Date", "Kind", "Base", "Rate %", "Amount", "Entry"],
        [
            (
                row.date,
                _label(row, "kind"),
                row.base_amount or None,
                row.rate or None,
                row.amount,
                row.account_move_id.name,
            )
            for row in rows
        ],
    )
    accounts = {
        "A accrued commissions": company.aftersales_accrued_commission_account_id,
        "L store-credit liability": company.aftersales_store_credit_account_id,
    }
    cards = env["loyalty.card"].search(
        [("aftersales_wallet", "=", True), ("partner_id", "=", referrer.id)]
    )
    print_table(
        "Balances",
        ["What", "Balance"],
        [(name, _balance(account)) for name, account in accounts.items()]
        + [("Store credit on the customer's card", sum(cards.mapped("points")))],
    )
    differences = env["aftersales.commission"]._check_invariants(company)
    print("\nInvariants: " + ("all hold" if not differences else ""))
    for difference in differences:
        print(f"  BROKEN: {difference}")


def _balance(account):
    lines = account.env["account.move.line"].search(
        [("account_id", "=", account.id), ("parent_state", "=", "posted")]
    )
    return sum(lines.mapped("balance"))
