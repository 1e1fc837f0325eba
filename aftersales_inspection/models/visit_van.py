# SPDX-License-Identifier: AGPL-3.0-or-later
from odoo import api, fields, models
from odoo.exceptions import ValidationError


class FsmPerson(models.Model):
    """A technician's van is a place of the company's own stock (requirement 43)."""

    _inherit = "fsm.person"

    van_location_id = fields.Many2one(
        "stock.location",
        string="Van",
        domain="[('usage', '=', 'internal')]",
        index="btree_not_null",
        ondelete="restrict",
        copy=False,
        help="What is used at visits comes from here; without a van, from the warehouse.",
    )

    @api.constrains("van_location_id", "company_id")
    def _check_van(self):
        for person in self:
            van, company = person.van_location_id, person.company_id
            if not van:
                continue
            if van.usage != "internal" or not van.company_id:
                raise ValidationError(
                    self.env._(
                        "%(van)s cannot be the van of %(technician)s: choose an internal "
                        "location of the company.",
                        van=van.display_name,
                        technician=person.name,
                    )
                )
            if company and van.company_id != company:
                raise ValidationError(
                    self.env._(
                        "%(van)s belongs to %(company)s, %(technician)s does not.",
                        van=van.display_name,
                        company=van.company_id.name,
                        technician=person.name,
                    )
                )

    def action_create_van(self):
        """Make a van named after each technician who has none, in his company's warehouse."""
        self.check_access("write")
        self._check_office({"van_location_id": True})
        hidden = self.sudo()  # checked above; who runs technicians need not run the warehouse
        for person in hidden.filtered(lambda person: not person.van_location_id):
            company = person.company_id or self.env.company
            warehouse = company._aftersales_first_warehouse()
            person.van_location_id = hidden.env["stock.location"].create(
                {
                    "name": self.env._("Van %s", person.name),
                    "usage": "internal",
                    # beside the shelves: no delivery takes its goods from a van
                    "location_id": warehouse.view_location_id.id,
                    "company_id": company.id,
                }
            )


class FsmOrder(models.Model):
    """Where the goods of a visit come from."""

    _inherit = "fsm.order"

    goods_source = fields.Char(
        string="Parts Come from", compute="_compute_goods_source", compute_sudo=True
    )

    @api.depends("person_id", "company_id")
    def _compute_goods_source(self):
        for visit in self:
            has_goods = visit.aftersales_kind and visit.company_id
            visit.goods_source = has_goods and visit._goods_source().display_name

    def _van(self):
        """Return the van of the technician if it is of the visit's company."""
        van = self.sudo().person_id.van_location_id  # only which place it is
        return van.filtered(lambda place: place.company_id == self.company_id)

    def _goods_warehouse(self):
        """Return whose transfers take goods to the visit: the van's, else the sale's warehouse."""
        self.ensure_one()
        sold = self.sudo().aftersales_contract_id.sale_order_id.warehouse_id  # only which one
        known = self._van().warehouse_id or sold
        return (
            known.filtered(lambda warehouse: warehouse.company_id == self.company_id)
            or self.company_id._aftersales_first_warehouse()
        )

    def _goods_source(self):
        """Return the place the goods of the visit leave: the van, else the warehouse's shelves."""
        return self._van() or self._goods_warehouse().lot_stock_id

    def _fitting_products(self):
        """Return the ids of the parts that are likely at this visit.

        What the van holds, the goods that are there, and what is of their categories.
        """
        if not self or not self.has_access("read"):
            return []
        visit = self.sudo()  # which goods are near follows from the visit, which is readable
        held = visit.env["stock.quant"]._read_group(
            [("location_id", "child_of", visit._van().ids), ("quantity", ">", 0)], ["product_id"]
        )
        goods = visit._known_assets().product_id
        of_kind = visit.env["product.product"].search(
            [("type", "=", "consu"), ("categ_id", "in", goods.categ_id.ids)]
        )
        return (goods | of_kind | goods.union(*(product for (product,) in held))).ids
