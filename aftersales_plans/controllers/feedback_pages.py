# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo.http import request, route

from .customer_pages import CustomerPages, typed_number

FACES = (5, 3, 1)  # of Odoo's rating page


class FeedbackPages(CustomerPages):
    """Giving feedback from the page of what is done (requirement 15).

    A face leads to Odoo's own rating page, where the customer adds words and sends it.
    """

    @route(
        "/my/claims/<int:claim_id>/feedback",
        type="http",
        auth="public",
        methods=["POST"],
        website=True,
    )
    def portal_my_claim_feedback(self, claim_id, access_token=None, **form):
        """Lead from a face on the claim's page to the rating page."""
        claim = self._page_of_customer("aftersales.claim", claim_id, access_token)
        return self._to_rating_page(claim, form)

    def _to_rating_page(self, record, form):
        """Lead to the rating page of ``record``; nothing is rated before the customer sends it."""
        score = typed_number(form.get("score"))
        if not record or score not in FACES or not record._feedback_may_be_given():
            return request.redirect("/my")
        row = request.env["aftersales.feedback"]._of(record)  # the page was opened for them
        return request.redirect(row._rating_path(score))
