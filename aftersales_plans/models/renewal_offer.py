# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import Command, models
from odoo.exceptions import UserError

from ..calc import renewal
from .turn import take_turn


class AftersalesContract(models.Model):
    """What going on with a contract costs, and the quotation that offers it (25, 26, 62).

    The terms of the old contract govern: its uplift, its discount and how long that holds.
    """

    _inherit = "aftersales.contract"

    # --- Price ---------------------------------------------------------------------------------

    def _renewal_price(self, product, order, discounted=True):
        """Return what ``product`` costs on ``order`` as a renewal of this contract.

        The same plan goes on at the old price, pro rata and uplifted, less the renewal discount;
        another plan, or one that was given away, costs what it does for these goods. Nothing is
        rounded here: the order line rounds once.

        :param discounted: the renewal discount still holds
        :return: {"price_unit": …, "discount": percent}; None for lack of data about the goods
        """
        self.ensure_one()
        net = self._renewal_uplifted(product, order)
        if net is None:
            goods = product.aftersales_plan_id._covered_among(self._renewable_goods())
            prices = self.env["aftersales.plan"]._price_in_order(product, order, {product: goods})
            return {"price_unit": prices[product], "discount": 0.0}
        return {
            "price_unit": self._renewal_gross(net, product, order),
            "discount": self.renewal_discount_percent if discounted else 0.0,
        }

    def _renewal_uplifted(self, product, order):
        """Return the uplifted net price of the next term in the currency of ``order``, unrounded.

        None where the list price counts: for another plan, or if the old price is 0.
        """
        amount, currency = self._sold_price()
        if product.aftersales_plan_id != self.plan_id or currency.compare_amounts(amount, 0) <= 0:
            return None
        today = self.company_id._aftersales_today()
        base = currency._convert(amount, order.currency_id, self.company_id, today, round=False)
        return renewal.uplifted(
            base,
            self.duration_months,
            self.plan_id.duration_months,
            self.renewal_uplift_percent,
        )

    def _renewal_gross(self, net, product, order):
        """Return the unit price at which ``net`` is what stays without the taxes in the price."""
        taxes = order.fiscal_position_id.map_tax(
            product.taxes_id._filter_taxes_by_company(self.company_id)
        )
        return self.plan_id._gross_price(net, taxes)

    # --- Quotation -----------------------------------------------------------------------------

    def _make_renewal(self, product=None):
        """Return the open renewal quotation of one contract; made if there is none.

        Callers check who may.

        :param product: sells the plan of the next term; None: the same plan goes on
        :raises UserError: in words, what keeps the contract from being renewed
        """
        self.ensure_one()
        take_turn(self)
        self._check_renewable()
        known = self._renewal_order()
        if known:
            return known
        product = product or self._renewal_product()
        order = self.env["sale.order"].with_company(self.company_id)
        order = order.create(self._prepare_renewal_order())
        order.order_line = [Command.create(self._prepare_renewal_line(product, order))]
        order._aftersales_set_renewal_deadline()
        today = self.company_id._aftersales_today()
        # nobody's to write by hand; callers check who may
        self.sudo().write({"lapse_reason_id": False, "date_renewal_tried": today})
        self._end_renewal_activities()
        self.message_post(body=self.env._("Renewal quotation %s was made.", order._get_html_link()))
        return order

    def _prepare_renewal_order(self):
        """Return the values of the quotation; the rest is as on any new order of the customer."""
        seller = self.user_id.filtered("active")
        return {
            **self._prepare_renewal_customer(),
            "origin": self.name,
            "aftersales_renewal_offered_on": self.company_id._aftersales_today(),
            **({"user_id": seller.id} if seller else {}),
        }

    def _prepare_renewal_customer(self):
        """Return for whom, and where, a renewal is quoted: prices and taxes follow from that."""
        return {
            "partner_id": self.partner_id.id,
            "partner_shipping_id": self.site_id.id,
            "company_id": self.company_id.id,
        }

    def _imagined_renewal_order(self):
        """Return a quotation that is never saved, to ask it for prices and taxes."""
        return self.env["sale.order"].new(self._prepare_renewal_customer())

    def _prepare_renewal_line(self, product, order):
        """Return the values of the plan line of a renewal quotation."""
        plan = product.aftersales_plan_id
        error = self._renewal_goods_error(plan)
        if error:
            raise UserError(error)
        goods = plan._covered_among(self._renewable_goods())
        return {
            "order_id": order.id,
            "product_id": product.id,
            "product_uom_qty": 1.0,
            "aftersales_renews_id": self.id,  # its price follows from that
            "aftersales_asset_ids": [Command.set(goods.ids)],
        }

    def _renewal_product(self):
        """Return the product that sells the same plan again.

        :raises UserError: the plan is not sold any more
        """
        product = self._find_renewal_product()
        if not product:
            raise UserError(self._renewal_no_product_error())
        return product

    def _find_renewal_product(self):
        """Return the product that sells the same plan by now: the one of the sale, if it does."""
        products = self.env["aftersales.plan"]._search_products(self.company_id)
        mine = products.filtered(lambda product: product.aftersales_plan_id == self.plan_id)
        sold = self.sudo().sale_line_id.product_id  # whoever may read the contract may know it
        return mine.filtered(lambda product: product.id == sold.id) or mine[:1]

    def _renewal_no_product_error(self):
        return self.env._(
            "%(contract)s: the plan %(plan)s is no longer sold. Renew the contract with another "
            "plan, or bring the plan and its product back first.",
            contract=self.name,
            plan=self.plan_id.name,
        )

    # --- Whether it can be renewed -------------------------------------------------------------

    def _last_day(self):
        """Return the last day of cover: as it ended, as agreed, or of the term; else False."""
        self.ensure_one()
        return self.date_closed or self.notice_day or self.date_end

    def _check_renewable(self):
        """Raise where no contract can follow this one.

        :raises UserError: naming the contract
        """
        error = self._renewal_error() or self._renewal_goods_error()
        if error:
            raise UserError(error)

    def _renewal_error(self):
        """Return why this contract cannot be renewed by now, in words; else False."""
        if self.state == "draft":
            return self.env._(
                "%s has not started yet. It can be renewed once it runs.", self.display_name
            )
        if self.state == "cancelled":
            return self.env._(
                "%s was ended early, so it cannot be renewed. Sell the customer a new plan.",
                self.display_name,
            )
        child = self._renewed_by()
        if child:
            return self.env._(
                "%(contract)s was renewed already, by %(child)s.",
                contract=self.display_name,
                child=child.display_name,
            )
        return False

    def _renewal_goods_error(self, plan=None):
        """Return that nothing is left to renew, or nothing ``plan`` covers, in words; else False.

        :param plan: of the next term; None: whichever
        """
        goods = self._renewable_goods()
        if not goods:
            return self.env._(
                "%s covers no goods that are still in use, so there is nothing to renew.",
                self.display_name,
            )
        if plan and not plan._takes(goods.product_id):
            return self.env._(
                "%(plan)s covers none of the goods of %(contract)s. Choose another plan.",
                plan=plan.name,
                contract=self.name,
            )
        return False
