from collections import Counter, defaultdict
from datetime import date
from typing import NamedTuple

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.tools import SQL

from .commission import EARNED_KINDS
from .commission_balance import WHOLE_LEDGER

READERS = f"sales_team.group_sale_salesman,{WHOLE_LEDGER}"
RANK_MONTHS = 12


class Sale(NamedTuple):
    """What a customer bought on one day, by where the sale came from."""

    day: date
    origin: str  # a value of sale.report.aftersales_origin
    amount: float


class ResPartner(models.Model):
    """What a customer earned by referring others, and what his circle buys (requirement 58).

    His circle is he himself and the customers he brought (commercial partners); of those, orders
    count from the day they were referred. Everything is of the company in use.
    """

    _inherit = "res.partner"

    referral_available = fields.Monetary(
        string="Available Today",
        currency_field="referral_currency_id",
        compute="_compute_referral_ledger",
        groups=WHOLE_LEDGER,
        help="Part of the balance that can be paid out today; negative: to be claimed back.",
    )
    referral_on_hold = fields.Monetary(
        string="On Hold",
        currency_field="referral_currency_id",
        compute="_compute_referral_ledger",
        groups=WHOLE_LEDGER,
        help="Part of the balance whose hold still runs, or whose goods are not all delivered.",
    )
    referral_earned = fields.Monetary(
        string="Earned in All",
        currency_field="referral_currency_id",
        compute="_compute_referral_ledger",
        groups=WHOLE_LEDGER,
        help="Rewards less what was reversed and corrected, paid out or not.",
    )
    referral_row_count = fields.Integer(compute="_compute_referral_ledger", groups=WHOLE_LEDGER)
    referral_rank = fields.Char(
        compute="_compute_referral_rank",
        groups=WHOLE_LEDGER,
        help="Place among all referrers by what they earned in the last 12 months.",
    )
    referral_count = fields.Integer(
        string="Referrals", compute="_compute_referral_sales", groups=READERS
    )
    referral_customer_count = fields.Integer(
        string="Customers Brought",
        compute="_compute_referral_sales",
        groups=READERS,
        help="Customers with a confirmed order whom this one referred.",
    )
    referral_sales = fields.Monetary(
        string="Sales Brought",
        currency_field="referral_currency_id",
        compute="_compute_referral_sales",
        groups=READERS,
        help="Confirmed orders of the customers brought, from the day they were referred, net of "
        "taxes.",
    )
    referral_repeat_percent = fields.Float(
        string="Repeat Sales (%)",
        digits=(5, 1),
        compute="_compute_referral_sales",
        groups=READERS,
        help="Of what this customer and those brought by it bought: part that was bought by "
        "customers who had bought before. Net of taxes.",
    )
    referral_share_percent = fields.Float(
        string="Referred Sales (%)",
        digits=(5, 1),
        compute="_compute_referral_sales",
        groups=READERS,
        help="Of what this customer and those brought by it bought: part that was the first order "
        "of a referred customer. What is neither repeat nor referred are first orders of customers "
        "nobody brought. Net of taxes.",
    )

    # --- Rewards -------------------------------------------------------------------------------

    @api.depends_context("company")
    def _compute_referral_ledger(self):
        Commission = self.env["aftersales.commission"]
        people, company = self.commercial_partner_id, self.env.company
        balances = Commission._balances(people, company)
        available = Commission._balances(people, company, company._aftersales_today())
        earned, counts = Counter(), Counter()
        for partner, kind, amount, count in Commission._read_group(
            [("referrer_id", "in", people.ids), ("company_id", "=", company.id)],
            ["referrer_id", "kind"],
            ["amount:sum", "__count"],
        ):
            counts[partner] += count
            earned[partner] += 0.0 if kind == "paid" else amount
        for partner in self:
            who = partner.commercial_partner_id
            partner.referral_available = available.get(who, 0.0)
            partner.referral_on_hold = balances.get(who, 0.0) - available.get(who, 0.0)
            partner.referral_earned = earned[who]
            partner.referral_row_count = counts[who]

    @api.depends_context("company", "lang")
    def _compute_referral_rank(self):
        ranks = self._read_referral_ranks(self.commercial_partner_id, self.env.company)
        for partner in self:
            place = ranks.get(partner.commercial_partner_id.id)
            partner.referral_rank = place and self.env._(
                "%(place)s of %(number)s", place=place[0], number=place[1]
            )

    @api.model
    def _read_referral_ranks(self, partners, company):
        """Return the places among those who earned in the last months.

        :return: {id of a partner: (place, number of referrers)}; who earned nothing has none
        """
        since = company._aftersales_today() - relativedelta(months=RANK_MONTHS)
        self.env["aftersales.commission"].flush_model()
        return {
            partner: (place, number)
            for partner, place, number in self.env.execute_query(
                SQL(
                    """
                    SELECT referrer_id, place, number
                      FROM (SELECT referrer_id,
                                   RANK() OVER (ORDER BY SUM(amount) DESC) AS place,
                                   COUNT(*) OVER () AS number
                              FROM aftersales_commission
                             WHERE company_id = %(company)s
                               AND kind IN %(kinds)s
                               AND date > %(since)s
                             GROUP BY referrer_id
                            HAVING SUM(amount) > 0
                           ) AS ranking
                     WHERE referrer_id IN %(partners)s
                    """,
                    company=company.id,
                    kinds=EARNED_KINDS,
                    since=since,
                    partners=tuple(partners.ids) or (0,),
                )
            )
        }

    # --- Sales ---------------------------------------------------------------------------------

    @api.depends_context("company")
    def _compute_referral_sales(self):
        people = self.commercial_partner_id
        counts, brought = self._read_referred(people)
        sales = self._read_sales(people.union(*(one for ones in brought.values() for one in ones)))
        for partner in self:
            who = partner.commercial_partner_id
            own = sales[who.id]
            theirs = [
                sale
                for customer, since in brought[who].items()
                for sale in sales[customer.id]
                if sale.day >= since
            ]
            partner.referral_count = counts[who]
            partner.referral_customer_count = len(brought[who])
            partner.referral_sales = sum(sale.amount for sale in theirs)
            partner.referral_repeat_percent = _percent("repeat", own + theirs)
            partner.referral_share_percent = _percent("referred", own + theirs)

    @api.model
    def _read_referred(self, people):
        """Return how often these people referred somebody, and whom they brought since when.

        :return: {partner: number of referrals}, {partner: {customer: first day}}
        """
        counts, brought = Counter(), defaultdict(dict)
        # sudo: numbers and sums alone, whoever's referrals and orders they are
        for referral in (
            self.env["aftersales.referral"]
            .sudo()
            .search_fetch(
                [
                    ("referrer_id.commercial_partner_id", "in", people.ids),
                    ("company_id", "=", self.env.company.id),
                ],
                ["referrer_id", "referred_id", "state", "date"],
                order="date desc, id desc",  # the first day is kept
            )
        ):
            referrer = referral.referrer_id.commercial_partner_id.sudo(False)
            counts[referrer] += 1
            if referral.state == "qualified" and referral.referred_id:
                customer = referral.referred_id.commercial_partner_id.sudo(False)
                brought[referrer][customer] = referral.date
        return counts, brought

    @api.model
    def _read_sales(self, customers):
        """Return what these customers bought in this company: {id of a customer: [Sale, …]}.

        Days are the company's; amounts are net of taxes.
        """
        sales = defaultdict(list)
        company = self.env.company
        for model in ("sale.order", "sale.order.line", "aftersales.referral", "res.partner"):
            self.env[model].flush_model()
        rows = (
            self.env["sale.report"]
            .sudo()  # sums alone, for whoever may read the customer
            .with_context(allowed_company_ids=company.ids, tz=str(company._aftersales_tz()))
            ._read_group(
                [
                    ("commercial_partner_id", "in", customers.ids),
                    ("company_id", "=", company.id),
                    ("state", "=", "sale"),
                ],
                ["commercial_partner_id", "aftersales_origin", "date:day"],
                ["price_subtotal:sum"],
            )
        )
        for customer, origin, moment, amount in rows:
            sales[customer.id].append(Sale(moment.date(), origin, amount))
        return sales

    # --- Buttons -------------------------------------------------------------------------------

    def action_open_referrals(self):
        """Open the referrals this customer made."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_referral.aftersales_referral_action"
        )
        people = self.commercial_partner_id
        return dict(
            action,
            domain=[("referrer_id.commercial_partner_id", "in", people.ids)],
            context={},
        )

    def action_open_customers_brought(self):
        """Open the customers this one brought."""
        people = self.commercial_partner_id
        _counts, brought = self._read_referred(people)
        customers = people.browse().union(*(one for who in people for one in brought[who]))
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Customers Brought"),
            "res_model": "res.partner",
            "view_mode": "list,form",
            "domain": [("id", "in", customers.ids)],
        }

    def action_print_statement(self):
        """Ask for the period of this customer's statement."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_referral.aftersales_statement_wizard_action"
        )
        return dict(
            action,
            context={"active_model": self._name, "active_ids": self.commercial_partner_id.ids},
        )


def _percent(origin, sales):
    """Return which part of the amount of ``sales`` came from there, in percent."""
    whole = sum(sale.amount for sale in sales)
    return 100 * sum(sale.amount for sale in sales if sale.origin == origin) / whole if whole else 0
