# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import api, fields, models
from odoo.fields import Domain

from .linked_records import open_records, open_transfers


class AftersalesContract(models.Model):
    """How the order behind a contract goes: delivered, invoiced, paid (requirements 67, 88).

    Everything here is read as superuser: whoever may read a contract may know how far its order
    is, also a service agent without rights on orders and invoices. What a button opens is only
    what the user may read.
    """

    _inherit = "aftersales.contract"

    delivery_status = fields.Selection(related="sale_order_id.delivery_status")
    picking_ids = fields.Many2many(
        "stock.picking", string="Deliveries", compute="_compute_picking_ids", compute_sudo=True
    )
    picking_count = fields.Integer(compute="_compute_document_counts")
    invoice_ids = fields.Many2many(
        "account.move",
        string="Invoices",
        compute="_compute_invoice_ids",
        compute_sudo=True,
        help="Invoices and credit notes of the plan line, not of the goods.",
    )
    invoice_count = fields.Integer(compute="_compute_document_counts")
    payment_status = fields.Selection(
        [
            ("not_invoiced", "Not invoiced"),
            ("unpaid", "Unpaid"),
            ("overdue", "Overdue"),
            ("partial", "Partly paid"),
            ("paid", "Paid"),
        ],
        string="Payment",
        compute="_compute_payment_status",
        compute_sudo=True,
        help="Of the posted invoices that hold the plan.",
    )
    is_overdue = fields.Boolean(
        string="Overdue",
        compute="_compute_payment_status",
        search="_search_is_overdue",
        compute_sudo=True,
        help="A posted invoice of the plan is past its due date and not paid in full.",
    )

    @api.depends("sale_order_id.picking_ids")
    def _compute_picking_ids(self):
        for contract in self:
            contract.picking_ids = contract.sale_order_id.picking_ids

    @api.depends("sale_line_id.invoice_lines.move_id.move_type")
    def _compute_invoice_ids(self):
        for contract in self:
            contract.invoice_ids = contract.sale_line_id.invoice_lines.move_id.filtered(
                lambda move: move.move_type in ("out_invoice", "out_refund")
            )

    @api.depends_context("uid")
    @api.depends("picking_ids", "invoice_ids")
    def _compute_document_counts(self):
        """Count what the user could open."""
        pickings = self.picking_ids._filtered_access("read")
        invoices = self.invoice_ids._filtered_access("read")
        for contract in self:
            contract.picking_count = len(contract.picking_ids & pickings)
            contract.invoice_count = len(contract.invoice_ids & invoices)

    @api.depends(
        "sale_line_id.invoice_lines.move_id.payment_state",
        "sale_line_id.invoice_lines.move_id.amount_residual",
        "sale_line_id.invoice_lines.move_id.line_ids.date_maturity",
        "sale_line_id.invoice_lines.move_id.line_ids.reconciled",
    )
    def _compute_payment_status(self):
        """Judge the invoices that stand: posted and not taken back by a credit note."""
        # of all contracts at once: what is filtered below is read one by one
        self.invoice_ids.line_ids.fetch(["display_type", "date_maturity", "reconciled"])
        for contract in self:
            standing = contract._standing_invoices()
            contract.is_overdue = bool(contract._overdue_lines(standing))
            contract.payment_status = contract._payment_status(standing)

    def _standing_invoices(self):
        """Return the invoices of the plan that are posted and not taken back by a credit note."""
        return self.invoice_ids.filtered(
            lambda move: (
                move.move_type == "out_invoice"
                and move.state == "posted"
                and move.payment_state != "reversed"
            )
        )

    def _overdue_lines(self, invoices):
        """Return the instalments of ``invoices`` that should have been paid before today."""
        today = self.company_id._aftersales_today()
        return invoices.line_ids.filtered_domain(self._due_before(today))

    def _payment_status(self, invoices):
        """Return the state of payment of one contract from its standing ``invoices``."""
        open_invoices = invoices.filtered(
            lambda move: not move.currency_id.is_zero(move.amount_residual)
        )
        if not invoices:
            return "not_invoiced"
        if not open_invoices:
            return "paid"
        if self.is_overdue:
            return "overdue"
        untouched = all(
            move.currency_id.compare_amounts(move.amount_residual, move.amount_total) == 0
            for move in invoices
        )
        return "unpaid" if untouched else "partial"

    @api.model
    def _due_before(self, day):
        """Return the domain of what customers should have paid before ``day``: instalments."""
        return Domain(
            [
                ("display_type", "=", "payment_term"),
                ("date_maturity", "<", day),
                ("reconciled", "=", False),
            ]
        )

    def _search_is_overdue(self, operator, value):
        """Find contracts by their plan line's invoices, each company on its own day."""
        if operator != "in":
            return NotImplemented
        # sudo: companies tell what day it is there, nothing else
        Company = self.env["res.company"].sudo()
        overdue = Domain.OR(
            Domain("company_id", "in", there.ids)
            & Domain("move_type", "=", "out_invoice")
            & Domain("state", "=", "posted")
            & Domain("payment_state", "!=", "reversed")
            & Domain("line_ids", "any!", self._due_before(today))
            for today, there in Company.search([]).grouped(lambda c: c._aftersales_today()).items()
        )
        # "any!" looks through invoices as superuser, for the reason the class gives
        found = Domain("invoice_lines", "any!", Domain("move_id", "any!", overdue))
        found = Domain("sale_line_id", "any!", found)
        return Domain.OR(found if wanted else ~found for wanted in value)

    def _sold_price(self):
        """Return the net price of one contract as it was sold, and its currency.

        Discounts of the order are taken off. The customer was quoted in the currency of the order;
        without an order it is the company's.

        :return: (amount, not rounded where it is foreign, ``res.currency``)
        """
        self.ensure_one()
        line = self.sudo().sale_line_id  # whoever may read the contract may know its price
        if line and line.currency_id != self.currency_id:
            return line._aftersales_net_price(), line.currency_id
        return self.amount_untaxed, self.currency_id

    def action_open_deliveries(self):
        """Open the deliveries of the order."""
        return open_transfers(self.picking_ids)

    def action_open_invoices(self):
        """Open the invoices and credit notes of the plan."""
        return open_records(self.invoice_ids, "account.action_move_out_invoice_type")
