from odoo.fields import Domain
from odoo.http import request, route

from ..models.contract import LIVE_STATES
from .customer_pages import CustomerPages


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
        parts = {
            "name": lambda text: Domain("name", "ilike", text),
            "plan": lambda text: Domain("plan_id.name", "ilike", text),
            "site": lambda text: (
                Domain("site_id.complete_name", "ilike", text)
                | Domain("site_id.street", "ilike", text)
                | Domain("site_id.city", "ilike", text)
            ),
            "goods": lambda text: Domain("asset_ids.name", "ilike", text),
        }
        labels = {
            "all": env._("Search in all"),
            "name": env._("Search in number"),
            "plan": env._("Search in plan"),
            "site": env._("Search in address"),
            "goods": env._("Search in goods"),
        }
        everywhere = {"all": lambda text: Domain.OR(domain(text) for domain in parts.values())}
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
            "searches": {
                key: {"label": labels[key], "domain": domain}
                for key, domain in (everywhere | parts).items()
            },
        }

    @route(
        ["/my/service-contracts", "/my/service-contracts/page/<int:page>"],
        type="http",
        auth="user",
        website=True,
    )
    def portal_my_contracts(self, **asked):
        """List the customer's contracts."""
        values = self._list_of_customer(
            request.env["aftersales.contract"].sudo(),  # the customer's own
            self._domain_of_customer(),
            "/my/service-contracts",
            "service_contract",
            **self._contract_list_options(),
            **asked,
        )
        return request.render("aftersales_plans.portal_my_contracts", values)

    @route("/my/service-contracts/<int:contract_id>", type="http", auth="public", website=True)
    def portal_my_contract(self, contract_id, access_token=None, report_type=None, **asked):
        """Show one contract, or print it."""
        contract = self._page_of_customer("aftersales.contract", contract_id, access_token)
        if not contract:
            return request.redirect("/my")
        if report_type == "pdf":
            return self._show_report(
                model=contract,
                report_type="pdf",
                report_ref="aftersales_plans.aftersales_contract_report_action",
                download=True,
            )
        values = self._get_page_view_values(
            contract,
            access_token if isinstance(access_token, str) else None,
            {
                "contract": contract,
                "page_name": "service_contract",
                "no_breadcrumbs": request.env.user._is_public(),
                "reader": request.env.user,
                "is_own": contract._is_open_to(request.env.user),
                "claims": self._claims_of_customer(Domain("contract_id", "=", contract.id)),
            },
            "my_service_contracts_history",
            False,
        )
        return self._show_page("aftersales_plans.portal_contract", values)
