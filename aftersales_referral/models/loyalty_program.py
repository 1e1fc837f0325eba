# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import api, fields, models
from odoo.exceptions import AccessError


class LoyaltyProgram(models.Model):
    """The program behind a company's store credit is money owed: it is not edited by hand."""

    _inherit = "loyalty.program"

    aftersales_wallet = fields.Boolean(
        string="Store Credit for Referrals", readonly=True, copy=False, index="btree_not_null"
    )

    def _init_column(self, column_name):
        """Keep store credit from the till where the point of sale is installed after us."""
        result = super()._init_column(column_name)
        if column_name == "pos_ok":  # Odoo switches it on for all programs there are
            self.env.cr.execute("UPDATE loyalty_program SET pos_ok = FALSE WHERE aftersales_wallet")
        return result

    def write(self, vals):
        """Refuse changes of store-credit programs, and making one by hand."""
        if vals.keys() - {"name", "sequence", "portal_visible"}:
            self._refuse_wallet_by_hand(vals)
        return super().write(vals)

    @api.model_create_multi
    def create(self, vals_list):
        """Refuse to make a store-credit program by hand."""
        for vals in vals_list:
            self._refuse_wallet_by_hand(vals)
        programs = super().create(vals_list)
        programs._refuse_wallet_by_hand()  # a client's context may have made it one
        return programs

    @api.ondelete(at_uninstall=False)
    def _unlink_except_wallet(self):
        self._refuse_wallet_by_hand()

    @api.model
    def _wallet_products(self):
        """Return the products store credit is deducted with, of all companies."""
        rewards = self.env["loyalty.reward"].with_context(active_test=False)
        found = rewards.search_fetch(
            [("program_id.aftersales_wallet", "=", True)], ["discount_line_product_id"]
        )
        return found.discount_line_product_id

    def _refuse_wallet_by_hand(self, vals=None):
        """Raise when one of these programs, or the one in ``vals``, holds store credit.

        :raises AccessError: and the change does not come from our own methods
        """
        wallets = self.sudo().filtered("aftersales_wallet")  # whether it is one of ours
        if not self.env.su and (wallets or (vals or {}).get("aftersales_wallet")):
            raise AccessError(
                self.env._(
                    "Store credit of referrers changes through payouts and orders only, so that "
                    "it always equals the liability in the books."
                )
            )


class LoyaltyReward(models.Model):
    """What a point of store credit is worth is not edited by hand."""

    _inherit = "loyalty.reward"

    @api.model_create_multi
    def create(self, vals_list):
        """Refuse another reward on store credit."""
        rewards = super().create(vals_list)
        rewards.program_id._refuse_wallet_by_hand()
        return rewards

    def write(self, vals):
        """Refuse to change what store credit is worth, and to move another reward to it."""
        self.program_id._refuse_wallet_by_hand()
        result = super().write(vals)
        self.program_id._refuse_wallet_by_hand()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_wallet(self):
        self.program_id._refuse_wallet_by_hand()


class LoyaltyRule(models.Model):
    """Store credit is never earned by buying: it has no rules."""

    _inherit = "loyalty.rule"

    @api.model_create_multi
    def create(self, vals_list):
        """Refuse a rule on store credit."""
        rules = super().create(vals_list)
        rules.program_id._refuse_wallet_by_hand()
        return rules

    def write(self, vals):
        """Refuse to move a rule to store credit."""
        result = super().write(vals)
        self.program_id._refuse_wallet_by_hand()
        return result

    @api.constrains("code")
    def _check_not_a_referral_code(self):
        self.env["aftersales.referral.code"]._refuse_taken(self.filtered("code").mapped("code"))
