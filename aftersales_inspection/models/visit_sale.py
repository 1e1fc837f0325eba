# SPDX-License-Identifier: AGPL-3.0-or-later
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import plaintext2html

from ..calc.window import Window
from .errand import Errand


class FsmOrder(models.Model):
    """A visit may be sold by itself: an installation or a training (requirements 56, 68)."""

    _inherit = "fsm.order"
    _guarded = frozenset({"aftersales_sale_line_id"})

    aftersales_sale_line_id = fields.Many2one(
        "sale.order.line",
        string="Sold as",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )

    def action_open_sold_order(self):
        """Open the order this visit was sold on."""
        self.ensure_one()
        return self.aftersales_sale_line_id.order_id.get_formview_action()

    def _on_closed(self):
        """Start the contracts that waited for installations once none is left to be made."""
        result = super()._on_closed()
        self._start_installed()
        return result

    def _start_installed(self):
        """Start what the orders of these installations sold to begin when installed.

        The goods are installed when one of an order's installations was made and none is left; one
        that was cancelled or came to nothing is not waited for. The contract begins on the day the
        last one ended.
        """
        # sudo: the technician has no right on contracts; it follows from a visit he could write
        closed = self.sudo().filtered(lambda visit: visit.aftersales_kind == "installation")
        for order in closed.aftersales_sale_line_id.order_id:
            installations = order.order_line.aftersales_visit_ids.filtered(
                lambda visit: visit.aftersales_kind == "installation"
            )
            ends = installations.filtered(lambda visit: visit.outcome == "done").mapped("date_end")
            if not ends or not all(installations.mapped("is_closed")):
                continue
            waiting = order.aftersales_contract_ids.filtered(
                lambda contract: (
                    contract.state == "draft"
                    and contract.start_policy == "installed"
                    and not contract.date_start
                )
            )
            waiting._start(order.company_id._aftersales_day_of(max(ends)))


class AftersalesVisitPlanner(models.AbstractModel):
    """How visits that were sold by themselves are entered, placed and taken back."""

    _inherit = "aftersales.visit.planner"

    @api.model
    def _follow_lines(self, lines):
        """Enter or cancel visits until there are as many as order ``lines`` sell.

        Whoever confirms, cancels or changes an order may; a visit that was begun stays.
        """
        # sudo: portal, warehouse and website users confirm too; visits follow from the order alone
        lines = lines.sudo().filtered(
            lambda line: line.product_id.aftersales_visit_kind or line.aftersales_visit_ids
        )
        missing = {}
        for line in lines:
            visits = line._aftersales_live_visits()
            surplus = len(visits) - line._aftersales_visits_sold()
            if surplus > 0:
                unstarted = visits.filtered(lambda visit: visit._is_unstarted())
                unstarted.sorted(self._order_of_keeping)[-surplus:].action_cancel()
            elif surplus and line.product_id.aftersales_visit_kind:
                missing[line] = -surplus
        for company, of_company in lines.grouped("company_id").items():
            wanted = {line: count for line, count in missing.items() if line in of_company}
            if wanted:
                self.sudo().with_company(company)._create_sold(wanted)

    @api.model
    def _order_of_keeping(self, visit):
        """Sort what the customer agreed to first: it is taken back last."""
        return visit.appointment_state != "confirmed", visit.aftersales_visit_number

    def _create_sold(self, wanted):
        """Create visits of one company.

        :param wanted: {order line: how many}
        """
        wanted = {
            (Errand(line), number): self._window_sold(line, number)
            for line, count in wanted.items()
            for number in line._aftersales_next_visits(count)
        }
        return self._create_visits(wanted, self._prepare_sold)

    @api.model
    def _window_sold(self, line, number):
        """Return the window: from the day the goods are promised, for the days of the product."""
        now = fields.Datetime.now()
        promised = line.order_id.commitment_date or line.order_id.expected_date or now
        first = line.company_id._aftersales_day_of(max(promised, now))
        return Window(number, first, first + timedelta(days=line.product_id.aftersales_visit_days))

    @api.model
    def _prepare_sold(self, key, window, location):
        errand, number = key
        line = errand.line
        kind = line.product_id.aftersales_visit_kind
        local = self.with_context(lang=errand.partner_id.lang)  # customers name it when they call
        order_type = local.env.ref(f"aftersales_inspection.fsm_order_type_{kind}")
        return {
            "name": local.env._(
                "%(kind)s %(number)s · %(customer)s",
                kind=order_type.name,
                number=number,
                customer=errand.partner_id.name,
            ),
            "type": order_type.id,
            **self._prepare_place(errand, location),
            "aftersales_sale_line_id": line.id,
            "aftersales_visit_number": number,
            "description": plaintext2html(line.name),
            **self._prepare_window(errand, window),
        }
