# SPDX-License-Identifier: LGPL-3.0-or-later
from dateutil.relativedelta import relativedelta

from odoo import api, fields, models

from .reward_accounts import REWARD_SETTINGS

PURCHASE_TAXES = "[('type_tax_use', '=', 'purchase')]"
# Taxes, and what store credit pays, a branch looks up at its parent.
STARTS_LIKE_PARENT = (
    *REWARD_SETTINGS,
    "aftersales_hold_days",
    "aftersales_new_customer_months",
    "aftersales_referral_scope",
    "aftersales_referral_months",
    "aftersales_referral_limit",
    "aftersales_minimum_margin_percent",
    "aftersales_forget_days",
    "aftersales_payout_limit",
    "aftersales_cash_minimum",
    "aftersales_credit_minimum",
    "aftersales_credit_bonus_percent",
    "aftersales_credit_months",
    "aftersales_claim_months",
    "aftersales_year_threshold",
)


class ResCompany(models.Model):
    """The rules of rewards, payouts and store credit, per company (74, 81, 86), and who does it.

    Accounts and journals: ``reward_accounts.py``.
    """

    _inherit = "res.company"

    aftersales_hold_days = fields.Integer(
        string="Hold Rewards (days)",
        default=14,
        help="Days between the later of payment and full delivery and the day the reward can be "
        "paid out.",
    )
    aftersales_new_customer_months = fields.Integer(
        string="New Customer (months)",
        default=24,
        help="Without a confirmed order for so long, a customer counts as new; 0: only who never "
        "ordered before.",
    )
    aftersales_referral_scope = fields.Selection(
        [("first_order", "First order"), ("period", "Every order of a period")],
        string="Rewarded Orders",
        default="first_order",
        required=True,
    )
    aftersales_referral_months = fields.Integer(
        string="Referral Valid (months)",
        default=12,
        help="So long after its registration a referral earns by an order; 0: no end.",
    )
    aftersales_referral_limit = fields.Monetary(
        string="Highest Reward",
        help="Of one referral, all its orders together; 0: no limit.",
    )
    aftersales_minimum_margin_percent = fields.Float(
        string="Lowest Margin (%)",
        digits=(5, 2),
        groups="base.group_user",
        help="When an order's margin after the commission is lower, an accountant approves the "
        "reward; 0: never asked.",
    )
    aftersales_forget_days = fields.Integer(
        string="Forget Contacts (days)",
        default=30,
        help="So long a person named without consent is kept; then name, phone and e-mail go.",
    )
    aftersales_welcome_program_id = fields.Many2one(
        "loyalty.program",
        string="Welcome Discount",
        check_company=True,
        domain="[('program_type', 'in', ('promotion', 'promo_code')), ('applies_on', '=', "
        "'current')]",
        help="What a new customer gets who orders with a referral code.",
    )
    aftersales_accountant_id = fields.Many2one(
        "res.users",
        string="Commission Accountant",
        domain="[('share', '=', False), ('company_ids', 'in', id)]",
        groups="base.group_user",
        help="Gets the activities: differences found at night, rewards to approve.",
    )

    # --- Payouts and store credit ----------------------------------------------------------------

    aftersales_payout_limit = fields.Monetary(
        groups="base.group_user",
        string="Approve Payouts above",
        help="Another accountant approves what is more, in one payout or in several to one "
        "referrer within a month; 0: no approval.",
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
    aftersales_credit_months = fields.Integer(
        string="Store Credit Expires (months)", default=12, help="0: store credit never expires."
    )

    _aftersales_referral_periods_not_negative = models.Constraint(
        "CHECK(aftersales_hold_days >= 0 AND aftersales_new_customer_months >= 0"
        " AND aftersales_credit_months >= 0 AND aftersales_referral_months >= 0"
        " AND aftersales_forget_days >= 0)",
        "Periods of referral rewards cannot be negative.",
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
        """Let a new branch start with the rules of its parent, and book as it does."""
        vals_list = [dict(vals) for vals in vals_list]
        for vals in vals_list:
            parent = self.browse(vals.get("parent_id"))
            for name in STARTS_LIKE_PARENT if parent else ():
                vals.setdefault(name, self._fields[name].convert_to_write(parent[name], parent))
        return super().create(vals_list)

    def _aftersales_referral_end(self, day):
        """Return the last day an order counts for a referral registered on ``day``, or False."""
        self.ensure_one()
        months = self.aftersales_referral_months
        return bool(months) and day + relativedelta(months=months)

    def _aftersales_credit_expiry(self, day):
        """Return the last day store credit granted on ``day`` can be spent, or False."""
        self.ensure_one()
        months = self.aftersales_credit_months
        return bool(months) and day + relativedelta(months=months)

    # --- People ----------------------------------------------------------------------------------

    def _aftersales_users(self, group):
        """Return who works for this company in ``group``, in the order they came."""
        self.ensure_one()
        # Customers cause activities too; whose they become is no secret they see.
        everybody = self.env.ref(group).sudo().all_user_ids.sorted("id")
        return everybody.filtered(
            lambda user: user.active and not user.share and self in user.company_ids
        )

    def _aftersales_accountant(self):
        """Return who settles commissions: whom the company names, else its first accountant."""
        accountants = self._aftersales_users("aftersales_plans.group_accountant")
        # who it is, for whoever leaves him something to do
        return (self.sudo().aftersales_accountant_id & accountants or accountants)[:1]
