# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import api, fields, models
from odoo.exceptions import ValidationError


class AftersalesTerms(models.AbstractModel):
    """A plan may thank its owner for bringing a new customer (requirements 2-4, 8)."""

    _inherit = "aftersales.terms"

    referral_percent = fields.Float(
        string="Referral Reward (%)",
        digits=(5, 2),
        tracking=True,
        help="Part of what a referred customer pays for goods and services, net of taxes.",
    )

    @api.constrains("referral_percent")
    def _check_referral_percent(self):
        for terms in self:
            if not 0 <= terms.referral_percent <= 100:
                raise ValidationError(
                    self.env._(
                        "%(name)s: the referral reward must lie between 0 and 100 %%.",
                        name=terms.display_name,
                    )
                )

    def _benefits(self):
        """Append the referral reward to what is promised."""
        benefits = super()._benefits()
        if self.referral_percent:
            benefits.append(
                self.env._(
                    "%s %% of what a neighbour or partner you refer pays",
                    f"{self.referral_percent:g}",
                )
            )
        return benefits
