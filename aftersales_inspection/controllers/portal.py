from werkzeug.urls import url_encode

from odoo import fields, http
from odoo.fields import Domain
from odoo.http import request

from odoo.addons.portal.controllers.portal import CustomerPortal
from odoo.addons.portal.controllers.portal import pager as portal_pager

VISIT = "/my/visit/<int(max=2147483647):visit_id>"


class VisitPortal(CustomerPortal):
    """The page of a visit, where its customer confirms the date or asks for another (66).

    Opening it changes nothing: mail scanners follow links. Only the forms on it do.
    """

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "visit_count" in counters:
            values["visit_count"] = self._visits().search_count(self._visits_domain(), limit=1)
        return values

    def _visits(self):
        # sudo: customers have no right on visits; the domain and _is_open_to let theirs through
        return request.env["fsm.order"].sudo()

    def _visits_domain(self):
        """Return which visits the logged-in customer sees listed; nothing for colleagues."""
        user = request.env.user
        if not user._is_portal():
            return Domain.FALSE
        return [
            ("aftersales_partner_id", "child_of", user.partner_id.commercial_partner_id.ids),
            ("company_id", "in", user.company_ids.ids),
            ("aftersales_window_end", "!=", False),
        ]

    def _visit_of_customer(self, visit_id, access_token):
        """Return the visit as superuser if it opens for whoever asks; else nothing."""
        visit = self._visits().browse(visit_id).exists()
        if not visit or not visit._is_open_to(request.env.user, access_token):
            return self._visits()
        if request.env.user._is_public():  # reads the language of the mail that led here
            request.update_context(lang=visit.appointment_partner_id.lang or request.env.lang)
        return visit.with_env(visit.env(context=request.env.context))

    @http.route(
        ["/my/visits", "/my/visits/page/<int:page>"], type="http", auth="user", website=True
    )
    def portal_my_visits(self, page=1, **kwargs):
        """List the visits of the logged-in customer, those to come first."""
        visits, domain = self._visits(), self._visits_domain()
        pager = portal_pager(
            url="/my/visits",
            total=visits.search_count(domain),
            page=page,
            step=self._items_per_page,
        )
        found = visits.search(
            domain,
            order="aftersales_window_end desc, id desc",
            limit=self._items_per_page,
            offset=pager["offset"],
        )
        ahead = found.filtered(lambda visit: not visit.is_closed)
        found = ahead[::-1] | found  # the next one first, what was made below, newest first
        values = self._prepare_portal_layout_values()
        values.update(visits=found, pager=pager, page_name="visit", default_url="/my/visits")
        return request.render("aftersales_inspection.portal_my_visits", values)

    @http.route(VISIT, type="http", auth="public", methods=["GET"], website=True)
    def portal_visit(self, visit_id, access_token=None, said=None, **kwargs):
        """Show a visit to its customer.

        :param said: what became of the last answer; chooses the sentence on top, no more
        """
        visit = self._visit_of_customer(visit_id, access_token)
        if not visit:
            return request.redirect("/my")
        situation = visit._appointment_situation()
        values = self._prepare_portal_layout_values()
        values.update(
            visit=visit,
            situation=situation,
            slots=visit._other_slots() if situation == "open" else [],
            said=said,
            access_token=access_token,
            page_name="visit",
            no_breadcrumbs=request.env.user._is_public(),
            res_company=visit.company_id,
        )
        response = request.render("aftersales_inspection.portal_visit", values)
        response.headers["Referrer-Policy"] = "no-referrer"  # the address holds the token
        return response

    @http.route(f"{VISIT}/answer", type="http", auth="public", methods=["POST"], website=True)
    def portal_visit_answer(self, visit_id, **form):
        """Take the answer of a customer and lead back to the page, which says what became of it."""
        form = {name: value for name, value in form.items() if isinstance(value, str)}  # no files
        access_token = form.get("access_token")
        visit = self._visit_of_customer(visit_id, access_token)
        if not visit:
            return request.redirect("/my")
        said = visit._take_answer(
            form.get("answer"),
            self._moment(form.get("shown")),
            self._moment(form.get("slot")),
            form.get("wish"),
        )
        query = {"access_token": access_token} if access_token else {}
        return request.redirect(f"/my/visit/{visit_id}?{url_encode({**query, 'said': said})}")

    def _moment(self, text):
        """Return the moment a form sent; nothing where it is none."""
        try:
            return fields.Datetime.to_datetime(text or False)
        except ValueError:
            return None
