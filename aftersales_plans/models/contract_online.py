# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import models

from .customer_page import address_online
from .in_words import day_in_words


class AftersalesContract(models.Model):
    """What a customer reads online of a contract (requirements 47, 66).

    In the language of the record, from what is frozen and counted; nothing here writes.
    """

    _name = "aftersales.contract"
    _inherit = ["aftersales.customer.page", "aftersales.contract"]
    _pages = "/my/service-contracts"

    def _button_online(self):
        """Return what mails call the button to the page of the contract."""
        return self.env._("See your contract online")

    # --- How it stands -------------------------------------------------------------------------

    def _status_online(self):
        """Return how the contract stands: ``tone`` (a colour), ``label`` and a ``text``."""
        self.ensure_one()
        env = self.env
        tone, label, text = {
            "draft": ("info", env._("Not started"), self._start_online),
            "active": ("success", env._("Running"), self._course_online),
            "suspended": ("warning", env._("Suspended"), self._course_online),
            "expired": ("secondary", env._("Ended"), self._end_online),
            "cancelled": ("secondary", env._("Cancelled"), self._end_online),
        }[self.state]
        return {"tone": tone, "label": label, "text": text()}

    def _start_online(self):
        """Return what starts a contract that does not run yet."""
        if self.date_start:
            return self.env._("It starts on %s.", day_in_words(self.env, self.date_start))
        return {
            "confirmation": self.env._("It starts when your order is confirmed."),
            "first_delivery": self.env._("It starts on the day of your first delivery."),
            "full_delivery": self.env._("It starts on the day everything is delivered."),
            "installed": self.env._("It starts on the day your goods are installed."),
        }[self.start_policy]

    def _course_online(self):
        """Return what is particular about a running contract: an early end, days it rests."""
        env, sentences = self.env, []
        if self.notice_day:
            last = day_in_words(env, self.notice_day)
            sentences.append(env._("It ends early: its last day is %s.", last))
        today = self.company_id._aftersales_today()
        for rest in self.suspension_ids.sorted("date_start"):
            if rest.date_end >= today:
                days = {
                    "first": day_in_words(env, rest.date_start),
                    "last": day_in_words(env, rest.date_end),
                }
                sentences.append(
                    env._("It rests from %(first)s to %(last)s: nothing is covered then.", **days)
                )
        return " ".join(sentences)

    def _end_online(self):
        """Return when a contract that is over ended."""
        begun = self.date_start and not (self.date_closed and self.date_closed < self.date_start)
        if not begun:
            return self.env._("It was cancelled before it started.")
        if self.state == "cancelled":
            last = day_in_words(self.env, self.date_closed)
            return self.env._("It ended early: its last day was %s.", last)
        return self.env._("Its last day was %s.", day_in_words(self.env, self.date_end))

    def _term_online(self):
        """Return from when to when it runs; how long, while that is open."""
        if not self.date_start:
            return self._conditions_of_term()[0]
        return self.env._(
            "%(first)s – %(last)s",
            first=day_in_words(self.env, self.date_start),
            last=day_in_words(self.env, self.date_end),
        )

    def _payment_online(self, user):
        """Return the overdue invoices as pairs of name and address; none where that is no matter.

        :param user: whoever reads: an address is given where it opens for him
        """
        if not self.is_overdue or self.benefits_require_payment == "no":
            return []
        invoices = self._overdue_lines(self._standing_invoices()).move_id
        return [(invoice.name, address_online(invoice, user)) for invoice in invoices]

    # --- What it promises ----------------------------------------------------------------------

    def _promises_online(self):
        """Return what is left of this contract, one dict per promise, as customers read it.

        ``label`` names the promise, ``text`` says how it stands ("2 of 3 used"), ``percent`` is
        the part that is used up (None: no bar), ``url`` leads further (None: nowhere). Another
        module overrides it, calls ``super()`` and appends its own; it must not write.
        """
        self.ensure_one()
        if self.contract_kind != "full_service":
            return []
        rows = self._printed_entitlements().filtered(lambda row: row.kind == "replacement")
        given = [row for row in rows if row.unlimited or row.included]
        promises = [(self._used_online(row), self._percent_used(row)) for row in given]
        if not rows and self.state == "draft":
            promises = [(self._benefits()[0], None)]
        label = self.env._("Replacements")
        return [
            {"label": label, "text": text, "percent": percent, "url": None}
            for text, percent in promises
        ]

    def _used_online(self, row):
        """Return how much of an entitlement is used, in words."""
        facts = {
            "used": row.used,
            "included": row.included,
            "last": day_in_words(self.env, row.date_end),
        }
        if row.unlimited:
            return self.env._("Unlimited replacements: %(used)s used, until %(last)s", **facts)
        return self.env._("%(used)s of %(included)s replacements used, until %(last)s", **facts)

    def _percent_used(self, row):
        return None if row.unlimited else round(100 * row.used / row.included)

    def _support_online(self):
        """Return when the customer may call, and the number; nothing where no plan promises it."""
        phone = self.company_id.phone
        if self.support_level == "none" or not phone or self.state not in ("active", "suspended"):
            return {}
        text = (
            self.env._("Call us at any time, day and night.")
            if self.support_level == "always"
            else self.env._("Call us in our business hours.")
        )
        return {"text": text, "phone": phone}

    # --- What belongs to it --------------------------------------------------------------------

    def _documents_online(self, user):
        """Return order and invoices as dicts of ``name``, ``day`` and ``url`` (False: no page)."""
        order = self.sale_order_id
        documents = [(order.name, order.date_order, order)] if order.state == "sale" else []
        posted = self.invoice_ids.filtered(lambda move: move.state == "posted")
        documents += [
            (invoice.name, invoice.invoice_date, invoice)
            for invoice in posted.sorted(lambda move: (move.invoice_date, move.id))
        ]
        return [
            {
                "name": name,
                "day": day_in_words(self.env, day),
                "url": address_online(record, user),
            }
            for name, day, record in documents
        ]
