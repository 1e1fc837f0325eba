# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from .reward_accounts import PAYOUT_SETTINGS

# What is paid to whom: approved as such, fixed once the payout left draft.
DECIDED = {"referrer_id", "method", "date", "amount", "company_id"}


class AftersalesPayout(models.Model):
    """Part of a referrer's balance, paid in money or in store credit (requirements 8, 74).

    Posting appends one negative ``paid`` row to the ledger and books it: in money as a vendor
    bill on account A, paid with core's own payment; in credit as A to L with points on the
    referrer's card. Cancelling appends the opposite. Created by accountants.
    """

    _name = "aftersales.payout"
    _description = "Referral Payout"
    _inherit = ["aftersales.guarded", "aftersales.state.gate", "mail.thread", "mail.activity.mixin"]
    _order = "id desc"
    _check_company_auto = True
    _guarded = frozenset(
        {"name", "state", "bill_id", "card_id", "move_id", "approved_by_id", "problem"}
    )
    _transitions = {"draft": {"posted", "cancelled"}, "posted": {"cancelled"}, "cancelled": set()}

    name = fields.Char(required=True, readonly=True, copy=False, default="/", index="trigram")
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
        help="Money is paid by a bill; store credit goes to the card at once.",
    )
    date = fields.Date(
        required=True, default=lambda self: self.env.company._aftersales_today(), copy=False
    )
    amount = fields.Monetary(
        compute="_compute_amount", store=True, readonly=False, precompute=True, tracking=True
    )
    available = fields.Monetary(
        compute="_compute_available", help="What the referrer can be paid on this day."
    )
    bonus_amount = fields.Monetary(
        string="Bonus",
        compute="_compute_bonus_amount",
        store=True,
        copy=False,
        help="Given on top when paid in store credit; fixed when the payout is posted.",
    )
    problem = fields.Char(
        readonly=True, copy=False, help="Why the payout run could not post this payout."
    )
    approved_by_id = fields.Many2one(
        "res.users", string="Approved by", readonly=True, copy=False, tracking=True
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    bill_id = fields.Many2one("account.move", readonly=True, copy=False, index="btree_not_null")
    bill_payment_state = fields.Selection(
        related="bill_id.payment_state", string="Payment of the Bill"
    )
    card_id = fields.Many2one("loyalty.card", string="Store Credit Card", readonly=True, copy=False)
    move_id = fields.Many2one(
        "account.move", string="Journal Entry", readonly=True, copy=False, index="btree_not_null"
    )
    commission_ids = fields.One2many("aftersales.commission", "payout_id", readonly=True)

    _draft_idx = models.Index("(company_id, referrer_id) WHERE state = 'draft'")

    @api.depends("referrer_id")
    def _compute_method(self):
        for payout in self:
            referrer = payout.referrer_id.commercial_partner_id  # who is owed and decides
            payout.method = referrer.referral_payout_method or "credit"

    def _balance(self, on=None):
        """Return what is owed to the referrer; accountants read every balance.

        :param on: only what may be paid out on this day; without, what is on hold too
        """
        self.ensure_one()
        partner = self.referrer_id.commercial_partner_id
        # the sum alone, for whoever may read the payout
        ledger = self.env["aftersales.commission"].sudo()
        return ledger._balances(partner, self.company_id, on)[partner]

    @api.constrains("amount")
    def _check_amount_positive(self):
        for payout in self:
            if payout.currency_id.compare_amounts(payout.amount, 0) <= 0:
                raise ValidationError(self.env._("Pay out more than nothing."))

    def _number(self, vals):
        """Give every payout its number."""
        company_id = vals.get("company_id") or self.env.company.id
        sequence = self.env["ir.sequence"].with_company(company_id)
        return {"name": sequence.next_by_code("aftersales.payout")}

    def write(self, vals):
        """Refuse changes of what is settled."""
        if not DECIDED.isdisjoint(vals) and any(p.state != "draft" for p in self):
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
            payout._check_approved()
            payout.bonus_amount = payout._bonus()
            payout._set_state("posted")
            payout._post_one()
            payout.problem = False

    def _post_one(self):
        problem = self._what_is_missing()
        if problem:
            raise UserError(problem)
        self.company_id._aftersales_check_reward_settings(PAYOUT_SETTINGS)
        self.referrer_id.commercial_partner_id._take_payout_turn()
        self._check_available()
        if self.method == "cash":
            entry = self._post_cash()
        else:
            entry = self._post_credit()
        self._append_row(-self.amount, entry)

    def _check_available(self):
        available = self._balance(on=self.company_id._aftersales_today())
        if self.currency_id.compare_amounts(self.amount, available) <= 0:
            return
        raise UserError(
            self.env._(
                "%(referrer)s can be paid %(available)s today, not %(amount)s. The balance with "
                "what is still on hold is %(balance)s.",
                referrer=self.referrer_id.display_name,
                available=self.currency_id.format(available),
                amount=self.currency_id.format(self.amount),
                balance=self.currency_id.format(self._balance()),
            )
        )

    def _append_row(self, amount, entry):
        """Append the ledger row of this payout (negative) or of its cancellation."""
        number = len(self.commission_ids) + 1
        # back to whom it was taken from: a contact may have left his company since
        referrer = self.commission_ids[:1].referrer_id or self.referrer_id.commercial_partner_id
        self.env["aftersales.commission"].create(
            {
                "kind": "paid",
                "referrer_id": referrer.id,
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

    def _bonus(self):
        """Return what is given on top, in company currency: of drafts as of today, then as given.

        Booked and granted by whoever posts store credit.
        """
        self.ensure_one()
        if self.state != "draft":
            return self.bonus_amount
        percent = self.company_id.aftersales_credit_bonus_percent
        bonus = self.amount * percent / 100 if self.method == "credit" else 0.0
        return self.currency_id.round(bonus)

    # --- Buttons -------------------------------------------------------------------------------

    def action_open_bill(self):
        """Open the bill, to pay it."""
        self.ensure_one()
        return self.bill_id.get_formview_action()
