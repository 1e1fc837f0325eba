from odoo import models


class AftersalesClaim(models.Model):
    """A cause with a rule of its own: what was promised and not given yet counts for the customer.

    Who pays, and whether a replacement is used, stands on the cause itself.
    """

    _inherit = "aftersales.claim"

    def _uses_quota(self, line):
        """Take no replacement for wrong operation while training is still owed to the customer."""
        uses = super()._uses_quota(line)
        if line.cause_id.code != "untrained":
            return uses
        owed = self.contract_id._entitlement("training", self.date_occurred)
        return uses and not any(row.remaining for row in owed)
