# SPDX-License-Identifier: LGPL-3.0-or-later
from datetime import date

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models

LONGEST = relativedelta(years=5)  # of one statement that a referrer asks for
ROWS = 10  # of the ledger on the page; older ones are in the statements
REPORT = "aftersales_referral.statement_report_action"


class AftersalesStatement(models.Model):
    """The statements a referrer prints online (requirements 75, 86).

    Called by the portal as superuser, for the customer who is logged in.
    """

    _inherit = "aftersales.statement"

    @api.model
    def _period_online(self, company, year, date_from, date_to):
        """Return first and last day of what was asked for, as texts; nothing where that is none.

        :param year: a calendar year, or nothing and two days
        """
        try:
            if year:
                first, last = date(int(year), 1, 1), date(int(year), 12, 31)
            else:
                first, last = fields.Date.to_date(date_from), fields.Date.to_date(date_to)
            if first and last and first <= last < first + LONGEST:
                return (first, last) if first <= company._aftersales_today() else None
        except (TypeError, ValueError, OverflowError):
            return None
        return None

    @api.model
    def _print_online(self, referrer, company, first, last):
        """Return a statement as PDF, and the name of the file.

        Nothing is kept of it: referrers choose any days, and opening an address changes nothing.
        """
        savepoint = self.env.cr.savepoint()
        try:
            quiet = self.with_company(company).with_context(lang=referrer.lang)
            statement = quiet._of(referrer, company, first, last)
            report = quiet.env["ir.actions.report"]
            pdf, _kind = report._render_qweb_pdf(REPORT, statement.ids)
            return pdf, statement._get_statement_filename()
        finally:
            savepoint.close(rollback=True)

    @api.model
    def _rows_online(self, referrer, company):
        """Return the latest rows of the ledger as the statement words them, newest first.

        :return: [{"date", "text", "amount"}, …]
        """
        rows = self.env["aftersales.commission"].search(
            [("referrer_id", "=", referrer.id), ("company_id", "=", company.id)],
            order="date desc, id desc",
            limit=ROWS,
        )
        return [{"date": row.date, "text": self._text(row), "amount": row.amount} for row in rows]

    @api.model
    def _years_online(self, referrer, company):
        """Return the years with rows of the ledger, the latest first."""
        groups = self.env["aftersales.commission"]._read_group(
            [("referrer_id", "=", referrer.id), ("company_id", "=", company.id)],
            ["date:year"],
            order="date:year desc",
        )
        return [day.year for (day,) in groups]
