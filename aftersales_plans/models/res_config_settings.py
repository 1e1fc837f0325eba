# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import api, fields, models


class ResConfigSettings(models.TransientModel):
    """Settings of plans, per company."""

    _inherit = "res.config.settings"

    aftersales_warranty_months = fields.Integer(
        related="company_id.aftersales_warranty_months", readonly=False
    )
    aftersales_forecast_months = fields.Integer(
        related="company_id.aftersales_forecast_months", readonly=False
    )
    aftersales_overstock_months = fields.Integer(
        related="company_id.aftersales_overstock_months", readonly=False
    )
    aftersales_service_cost_account_id = fields.Many2one(
        related="company_id.aftersales_service_cost_account_id", readonly=False
    )
    aftersales_defer_revenue = fields.Boolean(
        related="company_id.aftersales_defer_revenue", readonly=False
    )
    aftersales_deferred_revenue_account_id = fields.Many2one(
        related="company_id.aftersales_deferred_revenue_account_id", readonly=False
    )
    aftersales_revenue_journal_id = fields.Many2one(
        related="company_id.aftersales_revenue_journal_id", readonly=False
    )
    aftersales_goodwill_limit_agent = fields.Monetary(
        related="company_id.aftersales_goodwill_limit_agent",
        readonly=False,
        currency_field="aftersales_currency_id",
    )
    aftersales_goodwill_limit = fields.Monetary(
        related="company_id.aftersales_goodwill_limit",
        readonly=False,
        currency_field="aftersales_currency_id",
    )
    aftersales_cover_limit_agent = fields.Monetary(
        related="company_id.aftersales_cover_limit_agent",
        readonly=False,
        currency_field="aftersales_currency_id",
    )
    aftersales_cover_limit = fields.Monetary(
        related="company_id.aftersales_cover_limit",
        readonly=False,
        currency_field="aftersales_currency_id",
    )
    aftersales_pricing_report = fields.Selection(
        related="company_id.aftersales_pricing_report", readonly=False, required=True
    )
    aftersales_hourly_cost = fields.Monetary(
        related="company_id.aftersales_hourly_cost",
        readonly=False,
        currency_field="aftersales_currency_id",
    )
    aftersales_after_hours_percent = fields.Float(
        related="company_id.aftersales_after_hours_percent", readonly=False
    )
    aftersales_approve_below_cost = fields.Boolean(
        related="company_id.aftersales_approve_below_cost", readonly=False
    )
    aftersales_currency_id = fields.Many2one(
        related="company_id.currency_id", string="After-Sales Currency"
    )
    aftersales_claim_mails = fields.Boolean(
        related="company_id.aftersales_claim_mails", readonly=False
    )
    aftersales_claim_alias_name = fields.Char(
        related="company_id.aftersales_claim_alias_name", readonly=False
    )
    aftersales_claim_alias_domain = fields.Char(
        related="company_id.alias_domain_id.name", string="Domain of the Claims Address"
    )
    aftersales_silent_days = fields.Integer(
        related="company_id.aftersales_silent_days", readonly=False
    )
    aftersales_gap_days = fields.Integer(related="company_id.aftersales_gap_days", readonly=False)
    aftersales_contact_from = fields.Float(
        related="company_id.aftersales_contact_from", readonly=False
    )
    aftersales_contact_to = fields.Float(related="company_id.aftersales_contact_to", readonly=False)
    aftersales_feedback_claim = fields.Boolean(
        related="company_id.aftersales_feedback_claim", readonly=False
    )
    aftersales_feedback_delivery = fields.Boolean(
        related="company_id.aftersales_feedback_delivery", readonly=False
    )
    aftersales_courtesy_calls = fields.Boolean(
        related="company_id.aftersales_courtesy_calls", readonly=False
    )
    aftersales_care_since = fields.Date(related="company_id.aftersales_care_since", readonly=False)
    aftersales_at_risk_months = fields.Integer(
        related="company_id.aftersales_at_risk_months", readonly=False
    )
    aftersales_nearly_lost_months = fields.Integer(
        related="company_id.aftersales_nearly_lost_months", readonly=False
    )
    aftersales_lost_months = fields.Integer(
        related="company_id.aftersales_lost_months", readonly=False
    )
    aftersales_retention_a_day = fields.Integer(
        related="company_id.aftersales_retention_a_day", readonly=False
    )
    aftersales_backfill_id = fields.Many2one(
        "aftersales.backfill", compute="_compute_aftersales_backfill_id"
    )
    aftersales_backfill_progress = fields.Char(related="aftersales_backfill_id.progress")
    aftersales_backfill_percent = fields.Float(related="aftersales_backfill_id.percent")
    aftersales_backfill_failures = fields.Text(related="aftersales_backfill_id.failures")
    aftersales_backfill_running = fields.Boolean(related="aftersales_backfill_id.running")
    aftersales_problems = fields.Text(compute="_compute_aftersales_problems")
    aftersales_plan_problems = fields.Text(compute="_compute_aftersales_problems")
    aftersales_goods_problems = fields.Text(compute="_compute_aftersales_problems")
    aftersales_revenue_problems = fields.Text(compute="_compute_aftersales_problems")
    aftersales_mail_problems = fields.Text(compute="_compute_aftersales_problems")
    aftersales_job_problems = fields.Text(compute="_compute_aftersales_problems")

    @api.model
    def _aftersales_problem_topics(self):
        """Return {field shown beside a section: topics of the set-up it warns of}.

        A sibling overrides it, calls ``super()`` and adds its sections.
        """
        return {
            "aftersales_plan_problems": ("plans", "products"),
            "aftersales_goods_problems": ("goods",),
            "aftersales_revenue_problems": ("revenue",),
            "aftersales_mail_problems": ("mails",),
            "aftersales_job_problems": ("jobs",),
        }

    @api.depends("company_id")
    def _compute_aftersales_problems(self):
        """Show at the top what the set-up guide shows, and each part beside its section."""
        sections = self._aftersales_problem_topics()
        for settings in self:
            found = settings.company_id._aftersales_problems()
            told = {
                topic: [problem.sentence for problem in problems]
                for topic, problems in found.items()
            }
            settings.aftersales_problems = "\n".join(sum(told.values(), []))
            for name, topics in sections.items():
                settings[name] = "\n".join(sum((told.get(topic, []) for topic in topics), []))

    @api.depends("company_id")
    def _compute_aftersales_backfill_id(self):
        for settings in self:
            settings.aftersales_backfill_id = (
                self.env["aftersales.backfill"]
                .sudo()  # whoever may open the settings sees how far it is
                .search([("company_id", "=", settings.company_id.id)])
            )

    def action_aftersales_backfill_start(self):
        """Register what was delivered before the installation, in the background."""
        self.env["aftersales.backfill"].action_start()

    def action_aftersales_backfill_pause(self):
        """Stop registering; Start goes on from there."""
        self.env["aftersales.backfill"].action_pause()
