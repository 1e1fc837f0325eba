from odoo import api, fields, models

PURCHASE_TAXES = "[('type_tax_use', '=', 'purchase')]"
# What a new branch starts with from its parent; taxes and what credit pays it looks up there.
PAYOUT_RULES = (
    "aftersales_payout_limit",
    "aftersales_cash_minimum",
    "aftersales_credit_minimum",
    "aftersales_credit_bonus_percent",
    "aftersales_credit_months",
    "aftersales_claim_months",
    "aftersales_year_threshold",
)


class ResCompany(models.Model):
    """The rules of payouts and store credit, per company (requirements 74, 81, 86)."""

    _inherit = "res.company"

    aftersales_payout_limit = fields.Monetary(
        groups="base.group_user",
        string="Approve Payouts above",
        help="Another accountant approves what is more; 0: no approval.",
    )
    aftersales_cash_minimum = fields.Monetary(
        string="Least Payout in Money", help="Payout runs leave smaller amounts for later."
    )
    aftersales_credit_minimum = fields.Monetary(
        string="Least Payout in Store Credit", help="Payout runs leave smaller amounts for later."
    )
    aftersales_credit_bonus_percent = fields.Float(
        string="Bonus for Store Credit (%)",
        digits=(5, 2),
        help="Given on top when a reward is taken as store credit; 0: none.",
    )
    aftersales_claim_months = fields.Integer(
        string="Claim Back after (months)",
        default=6,
        help="Who owes us for so long without earning is listed, to be claimed or written off.",
    )
    aftersales_year_threshold = fields.Monetary(
        string="Report Payouts above",
        help="Payouts of a calendar year to one referrer that must be reported; 0: no warning.",
    )
    aftersales_individual_tax_ids = fields.Many2many(
        "account.tax",
        "aftersales_company_individual_tax_rel",
        string="Taxes of Private Persons",
        check_company=True,
        domain=PURCHASE_TAXES,
        help="On rewards of private persons, such as a withholding.",
    )
    aftersales_self_employed_tax_ids = fields.Many2many(
        "account.tax",
        "aftersales_company_self_employed_tax_rel",
        string="Taxes of the Self-Employed",
        check_company=True,
        domain=PURCHASE_TAXES,
        help="On rewards of the self-employed, such as VAT or a withholding.",
    )
    aftersales_business_tax_ids = fields.Many2many(
        "account.tax",
        "aftersales_company_business_tax_rel",
        string="Taxes of Businesses",
        check_company=True,
        domain=PURCHASE_TAXES,
        help="On rewards of businesses: VAT added to the reward.",
    )
    aftersales_credit_notice_days = fields.Integer(
        string="Announce Expiry (days)",
        default=30,
        help="So long before store credit expires its owner is told; 0: not at all.",
    )
    aftersales_credit_domain = fields.Char(
        string="Store Credit Pays",
        default="[]",
        help="The products store credit can be spent on; all when empty.",
    )

    _aftersales_payout_rules_not_negative = models.Constraint(
        "CHECK(aftersales_payout_limit >= 0 AND aftersales_cash_minimum >= 0"
        " AND aftersales_credit_minimum >= 0 AND aftersales_credit_bonus_percent >= 0"
        " AND aftersales_claim_months >= 0 AND aftersales_year_threshold >= 0"
        " AND aftersales_credit_notice_days >= 0)",
        "Limits, minimums and periods of payouts cannot be negative.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        """Let a new branch pay out by the rules of its parent, above all its limit."""
        vals_list = [dict(vals) for vals in vals_list]
        for vals in vals_list:
            parent = self.browse(vals.get("parent_id"))
            for name in PAYOUT_RULES if parent else ():
                vals.setdefault(name, parent[name])
        return super().create(vals_list)


class ResConfigSettings(models.TransientModel):
    """The rules of payouts and store credit on the settings screen."""

    _inherit = "res.config.settings"

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
