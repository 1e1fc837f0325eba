# SPDX-License-Identifier: LGPL-3.0-or-later
from . import controllers, models, wizard


def _set_up_companies(env):
    """Give every company that has its chart of accounts already our accounts and journals."""
    env["res.company"].search([("chart_template", "!=", False)])._aftersales_create_accounts()


def _leave_history(env):
    """Let the history of store credit, which stays, tell its own text where payouts and lots go.

    The page of a customer's card asks each row for its document; a model that is gone has none.
    """
    env["loyalty.history"].flush_model()
    env.cr.execute(
        "UPDATE loyalty_history SET order_model = NULL, order_id = NULL"
        " WHERE order_model LIKE 'aftersales.%'"
    )
    env.invalidate_all()
