# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import http
from odoo.http import content_disposition, request

from odoo.addons.aftersales_plans.controllers.customer_pages import CustomerPages

REWARDS = "/my/rewards"
SAID = ("thanks", "not_possible", "period")  # sentences on top of the page


class RewardPages(CustomerPages):
    """What a referrer passes on, earns and is paid; chooses money or store credit (8, 74).

    Everything is read for the commercial partner of who is logged in, in the company in use;
    numbers in an address or a form only choose among that.
    """

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "reward_count" in counters:
            customer = self._reward_customer()
            values["reward_count"] = int(
                bool(customer) and customer._has_rewards(self._reward_company())
            )
        return values

    def _reward_customer(self):
        """Return who is owed, as superuser: customers have no right on our models.

        Nothing for colleagues, who have the ledger.
        """
        user = request.env.user
        return user.partner_id.commercial_partner_id.sudo() if user._is_portal() else None

    def _reward_company(self):
        return request.env.company.sudo()  # its settings alone

    def _reward_sharer(self):
        # sudo: the code of who is logged in, to pass on; see _reward_customer
        return request.env.user.partner_id.sudo()

    @http.route(
        [REWARDS, f"{REWARDS}/page/<int:page>"],
        type="http",
        auth="user",
        methods=["GET"],
        website=True,
    )
    def portal_my_rewards(self, said=None, **asked):
        """Show what to pass on, balance, payouts and store credit of the logged-in customer.

        :param said: what became of the last choice; chooses the sentence on top, no more
        """
        customer, company = self._reward_customer(), self._reward_company()
        if not customer:
            return request.redirect("/my")
        contract = customer._rewarding_contract(company)
        values = self._list_of_customer(
            request.env["aftersales.payout"].sudo(),  # the domain lets theirs through
            customer._rewards_domain(company),
            REWARDS,
            "rewards",
            asked,
            {"date": {"label": "", "order": "date desc, id desc"}},
        )
        values.update(
            customer._rewards_online(company),
            customer=customer,
            contract=contract,
            rules=customer._reward_rules_online(company, contract) if contract else [],
            plans=[] if contract else customer._plans_that_reward(company),
            share=self._reward_sharer()._share_online(company),
            payouts=values["records"],
            searchbar_sortings={},
            said=said if said in SAID else None,
        )
        return request.render("aftersales_referral.portal_my_rewards", values)

    # --- Statements ----------------------------------------------------------------------------

    @http.route(f"{REWARDS}/statement", type="http", auth="user", methods=["GET"], website=True)
    def portal_reward_statement(self, year=None, date_from=None, date_to=None, **kwargs):
        """Hand out the statement of a year, or of the days asked for, as PDF."""
        customer, company = self._reward_customer(), self._reward_company()
        if not customer:
            return request.redirect("/my")
        # sudo: the customer's own rewards, as on the page
        statements = request.env["aftersales.statement"].sudo()
        period = statements._period_online(company, year, date_from, date_to)
        if not period:
            return self._reward_said("period")
        pdf, name = statements._print_online(customer, company, *period)
        headers = [
            ("Content-Type", "application/pdf"),
            ("Content-Length", len(pdf)),
            ("Content-Disposition", content_disposition(f"{name}.pdf")),
        ]
        return self._keep_private(request.make_response(pdf, headers=headers))

    # --- Choosing ------------------------------------------------------------------------------

    @http.route(f"{REWARDS}/code", type="http", auth="user", methods=["POST"], website=True)
    def portal_reward_code(self, **form):
        """Give who is logged in a code to pass on, if there is anything to earn by it."""
        customer = self._reward_customer()
        if customer and customer._rewarding_contract(self._reward_company()):
            self._reward_sharer()._get_referral_code()
            return request.redirect(f"{REWARDS}#share")
        return self._reward_said("not_possible")

    @http.route(f"{REWARDS}/method", type="http", auth="user", methods=["POST"], website=True)
    def portal_choose_method(self, method=None, **form):
        """Take the choice for future payouts."""
        customer = self._reward_customer()
        done = bool(customer) and customer._choose_payout_method(
            method, request.env.user.partner_id
        )
        return self._reward_said("thanks" if done else "not_possible")

    @http.route(
        f"{REWARDS}/payout/<int(max=2147483647):payout_id>/method",
        type="http",
        auth="user",
        methods=["POST"],
        website=True,
    )
    def portal_choose_payout_method(self, payout_id, method=None, **form):
        """Take the choice for one payout that is being prepared."""
        customer = self._reward_customer()
        # customers have no right on it; only their own is found
        payout = request.env["aftersales.payout"].sudo()
        if customer:
            own = customer._rewards_domain(self._reward_company())
            payout = payout.search([("id", "=", payout_id), *own])
        done = bool(payout) and payout._choose_method(method)
        return self._reward_said("thanks" if done else "not_possible")

    def _reward_said(self, said):
        return request.redirect(f"{REWARDS}?said={said}")
