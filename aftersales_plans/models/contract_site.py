# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import models


class AftersalesContract(models.Model):
    """Contracts that follow their goods to another owner or place (requirement 45)."""

    _inherit = "aftersales.contract"

    def _follow_goods(self):
        """Take over owner and site of the covered goods; callers check that all went there.

        A contract that is there already is left alone, its history too.
        """
        self.ensure_one()
        goods = self.asset_ids[:1]
        owner, site = goods.partner_id, goods.site_id
        if (owner, site) == (self.partner_id, self.site_id):
            return
        self.write({"partner_id": owner.id, "site_id": site.id})
        self._message_log(
            body=self.env._(
                "Follows its goods to %(owner)s, %(site)s.",
                owner=owner.display_name,
                site=site.display_name,
            )
        )
        self._on_contract_moved()

    def _on_contract_moved(self):
        """Let a sibling act on a contract whose customer or site is another now; empty here.

        Called by :meth:`_follow_goods` inside its transaction. An override writes its own tables
        only.
        """
