# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import http
from odoo.fields import Domain
from odoo.http import request

from .reward_pages import REWARDS, RewardPages
from .typed import typed

REFERRALS = "/my/referrals"
NEW = f"{REFERRALS}/new"


class ReferralPages(RewardPages):
    """Whom a customer recommended and how that stands, and a form to name one more (8).

    Of a person the pages show the first name. Whatever becomes of a form, the answer is the same:
    nobody learns here who is a customer, or why something is refused.
    """

    @http.route(
        [REFERRALS, f"{REFERRALS}/page/<int:page>"],
        type="http",
        auth="user",
        methods=["GET"],
        website=True,
    )
    def portal_my_referrals(self, said=None, **asked):
        """List the referrals of the logged-in customer.

        :param said: "thanks" after a form was sent; chooses the sentence on top, no more
        """
        customer, company = self._reward_customer(), self._reward_company()
        if not customer:
            return request.redirect("/my")
        # sudo: customers have no right on referrals; the domain lets theirs through
        referrals = request.env["aftersales.referral"].sudo()
        own = customer._referrals_domain(company)
        values = self._list_of_customer(
            referrals,
            own,
            REFERRALS,
            "referrals",
            asked,
            self._referral_sortings(),
            self._referral_filters(),
            {
                "name": {
                    "label": request.env._("Search in first names"),
                    "domain": lambda text: Domain(
                        "id", "in", referrals.search(own)._by_first_name(text).ids
                    ),
                }
            },
        )
        values.update(
            told=values["records"]._told_online(customer, company),
            currency=company.currency_id,
            contract=customer._rewarding_contract(company),
            said=said if said == "thanks" else None,
        )
        return request.render("aftersales_referral.portal_my_referrals", values)

    def _referral_sortings(self):
        return {
            "newest": {"label": request.env._("Newest first"), "order": "date desc, id desc"},
            "oldest": {"label": request.env._("Oldest first"), "order": "date, id"},
        }

    def _referral_filters(self):
        return {
            "all": {"label": request.env._("All"), "domain": Domain.TRUE},
            "invited": {
                "label": request.env._("Invited"),
                "domain": [("state", "=", "registered")],
            },
            "bought": {"label": request.env._("Bought"), "domain": [("state", "=", "qualified")]},
            "not_counted": {
                "label": request.env._("Not counted"),
                "domain": [("state", "in", ("rejected", "expired"))],
            },
        }

    # --- Naming somebody -----------------------------------------------------------------------

    @http.route(NEW, type="http", auth="user", methods=["GET"], website=True)
    def portal_new_referral(self, **kwargs):
        """Show the form."""
        if not self._may_name():
            return request.redirect(REWARDS)
        return self._render_new_referral({}, {}, stated=False)

    @http.route(NEW, type="http", auth="user", methods=["POST"], website=True)
    def portal_send_referral(self, **form):
        """Take the form and lead to the one answer there is."""
        if not self._may_name():
            return request.redirect(REWARDS)
        values, stated = typed(form), form.get("consent") == "1"
        # sudo: customers have no right on our models; nothing is read of them here
        errors = request.env["aftersales.referral"].sudo()._told_errors(values, stated)
        if errors:
            return self._render_new_referral(values, errors, stated)
        self._store_referral(values)
        return request.redirect(f"{REFERRALS}?said=thanks")

    def _may_name(self):
        customer = self._reward_customer()
        return bool(customer) and bool(customer._rewarding_contract(self._reward_company()))

    def _store_referral(self, values):
        # Customers have no right on our models: what was checked is stored, and no more.
        throttle = request.env["aftersales.referral.throttle"].sudo()
        referrer, company = request.env.user.partner_id, self._reward_company()
        if throttle._let_in(request.httprequest.remote_addr, f"login {referrer.id}"):
            request.env["aftersales.referral.form"].sudo()._send(
                {
                    **values,
                    "source": "portal",
                    "referrer_id": referrer.id,
                    "consent": self._statement_of_referrer(),
                    "company_id": company.id,
                }
            )

    def _statement_of_referrer(self):
        referrals = request.env["aftersales.referral"].sudo()  # words alone
        return referrals._told_statement(self._reward_company())

    def _render_new_referral(self, form, errors, stated):
        values = self._prepare_portal_layout_values()
        values.update(
            form=form,
            errors=errors,
            stated=stated,
            statement=self._statement_of_referrer(),
            days=self._reward_company().aftersales_forget_days,
            page_name="referral_new",
        )
        return request.render("aftersales_referral.portal_new_referral", values)
