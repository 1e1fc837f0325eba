# SPDX-License-Identifier: LGPL-3.0-or-later
import logging

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from .payout_statement import LATER

_logger = logging.getLogger(__name__)

POST_AT_ONCE = 20  # payouts somebody waits for; the rest is posted in the background
TRIES = 3  # of a payout that meets another transaction
CRON = "aftersales_referral.cron_post_payout_runs"
LOOK_AT_RUN = "mail.mail_activity_data_todo"


class AftersalesPayoutRun(models.Model):
    """How a run posts: payout by payout, each for itself; resumable, twice without effect.

    What cannot be posted stays a draft with its reason and does not stop the others. In the
    background every payout is durable by itself, so that an interrupted run goes on where it was.
    """

    _inherit = "aftersales.payout.run"

    def _start_posting(self):
        """Begin to post, or go on with what failed or was approved since.

        :raises UserError: its day lies ahead, or there is nothing to post
        """
        self.ensure_one()
        if self.date > self.company_id._aftersales_today():
            raise UserError(
                self.env._(
                    "%(run)s pays what can be paid on %(date)s: post it from that day on.",
                    run=self.name,
                    date=fields.Date.to_string(self.date),
                )
            )
        posted_singly = self.state == "preview" and self.posted_count
        self._set_state("posting")
        self._drafts().filtered("problem").problem = False
        if not posted_singly:  # else there may be nothing left but to end the run
            self._refuse_nothing_to_post()
        self.user_id = self.env.user
        for payout in self._left_to_post(POST_AT_ONCE):
            self._post_payout(payout)
        if self._left_to_post(1):
            self.env.ref(CRON)._trigger()
        else:
            self._finish_posting()

    def _refuse_nothing_to_post(self):
        if self._left_to_post(1):
            return
        if self.approve_count:
            raise UserError(
                self.env._(
                    "%(run)s: nothing can be posted before another accountant approves: %(names)s.",
                    run=self.name,
                    names=self._drafts().mapped("name"),
                )
            )
        raise UserError(self.env._("%s has nothing to post.", self.name))

    def _left_to_post(self, limit=None):
        """Return the drafts that need no approval (any more) and were not tried yet."""
        return self.env["aftersales.payout"].search(
            Domain("run_id", "=", self.id)
            & Domain("state", "=", "draft")
            & Domain("problem", "=", False)
            & ~Domain("to_approve", "=", True),
            order="id",
            limit=limit,
        )

    def _post_payout(self, payout):
        """Post one payout for itself, or note on it why that does not work.

        Conflicts between two transactions do pass.
        """
        self.env.flush_all()  # what others of the run wrote stays, whatever happens below
        try:
            with self.env.cr.savepoint():
                # a statement takes a second to print: the cron does
                payout.with_context(**{LATER: True}).action_post()
            return
        except psycopg2.OperationalError:
            raise
        except UserError as error:
            problem = str(error)
        except Exception as error:  # one payout must not stop the others
            _logger.exception("%s was not posted", payout)
            problem = self.env._("It failed: %s", error)
        payout.problem = problem

    # --- In the background ---------------------------------------------------------------------

    @api.model
    def _cron_post(self):
        """Go on with the runs that are being posted; every payout is committed by itself."""
        cron = self.env["ir.cron"]
        work = {run: run._left_to_post().ids for run in self.search([("state", "=", "posting")])}
        cron._commit_progress(remaining=sum(map(len, work.values())))
        for run, payout_ids in work.items():
            for payout_id in payout_ids:
                run._post_in_background(payout_id)
                if not cron._commit_progress(1):
                    return
            run._finish_in_background(cron)

    def _post_in_background(self, payout_id):
        """Post a payout unless it was posted meanwhile; what meets somebody else is tried again.

        What still does is left for the next run of the cron.
        """
        for _attempt in range(TRIES):
            try:
                # read again: whatever was known before the last commit may have changed
                payout = self.env["aftersales.payout"].browse(payout_id).exists()
                payout = payout.try_lock_for_update().filtered(
                    lambda one: one.state == "draft" and not (one.problem or one.to_approve)
                )
                if payout:
                    self._in_words_of_user()._post_payout(payout)
                    self.env.flush_all()
                return
            except psycopg2.OperationalError:
                self.env.cr.rollback()

    def _finish_in_background(self, cron):
        try:
            if self.state == "posting" and not self._left_to_post(1):
                self._finish_posting(in_background=True)
                cron._commit_progress()
        except psycopg2.OperationalError:
            self.env.cr.rollback()  # somebody else finished it

    def _in_words_of_user(self):
        """Return the run in the language of who started it, for bills and problems."""
        return self.with_context(lang=self.user_id.lang or self.env.lang)

    # --- The end -------------------------------------------------------------------------------

    def _finish_posting(self, in_background=False):
        """Say what became of the run; who did not wait for it is told."""
        self._set_state("done")
        run = self._in_words_of_user()
        run.message_post(
            body=run._result_in_words(),
            partner_ids=self.user_id.partner_id.ids if in_background else [],
        )
        run.activity_unlink([LOOK_AT_RUN])
        if self.problem_count:
            run.activity_schedule(
                LOOK_AT_RUN,
                user_id=self.user_id.id,
                summary=run.env._("Payouts that could not be posted: %s", self.problem_count),
            )

    def _result_in_words(self):
        posted = self.payout_ids.filtered(lambda payout: payout.state == "posted")
        amounts = {
            method: self.currency_id.format(sum(payouts.mapped("amount")))
            for method, payouts in (
                (method, posted.filtered(lambda payout, m=method: payout.method == m))
                for method in ("cash", "credit")
            )
        }
        sentences = [
            self.env._(
                "Posted: %(count)s payouts, %(cash)s in money and %(credit)s in store credit.",
                count=len(posted),
                **amounts,
            )
        ]
        if self.problem_count:
            sentences.append(self.env._("Could not be posted: %s.", self.problem_count))
        if self.approve_count:
            sentences.append(self.env._("Wait for an approval: %s.", self.approve_count))
        return " ".join(sentences)
