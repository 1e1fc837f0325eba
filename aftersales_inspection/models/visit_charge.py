# SPDX-License-Identifier: AGPL-3.0-or-later
from odoo import fields, models
from odoo.exceptions import UserError

from odoo.addons.aftersales_plans.models.quoting import Quoted


class FsmOrder(models.Model):
    """What a completed visit of a contract charges becomes one quotation (requirements 19, 27).

    The kind of the contract decides. Time and materials: a call-out, the hours on site and the
    parts. Fixed price: the parts. Full service: nothing. A visit beyond the promised ones is a
    call-out at the price of a visit, whatever the kind. What used no visit, because nobody had
    agreed to the date or the site was not found, charges nothing; neither do gifts.
    """

    _name = "fsm.order"
    _inherit = ["fsm.order", "aftersales.quoting"]
    _guarded = frozenset({"aftersales_quotation_id"})

    aftersales_quotation_id = fields.Many2one(
        "sale.order",
        string="Charged by",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="The quotation for what the contract does not include.",
    )

    def _quoted(self):
        """Say for whom it is: the customer of the contract."""
        return Quoted(self._customer(), self.location_id.partner_id, self.aftersales_contract_id)

    def _on_completed(self):
        """Quote what the contract does not include."""
        result = super()._on_completed()
        for visit in self.sudo():  # charges follow from the visit, which was writable
            visit._quote_charges()
        return result

    def _on_reopened(self):
        """Drop the quotation: completing the visit anew makes another.

        :raises UserError: the customer ordered it already
        """
        result = super()._on_reopened()
        for visit in self.sudo():  # as in _on_completed
            visit._drop_quotation()
        return result

    def _is_charged(self):
        """Tell whether a quotation that stands charges this visit."""
        order = self.sudo().aftersales_quotation_id  # only whether there is one
        return bool(order) and order.state != "cancel"

    def _is_in_price(self):
        """Tell whether the contract's price pays for coming here, not a quotation."""
        return self.aftersales_contract_id._includes_visits() and not self._is_extra()

    def _quote_charges(self):
        """Make the quotation of one visit; twice-safe, runs as superuser."""
        self.ensure_one()
        if not self.aftersales_contract_id or self._is_charged():
            return
        order = self._create_quotation(self._prepare_charges())
        if not order:
            return
        self.aftersales_quotation_id = order
        self._tell_charged()
        self._note_quotation(order)
        self._note_fitted(order, order.order_line.aftersales_visit_part_id.product_id)
        if order._aftersales_lacks_hours():
            order._message_log(body=order._aftersales_hours_error())

    def _note_fitted(self, order, products):
        """Say on a quotation what the customer has already: :mod:`.fitted_sale` delivers it."""
        if products:
            order._message_log(
                body=self.env._(
                    "Fitted at visit %(visit)s already, not to be delivered again: %(goods)s. "
                    "Confirming the order counts it as delivered.",
                    visit=self.name,
                    goods=products.mapped("display_name"),
                )
            )

    def _drop_quotation(self):
        """Cancel what was offered for this visit.

        :raises UserError: it is an order by now
        """
        order = self.aftersales_quotation_id
        if order.state == "sale":
            raise UserError(
                self.env._(
                    "%(visit)s is charged by %(order)s, which is confirmed. Cancel that order "
                    "first, or make another visit.",
                    visit=self.name,
                    order=order.name,
                )
            )
        if order.state in ("draft", "sent"):
            order._action_cancel()

    # --- What is charged -----------------------------------------------------------------------

    def _prepare_charges(self):
        """Return what the customer pays as values of order lines, in company currency."""
        self.ensure_one()
        if not self._uses_visit():
            return []
        contract, charges = self.aftersales_contract_id, []
        by_time = not contract._includes_visits()
        if not self._is_in_price():
            visit_price, _hour_price = contract._rates()
            charges.append(self._prepare_service("product_call_out", 1.0, visit_price))
        if by_time and self.outcome == "done":
            charges.append(self._prepare_work())
        parts = self.part_ids.filtered(lambda part: part._is_to_charge())
        return [*charges, *(part._prepare_charge() for part in parts)]


class AftersalesVisitPart(models.Model):
    """A part the customer pays for."""

    _inherit = "aftersales.visit.part"

    charge_line_ids = fields.One2many(
        "sale.order.line", "aftersales_visit_part_id", string="Charged as", readonly=True
    )

    def _guarded_fields(self):
        """Add what charges it."""
        return super()._guarded_fields() | {"charge_line_ids"}

    def _is_to_charge(self):
        """Tell whether the contract of its visit leaves the part to be paid."""
        return not self.is_gift and self._goes_out() and not self.contract_id._includes_parts()

    def _is_charged(self):
        """Tell whether an order or a quotation that stands charges the part."""
        lines = self.sudo().charge_line_ids  # only whether there is one
        return any(line.state != "cancel" for line in lines)

    def _prepare_charge(self):
        """Return this part as values of an order line; the customer's pricelist says its price."""
        self.ensure_one()
        return {
            "product_id": self.product_id.id,
            "product_uom_qty": self.quantity,
            "product_uom_id": self.uom_id.id,
            "aftersales_visit_part_id": self.id,
        }


class SaleOrder(models.Model):
    """A quotation knows which visit it charges."""

    _inherit = "sale.order"

    aftersales_charged_visit_ids = fields.One2many(
        "fsm.order", "aftersales_quotation_id", string="Charges the Visit", readonly=True
    )
