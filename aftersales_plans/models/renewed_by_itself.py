# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import fields, models
from odoo.exceptions import UserError

from ..calc import refund
from .contract import LIVE_STATES


class AftersalesContract(models.Model):
    """Contracts that went on by themselves: their customers leave whenever they want (25, 89).

    They pay for the days they had, to the day, whatever the terms say about refunds.
    """

    _inherit = "aftersales.contract"
    _guarded = frozenset({"renewed_by_itself"})

    renewed_by_itself = fields.Boolean(
        string="Went On by Itself",
        readonly=True,
        copy=False,
        tracking=True,
        help="Renewed without a signature, by the customer's consent: it may be left at any time.",
    )

    def _may_leave(self):
        """Tell whether the customer may end the contract now, with the days left paid back."""
        self.ensure_one()
        return self.renewed_by_itself and self.state in LIVE_STATES

    def _refund_due(self, last_day, reason):
        """Pay back the days left to who may leave at any time."""
        if not self._may_leave() or reason.void or not self.date_start:
            return super()._refund_due(last_day, reason)
        left, total = self._days_left(last_day)
        due = refund.refund(self._price_now(), left, total, refund.PRO_RATA)
        return self.currency_id.round(due)

    def _refund_told(self, last_day, reason):
        """Say why the terms do not count here."""
        if not self._may_leave() or reason.void or not self.date_start:
            return super()._refund_told(last_day, reason)
        left, total = self._days_left(last_day)
        return self.env._(
            "Went on by itself, so it may be left at any time: %(left)s of %(total)s days are "
            "paid back.",
            left=left,
            total=total,
        )

    def _leave(self, reason, partner, note=None):
        """End the contract today in the name of ``partner``; the caller has checked who asks.

        :return: the draft credit notes
        :raises UserError: it did not go on by itself, or is over
        """
        self.ensure_one()
        if not self._may_leave():
            raise UserError(
                self.env._("%s cannot be left at any time: please talk to us.", self.name)
            )
        credit_notes = self._end(self.company_id._aftersales_today(), reason)
        self.message_post(
            author_id=partner.id,
            body=self.env._(
                "Left online: %(reason)s. %(note)s", reason=reason.name, note=note or ""
            ),
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        return credit_notes

    def _end(self, last_day, reason, amount=None):
        """Offer no renewal again to a customer who left the one that went on by itself."""
        credit_notes = super()._end(last_day, reason, amount)
        parent = self.sudo().renewed_from_id  # follows from the end, whoever may agree to it
        if self.renewed_by_itself and not parent._renewal_error():
            parent._not_renewing(reason)
        return credit_notes
