# SPDX-License-Identifier: LGPL-3.0-or-later
from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.fields import Domain

from .linked_records import LAYOUT
from .turn import take_turn
from .work_off import work_off

WORST = 10  # contracts below cost that are named
RUNNING = ("active", "suspended")
DEAR = ["revenue:sum", "cost:sum", "margin:sum", "missing:sum"]


class ResCompany(models.Model):
    """What plans earn and cost, mailed to the plan managers of a company (requirement 31)."""

    _inherit = "res.company"

    aftersales_pricing_report = fields.Selection(
        [("none", "Never"), ("weekly", "Every Monday"), ("monthly", "On the first of each month")],
        string="Pricing Report",
        default="none",
        required=True,
        help="A mail to every plan manager: what each plan earned and cost, and which contracts "
        "are below cost.",
    )
    aftersales_pricing_reported = fields.Date(string="Last Pricing Report", readonly=True)

    # --- When ----------------------------------------------------------------------------------

    @api.model
    def _cron_pricing_report(self):
        """Mail what is due; a report that was missed follows on the next day, once."""
        wanted = self.search([("aftersales_pricing_report", "!=", "none")])
        due = wanted.filtered(lambda company: company._aftersales_pricing_due())
        work_off(
            self.env,
            [(company, "_aftersales_mail_pricing") for company in due],
            owner=type(self)._aftersales_pricing_readers,
        )

    def _aftersales_pricing_due(self):
        """Tell whether the report of the running week or month was not sent yet."""
        today = self._aftersales_today()
        weekly = self.aftersales_pricing_report == "weekly"
        since = today - timedelta(days=today.weekday()) if weekly else today.replace(day=1)
        last = self.aftersales_pricing_reported
        return not last or last < since

    # --- The mail ------------------------------------------------------------------------------

    def _aftersales_mail_pricing(self):
        """Mail the report to each plan manager of this company, in his language.

        :return: the mails, which leave with Odoo's queue
        """
        self.ensure_one()
        take_turn(self)  # of two runs at once the later one finds the day of the first
        mails = self.env["mail.mail"].sudo()  # a daily job's mails, to plan managers alone
        if not self._aftersales_pricing_due():
            return mails
        self.aftersales_pricing_reported = self._aftersales_today()
        company = self.with_company(self).with_context(allowed_company_ids=self.ids)
        for user in self._aftersales_pricing_readers():
            local = company.with_context(lang=user.lang)
            facts = local._aftersales_pricing_facts()
            if facts["plans"]:
                mails |= mails.create(local._prepare_pricing_mail(user, facts))
        return mails

    def _aftersales_pricing_readers(self):
        """Return the plan managers who work for this company and have an address."""
        # who is in a group; only those of this company
        managers = self.env.ref("aftersales_plans.group_manager").sudo().all_user_ids
        return managers.filtered(
            lambda user: user.active and not user.share and user.email and self in user.company_ids
        )

    def _prepare_pricing_mail(self, user, facts):
        """Return the values of the mail to one manager; ``self`` speaks his language."""
        body = self.env["ir.qweb"]._render(
            "aftersales_plans.pricing_report", {"company": self, "user": user, **facts}
        )
        action = f"{self.get_base_url()}/odoo/contract-profit"
        title = self.env._("Open the Report")
        subject = self.env._("Profit of the plans of %s", self.name)
        return {
            "subject": subject,
            "email_from": self.email_formatted or user.email_formatted,
            "recipient_ids": [fields.Command.set(user.partner_id.ids)],
            "auto_delete": True,
            "body_html": self.env["mail.render.mixin"]._render_encapsulate(
                LAYOUT,
                body,
                add_context={
                    "company": self,
                    "has_button_access": True,
                    "button_access": {"url": action, "title": title},
                    "lang": user.lang,
                },
                context_record=self,
            ),
        }

    # --- What is told --------------------------------------------------------------------------

    def _aftersales_pricing_facts(self):
        """Return what the report says: the year until today by plan, running contracts below cost.

        As superuser: it is for plan managers of this company, and of this company alone.
        """
        today = self._aftersales_today()
        since = today - relativedelta(years=1) + timedelta(days=1)
        hidden = self.sudo()
        below = hidden._aftersales_below_cost()
        return {
            "since": since,
            "today": today,
            "plans": hidden._aftersales_profit_by_plan(since, below),
            "below": [
                {
                    "name": contract.display_name,
                    "customer": contract.partner_id.display_name,
                    "margin": self.currency_id.format(margin),
                    "url": f"{self.get_base_url()}/odoo/service-contracts/{contract.id}",
                }
                for contract, margin in below[:WORST]
            ],
            "below_count": len(below),
            "prices": hidden._aftersales_price_differences(),
        }

    def _aftersales_below_cost(self):
        """Return [(running contract, its margin), …] below cost, the worst first."""
        rows = self.env["aftersales.profit"]._read_group(
            [("company_id", "=", self.id), ("contract_state", "in", RUNNING)],
            ["contract_id"],
            ["margin:sum", "kind:array_agg_distinct"],
            having=[("margin:sum", "<", 0)],
        )
        found = [
            (contract, margin)
            for contract, margin, kinds in rows
            if "revenue" in kinds or not contract.amount_untaxed
        ]
        return sorted(found, key=lambda row: (row[1], row[0].id))

    def _aftersales_profit_by_plan(self, since, below):
        """Return a dict per plan that earned or cost something, or runs; in the plans' order."""
        of_company = Domain("company_id", "=", self.id)
        earned = {
            plan: sums
            for plan, *sums in self.env["aftersales.profit"]._read_group(
                of_company & Domain("date", ">=", since), ["plan_id"], DEAR
            )
        }
        running = dict(
            self.env["aftersales.contract"]._read_group(
                of_company & Domain("state", "in", RUNNING), ["plan_id"], ["__count"]
            )
        )
        plans = self.env["aftersales.plan"].concat(*({*earned, *running}))
        return [
            {
                "name": plan.name,
                "contracts": running.get(plan, 0),
                "below": sum(contract.plan_id == plan for contract, _margin in below),
                **self._aftersales_pricing_told(*earned.get(plan, (None, 0.0, 0.0, 0))),
            }
            for plan in plans.sorted(lambda plan: (plan.sequence, plan.name or "", plan.id))
        ]

    def _aftersales_pricing_told(self, revenue, cost, margin, missing):
        """Return the sums of one plan in words; a margin nobody can know is none.

        :param revenue: None where the plan has no entry at all
        """
        money = self.currency_id.format
        lacking = False
        if revenue is None:
            lacking = self.env._("not enough data: nothing earned or spent")
        elif missing == 1:
            lacking = self.env._("not enough data: 1 entry without cost")
        elif missing:
            lacking = self.env._("not enough data: %s entries without cost", missing)
        told = {
            "revenue": money(revenue or 0.0),
            "cost": money(cost),
            "margin": money(margin),
            "percent": f"{margin / revenue * 100:.1f} %" if revenue else "",
            "is_loss": margin < 0,
            "missing": False,
        }
        if lacking:
            told.update(margin="", percent="", is_loss=False, missing=lacking)
        return told

    def _aftersales_price_differences(self):
        """Return the plans whose price should be another, with the reason."""
        plans = self.env["aftersales.plan"].search([("company_id", "=", self.id)])
        money = self.currency_id.format
        return [
            {
                "name": plan.name,
                "current": money(plan.current_price),
                "suggested": money(plan.suggested_price),
                "reason": plan.suggested_price_reason,
            }
            for plan in plans
            if not self.currency_id.is_zero(plan.price_difference)
        ]
