# SPDX-License-Identifier: LGPL-3.0-or-later
from . import controllers
from . import models
from . import wizard


def _set_up_companies(env):
    """Give every company that exists already its locations and, with a chart, its accounts.

    What it delivered so far is registered in the background.
    """
    companies = env["res.company"].search([])
    companies._aftersales_create_locations()
    companies.filtered("chart_template")._aftersales_create_accounts()
    env["aftersales.backfill"]._start(companies)


def _leave_messages(env):
    """Let messages that stay in the history of orders forget our layout, which goes."""
    env["mail.message"].flush_model()
    env.cr.execute(
        "UPDATE mail_message SET email_layout_xmlid = NULL"
        " WHERE email_layout_xmlid LIKE 'aftersales\\_%'"
    )
    env.invalidate_all()
