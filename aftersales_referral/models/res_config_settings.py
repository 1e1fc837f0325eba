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
