# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import api, fields, models
from odoo.exceptions import UserError


class SaleOrder(models.Model):
    """A customer comes with a referral code: typed on a quotation or in a shop's cart (8).

    Core's code entry asks :meth:`_try_apply_code`; a code of ours names who brought the customer
    and may give the welcome discount (``referral_welcome.py``).
    """

    _inherit = "sale.order"

    referral_code_id = fields.Many2one(
        "aftersales.referral.code",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        groups="base.group_user",
        help="The code the customer came with.",
    )

    def _try_apply_code(self, code):
        """Take a referral code where core knows no such code.

        A salesperson is told why a code is refused. Others get core's answer to an unknown code,
        so that nobody outside learns anything about referrer or customer.
        """
        status = super()._try_apply_code(code)
        if not status.get("not_found"):
            return status
        # Customers have no right on codes; typing one is the right to use it.
        found = self.env["aftersales.referral.code"].sudo()._find(code)
        if not found:
            return status
        self.check_access("write")
        refusal = self._take_code(found)
        if not refusal:
            return self._claimable_welcome()
        return {"error": refusal} if self.env.user._is_internal() else status

    def _take_code(self, code):
        """Name the owner of ``code`` as who brought the customer.

        :param code: an ``aftersales.referral.code``, as superuser
        :return: why not, in words; empty when it is taken. A refusal leaves the order as it was.
        """
        self.ensure_one()
        named = self.sudo().referrer_id  # read on an order the user may write
        same = named.commercial_partner_id == code.partner_id.commercial_partner_id
        if named and not same:
            return self.env._(
                "%(order)s names %(referrer)s as who referred the customer. Take that off first.",
                order=self.name,
                referrer=named.display_name,
            )
        try:
            with self.env.cr.savepoint():
                self._take_code_of(code, known=bool(named))
        except UserError as error:
            return str(error)
        return ""

    def _take_code_of(self, code, known):
        self.sudo().referral_code_id = code  # it follows from the code, nobody writes it
        if known:
            self._give_welcome()
        else:
            self._take_referrer(code.partner_id, "code")

    # --- Following the order -------------------------------------------------------------------

    def write(self, vals):
        """Let go of a code whose owner is not who brought the customer any more."""
        result = super().write(vals)
        if {"referrer_id", "partner_id"} & vals.keys():
            self._drop_code_of_others()
        return result

    @api.model
    def _refuse_referral_by_hand(self, vals):
        """Refuse to point to a code as well: it is typed, and checked."""
        if "referral_code_id" in vals and not self.env.su:
            raise UserError(self.env._("Enter the referral code with the button Coupon Code."))
        return super()._refuse_referral_by_hand(vals)

    def _register_referral(self, source="salesperson"):
        """Register what a code says as such, once the customer is somebody; then welcome him."""
        known = self.filtered(lambda order: not (order.referrer_id and order.partner_id.is_public))
        coded = known.filtered(lambda order: order.sudo().referral_code_id)  # whether there is one
        super(SaleOrder, coded)._register_referral("code")
        result = super(SaleOrder, known - coded)._register_referral(source)
        for order in known.filtered("referrer_id"):
            order._follow_link()
            order._give_welcome()
        return result

    def _follow_link(self):
        """Note the code of a customer who came by its link, as if he had typed it here."""
        order = self.sudo()  # follows from the referral, as the referral from the order
        if order.referral_id.source == "link" and not order.referral_code_id:
            order.referral_code_id = (
                self.env["aftersales.referral.code"].sudo()._get(order.referrer_id)
            )

    def _drop_code_of_others(self):
        """Let go of the code when its owner is not who brought the customer any more."""
        for order in self.sudo():  # follows from who is named, whoever named him
            owner = order.referral_code_id.partner_id.commercial_partner_id
            if owner and owner != order.referrer_id.commercial_partner_id:
                order.referral_code_id = False
            order._drop_welcome()
