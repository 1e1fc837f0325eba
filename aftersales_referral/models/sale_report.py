# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import api, fields, models
from odoo.tools import SQL

# Several rows of one order have the same answer; PostgreSQL leaves the column out where nobody
# asks for it, and finds the earlier order by the indexes on partner and referral.
ORIGIN = """
    CASE
        WHEN EXISTS (
                 SELECT 1
                   FROM aftersales_referral referral
                  WHERE referral.id = s.referral_id
                    AND referral.state NOT IN ('rejected', 'expired')
             )
         AND NOT EXISTS (
                 SELECT 1
                   FROM sale_order earlier
                  WHERE earlier.referral_id = s.referral_id
                    AND earlier.state = 'sale'
                    AND (earlier.date_order, earlier.id) < (s.date_order, s.id)
             )
        THEN 'referred'
        WHEN EXISTS (
                 SELECT 1
                   FROM res_partner contact
                   JOIN sale_order earlier ON earlier.partner_id = contact.id
                  WHERE contact.commercial_partner_id = partner.commercial_partner_id
                    AND earlier.company_id = s.company_id
                    AND earlier.state = 'sale'
                    AND (earlier.date_order, earlier.id) < (s.date_order, s.id)
             )
        THEN 'repeat'
        ELSE 'new'
    END
"""
SHARES = {
    "aftersales_repeat_percent:avg": "repeat",
    "aftersales_referred_percent:avg": "referred",
    "aftersales_new_percent:avg": "new",
}


class SaleReport(models.Model):
    """Where sales came from: new, referred and returning customers (requirement 58).

    An order is *referred* when it is the first one of a referral that was not rejected; *repeat*
    when its customer (commercial partner) had a confirmed order in the same company before;
    else the customer is *new*. Every order is exactly one of them, so the shares add up to 100 %.
    """

    _inherit = "sale.report"

    aftersales_origin = fields.Selection(
        [("new", "New customer"), ("referred", "Referred customer"), ("repeat", "Repeat order")],
        string="Sale Came from",
        readonly=True,
        help="Referred: first order of a customer somebody brought. Repeat: the customer had "
        "bought before. New: the rest.",
    )
    aftersales_repeat_percent = fields.Float(
        string="Repeat Sales (%)",
        readonly=True,
        aggregator="avg",
        digits=(5, 1),
        help="Repeat orders, in percent of the untaxed total.",
    )
    aftersales_referred_percent = fields.Float(
        string="Referred Sales (%)",
        readonly=True,
        aggregator="avg",
        digits=(5, 1),
        help="First orders of customers somebody brought, in percent of the untaxed total.",
    )
    aftersales_new_percent = fields.Float(
        string="New Customers (%)",
        readonly=True,
        aggregator="avg",
        digits=(5, 1),
        help="First orders of customers nobody brought, in percent of the untaxed total.",
    )

    def _select_additional_fields(self):
        """Add where the sale came from; the shares are divided per group."""
        return {
            **super()._select_additional_fields(),
            "aftersales_origin": ORIGIN,
            **{spec.split(":")[0]: "NULL::float" for spec in SHARES},
        }

    @api.model
    def _read_group_select(self, aggregate_spec, query):
        """Divide the sums of a group: the share of the amount, not of the number of lines."""
        if aggregate_spec not in SHARES:
            return super()._read_group_select(aggregate_spec, query)
        amount = self._field_to_sql(self._table, "price_subtotal", query)
        return SQL(
            "100.0 * COALESCE(SUM(%s) FILTER (WHERE %s = %s), 0) / NULLIF(SUM(%s), 0)",
            amount,
            self._field_to_sql(self._table, "aftersales_origin", query),
            SHARES[aggregate_spec],
            amount,
        )
