from odoo import models


class ResCompany(models.Model):
    """Who gets the activities of rewards and disputes."""

    _inherit = "res.company"

    def _aftersales_users(self, group):
        """Return who works for this company in ``group``, in the order they came."""
        self.ensure_one()
        # Customers cause activities too; whose they become is no secret they see.
        everybody = self.env.ref(group).sudo().all_user_ids.sorted("id")
        return everybody.filtered(
            lambda user: user.active and not user.share and self in user.company_ids
        )

    def _aftersales_accountant(self):
        """Return who settles commissions: whom the company names, else its first accountant."""
        accountants = self._aftersales_users("aftersales_plans.group_accountant")
        return (self.sudo().aftersales_accountant_id & accountants or accountants)[:1]
