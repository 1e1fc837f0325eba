from dataclasses import dataclass
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import plaintext2html

from ..calc.window import Window
from .visit_planner import SILENT_CREATION


@dataclass(frozen=True)
class Errand:
    """What the planner asks a contract about, answered by an order line that sells visits."""

    line: models.Model
    _name = "sale.order.line"  # as records say it

    @property
    def id(self):
        """What its visits are told apart by, with their numbers."""
        return self.line.id

    @property
    def company_id(self):
        """Who sends somebody."""
        return self.line.company_id

    @property
    def partner_id(self):
        """Who is visited."""
        return self.line.order_id.partner_id

    @property
    def site_id(self):
        """Where the goods are delivered."""
        return self.line.order_id.partner_shipping_id or self.partner_id

    @property
    def user_id(self):
        """Who sold it."""
        return self.line.order_id.user_id

    @property
    def visit_hours(self):
        """How long one visit takes."""
        return self.line.product_id.aftersales_visit_hours

    @property
    def visit_lead_days(self):
        """How long before the window ends: the day after the goods are promised."""
        return max(self.line.product_id.aftersales_visit_days - 1, 0)

    def _suspensions(self):
        """An order is never suspended."""
        return []


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

    def _errand(self):
        """Return what the planner asks about this visit: its contract, else what sold it."""
        self.ensure_one()
        return self.aftersales_contract_id or Errand(self.aftersales_sale_line_id)

    def _seller(self):
        """Return who sold this visit or its contract and answers for it."""
        return self._errand().user_id

    def _is_promised(self):
        """Tell whether somebody was promised this visit, which own stock and others' orders lack.

        A visit the terms dropped has no window.
        """
        self.ensure_one()
        promise = self.aftersales_contract_id or self.aftersales_sale_line_id
        return bool(promise and self.aftersales_window_end)

    def _is_unstarted(self):
        """Tell whether the visit is neither over nor begun, so that it may still be taken back."""
        self.ensure_one()
        return not self.is_closed and not self.date_start

    def write(self, vals):
        """Start the contracts that waited for installations once none is left to be made."""
        result = super().write(vals)
        if "stage_id" in vals:
            self._start_installed()
        return result

    def _start_installed(self):
        """Start what the orders of these installations sold to begin when installed.

        The goods are installed when one of an order's installations was made and none is left; one
        that was cancelled or came to nothing is not waited for. The contract begins on the day the
        last one ended.
        """
        # sudo: the technician has no right on contracts; it follows from a visit he could write
        closed = self.sudo().filtered(
            lambda visit: visit.aftersales_kind == "installation" and visit.is_closed
        )
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
        of_sites = self.env["fsm.location"]._of_addresses(
            {errand.site_id: errand.partner_id for errand, _number in wanted}
        )
        locations = {key: of_sites[key[0].site_id] for key in wanted}
        slots = self._place(wanted, locations)
        defaults = self._prepare_defaults()
        return (
            self.env["fsm.order"]
            .with_context(**SILENT_CREATION)
            .create(
                [
                    {
                        **defaults,
                        **self._prepare_sold(key, window, locations[key]),
                        **slots[key],
                    }
                    for key, window in wanted.items()
                ]
            )
        )

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
        order_type = self.env.ref(f"aftersales_inspection.fsm_order_type_{kind}")
        return {
            "name": self.env._(
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
