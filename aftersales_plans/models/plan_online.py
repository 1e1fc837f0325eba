# SPDX-License-Identifier: LGPL-3.0-or-later
import hashlib

from odoo import Command, fields, models

BEGUN = ("pending", "authorized", "done")  # payments whose amount the customer has agreed to


class SaleOrder(models.Model):
    """A customer chooses, changes or takes off the plan of an open quotation (requirements 1, 18).

    One plan for all goods it covers. What a salesperson put together of several plans is taken off
    online, plan by plan, but changed by writing to the salesperson.
    """

    _inherit = "sale.order"

    aftersales_agreed_prices = fields.Json(
        string="Agreed Plan Prices",
        copy=False,
        readonly=True,
        groups="base.group_user",
        help="What was agreed by hand for plans the customer took off the quotation online, so "
        "that they come back at that price.",
    )

    # --- What can be chosen --------------------------------------------------------------------

    def _aftersales_choice(self):
        """Return what the customer may do about the plan here; None: nothing any more.

        :return: {"stamp": what was read, "with": {product to choose: total of the quotation},
            "without": {plan line to take off: total}}
        """
        self.ensure_one()
        if not self._aftersales_choice_is_open():
            return None
        sold = self._aftersales_plan_lines()
        offered = self._aftersales_offered()
        kept = self._get_priced_lines()
        return {
            "stamp": self._aftersales_stamp(offered),
            "with": {
                product: self._aftersales_total(kept - sold, product, price)
                for product, price in offered.items()
                if self._aftersales_would_cover(product.aftersales_plan_id)
            },
            "without": {
                line: self._aftersales_total(kept - line)
                for line in sold
                if not line.aftersales_renews_id  # who does not renew says so, with the reason
            },
        }

    def _aftersales_choice_is_open(self):
        """Tell whether nothing is signed or paid yet, and plans are compared at all."""
        self.ensure_one()
        return (
            self.state in ("draft", "sent")
            and not self.is_expired
            and not self.signature
            and not self.locked
            and not self.transaction_ids.filtered(lambda payment: payment.state in BEGUN)
            and self.aftersales_compare_plans
        )

    def _aftersales_plan_lines(self):
        """Return the lines that sell a plan."""
        return self.order_line.filtered("aftersales_plan_id")

    def _aftersales_offered(self):
        """Return the plans that are not on the quotation but fit: {product: price, net or gross}.

        Compared with what is here, and with what the customer may choose, by the same rule. A
        plan whose price nobody knows for lack of data is not offered.
        """
        sold = self._aftersales_plan_lines()
        goods = self.order_line.product_id
        for line in sold:
            goods |= line._aftersales_earlier_goods().product_id
        Plan = self.env["aftersales.plan"].sudo()  # customers have no right on plans: only offered
        products = Plan._search_products(self.company_id, goods) - sold.product_id
        prices = self._aftersales_usual_prices(products)
        for product in products:
            agreed = self._aftersales_agreed(product)
            if agreed:
                prices[product] = agreed["price_unit"] * (1 - agreed["discount"] / 100)
        return {product: prices[product] for product in products if prices[product] is not None}

    def _aftersales_priced_goods(self, plan):
        """Return for which goods ``plan`` is priced: those it would cover, else all it could."""
        covered = self._aftersales_would_cover(plan)
        goods = self.order_line.filtered(lambda line: line.product_id.type == "consu")
        return covered or plan._covered_among(goods)

    def _aftersales_would_cover(self, plan):
        """Return what ``plan`` would cover if the customer chose it: goods lines or assets.

        Nothing where the quotation sells several plans. What a salesperson left without a plan
        stays so, while there is anything else to cover.
        """
        sold = self._aftersales_plan_lines()
        if len(sold) > 1:
            return self.order_line.browse()
        if sold.aftersales_renews_id:
            goods = sold.aftersales_renews_id._renewable_goods() | sold.aftersales_asset_ids
            return plan._covered_among(goods)
        goods = self.order_line.filtered(lambda line: line.product_id.type == "consu")
        earlier = sold._aftersales_earlier_goods() if sold else sold.aftersales_asset_ids
        if earlier and not sold.aftersales_asset_ids:
            return earlier._search_uncovered(plan, self)  # what a plan sold alone covers
        covered = plan._covered_among(earlier or goods)
        if earlier:
            return covered
        return covered.filtered(lambda line: not line.aftersales_uncovered) or covered

    def _aftersales_total(self, lines, product=None, price=0.0):
        """Return what the quotation would cost in all with these lines, taxes included.

        :param product: one more line, a plan at ``price``
        """
        Tax = self.env["account.tax"]
        company = self.company_id
        rows = [line._prepare_base_line_for_taxes_computation() for line in lines]
        if product:
            taxes = product.taxes_id._filter_taxes_by_company(company)
            rows.append(
                Tax._prepare_base_line_for_taxes_computation(
                    {},
                    product_id=product,
                    tax_ids=self.fiscal_position_id.map_tax(taxes),
                    quantity=1.0,
                    price_unit=price,
                    partner_id=self.partner_id,
                    currency_id=self.currency_id,
                    rate=self.currency_rate,
                )
            )
        Tax._add_tax_details_in_base_lines(rows, company)
        Tax._round_base_lines_tax_details(rows, company)
        totals = Tax._get_tax_totals_summary(rows, self.currency_id, company)
        return totals["total_amount_currency"]

    def _aftersales_stamp(self, offered):
        """Return a mark of what the customer reads here: lines, prices and what is offered."""
        read = [
            self.currency_id.id,
            self.amount_total,
            [
                (line.id, line.product_id.id, line.price_total)
                for line in self.order_line.sorted("id")
            ],
            [(product.id, price) for product, price in offered.items()],
        ]
        return hashlib.sha256(repr(read).encode()).hexdigest()[:16]

    # --- Choosing ------------------------------------------------------------------------------

    def _aftersales_choose_online(self, product, customer):
        """Put the plan that ``product`` sells in the place of the plan on the quotation, if any.

        The caller has checked that it is among the :meth:`_aftersales_offered`.

        :param customer: who chooses, a partner; the salesperson reads it in the history
        """
        self.ensure_one()
        old = self._aftersales_plan_lines()
        old_name = old.aftersales_plan_id.name
        plan = product.aftersales_plan_id
        covered = self._aftersales_would_cover(plan)
        old._aftersales_remember_price()
        if covered._name == "aftersales.asset":
            contract = old.aftersales_renews_id
            # none: all at the site, as before; a plan that takes less may be left again
            named = covered if contract else covered & old.aftersales_asset_ids
            values = {"product_id": product.id, "aftersales_asset_ids": [Command.set(named.ids)]}
            new = self._aftersales_insert_after(
                old, [{**values, "aftersales_renews_id": contract.id}]
            )
        else:
            new = self._aftersales_put_plan(product, covered)
        (old.exists() - new).unlink()
        self._aftersales_keep_deadline(new)
        new.write(self._aftersales_agreed(product))
        name = plan.name
        body = (
            self.env._(
                "Chosen online: service plan %(new)s instead of %(old)s.", new=name, old=old_name
            )
            if old_name
            else self.env._("Chosen online: service plan %s.", name)
        )
        self._aftersales_tell_choice(body, customer)
        warning = new.aftersales_asset_ids._prepare_risk_warning(plan)
        if warning:
            self._message_log(body=warning)  # for colleagues alone

    def _aftersales_drop_online(self, line, customer):
        """Take the plan of ``line`` off the quotation; its goods stay without a plan.

        The comparison stays, whoever wanted it, so that the customer may choose again.
        """
        self.ensure_one()
        name = line.aftersales_plan_id.name
        line._aftersales_remember_price()
        if self._aftersales_plan_lines() - line:
            line._aftersales_covered_lines().aftersales_plan_line_id = False
        self.aftersales_comparison = "show"
        line.unlink()
        body = self.env._("Taken off online: service plan %s.", name)
        self._aftersales_tell_choice(body, customer)

    def _aftersales_tell_choice(self, body, customer):
        """Write ``body`` into the history in the customer's name; who sells is told of it."""
        total = self.currency_id.format(self.amount_total)
        body += " " + self.env._("The quotation is now %s in all.", total)
        self.message_post(
            author_id=customer.id,
            body=body,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            partner_ids=(self.user_id.partner_id - customer).ids,
        )

    def _aftersales_usual_prices(self, products, covered=None):
        """Return what these plans cost here where nobody agreed on anything: {product: price}.

        :param covered: {product: goods its plan covers}; None: as the customer could choose it
        """
        return self.env["aftersales.plan"]._price_in_order(products, self, covered)

    def _aftersales_agreed(self, product):
        """Return the line values agreed by hand for the plan of ``product``; empty: none were."""
        agreed = (self.aftersales_agreed_prices or {}).get(str(product.id)) or {}
        if agreed.get("currency_id") != self.currency_id.id:
            return {}
        return {
            "price_unit": float(agreed["price_unit"]),
            "discount": float(agreed["discount"]),
            # what was taken off for that price stays off
            "aftersales_reduction_ids": [
                Command.set(self._aftersales_agreed_reductions(product).ids)
            ],
        }

    def _aftersales_agreed_reductions(self, product):
        """Return what comes off the plan of ``product`` at the price agreed by hand for it."""
        agreed = (self.aftersales_agreed_prices or {}).get(str(product.id)) or {}
        Reduction = self.env["aftersales.scope.reduction"].sudo()  # customers: only what they read
        known = Reduction.browse(agreed.get("reductions") or []).exists()
        return product.aftersales_plan_id.sudo()._fitting(known)


class SaleOrderLine(models.Model):
    """A plan line that leaves its quotation."""

    _inherit = "sale.order.line"

    def _aftersales_remember_price(self):
        """Keep prices agreed by hand, so that the customer loses none by trying another plan."""
        for line in self:
            order, product = line.order_id, line.product_id
            goods = line._aftersales_covered_lines() or line._aftersales_earlier_goods()
            usual = order._aftersales_usual_prices(product, {product: goods})[product] or 0.0
            price = line.price_unit * (1 - line.discount / 100)
            if order.currency_id.compare_amounts(price, usual):
                agreed = {
                    "price_unit": line.price_unit,
                    "discount": line.discount,
                    "currency_id": order.currency_id.id,
                    "reductions": line.sudo().aftersales_reduction_ids.ids,  # as the price
                }
                known = order.aftersales_agreed_prices or {}
                order.aftersales_agreed_prices = {**known, str(product.id): agreed}
