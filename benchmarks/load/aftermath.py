"""What must hold when everybody went home."""

from __future__ import annotations

from odoo import api
from odoo.tools import SQL

#: What must find nothing, by what it would mean; rows are (who, how much).
NOTHING = {
    "an entitlement counts something else than its usage": """
        SELECT e.id, e.used || ' instead of ' || COALESCE(SUM(u.quantity), 0)
          FROM aftersales_entitlement e
     LEFT JOIN aftersales_entitlement_usage u ON u.entitlement_id = e.id
      GROUP BY e.id
        HAVING e.used != COALESCE(SUM(u.quantity), 0)
            OR e.used < 0 OR (e.used > e.included AND NOT e.unlimited)
    """,
    "an approved use has more than one row in force": """
        SELECT entitlement_id, origin_model || ' ' || origin_id
          FROM aftersales_entitlement_usage
      GROUP BY entitlement_id, origin_model, origin_id
        HAVING SUM(quantity) NOT IN (0, 1)
    """,
    "a visit was planned twice": """
        SELECT aftersales_contract_id, aftersales_visit_number
          FROM fsm_order
         WHERE aftersales_contract_id IS NOT NULL AND aftersales_visit_number > 0
      GROUP BY aftersales_contract_id, aftersales_visit_number
        HAVING COUNT(*) > 1
    """,
    "the value replaced is not what the claims count": """
        SELECT c.id, c.replaced_value || ' instead of ' || COALESCE(SUM(l.counted_value), 0)
          FROM aftersales_contract c
     LEFT JOIN aftersales_claim k ON k.contract_id = c.id
     LEFT JOIN aftersales_claim_line l ON l.claim_id = k.id
      GROUP BY c.id
        HAVING ABS(COALESCE(c.replaced_value, 0) - COALESCE(SUM(l.counted_value), 0)) > 0.005
    """,
    "an order was delivered or invoiced more than once": """
        SELECT l.order_id, l.qty_delivered || ', ' || l.qty_invoiced || ' of ' || l.product_uom_qty
          FROM sale_order_line l
          JOIN sale_order o ON o.id = l.order_id
          JOIN res_partner p ON p.id = o.partner_id
         WHERE p.name LIKE 'Load %%'
           AND (l.qty_delivered > l.product_uom_qty OR l.qty_invoiced > l.product_uom_qty)
    """,
    "two contracts come from one line of an order": """
        SELECT sale_line_id, COUNT(*)
          FROM aftersales_contract
         WHERE sale_line_id IS NOT NULL
      GROUP BY sale_line_id
        HAVING COUNT(*) > 1
    """,
    "a mail could not be written": """
        SELECT id, failure_reason FROM mail_mail WHERE state = 'exception'
    """,
    "a daily job failed": """
        SELECT c.cron_name, c.failure_count
          FROM ir_cron c
          JOIN ir_model_data d ON d.model = 'ir.cron' AND d.res_id = c.id
         WHERE c.failure_count > 0 AND d.module LIKE 'aftersales%%'
    """,
}


def differences(env: api.Environment) -> list[str]:
    """Return what does not hold, in words; empty when all is well.

    Reads but for one full check of every ledger, which the caller need not keep.
    """
    companies = env["res.company"].search([])
    found = env["aftersales.commission"]._check_invariants(companies)
    for meaning, query in NOTHING.items():
        rows = env.execute_query(SQL(query))
        found += [f"{meaning}: {who} ({what})" for who, what in rows]
    return found + list(ledger_differences(env))


def ledger_differences(env: api.Environment):
    """Yield what the check of every order finds, as an accountant's *Check Now* would."""
    checks = env["aftersales.ledger.check"]
    for company in checks._companies_to_check():
        check = checks._start(company, env.user)
        check._run(lambda: False)
        for line in check.line_ids:
            yield f"{company.name}: {line.kind}: {line.display_name}"
