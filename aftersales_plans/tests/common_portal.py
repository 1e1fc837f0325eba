# SPDX-License-Identifier: LGPL-3.0-or-later
import re

from lxml import etree, html

from odoo import http
from odoo.fields import Command
from odoo.tests import HttpCase, new_test_user

# What an attacker types into every free text; each would call alert() or break out of its place.
SCRIPTS = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    '"><script>alert(1)</script>',
    "'><img src=x onerror=alert(1)>",
    "<a href='javascript:alert(1)'>a</a>",
    "<iframe src='javascript:alert(1)'></iframe>",
    "<body onload=alert(1)>",
    "<input autofocus onfocus=alert(1)>",
    "<details open ontoggle=alert(1)>",
    "<math><mtext><script>alert(1)</script></mtext></math>",
    "</textarea><script>alert(1)</script>",
    "</title><script>alert(1)</script>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<t t-out='1'/><t t-raw='\"<script>alert(1)</script>\"'/>",
    "{{ object.env.cr.dbname }}${7*7}",
    "<object data='javascript:alert(1)'></object>",
    "<form action='javascript:alert(1)'><button>x</button></form>",
    "<style>@import'javascript:alert(1)';</style>",
    "&lt;script&gt;alert(1)&lt;/script&gt;<script >alert(1)</script >",
)
# All of them in one text: whatever place lets one of them out lets this one out.
EVERY_SCRIPT = " ".join(SCRIPTS)
# Attributes whose value a browser opens, or an animation sets as such.
LEADS = {
    *("href", "xlink:href", "src", "action", "data", "formaction", "background", "poster"),
    *("to", "from", "by", "values", "content"),
}
# After entities are read; browsers leave out white space and control characters.
OPENS = re.compile(r"(^|url=)['\"]?(javascript|vbscript|data:(text/html|image/svg))", re.I)
QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")  # words inside a handler
STYLES = re.compile(r"expression\(|javascript:|behavior:|-moz-binding", re.I)


def what_runs(markup):
    """Return what of a text of :data:`SCRIPTS` a browser would run; as words it may stand."""
    found = []
    for element in html.document_fromstring(str(markup) or "<p/>").iter(etree.Element):
        text = element.text or ""
        if element.tag == "script" and "alert(1)" in text and "json" not in element.get("type", ""):
            found.append(f"<script> {text.strip()[:60]}")
        if element.tag == "style" and STYLES.search(text):
            found.append(f"<style> {text.strip()[:60]}")
        for name, value in element.attrib.items():
            read = re.sub(r"[\x00-\x20]", "", value)
            if (
                (name.startswith("on") and "alert" in QUOTED.sub("", read))
                or (name in LEADS and element.tag != "img" and OPENS.search(read))
                or (name == "style" and STYLES.search(read))
                or (name == "srcdoc" and what_runs(value))
            ):
                found.append(f"<{element.tag} {name}> {value[:60]}")
    return found


class PortalCase(HttpCase):
    """Customers who log in, and what their pages say; add ``AfterSalesCase`` for the business."""

    @classmethod
    def customer_login(cls, login, partner, company=None):
        """Give a contact a portal login; the password is the login."""
        company = company or cls.env.company
        return new_test_user(
            cls.env,
            login,
            "base.group_portal",
            name=partner.name,
            partner_id=partner.id,
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )

    def page(self, address, login=None):
        """Return the response of an address, as ``login`` or, without one, as a visitor."""
        self.env.flush_all()
        self.authenticate(login, login)
        return self.url_open(address)

    def words(self, address, login=None):
        """Return what a page says, without its markup."""
        response = self.page(address, login)
        self.assertEqual(response.status_code, 200)
        return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.text))

    def send(self, address, login=None, files=None, csrf=True, **form):
        """Send a form; return the page it leads to."""
        self.env.flush_all()
        self.authenticate(login, login)
        if csrf:
            form["csrf_token"] = http.Request.csrf_token(self)
        return self.url_open(address, data=form, files=files)

    def assertHarmless(self, markup):
        """Fail where a text of :data:`SCRIPTS` would run in this markup."""
        self.assertEqual(what_runs(markup), [])
