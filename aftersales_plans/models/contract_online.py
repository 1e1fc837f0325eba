from odoo import models


class AftersalesContract(models.Model):
    """What a customer reads online of a contract (requirements 47, 66)."""

    _name = "aftersales.contract"
    _inherit = ["aftersales.contract", "aftersales.customer.page"]

    def _compute_access_url(self):
        """Lead to the page of the contract."""
        result = super()._compute_access_url()
        for contract in self:
            contract.access_url = f"/my/service-contracts/{contract.id}"
        return result

    def _promises_online(self):
        """Return what is left of this contract, one dict per promise, as customers read it.

        ``label`` names the promise, ``text`` says how it stands ("2 of 3 used"), ``percent`` is
        the part that is used up (None: no bar), ``url`` leads further (None: nowhere). Another
        module overrides it, calls ``super()`` and appends its own; it must not write.
        """
        self.ensure_one()
        return []
