# SPDX-License-Identifier: LGPL-3.0-or-later
"""Finding the few records that are due among years of others."""

from contextlib import contextmanager


@contextmanager
def by_index(env):
    """Let the searches of the block read indexes and no table as a whole.

    What is due depends on columns that go together: a contract that ended long ago has a renewal
    day in the past *and* is no running one. PostgreSQL takes such columns for independent, expects
    very many rows where there are few, and reads a million contracts instead of a small index.
    """
    env.flush_all()
    env.cr.execute("SET LOCAL enable_seqscan = off")  # until the transaction ends, if it fails
    yield
    env.cr.execute("SET LOCAL enable_seqscan = on")
