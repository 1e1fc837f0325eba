# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import models

from ..calc import decision
from .claim import OPEN_STATES
from .customer_page import address_online
from .in_words import day_in_words


class AftersalesClaim(models.Model):
    """What a customer reads online of a claim (requirement 47); nothing here writes."""

    _name = "aftersales.claim"
    _inherit = ["aftersales.customer.page", "aftersales.claim"]
    _pages = "/my/claims"

    def _button_online(self):
        """Return what mails call the button to the page of the claim."""
        return self.env._("See your report online")

    # --- How it stands -------------------------------------------------------------------------

    def _status_online(self):
        """Return how the claim stands: ``tone`` (a colour) and ``label``."""
        self.ensure_one()
        env = self.env
        if self.state == "approved" and self.waiting_customer:
            return {"tone": "warning", "label": env._("Waiting for your answer")}
        label, tone = {
            "draft": (env._("Being examined"), "info"),
            "submitted": (env._("Being examined"), "info"),
            "approved": (env._("Approved"), "primary"),
            "done": (env._("Settled"), "success"),
            "refused": (env._("Refused"), "secondary"),
            "cancelled": (env._("Withdrawn"), "secondary"),
        }[self.state]
        return {"tone": tone, "label": label}

    def _steps_online(self):
        """Return the steps as pairs of words and ``done``, ``now`` or ``ahead``.

        Another module overrides it where somebody has to come, calls ``super()``; it must not
        write.
        """
        self.ensure_one()
        env = self.env
        reported, examined = env._("Reported"), env._("Examined")
        if self.state == "cancelled":
            return [(reported, "done"), (env._("Withdrawn"), "done")]
        if self.state == "refused":
            return [(reported, "done"), (examined, "done"), (env._("Refused"), "done")]
        names = [reported, examined, env._("Approved"), env._("Settled")]
        reached = {"approved": 3, "done": 4}.get(self.state, 1)
        return [
            (name, "done" if place < reached else "now" if place == reached else "ahead")
            for place, name in enumerate(names)
        ]

    def _next_online(self):
        """Return what happens next, in one sentence; empty where nothing does."""
        self.ensure_one()
        env = self.env
        if self.state in OPEN_STATES:
            if self.date_responded or not self.response_deadline:
                return env._("We look into your report and write to you.")
            deadline = self._deadline_in_words()
            return env._("We look into your report. You have our answer by %s.", deadline)
        if self.state != "approved":
            return ""
        if self.waiting_customer:
            return env._("We sent you a quotation and wait for your answer.")
        if self.waiting_goods:
            return env._("We prepare your goods and write when they are shipped.")
        return env._("We are taking care of it.")

    def _day_in_words(self, moment):
        """Return the day of a UTC ``moment`` where the company is."""
        return day_in_words(self.env, self.company_id._aftersales_day_of(moment))

    def _contact_online(self):
        """Return the name of who takes care of the claim, as the customer reads it.

        Another module overrides it for people of whom customers get the first name alone.
        """
        self.ensure_one()
        return self.user_id.name

    # --- What comes of it ----------------------------------------------------------------------

    def _quotation_online(self, user):
        """Return (name, address) of the quotation to answer; the address where it opens."""
        order = self.sale_order_id
        if self.state != "approved" or order.state != "sent":
            return None
        return order.name, address_online(order, user)

    def _shipments_online(self):
        """Return what was or will be shipped, one dict per shipment: goods, day, tracking."""
        self.ensure_one()
        last_leg = self._shipping_moves().filtered(
            lambda move: move.state != "cancel" and move.location_dest_id.usage == "customer"
        )
        return [
            {
                "goods": [
                    self._in_words(product, sum(of_product.mapped("product_uom_qty")))
                    for product, of_product in moves.grouped("product_id").items()
                ],
                "day": picking.state == "done" and self._day_in_words(picking.date_done),
                **self._tracking_online(picking),
            }
            for picking, moves in last_leg.grouped("picking_id").items()
        ]

    def _tracking_online(self, picking):
        """Return number and address of the carrier, where carriers are installed."""
        if "carrier_tracking_ref" not in picking._fields:
            return {"tracking": False, "url": False}
        url = picking.carrier_tracking_url or ""
        return {
            "tracking": picking.carrier_tracking_ref,
            "url": url if url.startswith(("https://", "http://")) else False,
        }


class AftersalesClaimLine(models.Model):
    """What a customer reads online of one line."""

    _inherit = "aftersales.claim.line"

    def _payer_online(self):
        """Return who pays for this line, in words; empty until it is decided."""
        self.ensure_one()
        return {
            decision.CONTRACT: self.env._("Free: your service plan"),
            decision.WARRANTY: self.env._("Free: statutory guarantee"),
            decision.GOODWILL: self.env._("Free: goodwill"),
            decision.BILLABLE: self.env._("Charged"),
            decision.REFUSED: self.env._("Not accepted"),
        }.get(self.billing_type, "")

    def _charge_online(self):
        """Return what the customer pays for this line before taxes; nothing where it is free."""
        self.ensure_one()
        if self.billing_type != decision.BILLABLE:
            return 0.0
        quantity = self.quantity if self.cause_id.replaces_part else 1.0
        return self.currency_id.round(self.price_unit * quantity)
