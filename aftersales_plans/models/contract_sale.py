# SPDX-License-Identifier: LGPL-3.0-or-later
from datetime import timedelta

from odoo import api, models
from odoo.exceptions import UserError

from .contract import LIVE_STATES


class AftersalesContract(models.Model):
    """How contracts come out of confirmed orders (requirement 1)."""

    _inherit = "aftersales.contract"

    @api.model
    def _create_from_orders(self, orders):
        """Make a draft contract for each plan line of confirmed ``orders`` that has none."""
        return self._open_for(orders.order_line.filtered("aftersales_plan_id"))

    @api.model
    def _create_from_lines(self, lines):
        """Make a draft contract for each plan line that came late to a confirmed order."""
        self._check_not_settled(lines)
        return self._open_for(lines)

    @api.model
    def _open_for(self, lines):
        if not lines:
            return self
        sold = self.search(
            [("sale_line_id", "in", lines.ids), ("state", "!=", "cancelled")]
        ).sale_line_id
        contracts = self.create([self._prepare_from_line(line) for line in lines - sold])
        for contract in contracts:
            contract._cover_goods_delivered_earlier()
        contracts.filtered(
            lambda c: c.start_policy == "confirmation" and not c.date_start
        )._start_today()
        return contracts

    @api.model
    def _prepare_from_line(self, line):
        order = line.order_id
        return {
            "plan_id": line.aftersales_plan_id.id,
            "partner_id": order.partner_id.id,
            "site_id": order.partner_shipping_id.id or order.partner_id.id,
            "sale_line_id": line.id,
            "user_id": order.user_id.id,
            "company_id": order.company_id.id,
            "price_facts": line._prepare_aftersales_price_evidence(),
            "amount_untaxed": order.currency_id._convert(
                line._aftersales_net_price(), order.company_id.currency_id, order.company_id
            ),
        }

    @api.model
    def _check_not_settled(self, lines):
        """Raise where a plan line was sold, ended early and paid back: its price is what was left.

        :raises UserError: naming the contract
        """
        settled = self.search(
            [("sale_line_id", "in", lines.ids), ("close_reason_id", "any", [("void", "=", False)])]
        )
        if settled:
            raise UserError(
                self.env._(
                    "%(contract)s was ended and settled on this order line. Add a new line to "
                    "sell the plan again.",
                    contract=settled[0].display_name,
                )
            )

    def _cover_goods_delivered_earlier(self):
        """Cover what this order delivered by now or, sold without goods, goods bought earlier.

        Those are the ones named on the plan line, else all without a plan at the site.

        For goods that this order did not deliver cover begins after ``waiting_days``, counted
        from today (design §3).
        """
        self.ensure_one()
        covered = self.sale_line_id._aftersales_covered_lines()
        if covered:
            delivered = self.env["aftersales.asset"].search(
                [
                    ("move_id.sale_line_id", "in", covered.ids),
                    ("contract_id", "=", False),
                    ("status", "=", "in_use"),
                ]
            )
            if delivered:
                self._cover(delivered, self.date_sold)
            return
        self.asset_ids = self.sale_line_id._aftersales_earlier_goods()
        self._start(self.company_id._aftersales_today() + timedelta(days=self.waiting_days))

    @api.model
    def _follow_quantities(self, lines):
        """Follow changed quantities of confirmed order ``lines``.

        A plan taken off the order before it started is cancelled. A contract that waited for the
        full delivery starts today when what is still ordered is delivered.
        """
        taken_off = lines.filtered(
            lambda line: line.aftersales_plan_id and not line.product_uom_qty
        )
        waiting = self.search(
            [
                ("sale_line_id", "in", (lines.aftersales_plan_line_id | taken_off).ids),
                ("state", "=", "draft"),
            ]
        )
        dropped = waiting.filtered(lambda contract: contract.sale_line_id in taken_off)
        dropped._close("cancelled")
        (waiting - dropped)._start_if_complete()

    @api.model
    def _on_deliveries_cancelled(self, moves):
        """Follow deliveries that will not come: start what is complete, end what covers nothing.

        :param moves: cancelled stock moves
        """
        contracts = self.search(
            [
                ("sale_line_id", "in", moves.sale_line_id.aftersales_plan_line_id.ids),
                ("state", "in", LIVE_STATES),
            ]
        )
        contracts._start_if_complete()
        for contract in contracts.filtered(lambda c: c.date_start and not c.asset_ids):
            if not contract._awaits_deliveries():
                contract._on_last_asset_gone(contract.company_id._aftersales_today())
