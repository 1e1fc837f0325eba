# SPDX-License-Identifier: LGPL-3.0-or-later
from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.aftersales_plans.models.linked_records import open_action


class AftersalesStatementWizard(models.TransientModel):
    """Asks whose statements are wanted, and of which period."""

    _name = "aftersales.statement.wizard"
    _description = "Reward Statements"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    period = fields.Selection(
        [
            ("this_year", "This year"),
            ("last_year", "Last year"),
            ("this_quarter", "This quarter"),
            ("last_quarter", "Last quarter"),
            ("this_month", "This month"),
            ("last_month", "Last month"),
            ("other", "Other days"),
        ],
        required=True,
        default="this_year",
    )
    date_from = fields.Date(
        string="From",
        compute="_compute_dates",
        store=True,
        precompute=True,
        readonly=False,
        required=True,
    )
    date_to = fields.Date(
        string="To",
        compute="_compute_dates",
        store=True,
        precompute=True,
        readonly=False,
        required=True,
    )
    referrer_ids = fields.Many2many(
        "res.partner",
        string="Referrers",
        default=lambda self: self._default_referrers(),
        help="Leave empty for everybody with rewards or a balance in the period.",
    )
    is_for_one = fields.Boolean(compute="_compute_is_for_one")

    @api.model
    def _default_referrers(self):
        """Return whom the wizard was opened for: partners, or referrers of ledger rows."""
        model, ids = self.env.context.get("active_model"), self.env.context.get("active_ids")
        if not ids or model not in (
            "res.partner",
            "aftersales.commission",
            "aftersales.commission.aged",
        ):
            return False
        records = self.env[model].browse(ids)
        partners = records if model == "res.partner" else records.referrer_id
        return partners.commercial_partner_id

    @api.depends("referrer_ids")
    def _compute_is_for_one(self):
        for wizard in self:
            wizard.is_for_one = len(wizard.referrer_ids) == 1

    @api.depends("company_id", "period")
    def _compute_dates(self):
        for wizard in self:
            today = (wizard.company_id or self.env.company)._aftersales_today()
            which, _sign, unit = (wizard.period or "other").partition("_")
            if not unit:
                wizard.date_from = wizard.date_from or today.replace(month=1, day=1)
                wizard.date_to = wizard.date_to or today
                continue
            months = {"year": 12, "quarter": 3, "month": 1}[unit]
            day = today - relativedelta(months=months) if which == "last" else today
            wizard.date_from = fields.Date.start_of(day, unit)
            wizard.date_to = min(fields.Date.end_of(day, unit), today)

    def _statements(self):
        """Return the statements asked for.

        :raises UserError: nobody has anything to be told in this period
        """
        self.ensure_one()
        referrers = self.referrer_ids or self._everybody()
        if not referrers:
            raise UserError(
                self.env._("Nobody had rewards or a balance in this period: choose another one.")
            )
        return self.env["aftersales.statement"]._of(
            referrers, self.company_id, self.date_from, self.date_to
        )

    def _everybody(self):
        """Return the referrers with rows in the period, or a balance at its end."""
        Commission = self.env["aftersales.commission"]
        until = [("company_id", "=", self.company_id.id), ("date", "<=", self.date_to)]
        moved = Commission._read_group([*until, ("date", ">=", self.date_from)], ["referrer_id"])
        owed = Commission._read_group(until, ["referrer_id"], having=[("amount:sum", "!=", 0)])
        return self.env["res.partner"].union(*(row[0] for row in [*moved, *owed]))

    def action_print(self):
        """Print the statements."""
        return self._statements().action_print()

    def action_send(self):
        """Mail the statements."""
        return self._statements().action_send()

    def action_open(self):
        """Show the statements on the screen."""
        statements = self._statements()
        if len(statements) == 1:
            return statements.get_formview_action()
        xmlid = "aftersales_referral.aftersales_statement_action"
        return open_action(self.env, xmlid, [("id", "in", statements.ids)])
