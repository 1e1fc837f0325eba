# SPDX-License-Identifier: LGPL-3.0-or-later
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from .stored_column import fill_column

STAGES = [
    ("running", "Running"),
    ("offered", "Offered"),
    ("renewed", "Renewed"),
    ("lapsed", "Not renewed"),
    ("ended", "Ended early"),
]
OPEN_ORDER = ("draft", "sent")


class AftersalesContract(models.Model):
    """A contract and the one that follows it (requirements 59, 63).

    A renewal is sold like any plan: an order line that says which contract it renews
    (``aftersales_renews_id``) becomes, once confirmed, the child contract.
    """

    _inherit = "aftersales.contract"
    _guarded = frozenset({"renewed_from_id", "date_renewal", "renewal_stage"})

    renewed_from_id = fields.Many2one(
        "aftersales.contract",
        string="Renews",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        help="The contract this one follows.",
    )
    renewal_ids = fields.One2many(
        "aftersales.contract", "renewed_from_id", string="Renewed by", readonly=True
    )
    renewal_line_ids = fields.One2many(
        "sale.order.line", "aftersales_renews_id", string="Renewal Quotations", readonly=True
    )
    date_renewal = fields.Date(
        string="Renewal Due",
        compute="_compute_date_renewal",
        store=True,
        index=True,
        help="The day the renewal is offered: its notice before the last day.",
    )
    renewal_stage = fields.Selection(
        STAGES,
        string="Renewal",
        compute="_compute_renewal_stage",
        store=True,
        index=True,
        group_expand=True,
        help="Running: nothing is offered yet. Not renewed: it ended, or will, and none follows.",
    )

    _renewed_once = models.UniqueIndex(
        "(renewed_from_id) WHERE renewed_from_id IS NOT NULL AND state != 'cancelled'",
        "This contract was renewed already.",
    )
    _renewal_due = models.Index(
        "(company_id, date_renewal) WHERE renewal_stage = 'running'"
        " AND renewal_policy IN ('offer', 'auto') AND date_renewal_tried IS NULL"
    )
    _renewal_late = models.Index(
        "(company_id, date_end) WHERE renewal_stage = 'lapsed' AND lapse_reason_id IS NULL"
        " AND renewal_policy IN ('offer', 'auto') AND date_renewal_tried IS NULL"
    )
    # The list of renewals begins with the next ones: half of all contracts are in it.
    _renewal_list_idx = models.Index(
        "(date_renewal, id) WHERE renewal_stage IN ('running', 'offered')"
        " AND state IN ('active', 'suspended')"
    )

    def _auto_init(self):
        """Fill new columns by the database: nothing was renewed before they existed."""
        table, notice = self._table, self._fields["renewal_notice_days"].default(self)
        stage = SQL(
            "CASE state WHEN 'expired' THEN 'lapsed' WHEN 'cancelled' THEN 'ended' "
            "ELSE 'running' END"
        )
        fill_column(self.env.cr, table, "renewal_stage", "varchar", stage)
        fill_column(self.env.cr, table, "date_renewal", "date", SQL("date_end - %s", notice))
        return super()._auto_init()

    @api.depends("date_end", "renewal_notice_days")
    def _compute_date_renewal(self):
        for contract in self:
            contract.date_renewal = contract.date_end and (
                contract.date_end - timedelta(days=contract.renewal_notice_days)
            )

    @api.depends("state", "renewal_ids.state", "renewal_line_ids.order_id.state", "lapse_reason_id")
    def _compute_renewal_stage(self):
        for contract in self:
            contract.renewal_stage = contract._renewal_stage_now()

    def _renewal_stage_now(self):
        """Return the stage of one contract from what happened so far."""
        if self._renewed_by():
            return "renewed"
        if self.state == "cancelled":
            return "ended"
        if self.state == "expired" or self.lapse_reason_id:
            return "lapsed"
        return "offered" if self._renewal_order() else "running"

    def _renewed_by(self):
        """Return the contract that follows this one, if there is one."""
        return self.renewal_ids.filtered(lambda child: child.state != "cancelled")[:1]

    def _renewal_order(self):
        """Return the renewal quotation that is still open; empty if there is none."""
        # whether one is open is no secret to whoever may read the contract
        orders = self.sudo().renewal_line_ids.order_id
        return orders.filtered(lambda order: order.state in OPEN_ORDER)[:1].sudo(self.env.su)


class SaleOrderLine(models.Model):
    """A plan line that renews a contract."""

    _inherit = "sale.order.line"

    aftersales_renews_id = fields.Many2one(
        "aftersales.contract",
        string="Renews",
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        groups="base.group_user",
        help="The contract this plan goes on after.",
    )

    @api.constrains("aftersales_renews_id", "product_id")
    def _check_aftersales_renews(self):
        """Let a line renew a contract of its own customer alone, and keep to it once sold.

        :raises ValidationError: naming the contract
        """
        for line in self.filtered("aftersales_renews_id"):
            contract, customer = line.aftersales_renews_id, line.order_id.partner_id
            names = {"contract": contract.name, "plan": line.product_id.display_name}
            if not line.aftersales_plan_id:
                raise ValidationError(
                    self.env._(
                        "%(plan)s sells no service plan, so it cannot renew %(contract)s.", **names
                    )
                )
            if contract.partner_id.commercial_partner_id != customer.commercial_partner_id:
                raise ValidationError(
                    self.env._(
                        "%(contract)s is a contract of %(owner)s, not of %(customer)s. Make a "
                        "quotation for each customer.",
                        owner=contract.partner_id.display_name,
                        customer=customer.display_name,
                        **names,
                    )
                )
        for child in self.aftersales_contract_ids.filtered(lambda c: c.state != "cancelled"):
            if child.renewed_from_id != child.sale_line_id.aftersales_renews_id:
                raise ValidationError(
                    self.env._(
                        "Contract %s was opened for this line already: what it renews cannot be "
                        "changed any more.",
                        child.display_name,
                    )
                )


class SaleOrder(models.Model):
    """The customer of an order that renews contracts."""

    _inherit = "sale.order"

    @api.constrains("partner_id")
    def _check_aftersales_renews(self):
        self.order_line._check_aftersales_renews()
