from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command

# Set by the buttons alone. New payouts start with these values, whatever a client's context or
# user defaults say.
START = {"state": "draft", "bill_id": False, "card_id": False, "move_id": False}
GUARDED = {*START, "name"}
FIXED_ONCE_POSTED = {"referrer_id", "method", "date", "amount", "company_id"}


class AftersalesPayout(models.Model):
    """Part of a referrer's balance, paid in money or in store credit (requirements 8, 74).

    Posting appends one negative ``paid`` row to the ledger and books it: in money as a vendor
    bill on account A, paid with core's own payment; in credit as A to L with points on the
    referrer's card. Cancelling appends the opposite. Created by accountants.
    """

    _name = "aftersales.payout"
    _description = "Referral Payout"
    _inherit = ["aftersales.state.gate", "mail.thread"]
    _order = "id desc"
    _check_company_auto = True
    _transitions = {"draft": {"posted", "cancelled"}, "posted": {"cancelled"}, "cancelled": set()}

    name = fields.Char(required=True, readonly=True, copy=False, default="/")
    state = fields.Selection(
        [("draft", "Draft"), ("posted", "Posted"), ("cancelled", "Cancelled")],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
        index=True,
    )
    referrer_id = fields.Many2one("res.partner", required=True, index=True, ondelete="restrict")
    method = fields.Selection(
        [("cash", "Money"), ("credit", "Store credit")],
        string="Paid in",
        compute="_compute_method",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        tracking=True,
    )
    date = fields.Date(
        required=True, default=lambda self: self.env.company._aftersales_today(), copy=False
    )
    amount = fields.Monetary(tracking=True)
    available = fields.Monetary(
        compute="_compute_available", help="What the referrer can be paid today."
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    bill_id = fields.Many2one("account.move", readonly=True, copy=False)
    bill_payment_state = fields.Selection(
        related="bill_id.payment_state", string="Payment of the Bill"
    )
    card_id = fields.Many2one("loyalty.card", string="Store Credit Card", readonly=True, copy=False)
    move_id = fields.Many2one("account.move", string="Journal Entry", readonly=True, copy=False)
    commission_ids = fields.One2many("aftersales.commission", "payout_id", readonly=True)

    @api.depends("referrer_id")
    def _compute_method(self):
        for payout in self:
            payout.method = payout.referrer_id.referral_payout_method or "credit"

    @api.depends("referrer_id", "company_id", "state")
    def _compute_available(self):
        for payout in self:
            payout.available = payout._available_today()

    def _available_today(self):
        """Return what may be paid out today; accountants read every balance."""
        self.ensure_one()
        partner = self.referrer_id.commercial_partner_id
        balances = (
            self.env["aftersales.commission"]
            .sudo()  # the sum alone, for whoever may read the payout
            ._balances(partner, self.company_id, self.company_id._aftersales_today())
        )
        return balances.get(partner, 0.0)

    @api.constrains("amount")
    def _check_amount_positive(self):
        for payout in self:
            if payout.currency_id.compare_amounts(payout.amount, 0) <= 0:
                raise ValidationError(self.env._("Pay out more than nothing."))

    @api.model_create_multi
    def create(self, vals_list):
        """Give every payout its number; all start as drafts."""
        vals_list = [dict(vals) for vals in vals_list]
        for vals in vals_list:
            if not self.env.su and not GUARDED.isdisjoint(vals):
                raise UserError(self.env._("A payout is posted and cancelled by its buttons."))
            for name, value in START.items():
                vals.setdefault(name, value)
            company_id = vals.get("company_id") or self.env.company.id
            vals["name"] = (
                self.env["ir.sequence"].with_company(company_id).next_by_code("aftersales.payout")
            )
        return super().create(vals_list)

    def write(self, vals):
        """Refuse changes of what is settled, and of what the buttons decide."""
        if not self.env.su and not GUARDED.isdisjoint(vals):
            raise UserError(self.env._("A payout is posted and cancelled by its buttons."))
        if not FIXED_ONCE_POSTED.isdisjoint(vals) and any(p.state != "draft" for p in self):
            raise UserError(self.env._("A payout that left draft is not changed any more."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_only_draft(self):
        if any(payout.state != "draft" for payout in self):
            raise UserError(self.env._("Cancel a posted payout instead of deleting it."))

    # --- Posting -------------------------------------------------------------------------------

    def action_post(self):
        """Pay out: book it and append the paid row.

        :raises UserError: more than is available, no self-billing agreement, missing accounts
        """
        self.check_access("write")
        # Ledger rows, cards and states are nobody's to write; the right was checked above.
        for payout in self.sudo():
            payout._set_state("posted")
            payout._post_one()

    def _post_one(self):
        self.company_id._aftersales_check_referral_accounts()
        self.referrer_id.commercial_partner_id._take_payout_turn()
        self._check_available()
        if self.method == "cash":
            entry = self._post_cash()
        else:
            entry = self._post_credit()
        self._append_row(-self.amount, entry)

    def _check_available(self):
        available = self._available_today()
        if self.currency_id.compare_amounts(self.amount, available) <= 0:
            return
        partner = self.referrer_id.commercial_partner_id
        balance = self.env["aftersales.commission"]._balances(partner, self.company_id)
        raise UserError(
            self.env._(
                "%(referrer)s can be paid %(available)s today, not %(amount)s. The balance with "
                "what is still on hold is %(balance)s.",
                referrer=self.referrer_id.display_name,
                available=self.currency_id.format(available),
                amount=self.currency_id.format(self.amount),
                balance=self.currency_id.format(balance.get(partner, 0.0)),
            )
        )

    def _append_row(self, amount, entry):
        """Append the ledger row of this payout (negative) or of its cancellation."""
        number = len(self.commission_ids) + 1
        self.env["aftersales.commission"].create(
            {
                "kind": "paid",
                "referrer_id": self.referrer_id.commercial_partner_id.id,
                "company_id": self.company_id.id,
                "date": self.company_id._aftersales_today(),
                "available_date": self.company_id._aftersales_today(),
                "amount": amount,
                "note": self.name,
                "payout_id": self.id,
                "account_move_id": entry.id,
                "key": f"payout-{self.id}-{number}",
            }
        )

    def _post_cash(self):
        """Post the bill we write for the referrer, on what is accrued (requirement 86).

        :raises UserError: the referrer has not agreed to that yet
        """
        partner = self.referrer_id.commercial_partner_id
        if not partner.referral_self_billing_date or partner.referral_self_billing_date > self.date:
            raise UserError(
                self.env._(
                    "%s has not agreed to self-billing yet: enter the day of the agreement on the "
                    "contact before the first payment in money.",
                    partner.display_name,
                )
            )
        bill = self.env["account.move"].with_company(self.company_id).create(self._prepare_bill())
        bill._post(soft=False)
        self.bill_id = bill
        return bill

    def _prepare_bill(self):
        return {
            "move_type": "in_invoice",
            "journal_id": self.company_id.aftersales_self_billing_journal_id.id,
            "partner_id": self.referrer_id.commercial_partner_id.id,
            "invoice_date": self.date,
            "currency_id": self.currency_id.id,
            "ref": self.name,
            "aftersales_entry": "payout",
            "invoice_line_ids": [
                Command.create(
                    {
                        "name": self.env._("Referral reward, payout %s", self.name),
                        "account_id": self.company_id.aftersales_accrued_commission_account_id.id,
                        "quantity": 1,
                        "price_unit": self.amount,
                        "tax_ids": [Command.clear()],
                    }
                )
            ],
        }

    def _post_credit(self):
        """Move the amount from A to L and put it on the referrer's card."""
        partner = self.referrer_id.commercial_partner_id
        entry = (
            self.env["account.move"]
            .with_company(self.company_id)
            .create(self._prepare_credit_entry(partner))
        )
        entry._post(soft=False)
        card = self.env["loyalty.card"]._wallet_of(partner, self.company_id)
        self.write({"move_id": entry.id, "card_id": card.id})
        card._change_points(
            self.amount,
            self.env._("Referral reward %s", self.name),
            self,
            new_lot={
                "payout_id": self.id,
                "move_id": entry.id,
                "date_expiry": self._credit_expiry(),
            },
        )
        return entry

    def _credit_expiry(self):
        months = self.company_id.aftersales_credit_months
        return bool(months) and self.date + relativedelta(months=months)

    def _prepare_credit_entry(self, partner):
        company = self.company_id
        sides = (
            (company.aftersales_accrued_commission_account_id, self.amount),
            (company.aftersales_store_credit_account_id, -self.amount),
        )
        return {
            "move_type": "entry",
            "journal_id": company.aftersales_commission_journal_id.id,
            "date": self.date,
            "ref": self.name,
            "aftersales_entry": "payout",
            "line_ids": [
                Command.create(
                    {
                        "name": self.name,
                        "partner_id": partner.id,
                        "account_id": account.id,
                        "balance": balance,
                    }
                )
                for account, balance in sides
            ],
        }

    # --- Cancelling ----------------------------------------------------------------------------

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
            self.card_id._change_points(
                -self.amount,
                self.env._("Payout %s cancelled", self.name),
                self,
                lot=self._credit_lot(),
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

    # --- Buttons -------------------------------------------------------------------------------

    def action_open_bill(self):
        """Open the bill, to pay it."""
        self.ensure_one()
        return self.bill_id.get_formview_action()
