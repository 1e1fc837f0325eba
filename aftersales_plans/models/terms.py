from odoo import api, fields, models
from odoo.exceptions import ValidationError


class AftersalesTerms(models.AbstractModel):
    """The promises of a plan.

    Inherited by plan and contract: at the sale every field of this model is copied to the
    contract, and later changes of the plan never touch it. A module that adds a promise adds its
    field here, once, and plan and contract both have it.
    """

    _name = "aftersales.terms"
    _description = "Service Terms"

    duration_months = fields.Integer(string="Duration (months)", default=12, required=True)
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
    )
    waiting_days = fields.Integer(
        help="Days before cover begins, for goods that were not delivered by the same order.",
    )
    replacements_included = fields.Integer(
        string="Replacements per Year", help="Claims replaced free of charge in a contract year."
    )
    replacements_unlimited = fields.Boolean(string="Unlimited Replacements")
    over_quota_policy = fields.Selection(
        [("bill", "Charge the list price"), ("refuse", "Refuse")],
        string="Beyond the Quota",
        default="bill",
        required=True,
    )
    excluded_cause_ids = fields.Many2many(
        "aftersales.cause", string="Excluded Causes", help="Causes this plan never pays for."
    )
    support_level = fields.Selection(
        [
            ("none", "No phone support"),
            ("business_hours", "Phone support in business hours"),
            ("always", "Phone support at any time"),
        ],
        string="Support",
        default="none",
        required=True,
    )
    response_hours = fields.Integer(
        string="Response (hours)", help="Hours until a claim is answered; 0 = no promise."
    )

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

    @api.constrains("replacements_included", "waiting_days", "response_hours")
    def _check_not_negative(self):
        for terms in self:
            for name in ("replacements_included", "waiting_days", "response_hours"):
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
        automatic = {*models.MAGIC_COLUMNS, "display_name"}
        return [name for name in self.env["aftersales.terms"]._fields if name not in automatic]

    def _prepare_terms(self):
        """Return the promises of one plan as values for a contract."""
        self.ensure_one()
        return {
            name: self._fields[name].convert_to_write(self[name], self)
            for name in self._terms_fields()
        }
