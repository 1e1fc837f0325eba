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

        Or mailed by somebody we do not know: who answers a claim's mail is most likely theirs.
        """
        if message.is_internal or message.subtype_id.internal:
            return False
        if message.message_type == "email" and not message.author_id:
            return True
        family = self.partner_id.commercial_partner_id
        return (
            message.message_type in ("comment", "email")
            and message.author_id.commercial_partner_id == family
        )

    def _note_answer(self):
        """Take what was asked for answered; so it is by a decision."""
        result = super()._note_answer()
        self.filtered("date_asked").date_asked = False
        return result
