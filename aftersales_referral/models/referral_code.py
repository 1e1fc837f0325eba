import secrets

from odoo import api, fields, models

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # nothing that is read or said wrongly
LENGTH = 8


class AftersalesReferralCode(models.Model):
    """A code a customer shares with neighbours (requirement 8).

    Kept apart from the partner so that merging two partners keeps both codes alive: each has
    been shared. Created by :meth:`_get` when first needed.
    """

    _name = "aftersales.referral.code"
    _description = "Referral Code"

    name = fields.Char(required=True, readonly=True)
    partner_id = fields.Many2one(
        "res.partner", required=True, readonly=True, index=True, ondelete="cascade"
    )

    _name_unique = models.Constraint("UNIQUE(name)", "This referral code is taken.")

    @api.model
    def _get(self, partner):
        """Return the code of ``partner``, a new one if there is none yet."""
        found = self.search([("partner_id", "=", partner.id)], order="id", limit=1)
        return found or self.create({"name": self._draw(), "partner_id": partner.id})

    @api.model
    def _draw(self):
        """Return a free code that cannot be guessed from another."""
        while True:
            code = "".join(secrets.choice(ALPHABET) for _position in range(LENGTH))
            if not self.search_count([("name", "=", code)], limit=1):
                return code
