import logging

import psycopg2

from odoo import models

_logger = logging.getLogger(__name__)


class FsmOrder(models.Model):
    """Mails after something that happened anyway, which none of them stops."""

    _inherit = "fsm.order"

    def _mail_or_note(self, send, note):
        """Call ``send``; where it fails, undo what it did and leave ``note`` on the visit.

        :raises psycopg2.OperationalError: the transaction has to be repeated as a whole
        """
        self.env.flush_all()  # what fails here is not the mail's fault
        try:
            with self.env.cr.savepoint():
                send()
        except psycopg2.OperationalError:
            raise
        except Exception:  # pylint: disable=broad-exception-caught
            _logger.exception("Visit %s: a mail could not be sent", self.name)
            self._message_log(body=note)
