# SPDX-License-Identifier: LGPL-3.0-or-later
import secrets

from odoo import api, fields, models
from odoo.exceptions import ValidationError

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
    def _find(self, typed):
        """Return the code somebody typed, in any case and with any spaces; else nothing."""
        name = self._clean(typed)
        if not name or not set(name) <= set(ALPHABET):
            return self.browse()
        return self.search([("name", "=", name)], limit=1)

    @api.model
    def _clean(self, typed):
        """Return what somebody typed as codes are written."""
        signs = (sign for sign in typed or "" if sign.isprintable() and not sign.isspace())
        return "".join(signs).upper()

    @api.model
    def _draw(self):
        """Return a free code that cannot be guessed from another."""
        while True:
            code = "".join(secrets.choice(ALPHABET) for _position in range(LENGTH))
            if not self.search_count([("name", "=", code)], limit=1) and not self._in_use(code):
                return code

    @api.model
    def _in_use(self, code):
        """Return whether a promotion or coupon has this code: one entry field takes them all."""
        domain = [("code", "in", [code, code.lower()])]
        return any(
            self.env[model].with_context(active_test=False).search_count(domain, limit=1)
            for model in ("loyalty.rule", "loyalty.card")
        )

    @api.model
    def _refuse_taken(self, codes):
        """Keep promotions and coupons off the codes customers share.

        :raises ValidationError: one of ``codes`` is a referral code
        """
        names = {self._clean(code) for code in codes}
        # whether it is taken, whoever makes a coupon
        taken = self.sudo().search([("name", "in", list(names))], limit=1)
        if taken:
            raise ValidationError(
                self.env._("%s is the referral code of a customer: take another one.", taken.name)
            )
