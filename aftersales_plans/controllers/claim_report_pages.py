# SPDX-License-Identifier: LGPL-3.0-or-later
import uuid

from odoo import fields
from odoo.fields import Domain
from odoo.http import request, route
from odoo.tools.sql import escape_psql

from ..models.claim_photo import MEGABYTES, PHOTOS
from .customer_pages import SEARCHED, CustomerPages, typed_number, typed_text

QUANTITY = "quantity_"  # begins the name of the field beside goods
GOODS_OFFERED = 10  # at once; others are found by searching
TEXT = 5000  # characters of what happened
LINE = 200  # characters of anything else


class ClaimReportPages(CustomerPages):
    """Reporting a problem, made for a phone (requirement 47).

    The form comes back with everything that was typed, and the photos that arrived, until all of
    it is right.
    """

    @route("/my/claims/new", type="http", auth="user", website=True, methods=["GET"])
    def portal_claim_new(self, contract=None, asset=None, **asked):
        """Show an empty form; the goods of a contract, or one of them, may be chosen already."""
        if not request.env.user._is_portal():
            return request.redirect("/my")
        typed = self._typed_report({}, [])
        typed["contract"] = self._reportable_contract(contract)
        if asset:
            typed["asset_ids"] = [typed_number(asset)]
        return self._show_report_form(typed, {})

    @route("/my/claims/new", type="http", auth="user", website=True, methods=["POST"])
    def portal_claim_send(self, **asked):
        """Make a claim of the form, or show it again with what is wrong."""
        user = request.env.user
        if not user._is_portal():
            return request.redirect("/my")
        form, files = request.httprequest.form, request.httprequest.files
        typed = self._typed_report(form, form.getlist("asset"))
        claims = request.env["aftersales.claim"].sudo()  # the customer is checked by the domains
        claim = claims._find_reported(user, typed["key"])
        if claim:
            return self._back_to(claim, "reported")
        errors = self._keep_photos(claims, typed["key"], form, files.getlist("photos"))
        if self._is_search(form, typed):
            return self._show_report_form(typed, errors)
        report = self._checked_report(claims, typed, errors)
        if errors:
            return self._show_report_form(typed, errors)
        claim = claims._report_online(user, report, claims._kept_photos(user, typed["key"]))
        return self._back_to(claim, "reported")

    # --- What was typed ------------------------------------------------------------------------

    def _typed_report(self, form, asset_ids):
        """Return what the form holds as texts and numbers, whatever was sent."""
        today = request.env.company._aftersales_today()
        asset_ids = [number for number in map(typed_number, asset_ids) if number]
        asset_ids += [number for number in self._counted(form) if number not in asset_ids]
        return {
            "key": typed_text(form.get("key"), 36) or str(uuid.uuid4()),
            "asset_ids": asset_ids[:100],
            "quantities": {
                number: typed_text(form.get(f"{QUANTITY}{number}"), 12) for number in asset_ids
            },
            "other": typed_text(form.get("other"), LINE),
            "description": typed_text(form.get("description"), TEXT, lines=True),
            "date_occurred": typed_text(form.get("date_occurred"), 10) or str(today),
            "reported_as": typed_text(form.get("reported_as"), 20),
            "site_id": typed_number(form.get("site_id")),
            "reach_by": typed_text(form.get("reach_by"), LINE)
            if form
            else request.env.user.partner_id.phone or "",
            "search": typed_text(form.get("search"), SEARCHED),
            "contract": self._reportable_contract(form.get("contract")),
        }

    def _counted(self, form):
        """Return the goods beside which a number was entered: that chooses them, ticked or not."""
        for name, text in form.items():
            number = typed_number(name.removeprefix(QUANTITY))
            if name.startswith(QUANTITY) and number and typed_text(text, 12) not in ("", "1"):
                yield number

    def _is_search(self, form, typed):
        """Tell whether goods are asked for: by the button, or by Enter in its field."""
        entered = "enter" in form and typed["search"] != typed_text(form.get("searched"), SEARCHED)
        return "search_goods" in form or entered

    def _reportable_contract(self, number):
        """Return the customer's contract whose goods are offered first; maybe none."""
        contracts = request.env["aftersales.contract"].sudo()  # the customer's own
        mine = self._domain_of_customer() & Domain("id", "=", typed_number(number))
        return contracts.search(mine, limit=1)

    def _keep_photos(self, claims, key, form, files):
        """Keep the photos that came, drop those that were taken out; return what is wrong."""
        kept, user = claims._kept_photos(request.env.user, key), request.env.user
        wanted = set(map(typed_number, form.getlist("photo")))
        kept.filtered(lambda photo: photo.id not in wanted).unlink()
        errors = [
            claims._keep_photo(user, key, typed_text(file.filename, LINE), file.read())
            for file in files
            if file.filename
        ]
        errors = [error for error in errors if error]
        return {"photos": " ".join(errors)} if errors else {}

    # --- Whether it is right -------------------------------------------------------------------

    def _checked_report(self, claims, typed, errors):
        """Return the values of a report, and add to ``errors`` what is wrong, by field."""
        env, user = request.env, request.env.user
        chosen = self._goods_by_id(typed["asset_ids"])
        day = self._typed_day(typed["date_occurred"])
        company = chosen.company_id[:1] or user.company_id
        goods = self._checked_goods(chosen, typed, errors)
        if not typed["description"]:
            errors["description"] = env._("Tell us what happened.")
        if not day:
            errors["date_occurred"] = env._("Enter the day on which it happened.")
        elif day > company._aftersales_today():
            errors["date_occurred"] = env._("This day lies ahead: when did it happen?")
        elif chosen and day < max(chosen.mapped("date_delivered")):
            errors["date_occurred"] = env._("On this day the goods were not delivered yet.")
        sites = claims._reporting_sites(user, chosen)
        if not claims._may_report_online(user):
            errors["form"] = env._(
                "You reported very many problems today. Please call us, so that we can help you "
                "with all of them."
            )
        other = typed["other"] and env._("Other goods: %s", typed["other"])
        return {
            "key": typed["key"],
            "goods": goods,
            "description": "\n\n".join(filter(None, [typed["description"], other])),
            "date_occurred": day,
            "reported_as": typed["reported_as"] in self._guesses() and typed["reported_as"],
            "site_id": typed["site_id"] in sites.ids and typed["site_id"],
            "reach_by": typed["reach_by"],
            "company": company,
        }

    def _checked_goods(self, chosen, typed, errors):
        """Return pairs of goods and quantity, and say what is wrong with them."""
        env = request.env
        if not chosen and not typed["other"]:
            errors["goods"] = env._("Choose what it is about, or name it below.")
        elif len(chosen.company_id) > 1:
            errors["goods"] = env._(
                "%(first)s and %(second)s were sold by two of our companies: report them one by "
                "one.",
                first=chosen[0].name,
                second=chosen.filtered(lambda a: a.company_id != chosen[0].company_id)[0].name,
            )
        pairs = []
        for asset in chosen:
            quantity = self._typed_quantity(typed["quantities"].get(asset.id) or "1")
            if not 0 < quantity <= asset.quantity:
                errors["goods"] = env._(
                    "%(goods)s: enter how many are broken, up to %(have)s.",
                    goods=asset.name,
                    have=f"{asset.quantity:g}",
                )
            pairs.append((asset, quantity))
        return pairs

    def _typed_day(self, text):
        try:
            return fields.Date.to_date(text)
        except ValueError:
            return None

    def _typed_quantity(self, text):
        try:
            return float(text.replace(",", "."))
        except ValueError:
            return 0.0

    def _guesses(self):
        """Return what a customer may say it looks like: {key: words}."""
        field = request.env["aftersales.claim"]._fields["reported_as"]
        return dict(field._description_selection(request.env))

    # --- The form ------------------------------------------------------------------------------

    def _reportable_domain(self):
        return self._domain_of_customer() & Domain("status", "=", "in_use")

    def _goods_by_id(self, asset_ids):
        """Return the customer's own goods in use among ``asset_ids``."""
        assets = request.env["aftersales.asset"].sudo()  # the customer's own
        return assets.search(self._reportable_domain() & Domain("id", "in", asset_ids))

    def _offered_goods(self, typed):
        """Return the goods offered beside those chosen: found, of the contract, or the newest."""
        # the customer's own, by the domain
        assets, domain = request.env["aftersales.asset"].sudo(), self._reportable_domain()
        if typed["search"]:
            text = escape_psql(typed["search"])
            domain &= Domain("name", "ilike", text) | Domain("product_id", "ilike", text)
        elif typed["contract"]:
            domain &= Domain("contract_ids", "in", typed["contract"].ids)
        domain &= Domain("id", "not in", typed["asset_ids"])
        return assets.search(domain, limit=GOODS_OFFERED + 1)

    def _show_report_form(self, typed, errors):
        user = request.env.user
        claims = request.env["aftersales.claim"].sudo()  # photos and addresses of this customer
        chosen, offered = self._goods_by_id(typed["asset_ids"]), self._offered_goods(typed)
        values = {
            **self._prepare_portal_layout_values(),
            "page_name": "claim_new",
            "typed": typed,
            "errors": errors,
            "chosen": chosen,
            "offered": offered[:GOODS_OFFERED],
            "more_goods": len(offered) > GOODS_OFFERED or typed["search"] or typed["contract"],
            "guesses": self._guesses(),
            "sites": claims._reporting_sites(user, chosen | offered),
            "photos": claims._kept_photos(user, typed["key"]),
            "today": request.env.company._aftersales_today(),
            "most": {"text": TEXT, "line": LINE, "search": SEARCHED, "photos": PHOTOS},
            "megabytes": MEGABYTES,
        }
        return self._show_page("aftersales_plans.portal_claim_new", values)
