from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools.sql import column_exists, create_column


class SaleOrder(models.Model):
    """Hooks of the sales order: who referred the customer, and paying with store credit."""

    _inherit = "sale.order"

    referrer_id = fields.Many2one(
        "res.partner",
        string="Referred by",
        copy=False,
        index="btree_not_null",
        tracking=True,
        help="The customer who brought this one. Must be named before the order is confirmed.",
    )
    referral_id = fields.Many2one(
        "aftersales.referral",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
    )
    referral_confirmed_once = fields.Boolean(
        compute="_compute_referral_confirmed_once",
        store=True,
        copy=False,
        help="From the first confirmation on, only a plan manager changes who referred the "
        "customer.",
    )
    referral_expected_amount = fields.Monetary(
        string="Expected Commission",
        compute="_compute_referral_expected_amount",
        help="Reward of the referrer once this order is paid in full.",
    )
    referral_margin = fields.Monetary(
        string="Margin after Commission", compute="_compute_referral_expected_amount"
    )

    def _auto_init(self):
        """Fill the new column in one statement: years of orders need no computing one by one."""
        if not column_exists(self.env.cr, "sale_order", "referral_confirmed_once"):
            create_column(self.env.cr, "sale_order", "referral_confirmed_once", "bool")
            self.env.cr.execute("UPDATE sale_order SET referral_confirmed_once = (state = 'sale')")
        return super()._auto_init()

    @api.depends("state")
    def _compute_referral_confirmed_once(self):
        for order in self:
            order.referral_confirmed_once = order.referral_confirmed_once or order.state == "sale"

    @api.depends("referral_id.rate", "order_line.price_subtotal", "margin")
    def _compute_referral_expected_amount(self):
        # the rate belongs to an order the user may read
        shares = self.sudo().order_line.filtered("order_id.referral_id")._referral_shares()
        for order in self:
            eligible = sum(
                line.price_subtotal * float(shares[line].eligible)
                for line in order.sudo().order_line
                if line in shares and not shares[line].is_credit
            )
            rate = order.sudo().referral_id.rate
            order.referral_expected_amount = order.currency_id.round(eligible * rate / 100)
            order.referral_margin = order.margin - order.referral_expected_amount

    # --- Referral ------------------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        """Register the referral of a new quotation."""
        vals_list = [dict(vals) for vals in vals_list]
        for vals in vals_list:
            self._refuse_referral_by_hand(vals)
            # given here, so that no default of a client's context or of a user decides
            vals.setdefault("referral_id", False)
        orders = super().create(vals_list)
        orders.filtered("referrer_id")._register_referral()
        return orders

    def write(self, vals):
        """Register the referral again when the people of a quotation change."""
        self._refuse_referral_by_hand(vals)
        if "state" in vals:
            self._refuse_state_by_hand(vals["state"])
        result = super().write(vals)
        if {"state", "partner_id"} & vals.keys():
            self.filtered(lambda order: order.state == "sale").order_line._check_store_credit()
        if "referrer_id" in vals:
            self._register_referral()
        elif "partner_id" in vals:
            self.filtered(
                lambda order: order.referrer_id and order.state in ("draft", "sent")
            )._register_referral()
        return result

    @api.model
    def _refuse_referral_by_hand(self, vals):
        """Refuse to point to a referral: it follows from "Referred by" and its rules.

        :raises UserError: always, unless it comes from our own methods
        """
        by_hand = {"referral_id", "referral_confirmed_once"} & vals.keys()
        if by_hand and not self.env.su:
            raise UserError(self.env._("Name who referred the customer; the referral follows."))

    def _register_referral(self):
        # The order was written with the user's own rights; the referral follows from it.
        for order in self.sudo():
            self.env["aftersales.referral"].sudo()._register_order(order)

    def _action_confirm(self):
        """Qualify the referral."""
        result = super()._action_confirm()
        # Customers confirm by signing or paying; the referral follows from the order alone.
        self.env["aftersales.referral"].sudo()._follow_confirmation(self.sudo())
        return result

    # --- Store credit --------------------------------------------------------------------------

    def action_confirm(self):
        """Let core take the points as superuser: cards of store credit are nobody's to write.

        What the user may do is checked before; that the credit lines are honest, too.
        """
        if not self._aftersales_wallet_lines():
            return super().action_confirm()
        self.check_access("write")
        self._aftersales_wallet_lines()._check_store_credit()
        result = super(SaleOrder, self.sudo()).action_confirm()
        self._aftersales_wallet_lines()._check_store_credit()
        return result

    def _refuse_state_by_hand(self, state):
        """Refuse to confirm or take back an order paid with store credit but by its buttons.

        Points are taken and given back there, as superuser.

        :raises UserError: always, unless it comes from these buttons
        """
        if self.env.su:
            return
        moved = self.filtered(lambda order: (order.state == "sale") != (state == "sale"))
        for line in moved._aftersales_wallet_lines():
            raise UserError(
                self.env._(
                    "%s is paid with store credit: confirm and cancel it by its buttons.",
                    line.order_id.name,
                )
            )

    def _action_cancel(self):
        """Let core give the points back as superuser, except what a posted invoice holds."""
        lines = self._aftersales_wallet_lines()
        if not lines:
            return super()._action_cancel()
        self.check_access("write")
        held = lines.sudo()._store_credit_held()
        held_by_card = [
            (line.coupon_id, line.order_id, amount)
            for line, amount in held.items()
            if amount and line.order_id.state == "sale"
        ]
        result = super(SaleOrder, self.sudo())._action_cancel()
        for card, order, amount in held_by_card:
            card._change_points(
                -amount, self.env._("Invoiced on %s, which was cancelled", order.name), order
            )
        return result

    def _aftersales_wallet_lines(self):
        """Return the order lines that are paid with store credit."""
        return self.order_line._of_wallet()

    def _update_programs_and_rewards(self):
        """Offer the store credit of the company a contact belongs to."""
        self._offer_store_credit()
        return super()._update_programs_and_rewards()

    def _offer_store_credit(self):
        """Add the customer's store credit to what can be claimed on these orders."""
        for order in self.filtered(lambda o: o.currency_id == o.company_id.currency_id):
            # the card of the customer's own company, which the order is for
            cards = (
                self.env["loyalty.card"]
                .sudo()
                .search(
                    [
                        ("aftersales_wallet", "=", True),
                        ("company_id", "=", order.company_id.id),
                        ("partner_id", "=", order.partner_id.commercial_partner_id.id),
                        ("points", ">", 0),
                    ]
                )
            )
            missing = cards - order.sudo().applied_coupon_ids
            if missing:
                order.sudo().applied_coupon_ids |= missing

    def _get_claimable_rewards(self, forced_coupons=None):
        """Offer store credit on orders in the company's currency only."""
        claimable = super()._get_claimable_rewards(forced_coupons=forced_coupons)
        if self.currency_id == self.company_id.currency_id:
            return claimable
        for card in list(claimable):
            if card.sudo().aftersales_wallet:  # only whether it is one of ours
                del claimable[card]
        return claimable

    def _apply_program_reward(self, reward, coupon, **kwargs):
        """Refuse another customer's store credit.

        :raises ValidationError: the card belongs to somebody else
        """
        card = coupon.sudo()  # only to compare the owner
        owner, customer = card.partner_id, self.partner_id
        if card.aftersales_wallet and owner.commercial_partner_id != customer.commercial_partner_id:
            raise ValidationError(self.env._("This store credit belongs to another customer."))
        return super()._apply_program_reward(reward, coupon, **kwargs)
