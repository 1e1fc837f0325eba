"""A browser with one session: pages and their forms, and the calls of the web client."""

from __future__ import annotations

import itertools
import re

import lxml.html
from lxml import etree

#: Refusals that are an answer, not an error: what the sentence contains, by model and method.
SETTLED = "its goods and cover are settled"  # two decided the same claim
EXPECTED: dict[str, tuple[str, ...]] = {
    "aftersales.claim.action_approve": (
        "ask a plan manager to approve it",  # which the manager's journey does
        "are claimed in all",  # the one tile that replaced another, promised already
        SETTLED,
    ),
    "aftersales.claim.web_save": (SETTLED,),
    # two billed the same order
    "sale.advance.payment.inv.create_invoices": ("No items are available to invoice",),
}


class Refused(Exception):
    """The server said no in words that are expected; the journey ends there."""


class Broken(Exception):
    """The server failed, which is counted already; the journey ends there."""


class Browser:
    """What one person's browser sends.

    :param http: locust's session, which measures every request by its name
    """

    def __init__(self, http):
        self.http = http
        self.uid = None
        self.context = {}
        self.views = {}  # kept like the web client keeps them, until the page is loaded again
        self.refusals = []
        self._number = itertools.count(1)

    # --- Pages ---------------------------------------------------------------------------------

    def get(self, path, name=None, ends=None, **options):
        """Open a page and return it parsed, or its bytes where it is none.

        :param ends: what the address has to contain in the end, after redirects
        """
        with self.http.get(path, name=name or path, catch_response=True, **options) as response:
            return self._page(response, ends)

    def submit(self, form, /, *, ends=None, files=None, title=None, **typed):
        """Fill in and send a form of a page; ``title`` is what it is measured as."""
        data = [pair for pair in form.form_values() if pair[0] not in typed]
        for field, value in typed.items():
            data += [(field, one) for one in (value if isinstance(value, list) else [value])]
        path = form.get("action") or form.base_url
        many = {}
        for field, value in data:
            many.setdefault(field, []).append(value)
        options = {"data": many, "files": files, "catch_response": True}
        with self.http.post(path, name=title or told(path), **options) as response:
            return self._page(response, ends)

    def _page(self, response, ends):
        if response.status_code != 200:
            response.failure(f"HTTP {response.status_code}: {response.text[:300]}")
            raise Broken(response.url)
        if ends and ends not in response.url:
            response.failure(f"led to {response.url}")
            raise Broken(response.url)
        response.success()
        if "text/html" not in response.headers.get("Content-Type", ""):
            return response.content
        page = lxml.html.fromstring(response.content, base_url=response.url)
        page.make_links_absolute(response.url)
        return page

    def log_in(self, login, password):
        """Log in on the page for it, and return the page it leads to."""
        page = self.get("/web/login")
        form = form_to(page, "/web/login")
        return self.submit(form, title="log in", login=login, password=password)

    def start_web_client(self):
        """Get what the web client of a colleague asks for first; return the session's facts."""
        info = self.call("/web/session/get_session_info")
        self.uid, self.context = info["uid"], info["user_context"]
        self.get("/web/webclient/load_menus")
        self.get("/web/webclient/translations?lang=en_US", name="/web/webclient/translations")
        self.call("/mail/data", fetch_params=["init_messaging"], context=self.context)
        return info

    # --- Calls ---------------------------------------------------------------------------------

    def call(self, path, name=None, **params):
        """Send a JSON-RPC request; return its result.

        :raise Refused: an expected refusal
        :raise Broken: any other error, which is counted
        """
        body = {"jsonrpc": "2.0", "method": "call", "id": next(self._number), "params": params}
        with self.http.post(path, json=body, name=name or path, catch_response=True) as response:
            if response.status_code != 200:
                response.failure(f"HTTP {response.status_code}: {response.text[:300]}")
                raise Broken(path)
            reply = response.json()
            if "error" not in reply:
                response.success()
                return reply.get("result")
            error = reply["error"].get("data") or reply["error"]
            message = f"{error.get('name')}: {error.get('message')}"
            if any(words in message for words in EXPECTED.get(name, ())):
                response.success()
                self.refusals.append((name, message))
                raise Refused(message)
            response.failure(f"{name or path}: {message[:500]}")
            raise Broken(message)

    def rpc(self, model, method, *args, context=None, **kwargs):
        """Call a method of a model as the web client does."""
        return self.call(
            f"/web/dataset/call_kw/{model}/{method}",
            name=f"{model}.{method}",
            model=model,
            method=method,
            args=list(args),
            kwargs={**kwargs, "context": {**self.context, **(context or {})}},
        )

    def press(self, model, ids, method, context=None):
        """Press a button of a record; return the action it leads to, or False."""
        return self.call(
            f"/web/dataset/call_button/{model}/{method}",
            name=f"{model}.{method}",
            model=model,
            method=method,
            args=[ids],
            kwargs={"context": {**self.context, **(context or {})}},
        )

    # --- Screens -------------------------------------------------------------------------------

    def load_views(self, model, view_type, view=None, action=None):
        """Return the parsed view and the fields of its models; asked for once per page."""
        key = (model, view_type, view, action)
        if key not in self.views:
            reply = self.rpc(
                model,
                "get_views",
                [[view, view_type], [False, "search"]],
                options={"action_id": action, "load_filters": True, "toolbar": True},
            )
            fields = {name: one["fields"] for name, one in reply["models"].items()}
            self.views[key] = etree.fromstring(reply["views"][view_type]["arch"]), fields
        return self.views[key]

    def open_list(self, model, domain=(), action=None, limit=80, order="", context=None):
        """Open the list of a menu; return its rows with what the columns show."""
        if action and action not in self.views:
            self.views[action] = self.call("/web/action/load", action_id=action)
        arch, fields = self.load_views(model, "list")
        columns = {**read_spec(arch, model, fields), "id": {}}
        return self.rpc(
            model,
            "web_search_read",
            specification=columns,
            domain=list(domain),
            limit=limit,
            order=order,
            count_limit=10001,
            context=context,
        )["records"]


def form_to(page, path):
    """Return the form of a page that is sent to an address; None where it has none."""
    return next((form for form in page.forms if (form.get("action") or "").endswith(path)), None)


def told(path):
    """Return the name of a form's address, the same for all records.

    >>> told("http://127.0.0.1:8069/my/visits/14/answer")
    '/my/visits/…/answer (form)'
    """
    return re.sub(r"/\d+", "/…", re.sub(r"^\w+://[^/]+", "", path)) + " (form)"


def read_spec(node, model, fields):
    """Return what the web client asks for to show a view: {field: {...}}."""
    spec = {}
    for field in node.iter("field"):
        if next(field.iterancestors("field"), None) not in (None, _owner(node)):
            continue
        name = field.get("name")
        about = fields[model].get(name, {})
        spec[name] = _spec_of(field, about, fields)
    return spec


def _owner(node):
    """Return the field whose own view ``node`` is; None for the whole view."""
    return node if node.tag == "field" else next(node.iterancestors("field"), None)


def _spec_of(field, about, fields):
    """Return what is read of one field."""
    if about.get("type") == "many2one":
        return {"fields": {"display_name": {}}}
    if about.get("type") not in ("one2many", "many2many"):
        return {}
    inner = next((one for one in field if one.tag in ("list", "kanban", "form")), None)
    if inner is not None:
        return {"fields": read_spec(inner, about["relation"], fields), "limit": 40}
    hidden = field.get("invisible") in ("1", "True") or field.get("column_invisible")
    return {} if hidden else {"fields": {"display_name": {}}}
