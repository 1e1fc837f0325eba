# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import fields, models
from odoo.tools import SQL


class AftersalesRenewalChart(models.Model):
    """One contract that ran to its end, and whether another one followed it (25, 59, 64).

    Counted in the month of its last day, once that is over where the company is. *Renewed*: a
    contract that was not cancelled follows it, however late. Contracts that were cancelled before
    their end were never up for renewal and are left out. No table and no view.
    """

    _name = "aftersales.renewal.chart"
    _description = "Renewals"
    _auto = False
    _order = "date_end desc, id desc"
    _rec_name = "contract_id"
    _depends = {
        "aftersales.contract": [
            "amount_untaxed", "company_id", "date_end", "date_start", "partner_id", "plan_id",
            "renewed_from_id", "state", "user_id",
        ],
        "res.company": ["currency_id", "partner_id"],
        "res.partner": ["tz"],
    }  # fmt: skip

    contract_id = fields.Many2one("aftersales.contract", readonly=True)
    plan_id = fields.Many2one("aftersales.plan", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    user_id = fields.Many2one("res.users", string="Salesperson", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    child_id = fields.Many2one("aftersales.contract", string="Renewed by", readonly=True)
    child_plan_id = fields.Many2one("aftersales.plan", string="Next Plan", readonly=True)
    date_end = fields.Date(string="Ended on", readonly=True)
    ended = fields.Integer(readonly=True)
    renewed = fields.Integer(readonly=True)
    lapsed = fields.Integer(readonly=True, help="Ended, and no contract follows.")
    rate = fields.Float(
        string="Renewed (%)", readonly=True, aggregator="avg", digits=(5, 1), help="Of what ended."
    )
    value_ended = fields.Monetary(string="Value That Ended", readonly=True)
    value_kept = fields.Monetary(
        readonly=True, help="Price of the contracts that follow, net of taxes."
    )

    @property
    def _table_query(self):
        """Return a row for each contract whose last day is over."""
        return SQL(
            """
            SELECT contract.id, contract.id AS contract_id, contract.plan_id, contract.partner_id,
                   contract.user_id, contract.company_id, company.currency_id, contract.date_end,
                   child.id AS child_id, child.plan_id AS child_plan_id,
                   1 AS ended,
                   (child.id IS NOT NULL)::int AS renewed,
                   (child.id IS NULL)::int AS lapsed,
                   (child.id IS NOT NULL)::int * 100.0 AS rate,
                   COALESCE(contract.amount_untaxed, 0) AS value_ended,
                   COALESCE(child.amount_untaxed, 0) AS value_kept
              FROM aftersales_contract contract
              JOIN res_company company ON company.id = contract.company_id
              JOIN res_partner place ON place.id = company.partner_id
              LEFT JOIN aftersales_contract child
                ON child.renewed_from_id = contract.id AND child.state != 'cancelled'
             WHERE contract.state IN ('active', 'suspended', 'expired')
               AND contract.date_end < (
                       %s AT TIME ZONE 'UTC' AT TIME ZONE COALESCE(place.tz, 'UTC')
                   )::date
            """,
            fields.Datetime.now(),
        )

    def action_open(self):
        """Open the contract."""
        self.ensure_one()
        return self.contract_id.get_formview_action()
