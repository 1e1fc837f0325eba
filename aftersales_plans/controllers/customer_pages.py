# SPDX-License-Identifier: LGPL-3.0-or-later
import unicodedata

from werkzeug.urls import url_encode

from odoo.fields import Domain
from odoo.http import request
from odoo.tools.sql import escape_psql

from odoo.addons.portal.controllers.portal import CustomerPortal
from odoo.addons.portal.controllers.portal import pager as portal_pager

from ..models.customer_page import domain_of_customer

SEARCHED = 100  # characters of what is typed into the search field
UNSEEN = {"Cc", "Cf", "Cs"}  # Unicode's categories of signs that only control others
LAST_ID = 2**31 - 1  # of PostgreSQL's integer; an address may ask for more


def typed_text(value, length, lines=False):
    """Return what somebody typed, at most ``length`` characters; nothing for a file.

    Without signs nobody sees: PostgreSQL keeps no NUL, and others turn words around.

    :param lines: whether it may have several
    """
    if not isinstance(value, str):
        return ""
    text = value if lines else " ".join(value.split())
    seen = (sign for sign in text if sign == "\n" or unicodedata.category(sign) not in UNSEEN)
    return "".join(seen).strip()[:length]


def typed_number(value):
    """Return a number somebody typed or an address holds; 0 if it is none."""
    text = typed_text(value, 10)
    return int(text) if text.isascii() and text.isdecimal() and int(text) <= LAST_ID else 0


def typed_token(value):
    """Return the token an address or form holds; None for what is none, such as a file."""
    return value if isinstance(value, str) and value.isascii() else None


def search_places(everywhere, places):
    """Return the searches of a list, the first one in all of its ``places``.

    :param everywhere: the label of that one
    :param places: {key: (label, text → domain)}
    """
    finders = [find for _label, find in places.values()]
    anywhere = (everywhere, lambda text: Domain.OR(find(text) for find in finders))
    return {
        key: {"label": label, "domain": find}
        for key, (label, find) in {"all": anywhere, **places}.items()
    }


class CustomerPages(CustomerPortal):
    """What all pages of our customers have in common: whose records, how they are listed.

    All of them are read as superuser, for customers have no right on our models; so every search
    starts from :meth:`_domain_of_customer`, every record from :meth:`_page_of_customer`.
    """

    def _domain_of_customer(self, path="partner_id"):
        return domain_of_customer(request.env.user, path)

    def _page_of_customer(self, model, record_id, access_token=None, reader="partner_id"):
        """Return a record of ``model`` as superuser if it opens for whoever asks; else nothing.

        Without a login it speaks the language of its customer, as the mail did that led there.

        :param reader: the field that names whom the mail went to
        """
        record_id = record_id if record_id <= LAST_ID else 0
        record = request.env[model].sudo().browse(record_id).exists()  # asked before it is shown
        token = typed_token(access_token)
        if not record or not record._is_open_to(request.env.user, token):
            return record.browse()
        if request.env.user._is_public():
            request.update_context(lang=record[reader].lang or request.env.lang)
        return record.with_env(record.env(context=request.env.context))

    def _asking(self, record):
        """Return the contact who asks for something: who is logged in, else the customer.

        Without a login the link of a mail to the customer of ``record`` led here.
        """
        user = request.env.user
        return record.partner_id if user._is_public() else user.partner_id

    def _show_page(self, template, values):
        """Return a page whose address may hold a token: told to nobody, kept by no browser."""
        return self._keep_private(request.render(template, values))

    def _keep_private(self, response):
        """Return a page or a file that no other site hears of and no browser keeps."""
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["Cache-Control"] = "no-store"
        return response

    def _back_to(self, record, said, anchor=""):
        """Lead back from a form to the page of ``record``, which says what came of it.

        :param said: key of the sentence on that page
        """
        query = {"said": said}
        if not record._is_open_to(request.env.user):
            query["access_token"] = record.access_token  # by which the form was opened
        return request.redirect(f"{record.access_url}?{url_encode(query)}{anchor}")

    def _list_of_customer(
        self, records, domain, url, page_name, asked, sortings, filters=None, searches=None
    ):
        """Return the values of a list: its records, Odoo's search bar and pager.

        What an address asks for that is not offered falls back to the first that is.

        :param records: the model, as superuser
        :param domain: whose records, from :meth:`_domain_of_customer`
        :param asked: what the address says: page, sortby, filterby, search, search_in
        :param sortings: {key: {"label", "order"}}
        :param filters: {key: {"label", "domain"}}, the first one is the default
        :param searches: {key: {"label", "domain": text → domain}}, the first one is the default
        """
        offered = {"sortby": sortings, "filterby": filters or {}, "search_in": searches or {}}
        chosen = {
            name: asked.get(name) if asked.get(name) in options else next(iter(options), None)
            for name, options in offered.items()
        }
        search = typed_text(asked.get("search"), SEARCHED)
        domain = Domain(domain)
        if filters:
            domain &= Domain(filters[chosen["filterby"]]["domain"])
        if searches and search:
            domain &= Domain(searches[chosen["search_in"]]["domain"](escape_psql(search)))
        pager = portal_pager(
            url=url,
            total=records.search_count(domain),
            page=min(asked["page"], LAST_ID) if isinstance(asked.get("page"), int) else 1,
            step=self._items_per_page,
            url_args={**{name: key for name, key in chosen.items() if key}, "search": search},
        )
        found = records.search(
            domain,
            order=sortings[chosen["sortby"]]["order"],
            limit=self._items_per_page,
            offset=pager["offset"],
        )
        return {
            **self._prepare_portal_layout_values(),
            **chosen,
            "records": found,
            "pager": pager,
            "search": search,
            "searchbar_sortings": sortings,
            "searchbar_filters": filters or {},
            "searchbar_inputs": {
                key: {"input": key, "label": place["label"]}
                for key, place in (searches or {}).items()
            },
            "page_name": page_name,
            "default_url": url,
        }
