# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import models

from ..calc.cost import Expected
from ..calc.decision import CONTRACT
from ..calc.failure import Ages, Rate
from ..calc.outlook import Covered, Outlook, parts_cost

#: Of goods whose parts the plan charges.
NO_PARTS = Outlook(Rate(0, 0, 0.0, 0.0, 0.0), Ages({}, None, None), 0.0, 0.0, 0.0, 0.0, 0, 0.0)


class AftersalesPlan(models.Model):
    """What a plan is expected to cost us before it is sold (requirements 20, 30).

    Parts: for each month of the term the failure rate of the goods at that age (``rate_at``, as the
    forecast of parts takes it); of these the share of causes the plan pays; as many as its yearly
    quota gives; at the cost of the product. Limits in value are not looked at, so the cost is
    rather too high than too low. What the law's guarantee pays is no cost of the plan.
    """

    _inherit = "aftersales.plan"

    def _expected_cost(self, goods, company, day=None):
        """Return what one term of this plan over ``goods`` will cost.

        :param goods: list of :class:`~..calc.goods.Goods`
        :param day: with what was known then; default: today where the company is
        :return: :class:`~..calc.cost.Expected`, in company currency, not rounded
        """
        self.ensure_one()
        covered = [Covered(one.product, one.quantity, one.age_months) for one in goods]
        products = self.env["product.product"].browse(sorted({one.product for one in goods}))
        outlooks, missing = self._outlooks(self._past(products, company, day), company)
        if not goods:
            missing = [self.env._("not enough data: nothing is covered yet")]
        known = [one for one in covered if one.product in outlooks]
        parts = parts_cost(known, outlooks, self.duration_months, self._quota())
        labour, unknown = self._expected_labour(company)
        return Expected(parts, labour, parts + labour, (*missing, *unknown))

    def _expected_labour(self, company):
        """Return what the work promised for one term costs ``company``, and what is not known.

        A sibling overrides it, calls ``super()`` and adds its services; it must not write.

        :return: (amount in company currency, list of sentences)
        """
        return 0.0, []

    def _quota(self):
        """Return the free replacements of a contract year; None: unlimited."""
        return None if self.replacements_unlimited else self.replacements_included

    def _past(self, products, company, day=None):
        """Return {product: what is known of its failures}, as costs of ``company``."""
        failure = self.env["aftersales.failure"].sudo()  # rates of goods, not whose they are
        return failure._known(products.with_company(company), company, day)

    def _outlooks(self, past, company):
        """Return ({product id: :class:`~..calc.outlook.Outlook`}, what is missing for the rest).

        A plan that charges parts needs to know nothing about them.

        :param past: {product: what is known of its failures}
        """
        if self.contract_kind != "full_service":
            return {product.id: NO_PARTS for product in past}, []
        outlooks, missing, failure = {}, [], self.env["aftersales.failure"]
        for product, known in past.items():
            cost = product.sudo().standard_price  # what a plan costs is told as a whole
            if not known.rate:
                missing.append(failure._lack_in_words(product, known.counted))
            elif cost <= 0:
                missing.append(
                    self.env._(
                        "not enough data: %s has no cost: enter it on the product",
                        product.display_name,
                    )
                )
            else:
                outlooks[product.id] = self._outlook(product, known, cost, company)
        return outlooks, missing

    def _outlook(self, product, known, unit_cost, company):
        """Return what this plan has to expect of one product."""
        shares = {(is_defect, uses): 0.0 for is_defect in (0, 1) for uses in (0, 1)}
        for cause, share in known.causes.items():
            if (
                cause.billing_type == CONTRACT
                and cause.replaces_part
                and cause not in self.excluded_cause_ids._origin  # maybe a plan in memory
            ):
                shares[cause._is_defect(), cause.consumes_quota] += share
        return Outlook(
            rate=known.rate,
            ages=known.ages,
            free=shares[0, 0],
            counted=shares[0, 1],
            free_later=shares[1, 0],
            counted_later=shares[1, 1],
            guarantee_months=product.aftersales_warranty_months
            or company.aftersales_warranty_months,
            unit_cost=unit_cost,
        )


class SaleOrderLine(models.Model):
    """What the plan that is being sold is expected to cost us (requirement 20)."""

    _inherit = "sale.order.line"

    def _aftersales_expected_cost(self):
        """Return what the plan of this line will cost over the goods it covers.

        :return: :class:`~..calc.cost.Expected`, in company currency
        """
        self.ensure_one()
        return self._aftersales_promised()._expected_cost(self._aftersales_goods(), self.company_id)
