# SPDX-License-Identifier: AGPL-3.0-or-later
from werkzeug.urls import url_encode

from odoo import fields, http
from odoo.fields import Domain
from odoo.http import content_disposition, request

from odoo.addons.aftersales_plans.controllers.feedback_pages import FeedbackPages

VISITS = "/my/visits"
VISIT = f"{VISITS}/<int(max=2147483647):visit_id>"
VISIT_OF_OLD_MAILS = "/my/visit/<int(max=2147483647):visit_id>"  # they stay in inboxes for years
REPORT = "aftersales_inspection.inspection_report_action"


class VisitPages(FeedbackPages):
    """The visits of a customer: dates to agree on, what was found, the reports (66).

    Opening a page changes nothing: mail scanners follow links. Only the forms do.
    """

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "visit_count" in counters:
            values["visit_count"] = self._visits().search_count(self._visits_domain(), limit=1)
        return values

    def _visits(self):
        # sudo: customers have no right on visits; _visits_domain lets theirs through
        return request.env["fsm.order"].sudo()

    def _visits_domain(self):
        """Return which visits the logged-in customer sees listed; nothing for colleagues."""
        promised = Domain("aftersales_window_end", "!=", False)
        return self._domain_of_customer("aftersales_partner_id") & promised

    def _visit_of_customer(self, visit_id, access_token):
        return self._page_of_customer(
            "fsm.order", visit_id, access_token, reader="appointment_partner_id"
        )

    # --- The list ------------------------------------------------------------------------------

    @http.route(
        [VISITS, f"{VISITS}/page/<int:page>"],
        type="http",
        auth="user",
        methods=["GET"],
        website=True,
    )
    def portal_my_visits(self, **asked):
        """List the visits of the logged-in customer, the next one first."""
        values = self._list_of_customer(
            self._visits(),
            self._visits_domain(),
            VISITS,
            "visit",
            asked,
            self._visit_sortings(asked.get("filterby")),
            self._visit_filters(),
            self._visit_searches(),
        )
        return request.render("aftersales_inspection.portal_my_visits", values)

    def _visit_sortings(self, filterby):
        """Return the orders to choose from: what was made is read from the end."""
        sortings = {
            "next": {"label": request.env._("Next first"), "order": "aftersales_window_end, id"},
            "latest": {
                "label": request.env._("Latest first"),
                "order": "aftersales_window_end desc, id desc",
            },
        }
        return dict(reversed(sortings.items())) if filterby in ("made", "all") else sortings

    def _visit_filters(self):
        env, visits = request.env, self._visits()
        return {
            "ahead": {"label": env._("Ahead"), "domain": visits._ahead_online()},
            "answer": {"label": env._("Please answer"), "domain": visits._unanswered_online()},
            "made": {"label": env._("Made"), "domain": visits._reported_domain()},
            "all": {"label": env._("All"), "domain": Domain.TRUE},
        }

    def _visit_searches(self):
        env, visits, own = request.env, self._visits(), self._visits_domain()
        labels = {
            "all": env._("Search in everything"),
            "address": env._("Search in the address"),
            "goods": env._("Search in the goods"),
            "number": env._("Search in the number"),
        }
        return {
            where: {
                "label": label,
                "domain": lambda text, where=where: visits._search_online(own, where, text),
            }
            for where, label in labels.items()
        }

    # --- Feedback ------------------------------------------------------------------------------

    @http.route(f"{VISIT}/feedback", type="http", auth="public", methods=["POST"], website=True)
    def portal_visit_feedback(self, visit_id, access_token=None, **form):
        """Lead from a face on the visit's page to the rating page."""
        return self._to_rating_page(self._visit_of_customer(visit_id, access_token), form)

    # --- One visit -----------------------------------------------------------------------------

    @http.route(
        [VISIT, VISIT_OF_OLD_MAILS], type="http", auth="public", methods=["GET"], website=True
    )
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
            found=visit._found_online(request.env.user),
            said=said,
            access_token=access_token,
            query=self._visit_query(access_token),
            page_name="visit",
            no_breadcrumbs=request.env.user._is_public(),
            res_company=visit.company_id,
        )
        return self._show_page("aftersales_inspection.portal_visit", values)

    @http.route(f"{VISIT}/visit.ics", type="http", auth="public", methods=["GET"], website=True)
    def portal_visit_calendar(self, visit_id, access_token=None, **kwargs):
        """Hand out the visit as a calendar entry."""
        visit = self._visit_of_customer(visit_id, access_token)
        entry = visit and visit._calendar_online()
        if not entry:
            return request.redirect("/my")
        headers = [
            ("Content-Type", "text/calendar; charset=utf-8"),
            ("Content-Disposition", content_disposition("visit.ics")),
        ]
        return self._keep_private(request.make_response(entry, headers=headers))

    @http.route(f"{VISIT}/report", type="http", auth="public", methods=["GET"], website=True)
    def portal_visit_report(self, visit_id, access_token=None, **kwargs):
        """Hand out the report of a visit that was done, as PDF."""
        visit = self._visit_of_customer(visit_id, access_token)
        if not visit or not visit._is_reported():
            return request.redirect("/my")
        return self._keep_private(self._show_report(visit, "pdf", REPORT, download=True))

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
        query = self._visit_query(access_token, said=said)
        return request.redirect(f"{VISITS}/{visit_id}{query}")

    def _visit_query(self, access_token, **asked):
        """Return the query of an address of this visit, with the token that opened it."""
        query = {"access_token": access_token, **asked} if access_token else asked
        return f"?{url_encode(query)}" if query else ""

    def _moment(self, text):
        """Return the moment a form sent; nothing where it is none."""
        try:
            return fields.Datetime.to_datetime(text or False)
        except ValueError:
            return None
