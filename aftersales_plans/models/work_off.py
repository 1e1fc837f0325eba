import logging

import psycopg2

_logger = logging.getLogger(__name__)


def work_off(env, work, on_error=None):
    """Do daily work record by record, each committed by itself; resumable.

    What one record cannot do is logged on it and does not stop the others.

    :param work: [(record, name of its method), …]; a record is found again until it is done
    :param on_error: called with the record after its failure is rolled back, so that a record that
        never succeeds may be marked
    """
    cron = env["ir.cron"]
    cron._commit_progress(remaining=len(work))
    for record, method in work:
        try:
            getattr(record, method)()
        except psycopg2.OperationalError:
            raise  # somebody else was faster; the next run finds it again
        except Exception as error:  # one record must not stop the others
            env.cr.rollback()
            _logger.exception("%s: %s failed", record, method)
            record.message_post(body=str(error))
            if on_error:
                on_error(record)
        if not cron._commit_progress(1):
            return
