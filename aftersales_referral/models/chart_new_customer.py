# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import api, fields, models
from odoo.tools import SQL


class AftersalesNewCustomerChart(models.Model):
    """Which of the new customers came by a referral (requirement 58).

    Those whose first order has one that was not rejected.
    """

    _inherit = "aftersales.new.customer.chart"
    _depends = {"aftersales.referral": ["referrer_id", "state"], "sale.order": ["referral_id"]}

    referrer_id = fields.Many2one("res.partner", string="Referred by", readonly=True)
    referred = fields.Integer(readonly=True, help="New customers who came by a referral.")
    referral_rate = fields.Float(
        string="Referral (%)",
        readonly=True,
        aggregator="avg",
        digits=(5, 1),
        help="Of the new customers, how many came by a referral.",
    )

    @api.model
    def _columns_more(self):
        """Read the first order's referral."""
        referrer = SQL(
            "(SELECT referral.referrer_id FROM aftersales_referral referral "
            "WHERE referral.id = first.referral_id "
            "AND referral.state IN ('registered', 'qualified'))"
        )
        return {
            **super()._columns_more(),
            "referrer_id": referrer,
            "referred": SQL("(%s IS NOT NULL)::int", referrer),
            "referral_rate": SQL("(%s IS NOT NULL)::int * 100.0", referrer),
        }
