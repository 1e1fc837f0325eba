# SPDX-License-Identifier: LGPL-3.0-or-later
from markupsafe import Markup

from odoo import api, fields, models

from .in_words import day_in_words


class AftersalesContract(models.Model):
    """What whoever calls a customer has on the screen about a contract (requirement 60).

    In full on the contract and its follow-ups; in one line where a customer has several.
    """

    _inherit = "aftersales.contract"

    call_facts = fields.Html(
        string="Before You Call",
        compute="_compute_call_facts",
        compute_sudo=False,
        help="What the customer may be offered now, and what to know first.",
    )
    call_label = fields.Char(
        string="Before the Call", compute="_compute_call_facts", compute_sudo=False
    )

    @api.depends_context("uid", "lang")
    @api.depends(
        "state",
        "renewal_stage",
        "suspension_ids",
        "notice_day",
        "open_claim_count",
        "payment_status",
    )
    def _compute_call_facts(self):
        """List the facts where there is something to know, or the renewal is due."""
        row = Markup("<li>%s</li>")
        for contract in self:
            telling = contract._call_terms() + contract._call_warnings()
            contract.call_label = " ".join(telling)
            facts = telling
            if telling or contract._call_is_due():
                facts = telling + contract._call_background()
            contract.call_facts = bool(facts) and (
                Markup("<ul class='mb-0 ps-3'>%s</ul>") % Markup("").join(row % f for f in facts)
            )

    def _call_is_due(self):
        """Tell whether the renewal of a running contract is to be talked about by now."""
        today = self.company_id._aftersales_today()
        return self.renewal_stage in ("running", "offered") and bool(
            self.date_renewal and self.date_renewal <= today
        )

    def _call_terms(self):
        """Return what is offered now, in sentences: the renewal, its discount and its deadline."""
        self.ensure_one()
        order = self._renewal_order().sudo()  # the price is told to who may read the contract
        told = []
        for renewal in order._aftersales_renewals_told() if order else []:
            if renewal["contract"] != self:
                continue
            facts = {
                "order": order.name,
                "plan": renewal["plan"],
                "price": self.env._("a price that is not known yet")
                if renewal["unpriced"]
                else order.currency_id.format(renewal["price"]),
            }
            told.append(
                self.env._(
                    "%(order)s: %(plan)s for %(price)s instead of %(struck)s, until %(day)s.",
                    struck=order.currency_id.format(renewal["struck"]),
                    day=renewal["deadline"],
                    **facts,
                )
                if renewal["struck"]
                else self.env._("%(order)s: %(plan)s for %(price)s.", **facts)
            )
            if order.aftersales_goes_on:
                told.append(self.env._("It goes on by itself unless the customer leaves."))
        return told

    def _call_warnings(self):
        """Return what to know first: days it rests, an early end, claims, what is not paid."""
        self.ensure_one()
        told = []
        today = self.company_id._aftersales_today()
        for rest in self.suspension_ids.sorted("date_start"):
            if rest.date_end >= today:
                told.append(
                    self.env._(
                        "Suspended from %(first)s to %(last)s.",
                        first=day_in_words(self.env, rest.date_start),
                        last=day_in_words(self.env, rest.date_end),
                    )
                )
        if self.notice_day:
            day = day_in_words(self.env, self.notice_day)
            told.append(self.env._("Ends early on %s.", day))
        if self.open_claim_count:
            told.append(self.env._("Open claims: %s.", self.open_claim_count))
        if self.payment_status in ("overdue", "partial"):
            labels = dict(self._fields["payment_status"]._description_selection(self.env))
            told.append(self.env._("Payment: %s.", labels[self.payment_status]))
        return told

    def _call_background(self):
        """Return what helps to talk: the terms of a renewal, the yearly value, the last contact."""
        self.ensure_one()
        told = []
        if self.renewal_uplift_percent or self.renewal_discount_percent:
            told.append(
                self.env._(
                    "Renewal: %(uplift)s %% more a year, %(discount)s %% off.",
                    uplift=f"{self.renewal_uplift_percent:g}",
                    discount=f"{self.renewal_discount_percent:g}",
                )
            )
        if self.customer_value:
            value = self.currency_id.format(self.customer_value)
            told.append(self.env._("Invoiced in the last 12 months: %s.", value))
        customer = self.partner_id.with_company(self.company_id).sudo()  # only the day
        day = customer.aftersales_last_contact
        if day:
            told.append(self.env._("Last contact: %s.", day_in_words(self.env, day)))
        return told


class AftersalesFollowup(models.Model):
    """A follow-up shows what is to be known about its contract."""

    _inherit = "aftersales.followup"

    call_facts = fields.Html(related="contract_id.call_facts", related_sudo=False)
