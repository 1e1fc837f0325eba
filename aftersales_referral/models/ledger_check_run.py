# SPDX-License-Identifier: LGPL-3.0-or-later
import logging

import psycopg2

from odoo import api, models

from .ledger_difference import FAILED, LATE, Difference

_logger = logging.getLogger(__name__)

BATCH_ORDERS = 200
ORDERS_AT_ONCE = 1000  # while somebody waits for the button; the rest goes on in the background


# One file per concern: what a check is, how it runs, what it leaves behind.
class AftersalesLedgerCheck(models.Model):
    """How a check runs: sums first, then orders in batches, each durable in the nightly run.

    What cannot be compared becomes a line with its reason and does not stop the others.
    """

    _inherit = "aftersales.ledger.check"

    @api.model
    def _cron_check(self):
        """Check every company once a day, and finish what was begun; resumable."""
        cron = self.env["ir.cron"]
        begun = self.search([("state", "=", "running")], order="id")
        due = self._companies_due() - begun.company_id
        cron._commit_progress(remaining=len(begun) + len(due))
        for company in begun.company_id | due:
            if not self._check_in_background(company, cron):
                return

    @api.model
    def _companies_due(self):
        """Return the companies the nightly check of today has not seen yet."""
        return self._companies_to_check().filtered(
            lambda company: (
                not self.search_count(
                    [
                        ("company_id", "=", company.id),
                        ("date", "=", company._aftersales_today()),
                        ("user_id", "=", False),
                    ],
                    limit=1,
                )
            )
        )

    @api.model
    def _check_in_background(self, company, cron):
        """Go on with the checks of one company; return whether there is time for more."""
        try:
            checks = self._running_of(company) or self._start(company)
            for check in checks:
                check._run(lambda: not cron._commit_progress())
                if check.state == "running" or not cron._commit_progress(1):
                    return False
        except psycopg2.OperationalError:
            raise  # somebody else was faster; the next run finds it again
        except Exception as error:  # one company must not stop the others
            self.env.cr.rollback()
            _logger.warning("The ledger of %s was not checked", company.name, exc_info=True)
            self._give_up(company, error)
            return bool(cron._commit_progress(1))
        return True

    @api.model
    def _running_of(self, company):
        domain = [("company_id", "=", company.id), ("state", "=", "running")]
        return self.search(domain, order="id")

    @api.model
    def _give_up(self, company, error):
        """Note that the ledger of ``company`` could not be checked."""
        check = self._running_of(company)[:1] or self._start(company)
        check._add([check._failure("check", company.name, error)])
        check._set_state("differences")

    def _run_now(self):
        """Run in this request as far as somebody can wait for it."""
        self._run(lambda: self.order_count >= ORDERS_AT_ONCE)
        if self.state == "running":
            self.env.ref("aftersales_referral.cron_check_ledger")._trigger()

    def _run(self, pause):
        """Compare the sums, then the orders batch by batch, until all is compared.

        :param pause: asked after every batch; once it says yes, the rest is left for another call
        """
        self.ensure_one()
        if not self.last_order_id:
            self._compare_sums()
        left = self._orders_left()
        for start in range(0, len(left), BATCH_ORDERS):
            batch = left[start : start + BATCH_ORDERS]
            self._compare_batch(self.env["sale.order"].browse(batch))
            self.order_count += len(batch)
            self.last_order_id = batch[-1]
            self.env.invalidate_all()  # years of orders must not pile up in memory
            if start + len(batch) < len(left) and pause():
                return
        self._finish()

    def _orders_left(self):
        """Return the ids of the orders this check has not compared yet."""
        found_before = self._previous().line_ids.filtered(lambda line: line.kind in (LATE, FAILED))
        orders = self.env["aftersales.commission"]._orders_to_compare(
            self.company_id, self.since, self.date, found_before.order_id.ids
        )
        return [order for order in orders if order > self.last_order_id]

    # --- Comparing -----------------------------------------------------------------------------

    def _compare_sums(self):
        for _kind, compare in self.env["aftersales.commission"]._comparisons():
            self._add(self._safely(compare, self.company_id, self.company_id.name))

    def _compare_batch(self, orders):
        """Compare orders together; where that fails, one by one."""
        compare = self.env["aftersales.commission"]._compare_orders
        try:
            with self.env.cr.savepoint():
                self._add(compare(orders))
        except psycopg2.OperationalError:
            raise
        except Exception:  # found again below, by the order it belongs to
            for order in orders:
                self._add(self._safely(compare, order, order.name))

    def _safely(self, compare, records, name):
        """Return what ``compare`` finds, or that it could not be compared."""
        try:
            with self.env.cr.savepoint():
                return compare(records)
        except psycopg2.OperationalError:
            raise
        except Exception as error:  # what cannot be compared must not hide the rest
            _logger.warning("%s of %s was not compared", name, compare.__name__, exc_info=True)
            key = f"{compare.__name__}-{records.id}"
            about = (("order_id", records.id),) if records._name == "sale.order" else ()
            return [self._failure(key, name, error, about)]

    def _failure(self, key, name, error, about=()):
        return Difference(
            FAILED,
            f"failed-{key}",
            self.env._("%(what)s could not be compared: %(error)s", what=name, error=error),
            about=about,
        )
