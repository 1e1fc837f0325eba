# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.aftersales_plans.models.linked_records import open_action

from .client_actions import ITEMS, LEDGER, LOTS
from .documents import DocumentReader
from .ledger_difference import CARDS, KINDS, LATE


class AftersalesLedgerCheckLine(models.Model):
    """One difference a check found, in words, with what it is about; written by the check.

    Nothing is corrected by itself. A late order is brought up to date by an accountant's button,
    which is noted here and on the check; everything else is cleared up in the books.
    """

    _name = "aftersales.ledger.check.line"
    _description = "Ledger Difference"
    _order = "check_id desc, id"

    check_id = fields.Many2one(
        "aftersales.ledger.check", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="check_id.company_id", store=True)
    currency_id = fields.Many2one(related="company_id.currency_id", store=True)
    date = fields.Date(related="check_id.date", store=True)
    kind = fields.Selection(KINDS, required=True, readonly=True)
    key = fields.Char(required=True, readonly=True)
    name = fields.Text(string="Difference in Words", required=True, readonly=True)
    our_amount = fields.Monetary(
        string="Ledger", readonly=True, aggregator=None, help="What ledger rows, cards or lots say."
    )
    book_amount = fields.Monetary(
        string="Books",
        readonly=True,
        aggregator=None,
        help="What journal items or, for late orders, the documents say.",
    )
    difference = fields.Monetary(compute="_compute_difference", help="Ledger less books.")
    date_found = fields.Date(string="First Found", readonly=True)
    partner_id = fields.Many2one(
        "res.partner", readonly=True, index="btree_not_null", ondelete="set null"
    )
    order_id = fields.Many2one(
        "sale.order", readonly=True, index="btree_not_null", ondelete="set null"
    )
    commission_id = fields.Many2one(
        "aftersales.commission",
        string="Ledger Row",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    move_line_id = fields.Many2one(
        "account.move.line",
        string="Journal Item",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    move_id = fields.Many2one(
        "account.move",
        string="Journal Entry",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    card_id = fields.Many2one(
        "loyalty.card",
        string="Store Credit Card",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    settled_user_id = fields.Many2one("res.users", string="Brought up to Date by", readonly=True)
    settled_date = fields.Datetime(string="Brought up to Date on", readonly=True)

    @api.depends("our_amount", "book_amount")
    def _compute_difference(self):
        for line in self:
            line.difference = line.our_amount - line.book_amount

    # --- Healing, by a person ------------------------------------------------------------------

    def action_bring_up_to_date(self):
        """Let the ledger do now what it missed: settle the order, or post the waiting row.

        :raises AccessError: the user is no accountant
        :raises UserError: the line is of another kind, or the entry still cannot be posted
        """
        self._check_accountant()
        for line in self:
            if line.kind != LATE:
                raise UserError(
                    self.env._("Only what is late can be brought up to date: %s", line.name)
                )
            # Ledger rows are nobody's to write; the accountant's right was checked above.
            line.sudo()._bring_up_to_date()

    def _bring_up_to_date(self):
        if self.card_id:
            self._expire_credit()
            return
        company, row = self.company_id, self.commission_id
        if row and not row.account_move_id:
            problem = row._posting_problem(company)
            if problem:
                raise UserError(problem)
            row._post_entry(company)
        rows = row or self.env["aftersales.commission"]._settle(self.order_id)
        self.write({"settled_user_id": self.env.uid, "settled_date": fields.Datetime.now()})
        self.check_id.message_post(
            body=self.env._(
                "%(user)s brought %(what)s up to date: %(amount)s in the ledger.",
                user=self.env.user.name,
                what=self.order_id.name or row.display_name,
                amount=company.currency_id.format(sum(rows.mapped("amount"))),
            ),
        )

    def _expire_credit(self):
        """Expire what ran out on the card, or say what is missing."""
        for lot in self.env["aftersales.credit.lot"]._search_run_out(
            ("card_id", "=", self.card_id.id)
        ):
            lot._expire()
        self.write({"settled_user_id": self.env.uid, "settled_date": fields.Datetime.now()})

    def _check_accountant(self):
        """Raise unless the user is an accountant who may see these lines."""
        self.check_access("read")
        if not self.env.user.has_group("aftersales_plans.group_accountant"):
            raise AccessError(self.env._("Only accountants bring the ledger up to date."))

    # --- Drilling down -------------------------------------------------------------------------

    def action_open_ledger(self):
        """Open what our side says: ledger rows, or lots of store credit."""
        self.ensure_one()
        if self.card_id or self.key == CARDS:
            domain = [("card_id", "=", self.card_id.id)] if self.card_id else []
            return open_action(self.env, LOTS, domain)
        domain = [("company_id", "=", self.company_id.id)]
        if self.order_id:
            domain.append(("order_id", "=", self.order_id.id))
        elif self.move_id and not self.move_line_id:
            domain.append(("account_move_id", "=", self.move_id.id))
        else:
            domain.append(("referrer_id", "child_of", self.partner_id.ids))
        return open_action(self.env, LEDGER, domain)

    def action_open_books(self):
        """Open what the books say: an entry, journal items, or the documents of an order."""
        self.ensure_one()
        entry = self.move_id or self.commission_id.account_move_id
        if entry:
            return entry.get_formview_action()
        if self.order_id:
            return self._open_documents()
        return self._open_items()

    def _open_documents(self):
        """Open the order's invoices and credit notes."""
        # which documents belong to the order; the user sees those he may
        documents = DocumentReader(self.sudo().order_id).moves
        return {
            "type": "ir.actions.act_window",
            "name": self.order_id.sudo().name,
            "res_model": "account.move",
            "view_mode": "list,form",
            "domain": [("id", "in", documents.ids)],
        }

    def _open_items(self):
        """Open the items on A (of the partner) or on L."""
        ledger = self.env["aftersales.commission"].sudo()  # which accounts ever were ours
        of_credit = self.key == CARDS or self.card_id
        accounts = (
            ledger._shared_credit_accounts(ledger._sharing_cards(self.company_id))
            if of_credit
            else ledger._accrued_accounts(self.company_id)
        )
        domain = [
            ("company_id", "child_of" if of_credit else "=", self.company_id.id),
            ("account_id", "in", accounts.ids),
            ("parent_state", "=", "posted"),
        ]
        if not of_credit:
            partners = ("partner_id", "child_of", self.partner_id.ids)
            domain.append(partners if self.partner_id else ("partner_id", "=", False))
        return open_action(self.env, ITEMS, domain)
