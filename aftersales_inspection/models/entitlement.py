# SPDX-License-Identifier: AGPL-3.0-or-later
from odoo import fields, models


def _drop(entitlements):
    """Remove visit entitlements with their usage when the add-on is uninstalled."""
    entitlements.usage_ids.unlink()
    entitlements.unlink()


class AftersalesEntitlement(models.Model):
    """Adds the kind *visit*: inspections of a contract year."""

    _inherit = "aftersales.entitlement"

    kind = fields.Selection(
        selection_add=[("visit", "Inspection visit")], ondelete={"visit": _drop}
    )
