from odoo import http
from odoo.http import request

from odoo.addons.portal.controllers.portal import CustomerPortal
from odoo.addons.portal.controllers.portal import pager as portal_pager

PAGE = "/my/rewards"


class RewardPortal(CustomerPortal):
    """The page of rewards, where a referrer follows them and chooses money or store credit (74).

    Everything is read for the commercial partner of who is logged in, in the company in use;
    numbers in an address or a form only choose among that.
    """

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "reward_count" in counters:
            customer = self._customer()
            values["reward_count"] = int(bool(customer) and customer._has_rewards(self._company()))
        return values

    def _customer(self):
        """Return who is owed, as superuser: customers have no right on our models.

        Nothing for colleagues, who have the ledger.
        """
        user = request.env.user
        return user.partner_id.commercial_partner_id.sudo() if user._is_portal() else None

    def _company(self):
        return request.env.company.sudo()  # its settings alone

    @http.route([PAGE, f"{PAGE}/page/<int:page>"], type="http", auth="user", website=True)
    def portal_my_rewards(self, page=1, said=None, **kwargs):
        """Show balance, payouts and store credit of the logged-in customer.

        :param said: what became of the last choice; chooses the sentence on top, no more
        """
        customer, company = self._customer(), self._company()
        if not customer:
            return request.redirect("/my")
        payouts, domain = request.env["aftersales.payout"].sudo(), customer._rewards_domain(company)
        pager = portal_pager(
            url=PAGE, total=payouts.search_count(domain), page=page, step=self._items_per_page
        )
        values = self._prepare_portal_layout_values()
        values.update(
            customer._rewards_online(company),
            customer=customer,
            payouts=payouts.search(domain, limit=self._items_per_page, offset=pager["offset"]),
            pager=pager,
            page_name="rewards",
            default_url=PAGE,
            said=said,
        )
        return request.render("aftersales_referral.portal_my_rewards", values)

    @http.route(f"{PAGE}/method", type="http", auth="user", methods=["POST"], website=True)
    def portal_choose_method(self, method=None, **form):
        """Take the choice for future payouts."""
        customer = self._customer()
        done = bool(customer) and customer._choose_payout_method(
            method, request.env.user.partner_id
        )
        return self._back(done)

    @http.route(
        f"{PAGE}/payout/<int(max=2147483647):payout_id>/method",
        type="http",
        auth="user",
        methods=["POST"],
        website=True,
    )
    def portal_choose_payout_method(self, payout_id, method=None, **form):
        """Take the choice for one payout that is being prepared."""
        customer = self._customer()
        payout = request.env["aftersales.payout"].sudo()
        if customer:
            own = customer._rewards_domain(self._company())
            payout = payout.search([("id", "=", payout_id), *own])
        return self._back(bool(payout) and payout._choose_method(method))

    def _back(self, done):
        return request.redirect(f"{PAGE}?said={'thanks' if done else 'not_possible'}")
