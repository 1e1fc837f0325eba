# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo.fields import Domain
from odoo.http import request, route

from ..models.contract import LIVE_STATES
from .customer_pages import CustomerPages, search_places, typed_token


class ContractPages(CustomerPages):
    """Service contracts in the portal (requirements 47, 66)."""

    def _prepare_home_portal_values(self, counters):
        """Tell whether the customer has contracts."""
        values = super()._prepare_home_portal_values(counters)
        if "service_contract_count" in counters:
            contracts = request.env["aftersales.contract"].sudo()  # the customer's own
            values["service_contract_count"] = contracts.search_count(
                self._domain_of_customer(), limit=1
            )
        return values

    def _contract_list_options(self):
        """Return how contracts are sorted, filtered and searched."""
        env = request.env
        return {
            "sortings": {
                "date": {"label": env._("Newest"), "order": "id desc"},
                "end": {"label": env._("Ends first"), "order": "date_end, id desc"},
                "name": {"label": env._("Number"), "order": "name, id desc"},
            },
            "filters": {
                "all": {"label": env._("All"), "domain": Domain.TRUE},
                "live": {"label": env._("Not ended"), "domain": Domain("state", "in", LIVE_STATES)},
                "over": {"label": env._("Ended"), "domain": Domain("state", "not in", LIVE_STATES)},
            },
            "searches": self._contract_searches(),
        }

    def _contract_searches(self):
        env = request.env

        def by(*paths):
            return lambda text: Domain.OR(Domain(path, "ilike", text) for path in paths)

        address = ("site_id.complete_name", "site_id.street", "site_id.city")
        places = {
            "name": (env._("Search in number"), by("name")),
            "plan": (env._("Search in plan"), by("plan_id.name")),
            "site": (env._("Search in address"), by(*address)),
            "goods": (env._("Search in goods"), by("asset_ids.name")),
        }
        return search_places(env._("Search in all"), places)

    @route(
        ["/my/service-contracts", "/my/service-contracts/page/<int:page>"],
        type="http",
        auth="user",
        methods=["GET"],
        website=True,
    )
    def portal_my_contracts(self, **asked):
        """List the customer's contracts."""
        values = self._list_of_customer(
            request.env["aftersales.contract"].sudo(),  # the customer's own
            self._domain_of_customer(),
            "/my/service-contracts",
            "service_contract",
            asked,
            **self._contract_list_options(),
        )
        return request.render("aftersales_plans.portal_my_contracts", values)

    @route(
        "/my/service-contracts/<int:contract_id>",
        type="http",
        auth="public",
        methods=["GET"],
        website=True,
    )
    def portal_my_contract(self, contract_id, access_token=None, report_type=None, **asked):
        """Show one contract, or print it."""
        contract = self._page_of_customer("aftersales.contract", contract_id, access_token)
        if not contract:
            return request.redirect("/my")
        if report_type == "pdf":
            report = "aftersales_plans.aftersales_contract_report_action"
            return self._keep_private(self._show_report(contract, "pdf", report, download=True))
        values = self._get_page_view_values(
            contract,
            typed_token(access_token),
            {
                "contract": contract,
                "page_name": "service_contract",
                "reader": request.env.user,
                "is_own": contract._is_open_to(request.env.user),
                "claims": self._claims_of_customer(Domain("contract_id", "=", contract.id)),
            },
            "my_service_contracts_history",
            no_breadcrumbs=request.env.user._is_public(),
        )
        return self._show_page("aftersales_plans.portal_contract", values)
