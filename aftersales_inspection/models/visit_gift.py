# SPDX-License-Identifier: AGPL-3.0-or-later
from odoo import api, fields, models
from odoo.exceptions import ValidationError


class AftersalesTerms(models.AbstractModel):
    """A small gift at the first visit, for whoever bought expensive goods (requirement 55)."""

    _inherit = "aftersales.terms"

    gift_product_id = fields.Many2one(
        "product.product",
        string="Gift at the First Visit",
        domain=[("type", "=", "consu")],
        tracking=True,
        ondelete="restrict",
        help="Brought once, at the first visit. Not announced to the customer.",
    )
    gift_min_value = fields.Monetary(
        string="Gift from",
        tracking=True,
        help="Price of the covered goods, net, from which the customer gets the gift.",
    )

    @api.constrains("gift_product_id", "gift_min_value")
    def _check_gift(self):
        for terms in self:
            if terms.gift_min_value < 0:
                raise ValidationError(
                    self.env._(
                        "%s: the value from which a gift is brought cannot be negative.",
                        terms.display_name,
                    )
                )
            if terms.gift_product_id and terms.gift_product_id.type != "consu":
                raise ValidationError(
                    self.env._(
                        "%(terms)s: %(product)s is no goods, so it cannot be brought as a gift.",
                        terms=terms.display_name,
                        product=terms.gift_product_id.display_name,
                    )
                )


class AftersalesContract(models.Model):
    """Whether a contract earns its gift."""

    _inherit = "aftersales.contract"

    def _earns_gift(self):
        """Tell whether the covered goods are worth the gift of the terms."""
        self.ensure_one()
        return bool(self.gift_product_id) and (
            self.currency_id.compare_amounts(self._goods_value(), self.gift_min_value) >= 0
        )

    def _goods_value(self):
        """Return what the covered goods were sold for, net, in company currency.

        Goods bought earlier or elsewhere count at their list price.
        """
        self.ensure_one()
        line = self.sale_line_id
        sold = line._aftersales_covered_lines() if line else line
        value = sum(
            goods.currency_id._convert(
                goods._aftersales_net_price(),
                self.currency_id,
                self.company_id,
                goods.order_id.date_order,
            )
            for goods in sold
        )
        others = self.asset_ids.filtered(lambda asset: asset.move_id.sale_line_id not in sold)
        return value + sum(
            asset.product_id._aftersales_list_price(self.company_id) * asset.quantity
            for asset in others
        )


class AftersalesVisitPlanner(models.AbstractModel):
    """Puts the gift on the first visit."""

    _inherit = "aftersales.visit.planner"

    @api.model
    def _plan(self, windows_by_contract):
        """Add the gifts of the contracts whose first visit was made just now, in one batch."""
        visits = super()._plan(windows_by_contract)
        firsts = visits.filtered(
            lambda visit: (
                visit.aftersales_visit_number == 1 and visit.aftersales_contract_id._earns_gift()
            )
        )
        self.env["aftersales.visit.part"].sudo().create(  # follows from the contract alone
            [
                {
                    "visit_id": visit.id,
                    "product_id": visit.aftersales_contract_id.gift_product_id.id,
                    "is_gift": True,
                }
                for visit in firsts
            ]
        )
        return visits


class FsmOrder(models.Model):
    """A gift that could not be handed over waits for the next visit."""

    _inherit = "fsm.order"

    def _on_completed(self):
        """Pass the gifts of vain visits on to the next one of the contract."""
        result = super()._on_completed()
        self.filtered(lambda visit: visit.outcome != "done")._pass_gifts_on()
        return result

    def _on_cancelled(self):
        """Pass the gifts of cancelled visits on too."""
        result = super()._on_cancelled()
        self._pass_gifts_on()
        return result

    def _pass_gifts_on(self):
        """Let the next visit of the contract bring what these did not."""
        # sudo: follows from how the visit ended
        gifts_left = self.sudo().part_ids.filtered("is_gift")
        for visit, gifts in gifts_left.grouped("visit_id").items():
            ahead = visit.aftersales_contract_id.visit_ids.filtered(
                lambda other: not other.stage_id.is_closed
            ).sorted("aftersales_visit_number")
            if ahead:
                gifts.visit_id = ahead[0]
