# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    """Count what contracts replaced before value limits existed."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    lines = env["aftersales.claim.line"].search(
        [
            ("billing_type", "=", "contract"),
            ("claim_id.state", "in", ("approved", "done")),
            ("claim_id.contract_id", "!=", False),
        ]
    )
    for line in lines:
        line.counted_value = line.list_value
    for contract, counted in lines.grouped(lambda line: line.claim_id.contract_id).items():
        contract.replaced_value = sum(counted.mapped("counted_value"))
