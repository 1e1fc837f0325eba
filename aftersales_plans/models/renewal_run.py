# SPDX-License-Identifier: LGPL-3.0-or-later
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from .by_index import by_index
from .renewal_request import ASKED
from .turn import take_turn
from .work_off import give_once, work_off

STUCK = "aftersales_plans.activity_renewal"
LAPSED = "aftersales_plans.activity_renewal_lapsed"
DAYS_AFTER_END = 31


class AftersalesContract(models.Model):
    """What is done about renewals every day (requirements 25, 59)."""

    _inherit = "aftersales.contract"
    _guarded = frozenset({"date_renewal_tried"})

    date_renewal_tried = fields.Date(
        string="Renewal Offered on",
        readonly=True,
        copy=False,
        help="The day the quotation was made, or the owner told why none could be: the daily run "
        "does neither again.",
    )

    @api.model
    def _cron_follow_renewals(self):
        """Offer what is due and end discounts past their deadline; twice-safe."""
        with by_index(self.env):
            work = [
                what
                for company in self.env["res.company"].search([])
                for what in self._renewal_work(company)
            ]
        work_off(self.env, work)

    @api.model
    def _renewal_work(self, company):
        """Return what is due in ``company`` today: [(record, name of its method), …]."""
        today = company._aftersales_today()
        orders = self.env["sale.order"]._search_renewal_discount_over(company, today)
        return [
            *(
                (contract, "_offer_renewal")
                for domain in self._renewal_due(company, today)
                for contract in self.search(domain)
            ),
            *((order, "_end_renewal_discount") for order in orders),
        ]

    @api.model
    def _renewal_due(self, company, today):
        """Return the domains of the contracts to offer: those that run, those that ended lately."""
        wanted = Domain(
            [
                ("company_id", "=", company.id),
                ("renewal_policy", "in", ["offer", "auto"]),
                ("date_renewal_tried", "=", False),
                ("lapse_reason_id", "=", False),
                ("notice_day", "=", False),
                ("date_end", ">=", today - timedelta(days=DAYS_AFTER_END)),
            ]
        )
        running = [
            ("renewal_stage", "=", "running"),
            ("state", "in", ["active", "suspended"]),
            ("date_renewal", "<=", today),
        ]
        ended = [
            ("renewal_stage", "=", "lapsed"),
            ("state", "=", "expired"),
            ("date_end", "<", today),
        ]
        return [wanted & Domain(running), wanted & Domain(ended)]

    def _offer_renewal(self):
        """Make the quotation of one contract, or tell its owner once what is missing.

        Not where somebody was faster since the run found it: offered it, or said that it ends.
        """
        take_turn(self)
        today = self.company_id._aftersales_today()
        if not any(self.filtered_domain(due) for due in self._renewal_due(self.company_id, today)):
            return
        if self._renewal_offer_error():
            self.sudo().date_renewal_tried = today  # nobody's by hand
            give_once(self, STUCK, lambda local: local._renewal_offer_error())
        else:
            self._on_renewal_quoted(self._make_renewal())

    def _renewal_offer_error(self):
        """Return what keeps the same plan from being offered again, in words; else False."""
        error = self._renewal_error()
        if error:
            return error
        product = self._find_renewal_product()
        if not product:
            return self._renewal_no_product_error()
        return self._renewal_goods_error(product.aftersales_plan_id)

    def _end_renewal_activities(self):
        """Drop what the daily run gave people to do about the renewal: it is settled."""
        hidden = self.sudo()  # maybe a colleague's; callers checked who may settle it
        hidden.activity_unlink([STUCK, LAPSED, ASKED])

    def _expire(self):
        """Let the owner ask why, once, where nothing follows and nobody said why."""
        result = super()._expire()
        for contract in self.filtered(lambda c: c.renewal_stage == "lapsed"):
            if not contract.lapse_reason_id:
                give_once(contract, LAPSED, lambda local: local._renewal_lapsed_note())
        return result

    def _renewal_lapsed_note(self):
        return self.env._(
            "%(contract)s of %(customer)s ended and was not renewed. Ask why and record the reason "
            "with the button Will Not Renew, or renew it after all.",
            contract=self.name,
            customer=self.partner_id.display_name,
        )

    def _on_renewal_quoted(self, order):
        """Let others act on a renewal the daily run has just quoted; empty here.

        Called by :meth:`_offer_renewal` inside its transaction.
        """
