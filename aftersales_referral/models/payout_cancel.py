# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import models
from odoo.exceptions import UserError


class AftersalesPayout(models.Model):
    """A payout taken back: its bill and entries reversed, the opposite row appended.

    Only while nothing of it is paid or spent. What is reversed is dated today, and booked today or
    on the first open day.
    """

    _inherit = "aftersales.payout"

    def action_cancel(self):
        """Take the payout back: reverse its entries and append the opposite row.

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
        self.commission_ids.referrer_id._take_payout_turn()  # whom it was taken from
        self._check_cancellable()
        # the entry first: it holds the bill as settled
        reference = self.env._("%s cancelled", self.name)
        of_entry = self.move_id._reverse_aftersales(reference)
        of_bill = self.bill_id._reverse_aftersales(reference)
        lot = self._credit_lot()
        if lot:
            self.card_id._take(
                lot,
                lot.remaining,
                "taken_back",
                self.env._("Payout %s cancelled", self.name),
                self,
                move_id=of_entry.id,
            )
        self._append_row(self.amount, of_bill or of_entry)

    # --- When it is too late -------------------------------------------------------------------

    def _check_cancellable(self):
        if self._is_paid():
            raise UserError(
                self.env._("%s is paid: cancel the payment first.", self.bill_id.display_name)
            )
        lot = self._credit_lot()
        if self.currency_id.compare_amounts(lot.remaining, lot.amount) < 0:
            raise UserError(
                self.env._(
                    "%(left)s of the store credit of %(payout)s is left, less than %(amount)s: "
                    "the rest is spent or expired.",
                    left=self.currency_id.format(lot.remaining),
                    payout=self.name,
                    amount=self.currency_id.format(lot.amount),
                )
            )

    def _is_paid(self):
        """Tell whether anything but the entry of this payout settled its bill."""
        if self.method == "cash" and self.bill_id.payment_state != "not_paid":
            return True
        settled_by = self._payable_items(self.bill_id).matched_debit_ids.debit_move_id.move_id
        return bool(settled_by - self.move_id)

    def _credit_lot(self):
        """Return the store credit this payout granted."""
        return self.env["aftersales.credit.lot"].search([("payout_id", "=", self.id)])
