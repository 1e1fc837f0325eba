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
