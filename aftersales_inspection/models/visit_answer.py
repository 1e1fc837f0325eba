# SPDX-License-Identifier: AGPL-3.0-or-later
from odoo import fields, models
from odoo.exceptions import UserError

from .visit_appointment import ANOTHER_DATE

WISH_LENGTH = 2000  # characters kept of what a customer writes


class FsmOrder(models.Model):
    """What a customer may answer on the visit's page, and what becomes of it (requirement 66).

    Called by the portal as superuser, once the token or the login was checked.
    """

    _inherit = "fsm.order"

    def _appointment_situation(self):
        """Return what the page of this visit is about.

        ``open``: may be answered. ``cancelled``, ``over``, ``started``, ``past``, ``unplaced``:
        nothing to answer any more, or not yet. ``moved``: the customer knows another date.
        ``planned``: nobody asked yet. ``held``: the plan is not paid and its terms hold visits.
        """
        self.ensure_one()
        start = self.scheduled_date_start
        for situation, holds in (
            ("cancelled", self._cancelled() or self.aftersales_contract_id.state == "cancelled"),
            ("over", self.is_closed),
            ("started", bool(self.date_start)),
            ("unplaced", not start),
            ("moved", self.appointment_changed),
            ("past", bool(start) and start < fields.Datetime.now()),
            ("planned", not self.appointment_state),
            ("held", self._is_held()),
        ):
            if holds:
                return situation
        return "open"

    def _is_held(self):
        try:
            self.aftersales_contract_id._check_benefits_not_held()
        except UserError:
            return True
        return False

    def _take_answer(self, answer, shown, slot, wish):
        """Do what the customer answered, if the page they saw still holds.

        :param answer: "confirm" or "change"
        :param shown: the start that stood on the page, naive UTC
        :param slot: another start they chose, naive UTC, or nothing
        :param wish: their own words, or nothing
        :return: ``closed``, ``moved``, ``confirmed``, ``booked``, ``taken``, ``asked`` or ``empty``
        """
        self.ensure_one()
        if self._appointment_situation() != "open":
            return "closed"
        if shown != self.scheduled_date_start:
            return "moved"
        wish = (wish or "").replace("\x00", "").strip()[:WISH_LENGTH]  # PostgreSQL keeps no NUL
        author = self.appointment_partner_id
        if answer == "confirm":
            if self.appointment_state != "confirmed":
                self._agree(self.env._("The customer confirmed the date online."), author=author)
            return "confirmed"
        if answer != "change":
            return "empty"
        if slot:
            return self._book(slot, wish, author)
        if not wish:
            return "empty"
        if self.appointment_state == "change_asked" and self.appointment_wish == wish:
            return "asked"  # the form was sent again
        self._ask_change(self.env._("The customer asked for another date."), wish, author)
        return "asked"

    def _book(self, start, wish, author):
        """Move the visit to ``start`` and confirm it, if it is still free; tell the customer."""
        slot = self._slot_at(start)
        if not slot:
            return "taken"
        self._slot_planner()._take_turns({slot.technician})
        before = f"{self._appointment_day()}, {self._appointment_hours()}"
        note = self.env._(
            "The customer chose %(day)s, %(hours)s instead of %(before)s.",
            day=self._appointment_day(start),
            hours=self._appointment_hours(start),
            before=before,
        )
        self._agree(note, slot=slot, wish=wish, author=author)
        self._tell_customer("confirmed")
        return "booked"

    def _start_anew(self):
        """Forget what was agreed for another place or with another customer.

        The link in the mails of before opens nothing any more.
        """
        for visit in self.filtered("appointment_told_for"):
            visit._message_log(
                body=visit.env._(
                    "The customer knew of %(day)s, %(hours)s; that holds no longer. Propose the "
                    "date anew, and call whoever expected us.",
                    day=visit._appointment_day(visit.appointment_told_for),
                    hours=visit._appointment_hours(visit.appointment_told_for),
                )
            )
        self.activity_unlink([ANOTHER_DATE])
        self.write(
            {
                "appointment_state": False,
                "appointment_proposed_on": False,
                "appointment_answered_on": False,
                "appointment_told_for": False,
                "appointment_wish": False,
                "appointment_token": False,
            }
        )
