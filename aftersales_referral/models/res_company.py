from dateutil.relativedelta import relativedelta

from odoo import fields, models


class ResCompany(models.Model):
    """The rules of rewards, per company; accounts: reward_accounts."""

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
    aftersales_credit_months = fields.Integer(
        string="Store Credit Expires (months)", default=12, help="0: store credit never expires."
    )

    _aftersales_referral_periods_not_negative = models.Constraint(
        "CHECK(aftersales_hold_days >= 0 AND aftersales_new_customer_months >= 0"
        " AND aftersales_credit_months >= 0 AND aftersales_referral_months >= 0"
        " AND aftersales_forget_days >= 0)",
        "Periods of referral rewards cannot be negative.",
    )

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
