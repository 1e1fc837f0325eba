from odoo.http import request, route

from .customer_pages import CustomerPages


class ContractPages(CustomerPages):
    """Service contracts in the portal (requirements 47, 66)."""

    @route("/my/service-contracts/<int:contract_id>", type="http", auth="public", website=True)
    def portal_my_contract(self, contract_id, access_token=None, **asked):
        """Show one contract."""
        contract = self._page_of_customer("aftersales.contract", contract_id, access_token)
        if not contract:
            return request.redirect("/my")
        values = {"contract": contract, "page_name": "service_contract"}
        return request.render("aftersales_plans.portal_contract", values)
