from odoo import models


class AftersalesContract(models.Model):
    """Contracts that follow their goods to another owner or place (requirement 45)."""

    _inherit = "aftersales.contract"

    def _on_contract_moved(self):
        """Let a sibling act on contracts whose customer or site is another now."""
