# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo.fields import Domain
from odoo.http import request, route

from odoo.addons.mail.controllers.webclient import WebclientController
from odoo.addons.portal.controllers.portal_thread import PortalChatter

PAGE = "aftersales.customer.page"


def page_of(model, record_id):
    """Return the claim or contract a conversation is about, as superuser; None: something else.

    Core asks for the right or the link before it shows anything of it.
    """
    if model not in request.env or not isinstance(request.env[model], request.env.registry[PAGE]):
        return None
    return request.env[model].sudo().browse(int(record_id)).exists()


class CustomerMessages(PortalChatter):
    """Messages in the portal: those between the customer and us (requirement 47).

    Odoo hides notes. What colleagues, suppliers or a technician wrote to each other as messages is
    nobody else's business either.
    """

    @route()
    def portal_message_fetch(self, thread_model, thread_id, fetch_params=None, **kw):
        """Remember whose messages are asked for."""
        kw["aftersales_page"] = page_of(thread_model, thread_id)
        return super().portal_message_fetch(thread_model, thread_id, fetch_params, **kw)

    def _setup_portal_message_fetch_extra_domain(self, data):
        """Leave out what neither came from the customer nor went there."""
        domain = super()._setup_portal_message_fetch_extra_domain(data)
        page = data.get("aftersales_page")
        if page is None:
            return domain
        family = page.partner_id.commercial_partner_id.ids
        return domain & Domain.OR(
            Domain(path, "child_of", family)
            for path in ("author_id", "partner_ids", "notified_partner_ids")
        )


class CustomerThreads(WebclientController):
    """What the web client asks about a conversation besides its messages.

    Odoo tells whoever has the link of a record, too, what is planned on it, every file, and who
    follows it with which address; all of that is for colleagues.
    """

    @classmethod
    def _process_request_for_all(cls, store, name, params):
        """Tell who has the link, but no right, of the record no more than that it is there."""
        if name == "mail.thread":
            page = page_of(params["thread_model"], params["thread_id"])
            if page and not page.sudo(False).has_access("read"):
                params = {**params, "request_list": []}
        return super()._process_request_for_all(store, name, params)
