from odoo import api, models


class AftersalesSample(models.AbstractModel):
    """A referral by the sample customer; it earns nothing before somebody orders."""

    _inherit = "aftersales.sample"

    @api.model
    def _make_samples(self):
        """Add the referral of a neighbour nobody may call or write to yet."""
        made = super()._make_samples()
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
