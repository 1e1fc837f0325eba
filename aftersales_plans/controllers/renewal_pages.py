from odoo import http
from odoo.http import request

from ..models.turn import take_turn
from .customer_pages import CustomerPages, typed_number


class RenewalPages(CustomerPages):
    """Asking for a renewal on the page of a contract (requirements 59, 60)."""

    @http.route(
        "/my/service-contracts/<int:contract_id>/renew",
        type="http",
        auth="public",
        methods=["POST"],
        website=True,
    )
    def portal_ask_renewal(self, contract_id, access_token=None, **form):
        """Pass on which plan the customer wants; the contract's page says what came of it."""
        contract = self._page_of_customer("aftersales.contract", contract_id, access_token)
        if not contract:
            return request.redirect("/my")
        take_turn(contract)  # of two clicks at once the later one sees what the first one did
        said = self._ask_renewal_for(contract, typed_number(form.get("plan")))
        return self._back_to(contract, said, "#renewal")

    def _ask_renewal_for(self, contract, plan_id):
        """Ask for the plan among those the page offers; return the key of what the page says."""
        if not contract._may_ask_renewal() or contract._renewal_quotation():
            return "renewal_closed"
        offered = [column["plan"] for column in contract._renewal_columns()]
        plan = next((plan for plan in offered if plan.id == plan_id), None)
        if not plan:
            return "renewal_gone"
        contract._ask_renewal(plan, self._asking(contract))
        return "renewal_asked"
