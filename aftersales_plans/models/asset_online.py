# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import models

from .in_words import day_in_words

# Where a colleague lets customers see a product's document, on the product itself.
FOR_CUSTOMERS = ("quotation", "sale_order")


class AftersalesAsset(models.Model):
    """What a customer sees online of the goods: a passport without our notes (45, 50)."""

    _inherit = "aftersales.asset"

    def _documents_online(self):
        """Return the product's documents that colleagues chose to show to customers.

        Those marked to be seen on quotations or orders. What is attached to the asset itself, to
        messages or to claims is for colleagues: nobody could tell what of it a customer may see.
        """
        self.ensure_one()
        product = self.product_id
        documents = product.product_document_ids | product.product_tmpl_id.product_document_ids
        return documents.filtered(
            lambda document: (
                document.active
                and document.attached_on_sale in FOR_CUSTOMERS
                and (document.type == "binary" or (document.url or "").startswith("http"))
            )
        ).sorted()

    def _amount_online(self):
        """Return such as ``6 Units`` in the language of the record."""
        self.ensure_one()
        return f"{self.quantity:g} {self.uom_id.name or ''}".strip()

    def _known_by_online(self):
        """Return what tells goods of one name apart: since when, under which plan, where."""
        self.ensure_one()
        delivered = self.env._("delivered %s", day_in_words(self.env, self.date_delivered))
        place = self.site_id.contact_address_inline or self.site_id.name
        return " · ".join(filter(None, [delivered, self.contract_id.plan_id.name, place]))

    def _status_online(self):
        """Return how the goods stand: ``tone`` (a colour) and ``label``."""
        self.ensure_one()
        env = self.env
        label, tone = {
            "in_use": (env._("In use"), "success"),
            "returned": (env._("Returned"), "secondary"),
            "replaced": (env._("Replaced"), "secondary"),
            "scrapped": (env._("Scrapped"), "secondary"),
        }[self.status]
        return {"tone": tone, "label": label}
