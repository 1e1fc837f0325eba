# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import api, fields, models
from odoo.fields import Domain

STATES = [
    ("shortage", "Shortage"),
    ("overstock", "Overstock"),
    ("fine", "Fine"),
    ("no_data", "Not enough data"),
    ("not_stocked", "Not stocked"),
]


class AftersalesPartsOutlook(models.Model):
    """What is on the shelf and on its way, against what is likely to be used (requirement 13).

    Read live, so that goods that came in this morning end a shortage at once.
    """

    _inherit = "aftersales.parts.outlook"

    is_stocked = fields.Boolean(
        compute="_compute_stock", compute_sudo=True, help="Goods whose stock is tracked."
    )
    on_hand = fields.Float(
        string="Free on Hand",
        compute="_compute_stock",
        compute_sudo=True,
        digits="Product Unit",
        help="In the company's warehouses and not reserved; without what came back broken, is of "
        "second grade, or is lent.",
    )
    on_order = fields.Float(
        compute="_compute_stock",
        compute_sudo=True,
        digits="Product Unit",
        help="Planned to arrive there.",
    )
    shortage = fields.Float(
        compute="_compute_stock",
        compute_sudo=True,
        digits="Product Unit",
        help="What is missing to be prepared for the vendor's lead time and a month.",
    )
    overstock = fields.Float(
        compute="_compute_stock",
        compute_sudo=True,
        digits="Product Unit",
        help="What is likely to lie longer than the months the settings allow; all of an archived "
        "product.",
    )
    stock_state = fields.Selection(
        STATES, compute="_compute_stock", compute_sudo=True, search="_search_stock_state"
    )

    @api.depends("product_id", "need", "keep", "enough_data")
    def _compute_stock(self):
        for company, outlooks in self.grouped("company_id").items():
            stock = outlooks._stock(company)
            for outlook in outlooks:
                outlook._set_stock(*stock[outlook.product_id])

    def _set_stock(self, on_hand, on_order):
        """Compare what there is with what there should be."""
        self.ensure_one()
        self.is_stocked = self.product_id.is_storable
        self.on_hand, self.on_order = on_hand, on_order
        there = on_hand + on_order
        lacking, too_many = self.need - there, there - self.keep
        if not self.product_id.active:
            lacking, too_many = 0.0, there
        elif not self.enough_data:
            lacking = too_many = 0.0
        unit = self.uom_id
        self.shortage = lacking if self.is_stocked and unit.compare(lacking, 0) > 0 else 0.0
        self.overstock = too_many if self.is_stocked and unit.compare(too_many, 0) > 0 else 0.0
        self.stock_state = self._stock_state_now()

    def _stock_state_now(self):
        """Return the state in one word; what there is too little of comes first."""
        if not self.is_stocked:
            return "not_stocked"
        if self.shortage:
            return "shortage"
        if self.overstock:
            return "overstock"
        return "fine" if self.enough_data else "no_data"

    def _stock(self, company):
        """Return {product: (free on hand, on order)} at the company's warehouses.

        A number of queries that does not depend on how many products there are.
        """
        places = self._stock_places(company)
        products = self.product_id.with_company(company).with_context(
            location=places.ids, strict=True
        )
        if not places:
            return dict.fromkeys(self.product_id, (0.0, 0.0))
        found, within = products._compute_quantities_dict(None, None, None), self._within(places)
        return {
            product: (
                found[product.id]["free_qty"] + within.get(product, 0.0),
                found[product.id]["incoming_qty"],
            )
            for product in self.product_id
        }

    def _within(self, places):
        """Return {product: what is reserved to go from one of ``places`` to another}.

        It leaves none of them, so it is as free as before: a transfer between two warehouses is no
        shortage. What is picked for a customer or a production goes on from there.
        """
        lines = self.env["stock.move.line"]._read_group(
            [
                ("product_id", "in", self.product_id.ids),
                ("state", "in", ("assigned", "partially_available")),
                ("location_id", "in", places.ids),
                ("location_dest_id", "in", places.ids),
                ("move_id.location_final_id", "in", (False, *places.ids)),
                ("move_id.move_dest_ids", "=", False),
            ],
            ["product_id"],
            ["quantity_product_uom:sum"],
        )
        return dict(lines)

    @api.model
    def _stock_places(self, company):
        """Return the places of the company's warehouses whose goods may be given to customers."""
        warehouses = self.env["stock.warehouse"].search([("company_id", "=", company.id)])
        apart = (
            company.aftersales_returned_location_id
            | company.aftersales_second_grade_location_id
            | company.aftersales_lent_location_id
        )
        there = Domain("id", "child_of", warehouses.view_location_id.ids)
        there &= Domain("usage", "=", "internal") & ~Domain("id", "child_of", apart.ids)
        return self.env["stock.location"].search(there)

    @api.model
    def _search_stock_state(self, operator, value):
        """Find by state among the outlooks of the user's companies."""
        if operator != "in":
            return NotImplemented
        mine = self.search([("company_id", "in", self.env.companies.ids)])
        return [("id", "in", mine.filtered(lambda outlook: outlook.stock_state in value).ids)]
