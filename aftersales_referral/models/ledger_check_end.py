# SPDX-License-Identifier: LGPL-3.0-or-later
import logging

from markupsafe import Markup

from odoo import models

from .ledger_difference import KINDS

_logger = logging.getLogger(__name__)

LINES_PER_KIND = 200  # stored; more of one kind has one cause, and the counter tells how many
ACTIVITY = "mail.mail_activity_data_todo"


# One file per concern: what a check is, how it runs, what it leaves behind.
class AftersalesLedgerCheck(models.Model):
    """What a check leaves behind: lines, what was cleared, and one activity per company."""

    _inherit = "aftersales.ledger.check"

    def _previous(self):
        """Return the check before this one that came to an end."""
        self.ensure_one()
        return self.search(
            [
                ("company_id", "=", self.company_id.id),
                ("id", "<", self.id),
                ("state", "!=", "running"),
            ],
            limit=1,
        )

    def _add(self, differences):
        """Count differences and keep them as lines."""
        self.ensure_one()
        known = {line.key: line.date_found for line in self._previous().line_ids}
        for kind, _name in KINDS:
            found = [difference for difference in differences if difference.kind == kind]
            counter = f"{kind}_count"
            room = max(0, LINES_PER_KIND - self[counter])
            self[counter] += len(found)
            self.env["aftersales.ledger.check.line"].create(
                [self._prepare_line(one, known.get(one.key)) for one in found[:room]]
            )

    def _prepare_line(self, difference, found):
        return {
            "check_id": self.id,
            "kind": difference.kind,
            "key": difference.key,
            "name": difference.text,
            "our_amount": difference.ours,
            "book_amount": difference.books,
            "date_found": found or self.date,
            **dict(difference.about),
        }

    def _finish(self):
        """Say how it ended: what is new, what was cleared, and to whom."""
        self.ensure_one()
        cleared = self._cleared_lines().mapped("name")
        self.cleared = "\n".join(cleared) or False
        self._set_state("differences" if self.line_ids else "well")
        if cleared:
            title = self.env._("Cleared since the last check:")
            self.message_post(body=Markup("<br/>").join([title, *cleared]))
        self._follow_up()

    def _cleared_lines(self):
        """Return the lines of the check before that are gone.

        Of a kind with more differences than are kept, nothing can be said.
        """
        keys = set(self.line_ids.mapped("key"))
        crowded = {kind for kind, _name in KINDS if self[f"{kind}_count"] > LINES_PER_KIND}
        return self._previous().line_ids.filtered(
            lambda line: line.key not in keys and line.kind not in crowded
        )

    def _follow_up(self):
        """Keep one activity per company while there are differences."""
        earlier = self.search([("company_id", "=", self.company_id.id), ("id", "<=", self.id)])
        activities = earlier.activity_search([ACTIVITY])
        if self.state == "well":
            activities.action_feedback(
                feedback=self.env._("Cleared: the check of %s found all well.", self.name)
            )
        elif activities:
            activities.write({"res_id": self.id, **self._prepare_activity()})
        else:
            self._tell_accountant()

    def _tell_accountant(self):
        user = self.company_id._aftersales_accountant()
        if user:
            self.activity_schedule(ACTIVITY, user_id=user.id, **self._prepare_activity())
        else:
            _logger.warning("%s: differences in the ledger, and no accountant to tell", self.name)

    def _prepare_activity(self):
        lines = self.line_ids[:5].mapped("name")
        return {
            "summary": self.env._("Commission ledger: differences to clear up"),
            "note": Markup("<br/>").join(lines),
        }
