# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import models
from odoo.tools import SQL

from odoo.addons.aftersales_plans.models.linked_records import open_action

from .client_actions import ITEMS, LEDGER, LOTS

CARDS = "aftersales_referral.loyalty_card_wallet_action"
MOVEMENTS = "aftersales_referral.aftersales_credit_movement_action"


class AftersalesReconciliation(models.Model):
    """The rows behind each figure, a button per figure (requirement 75)."""

    _inherit = "aftersales.reconciliation"

    def action_open_ledger(self):
        """Open the ledger rows."""
        owner = "referrer_id.commercial_partner_id"
        return self._open(LEDGER, self._of_owner(owner))

    def action_open_accrued(self):
        """Open the journal items on A."""
        accounts = self._accrued_accounts_by_company()[self.company_id]
        domain = self._of_owner("partner_id.commercial_partner_id")
        return self._open_items(domain + [("account_id", "in", accounts.ids)])

    def action_open_liability(self):
        """Open the journal items on L."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT item.id
                  FROM (%(items)s) AS item
             LEFT JOIN res_partner owner ON owner.id = item.owner_id
                 WHERE item.root_id = %(company)s
                   AND owner.commercial_partner_id IS NOT DISTINCT FROM %(owner)s
                """,
                items=self._select_liability_items(),
                company=self.company_id.id,
                owner=self.partner_id.id or None,
            )
        )
        return self._open_items([("id", "in", [row[0] for row in rows])])

    def action_open_cards(self):
        """Open the cards."""
        return self._open(CARDS, self._of_owner("partner_id"))

    def action_open_lots(self):
        """Open the lots, used up or not."""
        return self._open(LOTS, self._of_owner("partner_id"))

    def action_open_movements(self):
        """Open every change of the lots."""
        return self._open(MOVEMENTS, self._of_owner("partner_id"))

    def action_open_orders(self):
        """Open the confirmed orders that pay with the cards of this row."""
        # which orders these are; the reader sees those he may
        cards = self.env["loyalty.card"].sudo().with_context(active_test=False)
        held = cards.search([*self._of_owner("partner_id"), ("aftersales_wallet", "=", True)])
        lines = self.env["sale.order.line"].sudo()
        orders = lines.search([("coupon_id", "in", held.ids), ("state", "=", "sale")]).order_id
        return {
            "type": "ir.actions.act_window",
            "name": self._title(self.env._("Orders")),
            "res_model": "sale.order",
            "view_mode": "list,form",
            "domain": [("id", "in", orders.ids)],
        }

    def _of_owner(self, path):
        self.ensure_one()
        owner = path if path.endswith("commercial_partner_id") else f"{path}.commercial_partner_id"
        domain = [("company_id", "=", self.company_id.id)]
        return [*domain, (owner if self.partner_id else path, "=", self.partner_id.id)]

    def _title(self, what):
        return f"{what}: {self.partner_id.display_name or self.env._('no partner')}"

    def _open(self, xmlid, domain):
        action = open_action(self.env, xmlid, domain)
        return {**action, "name": self._title(action["name"])}

    def _open_items(self, domain):
        return self._open(ITEMS, [*domain, ("parent_state", "=", "posted")])
