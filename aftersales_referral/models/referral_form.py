# SPDX-License-Identifier: LGPL-3.0-or-later
import logging

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import UserError

_logger = logging.getLogger(__name__)
CRON = "aftersales_referral.cron_register_forms"


class AftersalesReferralForm(models.TransientModel):  # pylint: disable=no-wizard-in-models
    """A form as it was sent, until it is registered a moment later (8).

    A newcomer sends that of ``/refer/<code>``, a referrer with a login that of his own pages.

    The page only stores it: whatever becomes of it takes its visitor the same time, cannot fail
    before his eyes, and one form after another finds what the one before has made. Registered
    forms are deleted at once; what an error of ours left behind goes after a week.
    """

    _name = "aftersales.referral.form"
    _description = "Referral form"
    _transient_max_hours = 24.0 * 7

    source = fields.Selection([("link", "Link"), ("portal", "Portal")], default="link")
    code = fields.Char()
    referrer_id = fields.Many2one(
        "res.partner", ondelete="cascade", help="Who was logged in; a link has a code instead."
    )
    name = fields.Char(required=True)
    phone = fields.Char()
    email = fields.Char()
    message = fields.Text()
    consent = fields.Char(required=True, help="The words agreed to, by whoever sent it.")
    company_id = fields.Many2one("res.company", required=True, ondelete="cascade")
    failed = fields.Boolean()

    @api.model
    def _send(self, vals):
        """Store a form and have it registered."""
        self.create(vals)
        self.env.ref(CRON)._trigger()

    @api.model
    def _cron_register(self):
        """Register what was sent, form by form; one that fails does not stop the others."""
        cron = self.env["ir.cron"]
        waiting = self.search([("failed", "=", False)], order="id")
        cron._commit_progress(remaining=len(waiting))
        for form in waiting:
            try:
                form._register_form()
            except psycopg2.OperationalError:
                raise  # somebody else was faster; the next run finds it again
            except Exception:
                self.env.cr.rollback()
                _logger.exception("Referral form %s is not registered", form.id)
                form.failed = True
            if not cron._commit_progress(1):
                return

    def _register_form(self):
        """Make the referral, or forget the form where the rules refuse it; nobody is told."""
        self.ensure_one()
        referrals = self.env["aftersales.referral"].with_company(self.company_id)
        try:
            with self.env.cr.savepoint():
                referrals._take_invite(self)
        except UserError as error:
            _logger.info("Referral form %s is not registered: %s", self.id, error)
        self.unlink()
