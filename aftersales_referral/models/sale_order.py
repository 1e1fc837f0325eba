# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from odoo.addons.aftersales_plans.models.stored_column import default_column


class SaleOrder(models.Model):
    """Hooks of the sales order: who referred its customer."""

    _inherit = "sale.order"

    referrer_id = fields.Many2one(
        "res.partner",
        string="Referred by",
        copy=False,
        index="btree_not_null",
        tracking=True,
        groups="base.group_user",
        help="The customer who brought this one. Must be named before the order is confirmed.",
    )
    referral_id = fields.Many2one(
        "aftersales.referral",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        groups="base.group_user",
    )
    referral_state = fields.Selection(
        related="referral_id.state", string="Referral State", groups="base.group_user"
    )
    referral_warning = fields.Text(related="referral_id.warning", groups="base.group_user")
    referral_confirmed_once = fields.Boolean(
        compute="_compute_referral_confirmed_once",
        store=True,
        copy=False,
        groups="base.group_user",
        help="From the first confirmation on, only a plan manager changes who referred the "
        "customer.",
    )

    def _auto_init(self):
        """Fill the new column for years of orders: most were confirmed, only the others written."""
        if default_column(
            self.env.cr, self._table, "referral_confirmed_once", SQL("boolean"), True
        ):
            self.env.cr.execute(
                "UPDATE sale_order SET referral_confirmed_once = FALSE "
                "WHERE state IS DISTINCT FROM 'sale'"
            )
        return super()._auto_init()

    @api.depends("state")
    def _compute_referral_confirmed_once(self):
        for order in self:
            order.referral_confirmed_once = order.referral_confirmed_once or order.state == "sale"

    # --- Referral ------------------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        """Register the referral of a new quotation."""
        vals_list = [dict(vals) for vals in vals_list]
        for vals in vals_list:
            self._refuse_referral_by_hand(vals)
            # given here, so that no default of a client's context or of a user decides
            vals.setdefault("referral_id", False)
            vals.setdefault("referral_approval", False)
            vals.setdefault("referral_code_id", False)
        orders = super().create(vals_list)
        # Whoever may write the quotation; the referral follows from it.
        quotations = orders.sudo()
        quotations.filtered("referrer_id")._register_referral()
        self.env["aftersales.referral"].sudo()._carry(quotations)
        return orders

    def write(self, vals):
        """Register the referral again when the people of a quotation change."""
        self._refuse_referral_by_hand(vals)
        result = super().write(vals)
        if "referral_id" in vals:
            return result  # our own methods bring both
        if "referrer_id" in vals:
            self._register_referral()
        elif "partner_id" in vals:
            self._follow_customer()
        return result

    @api.ondelete(at_uninstall=False)
    def _drop_referral(self):
        """Take deleted quotations off their referrals."""
        for order in self.sudo():  # follows from the quotation that goes
            order.referral_id._drop_from(order)

    @api.model
    def _refuse_referral_by_hand(self, vals):
        """Refuse to point to a referral: it follows from "Referred by" and its rules.

        :raises UserError: always, unless it comes from our own methods
        """
        by_hand = {"referral_id", "referral_confirmed_once", "referral_approval"} & vals.keys()
        if by_hand and not self.env.su:
            raise UserError(self.env._("Name who referred the customer; the referral follows."))

    def _action_confirm(self):
        """Judge the referral."""
        result = super()._action_confirm()
        # Customers confirm by signing or paying; the referral follows from the order alone.
        self.env["aftersales.referral"].sudo()._follow_confirmation(self.sudo())
        return result
