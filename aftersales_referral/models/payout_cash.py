# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command


class AftersalesPayout(models.Model):
    """Paid in money: a bill we write for the referrer, on what is accrued (requirement 86).

    Its invoice date is the payout's day, which decides about tax, number and when it is due. It is
    booked on that day too, or on the first open day after it: nothing enters a locked period.
    Everything else of it is core's: number, due date, payment, bank account.
    """

    _inherit = "aftersales.payout"

    bill_total = fields.Monetary(
        string="Bill Total",
        related="bill_id.amount_total",
        help="Of the bill: with VAT, less what it withholds.",
    )
    bill_note = fields.Char(
        compute="_compute_bill_note", help="What stands in the way of paying the bill."
    )

    @api.depends("method", "state", "referrer_id", "bill_id.payment_state")
    def _compute_bill_note(self):
        """Say when there is no bank account to transfer to: other ways to pay need none."""
        for payout in self:
            bill = payout.bill_id
            to_pay = payout.method == "cash" and (
                payout.state == "draft" or bill.payment_state in ("not_paid", "partial")
            )
            partner = payout.referrer_id.commercial_partner_id
            known = bill.partner_bank_id or partner.bank_ids
            payout.bill_note = to_pay and partner and not known and payout._say_no_bank(partner)

    def _say_no_bank(self, partner):
        return self.env._(
            "No bank account of %s is known: enter it on the contact to transfer money.",
            partner.display_name,
        )

    def _post_cash(self):
        """Post the bill; it is paid with core's own payment.

        :return: the bill
        """
        return self._post_bill()

    def _post_bill(self, **vals):
        """Write the bill for the referrer and post it.

        :param vals: values of the bill that differ from those of :meth:`_prepare_bill`
        :raises UserError: its taxes would change what is taken from account A
        """
        bill = self.env["account.move"]._book_aftersales(
            self.company_id, {**self._prepare_bill(), **vals}
        )
        self._check_bill(bill)
        self.bill_id = bill
        return bill

    def _prepare_bill(self):
        partner = self.referrer_id.commercial_partner_id
        taxes = self._taxes()
        journal = self.company_id.aftersales_self_billing_journal_id
        in_words = self.with_context(lang=partner.lang)
        return {
            "move_type": "in_invoice",
            "journal_id": journal.id,
            "partner_id": partner.id,
            "invoice_date": self.date,
            "date": self.company_id._aftersales_open_day(journal, self.date, taxes),
            "currency_id": self.currency_id.id,
            "fiscal_position_id": self._fiscal_position().id,
            "ref": self.name,
            "payment_reference": self.name,
            "aftersales_entry": "payout",
            "invoice_line_ids": [
                Command.create(
                    {
                        "name": in_words.env._("Referral reward, payout %s", self.name),
                        "account_id": self.company_id.aftersales_accrued_commission_account_id.id,
                        "quantity": 1,
                        "price_unit": self._price_of(taxes),
                        "tax_ids": [Command.set(taxes.ids)],
                    }
                )
            ],
        }

    def _price_of(self, taxes):
        """Return the price whose net is the reward, where taxes are included in prices."""
        details = taxes.compute_all(
            self.amount,
            currency=self.currency_id,
            partner=self.referrer_id.commercial_partner_id,
            handle_price_include=False,
        )
        return self.amount + sum(
            part["amount"] for part in details["taxes"] if part["price_include"]
        )

    def _check_bill(self, bill):
        """Raise unless the bill takes from A what the ledger row says.

        :raises UserError: naming both amounts
        """
        accrued = self.company_id.aftersales_accrued_commission_account_id
        items = bill.line_ids.filtered(lambda line: line.account_id == accrued)
        booked = sum(items.mapped("balance"))
        if self.currency_id.compare_amounts(booked, self.amount):
            raise UserError(
                self.env._(
                    "The bill of %(payout)s would book %(booked)s on %(account)s instead of "
                    "%(amount)s: check the taxes of rewards under After-Sales, Configuration, "
                    "Settings.",
                    payout=self.name,
                    booked=self.currency_id.format(booked),
                    account=accrued.display_name,
                    amount=self.currency_id.format(self.amount),
                )
            )
