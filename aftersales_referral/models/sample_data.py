# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import api, models

PERCENT = 10.0  # of the sample contract, where its plan rewards nobody


class AftersalesSample(models.AbstractModel):
    """A referral by the sample customer; it earns nothing before somebody orders."""

    _inherit = "aftersales.sample"

    def _prepare_contract(self, made, plan):
        """Reward referrals, so that there is one to look at."""
        vals = super()._prepare_contract(made, plan)
        if not plan.referral_percent:
            vals["referral_percent"] = PERCENT
        return vals

    @api.model
    def _make_samples(self):
        """Add the referral of a neighbour nobody may call or write to yet."""
        made = super()._make_samples()
        if "contract" not in made:
            return made
        made["referral"] = self.env["aftersales.referral"].create(
            {
                "referrer_id": made["customer"].id,
                "contact_name": self.env._("Sample Neighbour"),
                "company_id": self.env.company.id,
                "user_id": self.env.uid,
            }
        )
        made["referral"].name = self.env._("Sample Referral")
        return made

    @api.model
    def _kinds(self):
        """Add referrals, which name customer and contract."""
        return ["aftersales.referral", *super()._kinds()]

    @api.model
    def _followers(self):
        """Add the code the customer is known by, and what promotions note on a quotation."""
        return {
            "aftersales.referral.code": "partner_id",
            "sale.order.coupon.points": "order_id",
            **super()._followers(),
        }

    @api.model
    def _kept(self, record):
        """Keep a referral an order was confirmed for."""
        if record._name == "aftersales.referral":
            return record.state == "qualified"
        return super()._kept(record)
