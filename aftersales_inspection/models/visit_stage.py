# SPDX-License-Identifier: AGPL-3.0-or-later
from odoo import models


class FsmOrder(models.Model):
    """What follows when the stage of an order changes, whichever way it is changed.

    Buttons, the board and other add-ons all end in a plain ``write``; this is the one place that
    watches it. Every room of the visit adds what it does to the hooks and calls ``super()``; each
    hook gets the orders it is about, and raising in it keeps the stage as it was.
    """

    _inherit = "fsm.order"

    def write(self, vals):
        """Call the hooks of what became of these orders; the report comes when all is settled."""
        if "stage_id" not in vals:
            return super().write(vals)
        completed, cancelled = self._completed_visits(), self._cancelled()
        result = super().write(vals)
        completed_now, cancelled_now = self._completed_visits(), self._cancelled()
        (completed_now - completed)._on_completed()
        (completed - completed_now)._on_reopened()
        (cancelled_now - cancelled)._on_cancelled()
        self.filtered("is_closed")._on_closed()
        (completed_now - completed)._mail_report()
        return result

    def _completed_visits(self):
        """Return the visits that were completed, whatever came of them; repairs are none."""
        return self._visits().filtered("is_closed") - self._cancelled()

    def _cancelled(self):
        """Return the orders that were cancelled."""
        # from the cache: env.ref would ask the database for every row of a list
        cancelled = self.env["ir.model.data"]._xmlid_to_res_id("fieldservice.fsm_stage_cancelled")
        return self.filtered(lambda order: order.stage_id.id == cancelled)

    def _on_completed(self):
        """Do what follows from visits that were completed just now."""

    def _on_reopened(self):
        """Take back what completing these visits did; their stage is another now."""

    def _on_cancelled(self):
        """Do what follows from orders that were cancelled just now."""

    def _on_closed(self):
        """Do what follows from orders of any kind that are over, completed or cancelled.

        Called again when an order that is over goes to another such stage.
        """
