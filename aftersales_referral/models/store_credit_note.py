# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import api, fields, models
from odoo.fields import Command

from ..calc import credit
from ..calc.exact import exact

PROPOSING = "aftersales_proposing"
BY_US = object()  # no client can send it
PRICES = {"price_unit", "quantity", "discount", "tax_ids", "display_type", "move_id"}


class AccountMove(models.Model):
    """Which part of the credit a credit note gives back: pro rata, unless somebody says else.

    The line follows the goods while the credit note is a draft, so that it is seen before it is
    posted: of goods 200 paid with credit 100, taking back 100 puts 50 back on the card.
    """

    _inherit = "account.move"

    aftersales_credit_message = fields.Char(
        compute="_compute_aftersales_credit_message", groups="base.group_user"
    )

    @api.model_create_multi
    def create(self, vals_list):
        """Propose what a new credit note gives back."""
        moves = super(AccountMove, self._without_proposals()).create(vals_list)
        moves = moves.with_env(self.env)
        moves._draft_credit_notes()._propose_store_credit()
        return moves

    def write(self, vals):
        """Propose what a changed credit note gives back, once all its lines are written."""
        notes = self.browse()
        if not {"invoice_line_ids", "line_ids"}.isdisjoint(vals):
            notes = self._draft_credit_notes()
        if not notes:
            return super().write(vals)
        super(AccountMove, self._without_proposals()).write(vals)
        typed = [
            command[1]
            for name in ("invoice_line_ids", "line_ids")
            for command in vals.get(name) or ()
            if command[0] == Command.UPDATE and not PRICES.isdisjoint(command[2])
        ]
        notes._propose_store_credit(self.env["account.move.line"].browse(typed))
        return True

    def _without_proposals(self):
        return self.with_context(**{PROPOSING: BY_US})

    def _draft_credit_notes(self):
        """Return those whose credit follows the goods."""
        return self.filtered(
            lambda move: (
                move.move_type == "out_refund" and move.state == "draft" and move.reversed_entry_id
            )
        )

    @api.depends("invoice_line_ids.price_total", "state", "move_type")
    def _compute_aftersales_credit_message(self):
        for move in self:
            lines = move.sudo().invoice_line_ids.filtered("aftersales_card_id")  # amounts only
            move.aftersales_credit_message = move._describe_store_credit(lines) if lines else False

    def _describe_store_credit(self, lines):
        values = {
            "amount": self.currency_id.format(-sum(lines.mapped("price_total"))),
            "owner": ", ".join(lines.aftersales_card_id.partner_id.mapped("display_name")),
        }
        posted = self.state == "posted"
        if self.move_type != "out_refund":
            return self.env._("%(amount)s is paid with store credit of %(owner)s.", **values)
        if posted:
            return self.env._("%(amount)s went back to the store credit of %(owner)s.", **values)
        return self.env._(
            "Once confirmed, %(amount)s goes back to the store credit of %(owner)s. It follows the "
            "goods taken back; write another amount on its line where something else was agreed.",
            **values,
        )

    @api.onchange("invoice_line_ids")
    def _onchange_store_credit(self):
        """Show the credit that goes back as the goods change, before the note is saved."""
        for line, amount in self._store_credit_proposals().items():
            typed = (
                line.price_unit * line.quantity != line._origin.price_unit * line._origin.quantity
            )
            # a note of ours on a line he may read
            if not typed and not line.sudo().aftersales_credit_by_hand:
                line.update({"quantity": 1.0, "price_unit": -amount})

    def _store_credit_proposals(self):
        """Return what each credit line of a draft credit note should give back: {line: amount}."""
        self.ensure_one()
        invoice = self.reversed_entry_id.sudo()  # amounts of the invoice, for whoever edits this
        if self.move_type != "out_refund" or self.state != "draft" or not invoice:
            return {}
        lines = self.invoice_line_ids.filtered(lambda line: line.sudo().aftersales_card_id)
        # lines and their tax may round to a cent more than the document is worth
        worth = self.currency_id.round(self.amount_total - sum(lines.mapped("price_total")))
        proposals = {}
        for line in lines:
            proposals[line] = max(0.0, min(self._store_credit_proposal(line, invoice), worth))
            worth = self.currency_id.round(worth - proposals[line])
        return proposals

    def _store_credit_proposal(self, line, invoice):
        # billing people read no orders and cards; amounts of the line's own
        order, card = line.sudo().aftersales_credit_order_id, line.sudo().aftersales_card_id
        notes = invoice.reversal_move_ids.filtered(lambda note: note.state == "posted")
        before = (invoice | notes).invoice_line_ids
        held = sum(
            exact(one.balance)
            for one in before
            if (one.aftersales_credit_order_id, one.aftersales_card_id) == (order, card)
        )
        orders = invoice.invoice_line_ids.aftersales_credit_order_id
        billed = sum(
            exact(one.price_total) * -one.move_id.direction_sign
            for one in before._goods_of(order, orders)
        )
        credited = sum(
            exact(one.price_total) for one in self.invoice_line_ids._goods_of(order, orders)
        )
        return self.currency_id.round(float(credit.pro_rata(held, billed, credited)))

    def _propose_store_credit(self, typed=()):
        """Let credit lines of drafts follow the goods, except those a user typed an amount in.

        :param typed: the lines a user has just written himself
        """
        if self.env.context.get(PROPOSING) is BY_US:
            return
        for move in self._without_proposals():
            commands = []
            for line, amount in move._store_credit_proposals().items():
                differs = move.currency_id.compare_amounts(amount, -line.price_total) != 0
                # a note of ours on a line he may write
                by_hand = line.sudo().aftersales_credit_by_hand or line in typed
                if differs and not by_hand:
                    commands.append(
                        Command.update(line.id, {"quantity": 1.0, "price_unit": -amount})
                    )
                elif line.sudo().aftersales_credit_by_hand != (differs and by_hand):
                    line.sudo().aftersales_credit_by_hand = differs  # a note of ours
            if commands:
                move.write({"invoice_line_ids": commands})


class AccountMoveLine(models.Model):
    """Goods and credit of a draft credit note move together."""

    _inherit = "account.move.line"

    aftersales_credit_by_hand = fields.Boolean(
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="Somebody typed what goes back on the card: it does not follow the goods.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        """Propose what goes back with a new line of a credit note."""
        lines = super().create(vals_list)
        lines._credit_notes_of_goods()._propose_store_credit()
        return lines

    def write(self, vals):
        """Propose what goes back with a changed line of a credit note."""
        result = super().write(vals)
        if not PRICES.isdisjoint(vals):
            self._credit_notes_of_goods()._propose_store_credit(self)
        return result

    def unlink(self):
        """Propose what goes back without a line of a credit note."""
        notes = self._credit_notes_of_goods()
        result = super().unlink()
        notes.exists()._propose_store_credit()
        return result

    def _credit_notes_of_goods(self):
        """Return the draft credit notes of these lines, unless core is still writing the note.

        Lines of taxes and terms come and go while core writes the others.
        """
        if self.env.context.get(PROPOSING) is BY_US:
            return self.move_id.browse()
        goods = self.filtered(lambda line: line.display_type == "product")
        return goods.move_id._draft_credit_notes()

    def _goods_of(self, order, orders):
        """Return what was sold among these lines, as far as it belongs to ``order``.

        Lines of no order belong to the one order that was paid with credit, if it is the only one.
        """
        # only what belongs together, of lines he may read
        sold = self.filtered(
            lambda line: line.display_type == "product" and not line.sudo().aftersales_card_id
        )
        if len(orders) <= 1:
            return sold
        return sold.filtered(lambda line: line.sudo().sale_line_ids.order_id == order)
