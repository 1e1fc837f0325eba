# SPDX-License-Identifier: LGPL-3.0-or-later
import logging
from collections import defaultdict

import psycopg2

from odoo.tools import plaintext2html

from .never_fail import never_fail

_logger = logging.getLogger(__name__)

BATCH = 500  # records after which what was read and computed for them is forgotten
FAILED = "aftersales_plans.activity_work_failed"


def work_off(env, work, on_error=None, owner=None):
    """Do daily work record by record, each committed by itself; resumable.

    What one record cannot do does not stop the others. It is logged, and somebody has it to do:
    once, however many days it fails, until it succeeds.

    :param work: [(record, name of its method), …]; a record is found again until it is done
    :param on_error: called with the record after its failure is rolled back, so that a record that
        never succeeds may be marked
    :param owner: called with the record, returns who answers for it (see :func:`owner_of`)
    :return: whether there was time for all of it
    """
    cron = env["ir.cron"]
    kind = env.ref(FAILED, raise_if_not_found=False) or env["mail.activity.type"]  # deletable
    failed = env["mail.activity"].search([("activity_type_id", "in", kind.ids)])
    failed_before = set(zip(failed.mapped("res_model"), failed.mapped("res_id"), strict=True))
    cron._commit_progress(remaining=len(work))
    for number, (record, method) in enumerate(_near(work), start=1):
        try:
            getattr(record, method)()
            told_on = _told_on(record)
            if (told_on._name, told_on.id) in failed_before:
                told_on.activity_unlink([FAILED])
        except psycopg2.OperationalError:
            raise  # somebody else was faster; the next run finds it again
        except Exception as error:  # one record must not stop the others
            env.cr.rollback()
            _logger.exception("%s: %s failed", record, method)
            with never_fail(env, f"Telling that {method} of {record} failed"):
                user = (owner or owner_of)(record)[:1]
                give_once(_told_on(record), FAILED, lambda _local, e=error: str(e), user)
            if on_error:
                on_error(record)
        if not cron._commit_progress(1):
            return False
        if number % BATCH == 0:  # what is committed is kept; memory would grow with the work
            env.invalidate_all()
    return True


def _told_on(record):
    """Return what has the activity when ``record`` fails: a company has none, its contact does."""
    return record.partner_id if record._name == "res.company" else record


def _near(work):
    """Yield the work with records that are read together with those done in the same batch.

    Else the first ones would be read again, and again, each time all is forgotten.
    """
    for start in range(0, len(work), BATCH):
        batch, together = work[start : start + BATCH], defaultdict(list)
        for record, _method in batch:
            together[record._name].append(record.id)
        for record, method in batch:
            yield record.with_prefetch(together[record._name]), method


def give_once(record, kind, say, user=None):
    """Give somebody something to do about ``record`` today; who has it already is not told again.

    :param kind: XML id of the activity's type
    :param say: called with the record in the language of whoever has it to do; returns the note,
        which is today's also where somebody has it already
    :param user: who gets it; None: whoever answers for the record (see :func:`owner_of`)
    """
    known = record.activity_search([kind])[:1]
    user = known.user_id or (owner_of(record)[:1] if user is None else user)
    local = record.with_context(lang=user.lang)
    note = plaintext2html(say(local))
    if known:
        known.note = note
    else:
        today = (record.company_id or record.env.company)._aftersales_today()
        local.activity_schedule(kind, date_deadline=today, user_id=user.id, note=note)


def owner_of(record):
    """Return the users who may answer for ``record``, first who is responsible for it.

    Else the plan managers, as far as they work there and see it.
    """
    managers = record.env.ref("aftersales_plans.group_manager").all_user_ids
    return fit_for(record, record.user_id | managers)


def fit_for(record, users):
    """Return those of ``users`` who work in the company of ``record`` and see it."""
    return users.filtered(
        lambda user: (
            user.active
            and not user.share
            and record.company_id in user.company_ids
            and record.with_user(user).has_access("read")
        )
    )
