# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo.fields import Domain
from odoo.http import request, route

from ..calc.picture import SHOWN
from ..models.claim import OPEN_STATES
from .customer_pages import CustomerPages, search_places, typed_token

SHOWN_CLAIMS = 10  # on the page of a contract or of goods


class ClaimPages(CustomerPages):
    """Claims in the portal: the list, what happens to one, its photos (requirement 47)."""

    def _prepare_home_portal_values(self, counters):
        """Tell whether the customer has reported anything."""
        values = super()._prepare_home_portal_values(counters)
        if "claim_count" in counters:
            values["claim_count"] = (
                request.env["aftersales.claim"]
                .sudo()  # the customer's own
                .search_count(self._domain_of_customer(), limit=1)
            )
        return values

    def _claims_of_customer(self, domain):
        """Return the customer's last claims of ``domain``, as superuser."""
        claims = request.env["aftersales.claim"].sudo()  # the customer's own
        return claims.search(self._domain_of_customer() & Domain(domain), limit=SHOWN_CLAIMS)

    def _claim_list_options(self):
        """Return how claims are sorted, filtered and searched."""
        env, unsettled = request.env, Domain("state", "in", (*OPEN_STATES, "approved"))
        return {
            "sortings": {
                "date": {"label": env._("Newest"), "order": "id desc"},
                "occurred": {
                    "label": env._("Day it happened"),
                    "order": "date_occurred desc, id desc",
                },
            },
            "filters": {
                "all": {"label": env._("All"), "domain": Domain.TRUE},
                "open": {"label": env._("Not Settled"), "domain": unsettled},
                "closed": {"label": env._("Closed"), "domain": ~unsettled},
            },
            "searches": self._claim_searches(),
        }

    def _claim_searches(self):
        env = request.env

        def by_number(text):
            return Domain("name", "ilike", text) | Domain("reference", "ilike", text)

        def by_goods(text):
            serial = Domain("line_ids.asset_id.serial", "ilike", text)
            return Domain("line_ids.product_id", "ilike", text) | serial

        places = {
            "name": (env._("Search in number"), by_number),
            "goods": (env._("Search in goods"), by_goods),
            "text": (
                env._("Search in what happened"),
                lambda text: Domain("description", "ilike", text),
            ),
        }
        return search_places(env._("Search in all"), places)

    @route(
        ["/my/claims", "/my/claims/page/<int:page>"],
        type="http",
        auth="user",
        methods=["GET"],
        website=True,
    )
    def portal_my_claims(self, **asked):
        """List what the customer reported."""
        values = self._list_of_customer(
            request.env["aftersales.claim"].sudo(),  # the customer's own
            self._domain_of_customer(),
            "/my/claims",
            "claim",
            asked,
            **self._claim_list_options(),
        )
        return request.render("aftersales_plans.portal_my_claims", values)

    @route("/my/claims/<int:claim_id>", type="http", auth="public", methods=["GET"], website=True)
    def portal_my_claim(self, claim_id, access_token=None, said=None, **asked):
        """Show how one claim stands, with what was written about it."""
        claim = self._page_of_customer("aftersales.claim", claim_id, access_token)
        if not claim:
            return request.redirect("/my")
        values = self._get_page_view_values(
            claim,
            typed_token(access_token),
            {
                "claim": claim,
                "page_name": "claim",
                "reader": request.env.user,
                "is_own": claim._is_open_to(request.env.user),
                "may_withdraw": claim.state in OPEN_STATES,
                "said": said if isinstance(said, str) else None,
                "shown_types": SHOWN,
            },
            "my_claims_history",
            no_breadcrumbs=request.env.user._is_public(),
            **{name: asked[name] for name in ("pid", "hash") if name in asked},  # who writes
        )
        # Customers have no rights on claims: their messages need the token, too.
        values["token"] = claim._portal_ensure_token()
        return self._show_page("aftersales_plans.portal_claim", values)

    @route(
        "/my/claims/<int:claim_id>/photo/<int:photo_id>",
        type="http",
        auth="public",
        methods=["GET"],
    )
    def portal_my_claim_photo(self, claim_id, photo_id, access_token=None, **asked):
        """Send a photo of a claim; what no browser shows is saved."""
        claim = self._page_of_customer("aftersales.claim", claim_id, access_token)
        photo = claim.photo_ids.filtered(lambda photo: photo.id == photo_id)
        if not photo:
            return request.redirect("/my")
        stream = request.env["ir.binary"]._get_stream_from(photo)
        return stream.get_response(as_attachment=photo.mimetype not in SHOWN)

    @route(
        "/my/claims/<int:claim_id>/withdraw",
        type="http",
        auth="public",
        methods=["POST"],
        website=True,
    )
    def portal_my_claim_withdraw(self, claim_id, access_token=None, **asked):
        """Withdraw a claim that is not decided yet."""
        claim = self._page_of_customer("aftersales.claim", claim_id, access_token)
        if not claim:
            return request.redirect("/my")
        said = "withdrawn" if claim._withdraw_online(self._asking(claim)) else "decided"
        return self._back_to(claim, said)
