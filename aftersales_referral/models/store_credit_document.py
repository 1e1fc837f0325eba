# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import api, fields, models
from odoo.exceptions import UserError

COPYING = "aftersales_copying"
BY_CORE = object()  # no client can send it
CREDIT_FIELDS = {"aftersales_card_id", "aftersales_credit_order_id"}
AMOUNTS = {
    "price_unit", "quantity", "discount", "tax_ids", "account_id", "balance", "amount_currency",
    "debit", "credit",
}  # fmt: skip


class AccountMove(models.Model):
    """Invoices that deduct store credit, and credit notes that give it back (design §5, §6)."""

    _inherit = "account.move"

    def _post(self, soft=True):
        """Refuse store credit that is not the order's to deduct, or to give back."""
        self._check_store_credit()
        return super()._post(soft=soft)

    def write(self, vals):
        """Let cards follow what is posted and withdrawn, whatever button that was."""
        changed = self.browse()
        if "state" in vals:
            changed = self.filtered(
                lambda move: (
                    move.is_sale_document(include_receipts=True)
                    and "posted" in (move.state, vals["state"])
                    and move.state != vals["state"]
                )
            )
        result = super().write(vals)
        changed._settle_store_credit()
        return result

    def _settle_store_credit(self):
        """Take and give back what these documents changed for their orders.

        Billing people have no rights on orders and cards; it follows from the documents alone.
        """
        lines = self.sudo().line_ids  # it follows from the documents alone, whoever posts them
        orders = lines.sale_line_ids.order_id | lines.aftersales_credit_order_id
        orders = orders._with_store_credit()
        for move in self.sudo() if orders else ():
            lines = move.line_ids
            of_move = lines.sale_line_ids.order_id | lines.aftersales_credit_order_id
            (of_move & orders)._settle_store_credit(document=move)

    def _reverse_moves(self, default_values_list=None, cancel=False):
        """Let credit notes know the cards of what they take back."""
        copying = self.with_context(**{COPYING: BY_CORE})
        notes = super(AccountMove, copying)._reverse_moves(default_values_list, cancel=cancel)
        return notes.with_env(self.env)

    # --- What may be posted --------------------------------------------------------------------

    def _check_store_credit(self):
        """Store credit is deducted for the order that claimed it, and given back once.

        :raises UserError: in words an accountant understands
        """
        for move in self.sudo():  # reads cards and orders, to compare only
            if not move.is_sale_document(include_receipts=True):
                continue
            credit = move.line_ids.filtered("aftersales_card_id")
            account = move.company_id.aftersales_store_credit_account_id
            for line in move.invoice_line_ids - credit:
                if account and line.account_id == account and line.balance:
                    raise UserError(
                        self.env._(
                            "%(document)s: %(line)s books on %(account)s without a card of store "
                            "credit. Claim the credit on the sales order; remove this line.",
                            document=move.display_name,
                            line=line.name or line.product_id.display_name,
                            account=account.display_name,
                        )
                    )
            if credit:
                move._check_credit_lines(credit)

    def _check_credit_lines(self, credit):
        if self.currency_id != self.company_id.currency_id:
            raise UserError(
                self.env._(
                    "%(document)s: store credit is kept in %(currency)s; change the currency back.",
                    document=self.display_name,
                    currency=self.company_id.currency_id.name,
                )
            )
        if self.currency_id.compare_amounts(self.amount_total, 0) < 0:
            raise UserError(
                self.env._(
                    "%(document)s deducts more store credit than it is worth. Lower the store "
                    "credit by %(excess)s; the rest stays with the order or the customer.",
                    document=self.display_name,
                    excess=self.currency_id.format(-self.amount_total),
                )
            )
        for line in credit:
            line._check_credit_booking()
        documents = credit.aftersales_credit_order_id._store_credit_documents()
        for (order, card), lines in credit.grouped(
            lambda line: (line.aftersales_credit_order_id, line.aftersales_card_id)
        ).items():
            posted = self.env["account.move.line"].union(*documents[order, card])
            self._check_credit_of_order(order, card, lines, posted - lines)

    def _check_credit_of_order(self, order, card, lines, posted):
        """Refuse more than the order claims, and giving back more than its invoices deduct."""
        currency = self.currency_id
        deducted = sum(lines.mapped("balance"))
        held = sum(posted.mapped("balance"))
        if currency.compare_amounts(held + deducted, 0) < 0:
            raise UserError(
                self.env._(
                    "%(document)s gives back %(amount)s of store credit, but the invoices of "
                    "%(order)s hold %(held)s. Lower the store credit on the credit note.",
                    document=self.display_name,
                    amount=currency.format(-deducted),
                    order=order.name,
                    held=currency.format(held),
                )
            )
        claims = order.order_line.filtered(lambda line: line.coupon_id == card)
        if order.state != "sale" or not (lines.sale_line_ids & claims):
            return
        for_claims = (posted | lines).filtered(lambda line: line.sale_line_ids & claims)
        claimed = sum(claims.mapped("points_cost"))
        excess = sum(for_claims.mapped("balance")) - claimed
        if deducted > 0 and currency.compare_amounts(excess, 0) > 0:
            raise UserError(
                self.env._(
                    "%(document)s deducts %(amount)s of store credit, of which %(order)s claims "
                    "%(left)s only. Lower the store credit on the invoice.",
                    document=self.display_name,
                    amount=currency.format(deducted),
                    order=order.name,
                    left=currency.format(deducted - excess),
                )
            )


class AccountMoveLine(models.Model):
    """A line that deducts store credit, or gives it back: it knows its card and order itself.

    Core deletes the credit line of a cancelled order, while its invoices stay.
    """

    _inherit = "account.move.line"

    aftersales_card_id = fields.Many2one(
        "loyalty.card",
        string="Store Credit Card",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        groups="base.group_user",
    )
    aftersales_credit_order_id = fields.Many2one(
        "sale.order",
        string="Order Paid with Store Credit",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        groups="base.group_user",
    )

    @api.model_create_multi
    def create(self, vals_list):
        """Let nobody point to a card by hand: orders and credit notes do."""
        nothing = dict.fromkeys(CREDIT_FIELDS, False)  # given, so that no user's defaults decide
        by_us = self.env.su or self.env.context.get(COPYING) is BY_CORE
        return super().create(
            [{**nothing, **vals} if by_us else {**vals, **nothing} for vals in vals_list]
        )

    def write(self, vals):
        """Let no posted amount change without its card, and no credit leave its order."""
        by_hand = not CREDIT_FIELDS.isdisjoint(vals)
        if "sale_line_ids" in vals:
            by_hand = by_hand or self.sudo().aftersales_card_id  # whether it is store credit
        if not self.env.su and by_hand:
            raise UserError(self.env._("Store credit is deducted by the order that claims it."))
        result = super().write(vals)
        if not AMOUNTS.isdisjoint(vals):
            self._posted_credit().move_id._settle_store_credit()
        return result

    def unlink(self):
        """Follow lines of posted documents that a client's context lets core delete."""
        orders = self._posted_credit().aftersales_credit_order_id
        result = super().unlink()
        orders._settle_store_credit()
        return result

    def _copy_data_extend_business_fields(self, values):
        """Let credit notes, and invoices that replace one, know card and order."""
        result = super()._copy_data_extend_business_fields(values)
        line = self.sudo()  # copied to another document of the same order, nothing else
        values["aftersales_card_id"] = line.aftersales_card_id.id
        values["aftersales_credit_order_id"] = line.aftersales_credit_order_id.id
        return result

    def _posted_credit(self):
        """Return the posted lines of store credit among these, as superuser: to follow them."""
        return self.sudo().filtered(
            lambda line: line.aftersales_card_id and line.parent_state == "posted"
        )

    def _deducted_credit(self):
        """Return what these lines of store credit deduct, less what credit notes give back."""
        return sum(line.price_total * line.move_id.direction_sign for line in self)

    def _check_credit_booking(self):
        """Store credit has no tax, and debits the liability on invoices only.

        :raises UserError: it was changed by hand
        """
        known = self.aftersales_card_id.company_id.aftersales_store_credit_account_id
        given_back = self.move_id.move_type == "out_refund"
        if given_back:
            known |= self.move_id.reversed_entry_id.line_ids.filtered(
                "aftersales_card_id"
            ).account_id
        wrong = self.balance > 0 if given_back else self.balance < 0
        if self.tax_ids or self.account_id not in known or wrong:
            raise UserError(
                self.env._(
                    "%(document)s: %(line)s must be booked on %(account)s without tax, as an "
                    "amount deducted. Delete the document and make it again from the order.",
                    document=self.move_id.display_name,
                    line=self.name,
                    account=known[:1].display_name,
                )
            )
