# SPDX-License-Identifier: LGPL-3.0-or-later
from collections import Counter, defaultdict
from datetime import date
from typing import NamedTuple

from odoo import api, fields, models

from odoo.addons.aftersales_plans.models.linked_records import open_action

from .client_actions import REFERRALS
from .commission_balance import WHOLE_LEDGER

READERS = f"sales_team.group_sale_salesman,{WHOLE_LEDGER}"


class Sale(NamedTuple):
    """What a customer bought on one day, by where the sale came from."""

    day: date
    origin: str  # a value of sale.report.aftersales_origin
    amount: float


class ResPartner(models.Model):
    """What a customer brought by referring others, and what his circle buys (requirement 58).

    His circle is he himself and the customers he brought (commercial partners); of those, orders
    count from the day they were referred. Everything is of the company in use.
    """

    _inherit = "res.partner"

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

    # --- Sales ---------------------------------------------------------------------------------

    @api.depends_context("company")
    def _compute_referral_sales(self):
        referrers = self._aftersales_with("aftersales.referral").commercial_partner_id
        counts, brought = Counter(), defaultdict(dict)
        if referrers:
            counts, brought = self._read_referred(referrers)
        # a referrer's own sales count for the shares, those of a till too
        buyers = referrers | self._aftersales_with("sale.order").commercial_partner_id
        sales = self._read_sales(buyers.union(*(one for ones in brought.values() for one in ones)))
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
        # sudo: whoever's referrals these are; fields and button ask who may know whom they brought
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
        if not customers:
            return sales
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
        people = self.commercial_partner_id
        return open_action(
            self.env, REFERRALS, [("referrer_id.commercial_partner_id", "in", people.ids)]
        )

    def action_open_customers_brought(self):
        """Open the customers this one brought.

        :raises AccessError: the user may not know how many there are
        """
        self.check_access("read")
        self._check_field_access(self._fields["referral_customer_count"], "read")
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
