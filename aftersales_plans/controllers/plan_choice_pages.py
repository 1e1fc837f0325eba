# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import http
from odoo.exceptions import AccessError, MissingError, UserError
from odoo.http import request
from odoo.tools import consteq

from ..models.turn import take_turn
from .customer_pages import LAST_ID, CustomerPages, typed_number, typed_token


class PlanChoicePages(CustomerPages):
    """The buttons below the plans that a quotation compares online (requirements 1, 18)."""

    @http.route(
        "/my/orders/<int:order_id>/service-plan",
        type="http",
        auth="public",
        methods=["POST"],
        website=True,
    )
    def portal_choose_service_plan(self, order_id, access_token=None, **form):
        """Put another plan on the quotation, or take one off; its page says what came of it."""
        order = self._quotation_to_decide(order_id, access_token)
        if not order:
            return request.redirect("/my")
        take_turn(order)  # of two clicks at once the later one sees what the first one did
        said = self._choose_service_plan(order, form)
        query = f"&said={said}"
        return request.redirect(order.get_portal_url(query_string=query, anchor="service-plans"))

    def _quotation_to_decide(self, order_id, access_token):
        """Return an order as superuser if who asks may decide what is on it; else nothing."""
        token = typed_token(access_token)
        try:
            if order_id > LAST_ID:
                raise MissingError(request.env._("This document does not exist."))
            order = self._document_check_access("sale.order", order_id, access_token=token)
        except (AccessError, MissingError):
            return request.env["sale.order"]
        return order if self._may_choose_plan(order, token) else order.browse()

    def _may_choose_plan(self, order, token):
        """Tell whether the customer clicks; colleagues need the right to sell.

        That to change the order does not do: the warehouse has it.
        """
        user = request.env.user
        by_link = token and order.access_token and consteq(order.access_token, token)
        if by_link or not user._is_internal():
            return True
        order = order.with_env(order.env(user=user.id, su=False))
        return order.has_access("write") and order.order_line.has_access("create")

    def _choose_service_plan(self, order, form):
        """Do what the ``form`` asks for; return the key of what the page says."""
        choice = order._aftersales_choice()
        if not choice:
            return "plan_closed"
        sold = order._aftersales_plan_lines()
        wanted = typed_number(form.get("product"))
        if wanted:
            if wanted in sold.product_id.ids:
                return "plan_chosen"  # clicked twice
            change = next((product for product in choice["with"] if product.id == wanted), None)
        else:
            change = sold.filtered(
                lambda line: line in choice["without"] and line.id == typed_number(form.get("line"))
            )
            if not change and not sold:
                return "plan_dropped"  # clicked twice
        if form.get("stamp") != choice["stamp"]:
            return "plan_stale"
        if not change:
            return "plan_gone"
        return self._change_plan(order, change)

    def _change_plan(self, order, change):
        """Choose ``change``, a product, or take it off, a plan line; all of it or nothing."""
        drop = change._name == "sale.order.line"
        work = order._aftersales_drop_online if drop else order._aftersales_choose_online
        try:
            with request.env.cr.savepoint():
                work(change, self._asking(order))
        except UserError:
            return "plan_failed"
        return "plan_dropped" if drop else "plan_chosen"
