# SPDX-License-Identifier: LGPL-3.0-or-later
from datetime import timedelta

from odoo import api, fields, models

from odoo.addons.aftersales_plans.models.never_fail import never_fail

LATER = "aftersales_statement_later"  # in the context: let the cron print, as of many payouts
LATE_DAYS = 31  # older bills are from before statements went with them
AT_ONCE = 5  # printing takes a second; more statements than these follow by the cron
REPORT = "aftersales_referral.statement_report_action"


class AftersalesPayout(models.Model):
    """The referrer's statement goes with the bill: what it is paid for (requirement 86).

    Printed after posting; a payout never fails, nor waits long, because of a printed page. What was
    not printed at once is printed by the cron.
    """

    _inherit = "aftersales.payout"
    _guarded = frozenset({"statement_id"})

    statement_id = fields.Many2one(
        "aftersales.statement",
        readonly=True,
        copy=False,
        help="Attached to the bill: what was earned and paid since the payout before.",
    )

    _statement_index = models.Index("(id) WHERE bill_id IS NOT NULL AND statement_id IS NULL")

    def action_post(self):
        """Post, and attach the statements to the bills."""
        result = super().action_post()
        billed = self.sudo().filtered("bill_id")  # statements and bills are nobody's to write
        if len(self) <= AT_ONCE and not self.env.context.get(LATER):
            billed._attach_statements()
        elif billed:
            # the cron runs as superuser whoever asks for it
            self.env.ref("aftersales_referral.cron_attach_statements").sudo()._trigger()
        return result

    def _attach_statements(self):
        for payout in self:
            with never_fail(self.env, f"Statement of {payout}"):
                payout._attach_statement()

    def _attach_statement(self):
        """Print the referrer's statement up to this payout and attach it to the bill."""
        statement = self._make_statement()
        report = self.env["ir.actions.report"].with_company(self.company_id)
        content, kind = report._render_qweb_pdf(REPORT, statement.ids)
        self.env["ir.attachment"].create(
            {
                "name": f"{statement._get_statement_filename()}.{kind}",
                "raw": content,
                "res_model": "account.move",
                "res_id": self.bill_id.id,
            }
        )
        self.statement_id = statement

    def _make_statement(self):
        """Return the statement from the day after the payout before to the day of this one."""
        Commission = self.env["aftersales.commission"]
        row = self.commission_ids.sorted("id")[:1]
        domain = [
            ("referrer_id", "=", row.referrer_id.id),
            ("company_id", "=", self.company_id.id),
            ("id", "<", row.id),
        ]
        paid = [*domain, ("kind", "=", "paid"), ("amount", "<", 0)]
        last = Commission.search(paid, order="id desc", limit=1).date
        first = Commission.search(domain, order="date, id", limit=1).date
        start = last + timedelta(days=1) if last else first or row.date
        return self.env["aftersales.statement"]._of(
            row.referrer_id, self.company_id, min(start, row.date), row.date
        )

    @api.model
    def _cron_attach_statements(self):
        """Attach what was not attached yet, one by one; resumable, twice without effect."""
        cron = self.env["ir.cron"]
        since = fields.Date.today() - timedelta(days=LATE_DAYS)
        waiting = self.search(
            [
                ("state", "=", "posted"),
                ("bill_id", "!=", False),
                ("date", ">=", since),
                ("statement_id", "=", False),
            ],
            order="id",
        )
        cron._commit_progress(remaining=len(waiting))
        for payout in waiting:
            payout._attach_statements()
            if not cron._commit_progress(1):
                return
