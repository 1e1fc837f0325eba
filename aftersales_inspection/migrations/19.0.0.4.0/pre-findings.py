# SPDX-License-Identifier: AGPL-3.0-or-later
from odoo.tools.sql import column_exists, create_column

COLUMNS = {"visit_date": "timestamp", "lot_id": "int4", "claim_id": "int4"}


def migrate(cr, version):
    """Fill what findings know of their visit, goods and claim now; one pass, without the ORM."""
    for column, column_type in COLUMNS.items():
        if not column_exists(cr, "aftersales_finding", column):
            create_column(cr, "aftersales_finding", column, column_type)
    cr.execute(
        """
        UPDATE aftersales_finding finding
           SET visit_date = visit.date_end, lot_id = asset.lot_id
          FROM fsm_order visit, aftersales_asset asset
         WHERE visit.id = finding.visit_id AND asset.id = finding.asset_id
        """
    )
    cr.execute(
        """
        UPDATE aftersales_finding finding
           SET claim_id = claim.id
          FROM aftersales_claim claim
         WHERE claim.visit_id = finding.visit_id AND claim.state != 'cancelled'
           AND finding.action = 'replace'
        """
    )
    if not column_exists(cr, "fsm_order", "is_started"):
        create_column(cr, "fsm_order", "is_started", "bool")
    cr.execute("UPDATE fsm_order SET is_started = TRUE WHERE outcome IS NOT NULL")
