# SPDX-License-Identifier: AGPL-3.0-or-later
from odoo import models

from odoo.addons.aftersales_plans.models.never_fail import never_fail


class FsmOrder(models.Model):
    """Mails after something that happened anyway, which none of them stops."""

    _inherit = "fsm.order"

    def _mail_or_note(self, send, note):
        """Call ``send``; where it fails, undo what it did and leave ``note`` on the visit."""
        with never_fail(self.env, f"Mail of {self}"):
            send()
            return
        self._message_log(body=note)
