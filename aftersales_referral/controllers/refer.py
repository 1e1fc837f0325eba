# SPDX-License-Identifier: LGPL-3.0-or-later
from urllib.parse import quote

from odoo import http
from odoo.http import request

from .typed import typed

PAGE = "/refer/<string:code>"
CODE_LENGTH = 40  # characters drawn; codes are shorter


class ReferralPage(http.Controller):
    """The page behind a referrer's link, with a short form for a newcomer (requirement 8).

    Whatever is sent, the answer is the same: nobody outside learns whose code it is beyond a
    first name, who is a customer, or why something is refused.
    """

    @http.route(PAGE, type="http", auth="public", methods=["GET"], website=True, sitemap=False)
    def referral_page(self, code, **kwargs):
        """Show the form; the same for a code nobody has, without a name."""
        return self._render(
            "aftersales_referral.referral_page", code, form={}, errors={}, agreed=False
        )

    @http.route(PAGE, type="http", auth="public", methods=["POST"], website=True, sitemap=False)
    def referral_send(self, code, **form):
        """Take the form and lead to the one answer there is."""
        if not form.get("homepage"):  # no person sees that field
            values = typed(form)
            agreed = bool(form.get("consent"))
            errors = self._referrals()._invite_errors(values, agreed)
            if errors:
                return self._render(
                    "aftersales_referral.referral_page",
                    code,
                    form=values,
                    errors=errors,
                    agreed=agreed,
                )
            self._take(code, values)
        return request.redirect(f"/refer/{quote(code, safe='')}/thanks")

    @http.route(
        f"{PAGE}/thanks", type="http", auth="public", methods=["GET"], website=True, sitemap=False
    )
    def referral_thanks(self, code, **kwargs):
        """Say thank you, whatever became of the form."""
        return self._render("aftersales_referral.referral_thanks", code)

    @http.route(
        f"{PAGE}/qr.png", type="http", auth="public", methods=["GET"], sitemap=False, readonly=True
    )
    def referral_qr(self, code, **kwargs):
        """Draw the QR code of a link, known or not."""
        partners = request.env["res.partner"]
        url = f"{partners.get_base_url()}/refer/{quote(code, safe='')[:CODE_LENGTH]}"
        headers = [
            ("Content-Type", "image/png"),
            ("Cache-Control", f"public, max-age={http.STATIC_CACHE}"),
        ]
        return request.make_response(partners._referral_qr(url), headers=headers)

    # --- Form ----------------------------------------------------------------------------------

    def _take(self, code, values):
        # Visitors have no right on our models: what was checked is stored, and no more.
        throttle = request.env["aftersales.referral.throttle"].sudo()
        cleaned = request.env["aftersales.referral.code"]._clean(code)[:CODE_LENGTH]
        if throttle._let_in(request.httprequest.remote_addr, cleaned):
            request.env["aftersales.referral.form"].sudo()._send(
                {
                    **values,
                    "code": cleaned,
                    "consent": self._referrals()._invite_consent(self._company(code)),
                    "company_id": request.env.company.id,
                }
            )

    # --- Page ----------------------------------------------------------------------------------

    def _referrals(self):
        # Visitors have no right on our models: the page alone decides what it shows.
        return request.env["aftersales.referral"].sudo()

    def _referrer(self, code):
        # as above; of the referrer the page shows the first name
        return request.env["aftersales.referral.code"].sudo()._find(code).partner_id

    def _company(self, code):
        referrer = self._referrer(code)
        return self._referrals()._invite_company(referrer) if referrer else request.env.company

    def _render(self, template, code, **values):
        company = self._company(code)
        # what the page tells of the company: its name, logo and invitation
        response = request.render(
            template,
            {
                "code": code,
                "first_name": self._referrer(code)._referral_first_name(),
                "res_company": company.sudo(),
                "consent": self._referrals()._invite_consent(company.sudo()),
                "no_breadcrumbs": True,
                **values,
            },
        )
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["Cache-Control"] = "no-store"
        return response
