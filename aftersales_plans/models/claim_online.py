from odoo import models


class AftersalesClaim(models.Model):
    """What a customer reads, and writes, online of a claim (requirement 47)."""

    _name = "aftersales.claim"
    _inherit = ["aftersales.claim", "aftersales.customer.page"]

    def _compute_access_url(self):
        """Lead to the page of the claim."""
        result = super()._compute_access_url()
        for claim in self:
            claim.access_url = f"/my/claims/{claim.id}"
        return result
