# SPDX-License-Identifier: LGPL-3.0-or-later
from collections import Counter

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.tools import SQL

from .commission import EARNED_KINDS
from .commission_balance import WHOLE_LEDGER

RANK_MONTHS = 12


class ResPartner(models.Model):
    """What a customer earned by referring others, and his place among them (requirement 75).

    Read from the ledger of the company in use, for whoever reads all of it.
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

    @api.depends_context("company")
    def _compute_referral_ledger(self):
        Commission = self.env["aftersales.commission"]
        people = self._aftersales_with("aftersales.commission").commercial_partner_id
        company, earned, counts = self.env.company, Counter(), Counter()
        rows = people and Commission._read_group(
            [("referrer_id", "in", people.ids), ("company_id", "=", company.id)],
            ["referrer_id", "kind"],
            ["amount:sum", "__count"],
        )
        for partner, kind, amount, count in rows:
            counts[partner] += count
            earned[partner] += 0.0 if kind == "paid" else amount
        # of the others everything is 0
        people = people.browse(partner.id for partner in counts)
        balances = Commission._balances(people, company) if people else Counter()
        available = (
            Commission._balances(people, company, company._aftersales_today())
            if people
            else Counter()
        )
        for partner in self:
            who = partner.commercial_partner_id
            partner.referral_available = available[who]
            partner.referral_on_hold = balances[who] - available[who]
            partner.referral_earned = earned[who]
            partner.referral_row_count = counts[who]

    @api.depends_context("company", "lang")
    def _compute_referral_rank(self):
        # ranking reads the ledger of a year: only for who is in it
        earners = self.filtered("referral_row_count").commercial_partner_id
        ranks = self._read_referral_ranks(earners, self.env.company) if earners else {}
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
