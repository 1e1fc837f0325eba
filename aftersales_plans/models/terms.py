# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import api, fields, models
from odoo.exceptions import ValidationError

NOT_NEGATIVE = (
    "replacements_included",
    "waiting_days",
    "withdrawal_days",
    "response_hours",
    "hour_rate",
    "visit_rate",
    "claim_value_limit",
    "term_value_limit",
    "after_hours_percent",
)


class AftersalesTerms(models.AbstractModel):
    """The promises of a plan.

    Inherited by plan and contract: at the sale every field of this model is copied to the
    contract, and later changes of the plan never touch it. A module that adds a promise adds its
    field here, once, and plan and contract both have it.
    """

    _name = "aftersales.terms"
    _description = "Service Terms"

    # --- Term ---
    duration_months = fields.Integer(
        string="Duration (months)", default=12, required=True, tracking=True
    )
    start_policy = fields.Selection(
        [
            ("confirmation", "When the order is confirmed"),
            ("first_delivery", "With the first delivery"),
            ("full_delivery", "When everything is delivered"),
            ("installed", "When marked as installed"),
        ],
        string="Starts",
        default="first_delivery",
        required=True,
        tracking=True,
        help="The day cover begins and the year is counted from.",
    )
    waiting_days = fields.Integer(
        tracking=True,
        help="Days before cover begins, for goods that were not delivered by the same order.",
    )
    withdrawal_days = fields.Integer(
        string="Withdrawal (days)",
        default=14,
        tracking=True,
        help="Days from the confirmation in which the customer may withdraw and gets everything "
        "back.",
    )

    # --- Cover ---
    contract_kind = fields.Selection(
        [
            ("full_service", "Full service"),
            ("fixed_price", "Fixed price"),
            ("time_material", "Time and materials"),
        ],
        default="full_service",
        required=True,
        tracking=True,
        help="Full service: parts and work are in the price. Fixed price: the promised services "
        "are, what is replaced is charged. Time and materials: everything is charged as it comes.",
    )
    hour_rate = fields.Monetary(
        string="Price of an Hour",
        tracking=True,
        help="For work that the plan does not include, of each who works.",
    )
    visit_rate = fields.Monetary(
        string="Price of a Visit",
        tracking=True,
        help="For visits beyond the plan, and the worth of one that was made when a contract "
        "ends early.",
    )
    replacements_included = fields.Integer(
        string="Replacements per Year",
        tracking=True,
        help="Claims replaced free of charge in a contract year.",
    )
    replacements_unlimited = fields.Boolean(
        string="Unlimited Replacements",
        tracking=True,
        help="Every covered claim is replaced, however many there are.",
    )
    over_quota_policy = fields.Selection(
        [("bill", "Charge the list price"), ("refuse", "Refuse")],
        string="Beyond the Quota",
        default="bill",
        required=True,
        tracking=True,
        help="What happens to covered goods once the replacements of the year are used.",
    )
    claim_value_limit = fields.Monetary(
        string="Limit per Claim",
        tracking=True,
        help="List price of what one claim may replace; 0 = no limit.",
    )
    term_value_limit = fields.Monetary(
        string="Limit per Term",
        tracking=True,
        help="List price of what all claims may replace; 0 = no limit.",
    )
    labour_included = fields.Boolean(
        default=True,
        tracking=True,
        help="The plan pays for our work on covered goods; else it is charged.",
    )
    freight_included = fields.Boolean(
        default=True,
        tracking=True,
        help="The plan pays for sending covered goods; else it is charged.",
    )
    excluded_cause_ids = fields.Many2many(
        "aftersales.cause",
        string="Excluded Causes",
        tracking=True,
        help="Causes this plan never pays for.",
    )

    # --- Support ---
    support_level = fields.Selection(
        [
            ("none", "No phone support"),
            ("business_hours", "Phone support in business hours"),
            ("always", "Phone support at any time"),
        ],
        string="Support",
        default="none",
        required=True,
        tracking=True,
        help="When the customer may call. It also decides which hours count for an answer.",
    )
    response_hours = fields.Integer(
        string="Response (hours)",
        tracking=True,
        help="Hours until a claim is answered: of every day with support at any time, else working "
        "hours. 0 = no promise.",
    )
    after_hours_percent = fields.Float(
        string="After Hours (%)",
        digits=(5, 2),
        tracking=True,
        help="Surcharge on charged work outside business hours.",
    )

    # --- Money ---
    benefits_require_payment = fields.Selection(
        [
            ("no", "Are given all the same"),
            ("warn", "Are given with a warning"),
            ("hold", "Are held until it is paid"),
        ],
        string="While Unpaid, Benefits",
        default="warn",
        required=True,
        tracking=True,
        help="What an overdue invoice of the plan means for claims.",
    )
    refund_policy = fields.Selection(
        [
            ("none", "Nothing"),
            ("pro_rata", "The days that are left"),
            ("pro_rata_less_used", "The days that are left, less what was used"),
        ],
        string="Ended Early, Refund",
        default="pro_rata",
        required=True,
        tracking=True,
        help="What the customer gets back when the contract ends before its time.",
    )
    currency_id = fields.Many2one("res.currency", compute="_compute_currency_id")

    @api.depends("company_id.currency_id")
    def _compute_currency_id(self):
        for terms in self:
            terms.currency_id = terms.company_id.currency_id or self.env.company.currency_id

    @api.constrains("duration_months")
    def _check_duration(self):
        for terms in self:
            if terms.duration_months < 1:
                raise ValidationError(
                    self.env._(
                        "%(name)s: the duration must be at least one month.",
                        name=terms.display_name,
                    )
                )

    @api.constrains(*NOT_NEGATIVE)
    def _check_not_negative(self):
        for terms in self:
            for name in NOT_NEGATIVE:
                if terms[name] < 0:
                    raise ValidationError(
                        self.env._(
                            "%(name)s: %(field)s cannot be negative.",
                            name=terms.display_name,
                            field=terms._fields[name].get_description(self.env)["string"],
                        )
                    )

    @api.model
    def _terms_fields(self):
        """Return the names of all promises, those of other modules included."""
        fields_of_terms = self.env["aftersales.terms"]._fields
        return [
            name
            for name, field in fields_of_terms.items()
            if name not in models.MAGIC_COLUMNS and field.store
        ]

    def _prepare_terms(self):
        """Return the promises of one plan as values for a contract."""
        self.ensure_one()
        return {
            name: self._fields[name].convert_to_write(self[name], self)
            for name in self._terms_fields()
        }

    def _benefits(self):
        """Return what these terms promise, as short sentences for people.

        Another module overrides it, calls ``super()`` and appends its own; it must not write.
        """
        self.ensure_one()
        if self.contract_kind == "time_material":
            replacements = self.env._(
                "Time and materials: %s, parts at list price", self._rates_in_words()
            )
        elif self.contract_kind == "fixed_price":
            replacements = self.env._("Fixed price for the promised services; parts are charged")
        elif self.replacements_unlimited:
            replacements = self.env._("Unlimited replacements")
        elif self.replacements_included == 1:
            replacements = self.env._("1 replacement a year")
        else:
            replacements = self.env._("%s replacements a year", self.replacements_included)
        benefits = [replacements]
        if self.support_level != "none":
            support = dict(self._fields["support_level"]._description_selection(self.env))
            benefits.append(support[self.support_level])
        if self.response_hours:
            benefits.append(
                self.env._("Answer within %s hours, day and night", self.response_hours)
                if self._counts_every_hour()
                else self.env._("Answer within %s working hours", self.response_hours)
            )
        return benefits

    def _counts_every_hour(self):
        """Tell whether the hours to answer run day and night; else working hours count."""
        return self.support_level == "always"

    def _exclusions(self):
        """Return what the plan never pays for, as short sentences for people (requirement 23).

        None by time and materials, where the customer pays for everything anyway.
        """
        self.ensure_one()
        if self.contract_kind == "time_material":
            return []
        billed = self.env["aftersales.cause"].search([("billing_type", "=", "billable")])
        return (self.excluded_cause_ids._origin | billed).sorted("sequence").mapped("name")
