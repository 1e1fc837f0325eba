# SPDX-License-Identifier: LGPL-3.0-or-later
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import float_compare

from ..calc import renewal
from .plan_online import BEGUN
from .renewal import OPEN_ORDER
from .turn import take_turn


class SaleOrder(models.Model):
    """The renewal discount and its deadline on a quotation (requirement 62)."""

    _inherit = "sale.order"

    aftersales_renewal_offered_on = fields.Date(readonly=True, copy=False)
    aftersales_renewal_deadline = fields.Date(
        string="Renewal Discount until",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="Last day of the renewal discount; afterwards the price without it counts.",
    )
    aftersales_renewal_discount_over = fields.Boolean(
        readonly=True, copy=False, help="The deadline passed and the price without it counts."
    )

    _aftersales_renewal_discount = models.Index(
        "(company_id, aftersales_renewal_deadline) WHERE state IN ('draft', 'sent')"
        " AND aftersales_renewal_deadline IS NOT NULL"
        " AND aftersales_renewal_discount_over IS NOT TRUE"
    )

    def _aftersales_set_renewal_deadline(self):
        """Note until when the discount holds, and let the quotation hold at least as long.

        Another plan than before has its list price, and no deadline.
        """
        for order in self:
            renewed = order.sudo().order_line.aftersales_renews_id  # callers check who may
            order.aftersales_renewal_deadline = order._aftersales_renewal_deadline_now()
            today = order.company_id._aftersales_today()
            days = [today, *(c._last_day() for c in renewed), order.aftersales_renewal_deadline]
            order.validity_date = max(filter(None, days))
            deadline = order.aftersales_renewal_deadline
            if deadline and deadline < today and not order.aftersales_renewal_discount_over:
                order._end_renewal_discount()  # offered after the end, or the daily run is late

    def _aftersales_renewal_deadline_now(self):
        """Return the earliest last day of the discounts on one quotation; False without any."""
        deadlines = [
            renewal.deadline(
                self.aftersales_renewal_offered_on,
                line.aftersales_renews_id._last_day(),
                line.aftersales_renews_id.renewal_offer_days,
            )
            for line in self.sudo().order_line  # callers check who may
            if line._aftersales_goes_on()
        ]
        return min(filter(None, deadlines), default=False)

    @api.model
    def _search_renewal_discount_over(self, company, today):
        """Return the open quotations of ``company`` whose renewal discount ended before today.

        What the customer signed in time, or is paying, keeps its price.
        """
        return self.search(
            [
                ("company_id", "=", company.id),
                ("aftersales_renewal_deadline", "<", today),
                ("aftersales_renewal_discount_over", "=", False),
                ("state", "in", OPEN_ORDER),
            ]
        ).filtered(lambda order: not order._aftersales_keeps_price())

    def _aftersales_keeps_price(self):
        """Tell whether the customer has accepted the price by now."""
        self.ensure_one()
        return self.state not in OPEN_ORDER or self.signed_on or self._aftersales_is_being_paid()

    def _aftersales_is_being_paid(self):
        """Tell whether the customer pays this quotation by now, or did already.

        A payment that never came to its provider is given up after a day.
        """
        self.ensure_one()
        given_up = fields.Datetime.now() - timedelta(days=1)
        return any(
            payment.state in BEGUN
            or (payment.state == "draft" and payment.last_state_change > given_up)
            for payment in self.sudo().transaction_ids  # only whether there is one
        )

    def _end_renewal_discount(self):
        """Let the price without the renewal discount count from now on.

        That alone goes away: prices and discounts agreed by hand stay.
        """
        self.ensure_one()
        take_turn(self)
        if self._aftersales_keeps_price():
            return  # the customer was faster than the run
        reduced = self.order_line.filtered(lambda line: line._aftersales_has_renewal_discount())
        self.aftersales_renewal_discount_over = True
        reduced.discount = 0.0
        if reduced:
            self.message_post(
                body=self.env._("The renewal discount ended; the price without it counts now.")
            )


class SaleOrderLine(models.Model):
    """What a line that renews a contract costs."""

    _inherit = "sale.order.line"

    def _aftersales_goes_on(self):
        """Tell whether this line goes on with the same plan, at a price that follows the old."""
        self.ensure_one()
        contract = self.sudo().aftersales_renews_id  # what the line sells decides its price
        return (
            bool(contract and self.product_id)
            and contract._renewal_uplifted(self.product_id, self.order_id) is not None
        )

    def _aftersales_renewal_values(self):
        """Return price and discount of one line that goes on with the same plan."""
        order, contract = self.order_id, self.sudo().aftersales_renews_id  # as above
        discounted = not order.aftersales_renewal_discount_over
        return contract._renewal_price(self.product_id, order, discounted)

    def _prepare_aftersales_price_facts(self):
        """Price a renewal by the old contract, whatever the goods are worth by now."""
        if not self._aftersales_goes_on():
            return super()._prepare_aftersales_price_facts()
        contract, order = self.sudo().aftersales_renews_id, self.order_id  # as above
        plan = self.product_id.aftersales_plan_id
        net = contract._renewal_uplifted(self.product_id, order)
        return {
            "for": plan._price_depends_on(self.product_id, order, net, 1.0, self),
            "policy": "renewal",
            "contract": contract.id,
            "uplift": contract.renewal_uplift_percent,
            "base": net,
            "factors": [],
            "missing": [],
            "rule": None,
            "discount": self.discount,
            "price": self._aftersales_renewal_values()["price_unit"],  # the line rounds, once
        }

    @api.depends("aftersales_renews_id")
    def _compute_discount(self):
        """Give the renewal discount while it holds, instead of any other."""
        renewals = self.filtered(lambda line: line.sudo().aftersales_renews_id)  # only which
        renewals.discount = 0.0  # core takes none off where discounts are switched off
        result = super()._compute_discount()
        for line in renewals:
            if line._aftersales_goes_on():
                line.discount = line._aftersales_renewal_values()["discount"]
        return result

    def write(self, vals):
        """Let the deadline of a renewal follow the plan that is offered."""
        result = super().write(vals)
        if "product_id" in vals:
            renewals = self.sudo().filtered("aftersales_renews_id")  # only which lines renew
            renewals.order_id.filtered(
                lambda order: order.state in OPEN_ORDER
            )._aftersales_set_renewal_deadline()
        return result

    def _aftersales_has_renewal_discount(self):
        """Tell whether the discount of this line is the one for renewing, not agreed by hand."""
        self.ensure_one()
        percent = self.sudo().aftersales_renews_id.renewal_discount_percent  # what the line sells
        digits = self.env["decimal.precision"].precision_get("Discount")
        same = not float_compare(self.discount, percent, precision_digits=digits)
        return bool(self.discount) and same and self._aftersales_goes_on()

    def _aftersales_struck_price(self):
        """Return the net price that counts after the deadline, rounded; False where none does.

        Only a price that is really charged later may be struck through (62): the one on the line,
        whatever the rates of currencies are by then.
        """
        self.ensure_one()
        order = self.order_id
        until = order.aftersales_renewal_deadline and not order.aftersales_renewal_discount_over
        is_open = order.state in OPEN_ORDER  # what is signed keeps its price
        if not is_open or not until or not self._aftersales_has_renewal_discount():
            return False
        Tax = self.env["account.tax"]
        row = self._prepare_base_line_for_taxes_computation(discount=0.0)
        Tax._add_tax_details_in_base_line(row, order.company_id)
        Tax._round_base_lines_tax_details([row], order.company_id)
        return row["tax_details"]["total_excluded_currency"]
