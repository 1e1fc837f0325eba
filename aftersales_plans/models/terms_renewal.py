# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import api, fields, models
from odoo.exceptions import ValidationError


class AftersalesTerms(models.AbstractModel):
    """What a plan promises about going on after its term (requirements 25, 26, 62).

    The old contract's terms govern the offer; the new contract gets those its plan has by then.
    """

    _inherit = "aftersales.terms"

    renewal_policy = fields.Selection(
        [
            ("none", "Is left to the salesperson"),
            ("offer", "Is offered to be signed"),
            ("auto", "Goes on by itself"),
        ],
        string="At the End",
        default="none",
        required=True,
        tracking=True,
        help="Offered: the customer gets a quotation to sign. By itself: only with the customer's "
        "recorded consent and a notice that was delivered; else it is offered.",
    )
    renewal_notice_days = fields.Integer(
        string="Notice (days)",
        default=60,
        tracking=True,
        help="Days before the last day on which the renewal is offered.",
    )
    renewal_uplift_percent = fields.Float(
        string="Yearly Uplift (%)",
        digits=(5, 2),
        tracking=True,
        help="What a year adds to the price.",
    )
    renewal_discount_percent = fields.Float(
        string="Renewal Discount (%)",
        digits=(5, 2),
        tracking=True,
        help="Off the uplifted price for customers who renew the same plan before the deadline.",
    )
    renewal_offer_days = fields.Integer(
        string="Discount Holds (days)",
        default=30,
        tracking=True,
        help="Days from the offer in which the discount holds; 0: until the contract ends.",
    )

    @api.constrains("renewal_notice_days", "renewal_offer_days")
    def _check_renewal_days(self):
        for terms in self:
            if terms.renewal_notice_days < 0 or terms.renewal_offer_days < 0:
                raise ValidationError(
                    self.env._(
                        "%s: notice and days of the renewal discount cannot be negative.",
                        terms.display_name,
                    )
                )

    @api.constrains("renewal_uplift_percent", "renewal_discount_percent")
    def _check_renewal_percents(self):
        for terms in self:
            if terms.renewal_uplift_percent <= -100 or not (
                0 <= terms.renewal_discount_percent < 100
            ):
                raise ValidationError(
                    self.env._(
                        "%s: the renewal discount lies between 0 and 100 %%, and the uplift cannot "
                        "take the whole price away.",
                        terms.display_name,
                    )
                )
