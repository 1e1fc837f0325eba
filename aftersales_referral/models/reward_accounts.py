# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

EXPENSE = "aftersales_commission_expense_account_id"
ACCRUED = "aftersales_accrued_commission_account_id"
STORE_CREDIT = "aftersales_store_credit_account_id"
JOURNAL = "aftersales_commission_journal_id"
SELF_BILLING = "aftersales_self_billing_journal_id"
BREAKAGE = "aftersales_breakage_account_id"
BOOKING = "aftersales_reward_booking"

OPENING_SETTINGS = (ACCRUED, JOURNAL)
EARNED_SETTINGS = (EXPENSE, *OPENING_SETTINGS)
PAYOUT_SETTINGS = (*EARNED_SETTINGS, STORE_CREDIT, SELF_BILLING)
EXPIRY_SETTINGS = (BREAKAGE, STORE_CREDIT, JOURNAL)
REWARD_SETTINGS = (BOOKING, *PAYOUT_SETTINGS, BREAKAGE)

LIABILITY = ["liability_current"]
GROUP_OF_BOOKING = {"expense": "expense", "contra_revenue": "income"}
JOURNAL_TYPES = {JOURNAL: "general", SELF_BILLING: "purchase"}
JOURNAL_CODES = {JOURNAL: "ASC", SELF_BILLING: "ASB"}


class ResCompany(models.Model):
    """Accounts E, A, L and the journals of rewards (design §6).

    A branch books as its parent does, unless it has settings of its own; L is always its root's.
    """

    _inherit = "res.company"

    aftersales_reward_booking = fields.Selection(
        [("expense", "As an expense"), ("contra_revenue", "As less revenue")],
        string="Book Rewards",
        default="expense",
        required=True,
        help="Decides which account earned rewards are debited to.",
    )
    aftersales_commission_expense_account_id = fields.Many2one(
        "account.account",
        string="Account of Earned Rewards",
        check_company=True,
        help="Debited when a referrer earns a reward: an expense, or less revenue.",
    )
    aftersales_accrued_commission_account_id = fields.Many2one(
        "account.account",
        string="Accrued Commissions",
        check_company=True,
        help="What is owed to referrers and not paid out yet, per partner.",
    )
    aftersales_store_credit_account_id = fields.Many2one(
        "account.account",
        string="Store Credit",
        check_company=True,
        help="What referrers may still spend on materials.",
    )
    aftersales_breakage_account_id = fields.Many2one(
        "account.account",
        string="Expired Store Credit",
        check_company=True,
        help="Income from store credit nobody spent in time.",
    )
    aftersales_commission_journal_id = fields.Many2one(
        "account.journal",
        string="After-Sales Journal",
        check_company=True,
        domain="[('type', '=', 'general')]",
    )
    aftersales_self_billing_journal_id = fields.Many2one(
        "account.journal",
        string="Self-Billing Journal",
        check_company=True,
        domain="[('type', '=', 'purchase')]",
        help="Bills made for referrers who are paid in money.",
    )

    def write(self, vals):
        """Find an account that fits when rewards are booked another way; let branches follow."""
        if not any(name in vals for name in REWARD_SETTINGS):
            return super().write(vals)
        for company in self:
            fitting = {}
            if vals.get(BOOKING) and not vals.get(EXPENSE):
                fitting[EXPENSE] = company._aftersales_reward_account(vals[BOOKING], make=True).id
            followers = company._aftersales_followers(REWARD_SETTINGS)
            super(ResCompany, company).write({**vals, **fitting})
            changed = {name: vals[name] for name in REWARD_SETTINGS if name in vals}
            super(ResCompany, followers).write({**changed, **fitting})
            if STORE_CREDIT in vals:
                others = company._aftersales_branches() - followers
                super(ResCompany, others).write({STORE_CREDIT: vals[STORE_CREDIT]})
        return True

    # --- What is wrong -------------------------------------------------------------------------

    @api.constrains(*REWARD_SETTINGS)
    def _check_reward_accounts(self):
        for company in self:
            chosen = [name for name in (*PAYOUT_SETTINGS, BREAKAGE) if company[name]]
            problem = company._aftersales_settings_problem(chosen)
            if problem:
                raise ValidationError(problem)

    def _aftersales_check_reward_settings(self, names):
        """Raise when one of these settings is missing or does not fit.

        :raises UserError: naming what is wrong and where to set it
        """
        problem = self._aftersales_settings_problem(names)
        if problem:
            raise UserError(problem)

    def _aftersales_unfit(self, name):
        """Add what accounts and journals of rewards must be."""
        wanted = super()._aftersales_unfit(name)
        if wanted or name not in (*PAYOUT_SETTINGS, BREAKAGE):
            return wanted
        if name in JOURNAL_TYPES:
            return self._aftersales_unfit_journal(name)
        if name == EXPENSE:
            return self._aftersales_unfit_expense()
        if name == BREAKAGE:
            income = self[BREAKAGE].internal_group == "income"
            return None if income else self.env._("an income account")
        return self._aftersales_unfit_liability(name)

    def _aftersales_unfit_journal(self, name):
        if self[name].type == JOURNAL_TYPES[name]:
            return None
        if name == JOURNAL:
            return self.env._("a journal of miscellaneous operations")
        return self.env._("a purchase journal")

    def _aftersales_unfit_expense(self):
        if self[EXPENSE].internal_group == GROUP_OF_BOOKING[self[BOOKING]]:
            return None
        if self[BOOKING] == "expense":
            return self.env._("an expense account, because rewards are booked as an expense")
        return self.env._("an income account, because rewards are booked as less revenue")

    def _aftersales_unfit_liability(self, name):
        if self[name].account_type != "liability_current":
            return self.env._("an account of current liabilities")
        if name == ACCRUED and not self[name].reconcile:
            return self.env._("an account that allows reconciliation")
        if self[ACCRUED] == self[STORE_CREDIT]:
            return self.env._("an account of its own, not the same as the other one")
        root = self.root_id
        if name == STORE_CREDIT and self[STORE_CREDIT] != root[STORE_CREDIT]:
            return self.env._("the one of %s, which keeps the cards of its branches", root.name)
        return None

    # --- Making them ---------------------------------------------------------------------------

    def _aftersales_create_accounts(self):
        """Make E, A, L and the journals of rewards too, where they are missing."""
        result = super()._aftersales_create_accounts()
        for company in self.filtered(lambda company: not company.parent_id):
            company._aftersales_create_referral_accounts()
            company._aftersales_create_referral_journals()
        return result

    def _aftersales_create_referral_accounts(self):
        if not self[EXPENSE]:
            self[EXPENSE] = self._aftersales_reward_account(self[BOOKING], make=True)
        for name, label, kinds, values in (
            (ACCRUED, self.env._("Accrued referral commissions"), LIABILITY, {"reconcile": True}),
            (STORE_CREDIT, self.env._("Store credit of referrers"), LIABILITY, {}),
            (BREAKAGE, self.env._("Expired store credit"), ["income_other", "income"], {}),
        ):
            if not self[name]:
                self[name] = self._aftersales_create_account(label, kinds, **values)

    def _aftersales_reward_account(self, booking, make=False):
        """Return an account earned rewards can be booked on: the one set, one used before, a new.

        :param booking: a value of ``aftersales_reward_booking``
        :param make: make one where there is none; else the result may be empty
        """
        self.ensure_one()
        group = GROUP_OF_BOOKING[booking]
        if self[EXPENSE].internal_group == group:
            return self[EXPENSE]
        used = self.env["account.move.line"]._read_group(
            [
                ("company_id", "=", self.id),
                ("move_id.aftersales_entry", "=", "commission"),
                ("account_id.internal_group", "=", group),
                ("account_id.active", "=", True),
            ],
            ["account_id"],
            order="account_id",
        )
        if used or not make:
            return used[-1][0] if used else self.env["account.account"]
        if booking == "expense":
            return self._aftersales_create_account(
                self.env._("Referral commissions"), ["expense", "expense_direct_cost"]
            )
        return self._aftersales_create_account(
            self.env._("Referral commissions (less revenue)"), ["income", "income_other"]
        )

    def _aftersales_create_referral_journals(self):
        for name, label in (
            (JOURNAL, self.env._("After-sales")),
            (SELF_BILLING, self.env._("After-sales self-billing")),
        ):
            if not self[name]:
                self[name] = self._aftersales_create_journal(
                    label,
                    JOURNAL_CODES[name],
                    JOURNAL_TYPES[name],
                    # numbers of their own for every referrer, whose bills they are
                    is_self_billing=name == SELF_BILLING,
                )
