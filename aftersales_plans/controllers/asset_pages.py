# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo.fields import Domain
from odoo.http import request, route

from .customer_pages import LAST_ID, CustomerPages


class AssetPages(CustomerPages):
    """What a customer has of us, in the portal (requirements 45, 50)."""

    def _prepare_home_portal_values(self, counters):
        """Tell whether the customer has goods."""
        values = super()._prepare_home_portal_values(counters)
        if "asset_count" in counters:
            assets = request.env["aftersales.asset"].sudo()  # the customer's own
            values["asset_count"] = assets.search_count(self._domain_of_customer(), limit=1)
        return values

    def _asset_list_options(self):
        """Return how goods are sorted, filtered and searched."""
        env = request.env
        in_use, covered = Domain("status", "=", "in_use"), Domain("contract_id", "!=", False)
        return {
            "sortings": {
                "date": {"label": env._("Newest"), "order": "date_delivered desc, id desc"},
                "name": {"label": env._("Name"), "order": "name, id desc"},
                "guarantee": {"label": env._("Guarantee ends first"), "order": "warranty_end, id"},
            },
            "filters": {
                "in_use": {"label": env._("In use"), "domain": in_use},
                "covered": {"label": env._("With a service contract"), "domain": in_use & covered},
                "bare": {"label": env._("Without a service contract"), "domain": in_use & ~covered},
                "out": {"label": env._("Out of use"), "domain": ~in_use},
                "all": {"label": env._("All"), "domain": Domain.TRUE},
            },
            "searches": {
                "all": {
                    "label": env._("Search in name and serial number"),
                    "domain": lambda text: (
                        Domain("name", "ilike", text) | Domain("product_id", "ilike", text)
                    ),
                },
                "serial": {
                    "label": env._("Search in serial number"),
                    "domain": lambda text: Domain("serial", "ilike", text),
                },
                "contract": {
                    "label": env._("Search in service contract"),
                    "domain": lambda text: Domain("contract_ids.name", "ilike", text),
                },
            },
        }

    def _asset_of_customer(self, asset_id):
        """Return one of the customer's goods as superuser; nothing if it is not theirs."""
        assets = request.env["aftersales.asset"].sudo()  # the customer's own
        return assets.search(
            self._domain_of_customer() & Domain("id", "=", min(asset_id, LAST_ID)), limit=1
        )

    @route(
        ["/my/assets", "/my/assets/page/<int:page>"],
        type="http",
        auth="user",
        methods=["GET"],
        website=True,
    )
    def portal_my_assets(self, **asked):
        """List what the customer has of us."""
        values = self._list_of_customer(
            request.env["aftersales.asset"].sudo(),  # the customer's own
            self._domain_of_customer(),
            "/my/assets",
            "asset",
            asked,
            **self._asset_list_options(),
        )
        return request.render("aftersales_plans.portal_my_assets", values)

    @route("/my/assets/<int:asset_id>", type="http", auth="user", methods=["GET"], website=True)
    def portal_my_asset(self, asset_id, **asked):
        """Show the passport of one unit or lot."""
        asset = self._asset_of_customer(asset_id)
        if not asset:
            return request.redirect("/my")
        contract = asset.contract_id or asset.left_contract_id
        reported = asset | asset.origin_asset_id if asset.status != "in_use" else asset
        values = {
            "asset": asset,
            "page_name": "asset",
            "contract": contract,
            "is_own_contract": contract and contract._is_open_to(request.env.user),
            "claims": self._claims_of_customer(Domain("line_ids.asset_id", "in", reported.ids)),
            "documents": asset._documents_online(),
        }
        return self._show_page("aftersales_plans.portal_asset", values)

    @route(
        "/my/assets/<int:asset_id>/document/<int:document_id>",
        type="http",
        auth="user",
        methods=["GET"],
    )
    def portal_my_asset_document(self, asset_id, document_id, **asked):
        """Send a document that belongs to the customer's goods."""
        asset = self._asset_of_customer(asset_id)
        # an empty list where it is not the customer's own
        documents = asset._documents_online() if asset else request.env["product.document"].sudo()
        document = documents.filtered(lambda document: document.id == document_id)
        if not document or document.type != "binary":
            return request.redirect("/my")
        stream = request.env["ir.binary"]._get_stream_from(document.ir_attachment_id)
        return stream.get_response(as_attachment=True)
