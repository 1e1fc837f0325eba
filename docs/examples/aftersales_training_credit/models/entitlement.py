from odoo import fields, models


def _drop(entitlements):
    """Remove the entitlements of this kind with their usage when the add-on is uninstalled."""
    entitlements.usage_ids.unlink()
    entitlements.unlink()


class AftersalesEntitlement(models.Model):
    """Adds the kind *training*."""

    _inherit = "aftersales.entitlement"

    kind = fields.Selection(
        selection_add=[("training", "Training session")], ondelete={"training": _drop}
    )
