# SPDX-License-Identifier: AGPL-3.0-or-later
from typing import NamedTuple

from markupsafe import Markup

from odoo import api, models
from odoo.tools import format_date, format_datetime


class Standing(NamedTuple):
    """How a visit stood before something changed it."""

    is_closed: bool
    first: object
    last: object
    start: object
    person: object
    location: object


class AftersalesVisitPlanner(models.AbstractModel):
    """Says in the chatter what became of visits: each on its own, once on the contract.

    Dates are those of the site. Notes are internal: what the customer is told is not said here.
    """

    _inherit = "aftersales.visit.planner"

    @api.model
    def _remember(self, visits):
        """Return {visit: how it stands}, to be given to :meth:`_tell` after the change."""
        return {visit: self._standing(visit) for visit in visits}

    @api.model
    def _standing(self, visit):
        return Standing(
            visit.is_closed,
            visit.aftersales_window_start,
            visit.aftersales_window_end,
            visit.scheduled_date_start,
            visit.person_id,
            visit.location_id,
        )

    @api.model
    def _tell(self, before, reason, on_contract=True):
        """Note what changed, all notes of a kind in one batch; nothing where nothing changed.

        :param before: {visit: Standing; None for a new one}
        :param reason: one sentence
        """
        said, visits = {}, self.env["fsm.order"].union(*before).sudo()  # whoever caused it
        for visit in visits.sorted(self._key_of_notes):
            sentences = self._say(visit, before[visit])
            if sentences:
                said[visit] = " ".join(sentences)
        bodies = {
            visit.id: Markup("<p>%s</p><p>%s</p>") % (reason, text) for visit, text in said.items()
        }
        visits.browse(bodies)._message_log_batch(bodies)
        if on_contract:
            self._tell_contracts(said, reason)

    @api.model
    def _key_of_notes(self, visit):
        return self._id(self._key(visit))

    @api.model
    def _tell_contracts(self, said, reason):
        lines = {}
        for visit, text in said.items():
            lines.setdefault(visit.aftersales_contract_id, []).append(text)
        item = Markup("<li>%s</li>")
        bodies = {
            contract.id: Markup("<p>%s</p><ul>%s</ul>")
            % (reason, Markup("").join(item % text for text in texts))
            for contract, texts in lines.items()
        }
        contracts = self.env["aftersales.contract"].sudo()  # as in _tell
        contracts.browse(bodies)._message_log_batch(bodies)

    def _say(self, visit, before):
        """Return what became of ``visit``, in sentences."""
        now, name = self._standing(visit), self._number_in_words(visit)
        if before is None:
            return [self._say_planned(visit, name, now)]
        if now.is_closed:
            return [] if before.is_closed else [self.env._("%s cancelled.", name)]
        sentences = []
        if before.is_closed:
            sentences.append(self.env._("%s is promised again.", name))
        if (before.first, before.last) != (now.first, now.last) and before.last:
            sentences.append(
                self.env._(
                    "%(visit)s: the window moved from %(old)s to %(new)s.",
                    visit=name,
                    old=self._say_days(before),
                    new=self._say_days(now),
                )
            )
        if before.location != now.location:
            sentences.append(
                self.env._("%(visit)s is at %(site)s now.", visit=name, site=now.location.name)
            )
        if before.start != now.start or before.person != now.person:
            sentences.append(self._say_moved(visit, name, before, now))
        return sentences

    def _number_in_words(self, visit):
        return self.env._("Visit %s", visit.aftersales_visit_number)

    def _say_moved(self, visit, name, before, now):
        if not (before.start and now.start):
            return self._say_planned(visit, name, now, before)
        return self.env._(
            "%(visit)s moved from %(old)s to %(new)s.",
            visit=name,
            old=self._say_slot(visit, before, now.person != before.person),
            new=self._say_slot(visit, now, now.person != before.person),
        )

    def _say_planned(self, visit, name, now, before=None):
        if now.start:
            return self.env._(
                "%(visit)s planned for %(slot)s.", visit=name, slot=self._say_slot(visit, now, True)
            )
        if before and before.start:
            return self.env._(
                "%(visit)s, planned for %(slot)s, has no date now: %(reason)s.",
                visit=name,
                slot=self._say_slot(visit, before, True),
                reason=visit.aftersales_unplaced_reason or "",
            )
        return self.env._(
            "%(visit)s could not be placed: %(reason)s.",
            visit=name,
            reason=visit.aftersales_unplaced_reason or "",
        )

    def _say_slot(self, visit, standing, with_person):
        moment = format_datetime(
            self.env,
            standing.start,
            tz=visit._site_zone().zone,
            dt_format="short",
        )
        return f"{moment} ({standing.person.name})" if with_person and standing.person else moment

    def _say_days(self, standing):
        return f"{format_date(self.env, standing.first)} – {format_date(self.env, standing.last)}"
