# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from odoo.addons.aftersales_plans.models.linked_records import open_action


class AftersalesPayoutDebtSettle(models.TransientModel):
    """What referrers owe is claimed with invoices, or written off, for one reason (74, 79)."""

    _name = "aftersales.payout.debt.settle"
    _description = "Claim or Write Off What Referrers Owe"

    way = fields.Selection(
        [("claim", "Claim with an invoice"), ("write_off", "Write off")],
        default="claim",
        required=True,
    )
    debt_ids = fields.Many2many("aftersales.payout.debt", string="Owed by Referrers")
    reason = fields.Char(required=True, help="Stands on the invoice and in the ledger.")

    @api.model
    def default_get(self, fields):
        """Take the chosen rows over from the list."""
        values = super().default_get(fields)
        if self.env.context.get("active_model") == "aftersales.payout.debt":
            values["debt_ids"] = [Command.set(self.env.context.get("active_ids") or [])]
        return values

    def action_confirm(self):
        """Settle all that is owed by these referrers; the ledger checks who may.

        :raises UserError: somebody owes nothing any more
        """
        self.ensure_one()
        if not self.debt_ids:  # they are gone once they are settled
            raise UserError(
                self.env._("They owe nothing any more: open the list again and choose.")
            )
        Commission = rows = self.env["aftersales.commission"]
        settle = Commission._claim if self.way == "claim" else Commission._write_off
        # read first: a debt is gone once it is settled
        for referrer, company in [(debt.referrer_id, debt.company_id) for debt in self.debt_ids]:
            rows |= settle(referrer, company, self.reason)
        if self.way == "claim":
            return self._open_invoices(rows)
        return rows._tell_waiting()

    def _open_invoices(self, rows):
        """Return the action that opens the invoices, to be sent."""
        invoices = rows.account_move_id
        if len(invoices) == 1:
            return invoices.get_formview_action()
        xmlid = "account.action_move_out_invoice_type"
        return open_action(self.env, xmlid, [("id", "in", invoices.ids)])
