from odoo import fields, models


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
