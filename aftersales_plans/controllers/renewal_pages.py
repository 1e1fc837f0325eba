# SPDX-License-Identifier: LGPL-3.0-or-later
from werkzeug.urls import url_encode

from odoo import http
from odoo.http import request

from ..models.renewal import OPEN_ORDER
from ..models.turn import take_turn
from .customer_pages import typed_number, typed_text, typed_token
from .plan_choice_pages import PlanChoicePages

CONTRACT = "/my/service-contracts/<int:contract_id>"
NOTE = 1000  # characters of what a customer adds to a reason


class RenewalPages(PlanChoicePages):
    """What customers decide about what follows a contract, on its page (25, 59, 60, 64)."""

    @http.route(f"{CONTRACT}/renew", type="http", auth="public", methods=["POST"], website=True)
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

    @http.route(
        f"{CONTRACT}/not-renewing", type="http", auth="public", methods=["POST"], website=True
    )
    def portal_refuse_renewal(self, contract_id, access_token=None, **form):
        """Note that the customer does not renew, and why."""
        contract = self._page_of_customer("aftersales.contract", contract_id, access_token)
        if not contract:
            return request.redirect("/my")
        take_turn(contract)
        return self._back_to(contract, self._refuse_renewals(contract, form), "#renewal")

    @http.route(
        "/my/orders/<int:order_id>/not-renewing",
        type="http",
        auth="public",
        methods=["POST"],
        website=True,
    )
    def portal_refuse_renewal_order(self, order_id, access_token=None, **form):
        """Note on a renewal quotation that the customer does not renew, and why."""
        order = self._quotation_to_decide(order_id, access_token)
        if not order or not order.order_line.aftersales_renews_id:
            return request.redirect("/my")
        contracts = order.order_line.aftersales_renews_id
        take_turn(order)
        # Signed or paid, it is not refused by a click any more.
        undecided = order.state in OPEN_ORDER and not order.signature
        said = self._refuse_renewals(contracts, form) if undecided else "refused_closed"
        return request.redirect(order.get_portal_url(query_string=f"&said={said}"))

    def _refuse_renewals(self, contracts, form):
        """Refuse to renew all ``contracts``; return the key of what the page says."""
        reason = self._typed_reason(form)
        if not reason:
            return "reason_missing"
        note = typed_text(form.get("note"), NOTE, lines=True)
        done = [
            contract._refuse_renewal_online(reason, self._asking(contract), note)
            for contract in contracts
        ]
        return "refused" if any(done) else "refused_closed"

    def _typed_reason(self, form):
        """Return the reason a form holds, of those offered online; maybe none."""
        offered = request.env["aftersales.close.reason"].sudo()._offered_online()  # for customers
        return offered.filtered(lambda reason: reason.id == typed_number(form.get("reason")))

    @http.route(f"{CONTRACT}/consent", type="http", auth="public", methods=["POST"], website=True)
    def portal_renewal_consent(self, contract_id, access_token=None, **form):
        """Note that the contract goes on by itself, or that it no longer does."""
        contract = self._page_of_customer("aftersales.contract", contract_id, access_token)
        if not contract:
            return request.redirect("/my")
        take_turn(contract)
        answer = typed_text(form.get("answer"), 10)
        may = {
            "given": contract._may_consent_online,
            "withdrawn": contract._takes_consent,
        }.get(answer)
        if not may or not may():
            return self._back_to(contract, "consent_closed", "#renewal")
        contract._note_consent(answer == "given", self._asking(contract), "online")
        return self._back_to(contract, f"consent_{answer}", "#renewal")

    # --- Leaving what went on by itself ---------------------------------------------------------

    @http.route(f"{CONTRACT}/leave", type="http", auth="public", methods=["GET"], website=True)
    def portal_leave_contract(self, contract_id, access_token=None, said=None, **asked):
        """Show what the customer gets back who leaves today."""
        contract = self._page_of_customer("aftersales.contract", contract_id, access_token)
        if not contract:
            return request.redirect("/my")
        if not contract._may_leave():
            return self._back_to(contract, "leave_closed", "#renewal")
        reasons = request.env["aftersales.close.reason"].sudo()._offered_online()  # for customers
        today = contract.company_id._aftersales_today()
        none = reasons.browse()
        values = {
            "contract": contract,
            "page_name": "service_contract",
            "reasons": reasons.with_context(lang=contract.env.lang),
            "refund": contract._refund_due(today, none),
            "why": contract._refund_told(today, none),
            "today": today,
            "token": None if contract._is_open_to(request.env.user) else typed_token(access_token),
            "said": typed_text(said, 20),
        }
        return self._show_page("aftersales_plans.portal_leave", values)

    @http.route(f"{CONTRACT}/leave", type="http", auth="public", methods=["POST"], website=True)
    def portal_leave_contract_send(self, contract_id, access_token=None, **form):
        """End a contract that went on by itself, for the refund the customer read."""
        contract = self._page_of_customer("aftersales.contract", contract_id, access_token)
        if not contract:
            return request.redirect("/my")
        take_turn(contract)
        reason = self._typed_reason(form)
        note = typed_text(form.get("note"), NOTE, lines=True)
        said = "reason_missing"
        if reason:
            amount = typed_text(form.get("amount"), 20)
            said = contract._leave_online(reason, self._asking(contract), note, amount)
        if said in ("reason_missing", "leave_changed"):
            query = {"said": said}
            if not contract._is_open_to(request.env.user):
                query["access_token"] = contract.access_token  # by which the form was opened
            return request.redirect(f"{contract.access_url}/leave?{url_encode(query)}")
        return self._back_to(contract, said, "#renewal")
