# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import models
from odoo.exceptions import UserError

from .stock_move import is_open


class AftersalesClaim(models.Model):
    """How a claim ends: done, withdrawn, or taken up again (requirements 7, 72; design §3)."""

    _inherit = "aftersales.claim"

    def _finish(self):
        """Close the claims whose shipments and quotations are all settled.

        Where nothing reached the customer and nothing was bought, although something had been
        promised, the claim is cancelled and its quota comes back. So does the quota of a claim
        that is done when its goods are sent back.
        """
        for claim in self.sudo().filtered(lambda claim: claim.state == "done"):  # as below
            if claim._shipping_moves():
                claim._give_back()
        for claim in self.filtered(lambda claim: claim.state == "approved"):
            hidden = claim.sudo()  # follows from a shipment or an order, whoever settled it
            shipped, order = hidden._shipping_moves(), hidden.sale_order_id
            if shipped.filtered(is_open) or order.state in ("draft", "sent"):
                continue
            nothing_came = not hidden._delivered_moves() and order.state != "sale"
            if nothing_came and (order or (shipped and hidden._given_lines())):
                claim._withdraw()
            elif not hidden._part_moves().filtered(is_open) and not hidden._has_work_left():
                claim._set_state("done")
                if shipped:
                    hidden._give_back()
                hidden._warn_of_loan()

    def _has_work_left(self):
        """Tell whether somebody is still to come: an approved claim is not done before.

        Called as superuser; an override of a sibling answers for its own tables.
        """
        return False

    def _give_back(self):
        """Return quota and value of what did not come, or came and was sent back; twice-safe."""
        self.ensure_one()
        if self.usage_id and not self._delivered_moves():
            self.usage_id.entitlement_id._give_back(self)
        self.line_ids._release_undelivered()

    def action_cancel(self):
        """Withdraw the claim: what is still open is cancelled, the quota comes back.

        The quota stays used when a covered part reached the customer already.
        """
        self.check_access("write")
        for claim in self:
            claim._withdraw()

    def _withdraw(self):
        """Cancel one claim with its open shipments and quotation."""
        self.ensure_one()
        self._set_state("cancelled")
        hidden = self.sudo()  # callers check; shipments and quotation belong to other roles
        hidden._cancel_transfers()
        if hidden.sale_order_id.state in ("draft", "sent"):
            hidden.sale_order_id._action_cancel()
        hidden._give_back()
        self._recall_specialist()

    def _recall_specialist(self):
        """Stay at home: the claim was withdrawn.

        Called whenever a claim is cancelled, whether somebody was sent or not, inside the same
        transaction. An override writes its own tables only.
        """

    def action_reopen(self):
        """Take a refused or cancelled claim up again; it is decided anew.

        :raises UserError: goods reached the customer before it was cancelled
        """
        self.check_access("write")
        for claim in self:
            if claim.sudo()._delivered_moves():  # whoever shipped them
                raise UserError(
                    self.env._(
                        "Goods of claim %s reached the customer already. Make a new claim.",
                        claim.name,
                    )
                )
            if claim.sudo().sale_order_id.state == "sale":  # whoever confirmed it
                raise UserError(
                    self.env._(
                        "The customer bought %(order)s for claim %(claim)s. Cancel that order "
                        "first, or make a new claim.",
                        order=claim.sudo().sale_order_id.name,
                        claim=claim.name,
                    )
                )
        self._set_state("draft")
        hidden = self.sudo()  # checked above; decisions are nobody's to write
        hidden.write({"usage_id": False, "sale_order_id": False, "refusal_reason": False})
        hidden.line_ids._forget_decision()
