# SPDX-License-Identifier: LGPL-3.0-or-later
from typing import NamedTuple

from odoo import Command, models


class Quoted(NamedTuple):
    """Whom a quotation is for: the customer, where it was done, under which contract (or none)."""

    partner: models.Model
    site: models.Model
    contract: models.Model


class AftersalesQuoting(models.AbstractModel):
    """What a claim or a visit charges becomes one quotation of its own (requirements 10, 24, 27).

    Who approves or completes need not be a salesperson: the quotation follows from that and is made
    as superuser; it is read and sent by whoever sells to the customer. A model that inherits this
    has ``name`` and ``company_id``, and answers :meth:`_quoted`.
    """

    _name = "aftersales.quoting"
    _description = "Charges that become a quotation"

    def _quoted(self):
        """Return for whom this record charges, as :class:`Quoted`; every model overrides it."""
        raise NotImplementedError

    def _prepare_service(self, product, quantity, price=0.0):
        """Return one of our service products as a charge; ``price`` 0: its list price.

        The price is in company currency and rounded on the quotation alone.
        """
        service = self.env.ref(f"aftersales_plans.{product}").sudo()  # a price for everybody
        return {
            "product_id": service.id,
            "product_uom_qty": quantity,
            "product_uom_id": service.uom_id.id,
            "price_unit": price or service._aftersales_list_price(self.company_id),
            "discount": 0.0,
        }

    def _create_quotation(self, charges):
        """Offer ``charges`` to the customer, in the currency and with the taxes that are his.

        :param charges: values of order lines; a ``price_unit`` is in company currency, without one
            the customer's pricelist says it
        :return: the quotation, as superuser; none without charges
        """
        self.ensure_one()
        orders = self.env["sale.order"].sudo()  # callers checked what it follows from
        if not charges:
            return orders
        to, company = self._quoted(), self.company_id
        order = orders.with_company(company).create(
            {
                "partner_id": to.partner.id,
                "partner_shipping_id": to.site.id,
                "company_id": company.id,
                "origin": self.name,
                "user_id": self._quoting_user().id,
            }
        )
        order.order_line = [
            Command.create({**charge, **self._prepare_price(charge, order)}) for charge in charges
        ]
        return order

    def _prepare_price(self, charge, order):
        """Return the agreed price of a charge as the ``order`` has it; nothing where none is said.

        A price that holds a tax loses it where the customer's fiscal position does, as core's do.
        """
        if "price_unit" not in charge:
            return {}
        company = order.company_id
        product = order.env["product.product"].browse(charge["product_id"])
        price = product._get_tax_included_unit_price_from_price(
            company.currency_id._convert(
                charge["price_unit"], order.currency_id, company, round=False
            ),
            product_taxes=product.taxes_id._filter_taxes_by_company(company),
            fiscal_position=order.fiscal_position_id,
        )
        # not the product's own price: who corrects the hours keeps the agreed one
        return {"price_unit": order.currency_id.round(price), "technical_price_unit": 0.0}

    def _note_quotation(self, order):
        """Say in this record's history who sends the quotation to the customer."""
        facts = {
            "order": order.name,
            "total": order.currency_id.format(order.amount_total),
            "user": order.user_id.name,
        }
        self._message_log(
            body=self.env._("Quotation %(order)s over %(total)s: %(user)s sends it.", **facts)
            if order.user_id
            else self.env._(
                "Quotation %(order)s over %(total)s: this customer has no salesperson, let one "
                "send it.",
                **facts,
            )
        )

    def _quoting_user(self):
        """Return who sells to this customer, or else the user if he sells; maybe nobody.

        Who left, sells for other companies only, or may not open quotations could not send it.
        """
        # sudo: who looks after the customer; the contract may be another salesperson's
        hidden = self.sudo()
        to = hidden._quoted()
        sellers = to.contract.user_id | to.partner.user_id
        sellers |= to.partner.commercial_partner_id.user_id | hidden.env.user
        return sellers.filtered(
            lambda user: (
                user.active
                and hidden.company_id in user.company_ids
                and user.has_group("sales_team.group_sale_salesman")
            )
        )[:1]
