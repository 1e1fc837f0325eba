# SPDX-License-Identifier: LGPL-3.0-or-later
from datetime import timedelta

from odoo import fields, models

from .customer_page import address_online
from .work_off import give_once

ASKED = "aftersales_plans.activity_renewal_asked"
# Customers who think of it before they are asked: two months, as long as many notice periods take
DAYS_BEFORE_END = 60


class AftersalesContract(models.Model):
    """What a customer asks about renewing a contract, online (requirements 59, 60).

    It binds nobody: whoever is responsible for the contract has it to do, and writes the quotation
    the customer signs. Asking again changes what was asked.
    """

    _inherit = "aftersales.contract"
    _guarded = frozenset({"renewal_asked_plan_id"})

    renewal_asked_plan_id = fields.Many2one(
        "aftersales.plan",
        string="Renewal Asked For",
        readonly=True,
        copy=False,
        ondelete="set null",
        check_company=True,
        help="The plan the customer last asked for online, to go on after this contract.",
    )

    def _may_ask_renewal(self):
        """Tell whether the contract ends soon or has ended, and there are goods to go on with."""
        self.ensure_one()
        if not self.date_end or self.state not in ("active", "suspended", "expired"):
            return False
        first_day = self.date_end - timedelta(days=DAYS_BEFORE_END)
        return self.company_id._aftersales_today() >= first_day and bool(self._renewable_goods())

    def _renewable_goods(self):
        """Return the covered goods still in use that no other contract covers by now."""
        return self.asset_ids.filtered(
            lambda asset: (
                asset.active
                and asset.status == "in_use"
                and (not asset.contract_id or asset.contract_id == self)
            )
        )

    def _renewal_columns(self):
        """Return the plans that fit the goods side by side, one dict per column.

        As on quotations; :meth:`sale.order._aftersales_plans_told`.
        """
        self.ensure_one()
        renewable = self._renewable_goods()
        goods = renewable.product_id
        Plan = self.env["aftersales.plan"]
        products = Plan._search_products(self.company_id, goods)
        order = self._imagined_renewal_order()
        covered = {p: p.aftersales_plan_id._covered_among(renewable) for p in products}
        prices = Plan._price_in_order(products, order, covered)
        columns = {}
        for product in products:
            plan = product.aftersales_plan_id
            columns.setdefault(plan, self._prepare_renewal(plan, goods, prices[product], order))
        return list(columns.values())

    def _prepare_renewal(self, plan, goods, price, order):
        """Return the column of ``plan`` for ``goods`` at ``price``."""
        covered = goods.filtered(plan._covers).mapped("name")
        return {
            **order._aftersales_prepare_terms(plan),
            "plan": plan,
            "price": price,
            "currency": order.currency_id,
            "chosen": plan == self.plan_id,
            "mark": plan == self.plan_id and self.env._("Your plan now"),
            "suggested": plan != self.plan_id and plan._is_suggested(self.partner_id),
            "goods": list(dict.fromkeys(covered)),
        }

    def _renewal_quotation(self):
        """Return the quotation the customer already has for these goods, to sign or pay."""
        self.ensure_one()
        lines = self.env["sale.order.line"].search(
            [
                ("aftersales_asset_ids", "in", self.asset_ids.ids),
                ("order_id.state", "=", "sent"),
                ("order_id.company_id", "=", self.company_id.id),
                ("order_id.partner_id", "child_of", self.partner_id.commercial_partner_id.id),
            ],
            order="id desc",
        )
        return lines.order_id.filtered(lambda order: not order.is_expired)[:1]

    def _renewal_online(self, user):
        """Return (name, address) of that quotation; the address where it opens for ``user``."""
        order = self._renewal_quotation()
        return (order.name, address_online(order, user)) if order else None

    def _ask_renewal(self, plan, customer):
        """Note that ``customer``, a partner, wants ``plan``, and give it to somebody to do.

        The caller has checked that the plan is among the :meth:`_renewal_columns`.
        """
        self.ensure_one()
        if plan == self.renewal_asked_plan_id and self.activity_search([ASKED]):
            return
        self.renewal_asked_plan_id = plan
        self.message_post(
            author_id=customer.id,
            body=self.env._("Asked online: please renew this contract with %s.", plan.name),
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        give_once(self, ASKED, lambda local: local._renewal_asked_note(customer))

    def _renewal_asked_note(self, customer):
        return self.env._(
            "%(customer)s wants to go on with %(plan)s after %(contract)s. Write the quotation and "
            "send it.",
            customer=customer.name,
            plan=self.renewal_asked_plan_id.name,
            contract=self.name,
        )
