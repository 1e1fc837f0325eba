# SPDX-License-Identifier: LGPL-3.0-or-later
"""What tests do to prove that one thing that goes wrong harms nothing else."""

from contextlib import contextmanager
from unittest.mock import patch

from odoo.tools import mute_logger

MODELS = "odoo.addons.aftersales_plans.models"
#: Who says that one record failed and the others went on.
TELLERS = [f"{MODELS}.{name}" for name in ("work_off", "never_fail", "revenue")]


@contextmanager
def undone(env):
    """Take back what is done within, whether it succeeds or fails."""
    savepoint = env.cr.savepoint()
    try:
        yield
    finally:
        savepoint.close(rollback=True)
        env.invalidate_all()


@contextmanager
def locked_books_open(env):
    """Let entries be dated into what is locked: neither our rule nor core's minds."""
    company, move = type(env["res.company"]), type(env["account.move"])
    with (
        patch.object(company, "_aftersales_open_day", lambda self, journal, day, taxes=(): day),
        patch.object(company, "_get_violated_lock_dates", lambda *args: []),
        patch.object(move, "_check_fiscal_lock_dates", lambda self: True),
    ):
        yield


@contextmanager
def poisoned(bad, method):
    """Let ``method`` fail for the record ``bad`` alone, as one broken row among many does."""
    original = getattr(type(bad), method)

    def act(record, *args, **kwargs):
        if record == bad:
            raise ValueError("poison")
        return original(record, *args, **kwargs)

    with patch.object(type(bad), method, act), mute_logger(*TELLERS):
        yield
