from . import models
from . import wizard


def _set_up_companies(env):
    """Give every company that exists already its locations and, with a chart, its accounts."""
    companies = env["res.company"].search([])
    companies._aftersales_create_locations()
    companies.filtered("chart_template")._aftersales_create_accounts()
