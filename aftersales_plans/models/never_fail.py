# SPDX-License-Identifier: LGPL-3.0-or-later
"""What follows from other people's work must never stop it."""

import logging
from contextlib import contextmanager

import psycopg2

_logger = logging.getLogger(__name__)


@contextmanager
def never_fail(env, what):
    """Run the block for itself: when it fails, take back what it wrote, log it and go on.

    Conflicts between two transactions do pass: Odoo repeats the whole request on fresh data.

    :param what: names the work in the log, records included
    """
    env.flush_all()  # what the user himself did may fail, and says so
    try:
        with env.cr.savepoint():
            yield
    except psycopg2.OperationalError:
        raise
    except Exception:  # a sale, delivery or payment goes on whatever happens here
        _logger.exception("%s failed; what it wrote was taken back", what)
