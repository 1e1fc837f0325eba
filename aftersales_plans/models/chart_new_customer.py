# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import api, fields, models
from odoo.tools import SQL


class AftersalesNewCustomerChart(models.Model):
    """One customer by the first order, and whether there was a second one (requirement 58).

    A customer is a company with all its contacts. Orders count once confirmed, those that only
    charge a claim do not; the renewal of a contract is a sale like any other. No table, no view.
    """

    _name = "aftersales.new.customer.chart"
    _description = "New Customers"
    _auto = False
    _order = "date_first desc, id desc"
    _rec_name = "partner_id"
    _depends = {
        "aftersales.claim": ["sale_order_id"],
        "res.company": ["partner_id"],
        "res.partner": ["commercial_partner_id", "tz"],
        "sale.order": ["company_id", "date_order", "partner_id", "state", "user_id"],
    }

    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    order_id = fields.Many2one("sale.order", string="First Order", readonly=True)
    user_id = fields.Many2one("res.users", string="Salesperson", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    date_first = fields.Date(string="Customer since", readonly=True)
    customers = fields.Integer(readonly=True)
    orders = fields.Integer(readonly=True)
    repeats = fields.Integer(string="Bought Again", readonly=True)
    repeat_rate = fields.Float(
        string="Repeat Sale (%)",
        readonly=True,
        aggregator="avg",
        digits=(5, 1),
        help="Of the new customers, how many ordered a second time.",
    )

    @property
    def _table_query(self):
        """Return a row for each customer of a company."""
        more = [
            SQL(", %s AS %s", value, SQL.identifier(name))
            for name, value in self._columns_more().items()
        ]
        return SQL(
            """
            SELECT first.id, first.id AS order_id, known.customer AS partner_id, first.user_id,
                   first.company_id,
                   (first.date_order AT TIME ZONE 'UTC'
                        AT TIME ZONE COALESCE(place.tz, 'UTC'))::date AS date_first,
                   1 AS customers, known.orders::int,
                   (known.orders > 1)::int AS repeats,
                   (known.orders > 1)::int * 100.0 AS repeat_rate
                   %(more)s
              FROM (
                    SELECT person.commercial_partner_id AS customer, sold.company_id,
                           COUNT(*) AS orders,
                           (ARRAY_AGG(sold.id ORDER BY sold.date_order, sold.id))[1] AS first_id
                      FROM sale_order sold
                      JOIN res_partner person ON person.id = sold.partner_id
                     WHERE sold.state = 'sale'
                       AND NOT EXISTS (
                               SELECT FROM aftersales_claim claim
                                WHERE claim.sale_order_id = sold.id
                           )
                  GROUP BY person.commercial_partner_id, sold.company_id
                   ) AS known
              JOIN sale_order first ON first.id = known.first_id
              JOIN res_company company ON company.id = first.company_id
              JOIN res_partner place ON place.id = company.partner_id
            """,
            more=SQL("").join(more),
        )

    @api.model
    def _columns_more(self):
        """Return {SQL name of a column: SQL for it} that a sibling adds; ``first`` is the order."""
        return {}

    def action_open(self):
        """Open the customer."""
        self.ensure_one()
        return self.partner_id.get_formview_action()
