# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import api, fields, models

from odoo.addons.aftersales_plans.models.linked_records import open_action

from .client_actions import LEDGER
from .commission_entry import ACCRUED_KINDS
from .reward_accounts import BOOKING, EXPENSE


class ResConfigSettings(models.TransientModel):
    """Settings of referral rewards, per company."""

    _inherit = "res.config.settings"

    aftersales_hold_days = fields.Integer(related="company_id.aftersales_hold_days", readonly=False)
    aftersales_new_customer_months = fields.Integer(
        related="company_id.aftersales_new_customer_months", readonly=False
    )
    aftersales_credit_months = fields.Integer(
        related="company_id.aftersales_credit_months", readonly=False
    )
    aftersales_commission_expense_account_id = fields.Many2one(
        related="company_id.aftersales_commission_expense_account_id", readonly=False
    )
    aftersales_accrued_commission_account_id = fields.Many2one(
        related="company_id.aftersales_accrued_commission_account_id", readonly=False
    )
    aftersales_store_credit_account_id = fields.Many2one(
        related="company_id.aftersales_store_credit_account_id", readonly=False
    )
    aftersales_commission_journal_id = fields.Many2one(
        related="company_id.aftersales_commission_journal_id", readonly=False
    )
    aftersales_self_billing_journal_id = fields.Many2one(
        related="company_id.aftersales_self_billing_journal_id", readonly=False
    )
    aftersales_referral_scope = fields.Selection(
        related="company_id.aftersales_referral_scope", readonly=False
    )
    aftersales_referral_months = fields.Integer(
        related="company_id.aftersales_referral_months", readonly=False
    )
    aftersales_referral_limit = fields.Monetary(
        related="company_id.aftersales_referral_limit",
        readonly=False,
        currency_field="aftersales_currency_id",
    )
    aftersales_minimum_margin_percent = fields.Float(
        related="company_id.aftersales_minimum_margin_percent", readonly=False
    )
    aftersales_forget_days = fields.Integer(
        related="company_id.aftersales_forget_days", readonly=False
    )
    aftersales_welcome_program_id = fields.Many2one(
        related="company_id.aftersales_welcome_program_id", readonly=False
    )
    aftersales_reward_booking = fields.Selection(
        related="company_id.aftersales_reward_booking", readonly=False
    )
    aftersales_accountant_id = fields.Many2one(
        related="company_id.aftersales_accountant_id", readonly=False
    )
    aftersales_payout_limit = fields.Monetary(
        related="company_id.aftersales_payout_limit",
        readonly=False,
        currency_field="aftersales_currency_id",
    )
    aftersales_cash_minimum = fields.Monetary(
        related="company_id.aftersales_cash_minimum",
        readonly=False,
        currency_field="aftersales_currency_id",
    )
    aftersales_credit_minimum = fields.Monetary(
        related="company_id.aftersales_credit_minimum",
        readonly=False,
        currency_field="aftersales_currency_id",
    )
    aftersales_credit_bonus_percent = fields.Float(
        related="company_id.aftersales_credit_bonus_percent", readonly=False
    )
    aftersales_claim_months = fields.Integer(
        related="company_id.aftersales_claim_months", readonly=False
    )
    aftersales_year_threshold = fields.Monetary(
        related="company_id.aftersales_year_threshold",
        readonly=False,
        currency_field="aftersales_currency_id",
    )
    aftersales_individual_tax_ids = fields.Many2many(
        related="company_id.aftersales_individual_tax_ids", readonly=False
    )
    aftersales_self_employed_tax_ids = fields.Many2many(
        related="company_id.aftersales_self_employed_tax_ids", readonly=False
    )
    aftersales_business_tax_ids = fields.Many2many(
        related="company_id.aftersales_business_tax_ids", readonly=False
    )
    aftersales_credit_notice_days = fields.Integer(
        related="company_id.root_id.aftersales_credit_notice_days", readonly=False
    )
    aftersales_credit_domain = fields.Char(
        related="company_id.root_id.aftersales_credit_domain", readonly=False
    )
    aftersales_breakage_account_id = fields.Many2one(
        related="company_id.aftersales_breakage_account_id", readonly=False
    )
    aftersales_reward_problem = fields.Text(compute="_compute_aftersales_problems")
    aftersales_referral_problems = fields.Text(compute="_compute_aftersales_problems")
    aftersales_rows_waiting = fields.Integer(compute="_compute_aftersales_rows_waiting")

    @api.model
    def _aftersales_problem_topics(self):
        """Warn beside the rules and beside the accounts of rewards."""
        return {
            **super()._aftersales_problem_topics(),
            "aftersales_referral_problems": ("referrals",),
            "aftersales_reward_problem": ("rewards",),
        }

    @api.depends("company_id")
    def _compute_aftersales_rows_waiting(self):
        Commission = self.env["aftersales.commission"].sudo()  # only how many wait
        for settings in self:
            company = settings.company_id
            settings.aftersales_rows_waiting = Commission.search_count(
                [
                    ("company_id", "=", company.id),
                    ("account_move_id", "=", False),
                    ("kind", "in", ACCRUED_KINDS),
                ]
            )

    @api.onchange(BOOKING)
    def _onchange_aftersales_reward_booking(self):
        """Propose the account rewards are booked on from now on, and say so."""
        if self[BOOKING] == self.company_id[BOOKING]:
            self[EXPENSE] = self.company_id[EXPENSE]
            return None
        account = self.company_id._aftersales_reward_account(self[BOOKING])
        self[EXPENSE] = account
        told = (
            self.env._("Rewards earned from now on are booked on %s.", account.display_name)
            if account
            else self.env._("An account for them is made when you save, unless you choose one.")
        )
        stays = self.env._("What is booked already stays where it is.")
        return {
            "warning": {
                "title": self.env._("Rewards are booked another way"),
                "message": f"{told} {stays}",
                "type": "notification",
            }
        }

    @api.model_create_multi
    def create(self, vals_list):
        """Save how rewards are booked and on which account together: one must fit the other."""
        vals_list = [dict(vals) for vals in vals_list]
        for vals in vals_list:
            company = self.env["res.company"].browse(vals.get("company_id") or self.env.company.id)
            pair = {name: vals.pop(name) for name in (BOOKING, EXPENSE) if name in vals}
            if pair.get(BOOKING, company[BOOKING]) != company[BOOKING]:
                company.write(pair)
            elif EXPENSE in pair and pair[EXPENSE] != company[EXPENSE].id:
                company.write({EXPENSE: pair[EXPENSE]})
        return super().create(vals_list)

    def action_open_rows_waiting(self):
        """Open the ledger rows that wait for their journal entry."""
        return open_action(self.env, LEDGER, search_default_not_posted=1)
