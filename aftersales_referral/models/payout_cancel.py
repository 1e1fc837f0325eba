from odoo import models
from odoo.exceptions import UserError


class AftersalesPayout(models.Model):
    """A payout taken back: its entry reversed, the opposite row appended."""

    _inherit = "aftersales.payout"

    def action_cancel(self):
        """Take the payout back: reverse its entry and append the opposite row.

        :raises UserError: the bill is paid, or the credit is spent
        """
        self.check_access("write")
        # Ledger rows, cards and states are nobody's to write; the right was checked above.
        for payout in self.sudo():
            was_posted = payout.state == "posted"
            payout._set_state("cancelled")
            if was_posted:
                payout._cancel_posted()

    def _cancel_posted(self):
        self.referrer_id.commercial_partner_id._take_payout_turn()
        self._check_cancellable()
        if self.card_id:
            self.card_id._take(
                self._credit_lot(),
                self.amount,
                "taken_back",
                self.env._("Payout %s cancelled", self.name),
                self,
            )
        entry = self.bill_id or self.move_id
        reversal = entry.with_context(aftersales_payout_cancel=True)._reverse_moves(
            [
                {
                    "date": self.company_id._aftersales_today(),
                    "invoice_date": self.bill_id and self.company_id._aftersales_today(),
                    "ref": self.env._("%s cancelled", self.name),
                    "aftersales_entry": "payout",
                }
            ],
            cancel=True,
        )
        self._append_row(self.amount, reversal)

    def _check_cancellable(self):
        if self.bill_id and self.bill_id.payment_state != "not_paid":
            raise UserError(
                self.env._("%s is paid: cancel the payment first.", self.bill_id.display_name)
            )
        left = self._credit_lot().remaining
        if self.card_id and self.currency_id.compare_amounts(left, self.amount) < 0:
            raise UserError(
                self.env._(
                    "%(left)s of the store credit of %(payout)s is left, less than %(amount)s: "
                    "the rest is spent.",
                    left=self.currency_id.format(left),
                    payout=self.name,
                    amount=self.currency_id.format(self.amount),
                )
            )

    def _credit_lot(self):
        """Return the store credit this payout granted."""
        return self.env["aftersales.credit.lot"].search([("payout_id", "=", self.id)])
