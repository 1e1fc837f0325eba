# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import fields, models


class AftersalesClaim(models.Model):
    """What the customer wrote and nobody answered: the service desk sees it (47, 54)."""

    _inherit = "aftersales.claim"
    _guarded = frozenset({"date_asked"})

    date_asked = fields.Datetime(
        string="Customer Wrote on",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="The customer's last message, by e-mail or online, that nobody answered yet.",
    )

    def _message_post_after_hook(self, message, msg_vals):
        """Note that the customer wrote."""
        result = super()._message_post_after_hook(message, msg_vals)
        if self._asks_us(message):
            self.sudo().date_asked = message.date  # follows from the message, which was allowed
        return result

    def _asks_us(self, message):
        """Tell whether ``message`` was written by the customer or somebody who works there.

        So is taken what comes from an address nobody knows: many write from a second one.
        """
        if message.is_internal or message.subtype_id.internal:
            return False
        if not message.author_id:
            return message.message_type == "email"
        family = self.partner_id.commercial_partner_id
        known = message.author_id.commercial_partner_id == family
        return known and message.message_type in ("comment", "email")

    def _note_answer(self):
        """Take what was asked for answered; so it is by a decision."""
        result = super()._note_answer()
        self.filtered("date_asked").date_asked = False
        return result

    def action_no_answer_needed(self):
        """Take what the customer wrote for read: “thank you” asks for nothing."""
        self.check_access("write")
        # sudo: whoever deals with the claim, as checked, knows what waits for an answer
        self.filtered("date_asked").sudo().date_asked = False
