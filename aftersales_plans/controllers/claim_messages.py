from odoo.fields import Domain
from odoo.http import request, route

from odoo.addons.portal.controllers.portal_thread import PortalChatter

CLAIM = "aftersales.claim"


class ClaimMessages(PortalChatter):
    """Messages of a claim in the portal: those between the customer and us (requirement 47).

    Odoo hides notes. What colleagues, suppliers or a technician wrote to each other as messages is
    nobody else's business either.
    """

    @route()
    def portal_message_fetch(self, thread_model, thread_id, fetch_params=None, **kw):
        """Remember whose messages are asked for."""
        if thread_model == CLAIM:
            kw["aftersales_claim_id"] = int(thread_id)
        return super().portal_message_fetch(thread_model, thread_id, fetch_params, **kw)

    def _setup_portal_message_fetch_extra_domain(self, data):
        """Leave out what neither came from the customer nor went there."""
        domain = super()._setup_portal_message_fetch_extra_domain(data)
        if not data.get("aftersales_claim_id"):
            return domain
        # whose claim it is; core asks for the token before it reads a message
        claim = request.env[CLAIM].sudo().browse(data["aftersales_claim_id"]).exists()
        family = claim.partner_id.commercial_partner_id.ids
        return domain & Domain.OR(
            Domain(path, "child_of", family)
            for path in ("author_id", "partner_ids", "notified_partner_ids")
        )
