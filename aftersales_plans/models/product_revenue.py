# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import api, fields, models

AT_ONCE = "aftersales_revenue_at_once"  # context: the account revenue ends on, not account D


class ProductTemplate(models.Model):
    """A product that sells a plan is invoiced on account D while its revenue is spread (83).

    The account it would otherwise use is where the revenue is recognised, month by month.
    """

    _inherit = "product.template"

    aftersales_revenue_hint = fields.Char(
        compute="_compute_aftersales_revenue_hint", compute_sudo=True
    )

    def _get_product_accounts(self):
        """Let lines of invoices and credit notes begin with account D."""
        accounts = super()._get_product_accounts()
        deferred = self._aftersales_deferred_account()
        if deferred and not self.env.context.get(AT_ONCE):
            accounts["income"] = deferred
        return accounts

    def _aftersales_deferred_account(self):
        """Return account D where this product's revenue is spread in the company, else empty."""
        self.ensure_one()
        company = self.env.company
        plan = self.sudo().aftersales_plan_id  # billing people know no plans
        if plan and plan.company_id == company:
            return company._aftersales_deferred_account()
        return self.env["account.account"]

    def _aftersales_revenue_account(self, fiscal_position):
        """Return the account the revenue of this plan is recognised on; may be empty."""
        at_once = self.with_context(**{AT_ONCE: True})
        return at_once.get_product_accounts(fiscal_position)["income"]

    @api.depends("aftersales_plan_id", "property_account_income_id", "categ_id")
    @api.depends_context("company")
    def _compute_aftersales_revenue_hint(self):
        for template in self:
            deferred = template._aftersales_deferred_account()
            income = template._aftersales_revenue_account(self.env["account.fiscal.position"])
            template.aftersales_revenue_hint = bool(deferred) and (
                self.env._(
                    "Invoiced on %(deferred)s; each month of the term is then recognised on "
                    "%(income)s.",
                    deferred=deferred.display_name,
                    income=income.display_name,
                )
                if income
                else self.env._(
                    "Invoiced on %(deferred)s, but there is no income account to recognise the "
                    "revenue on: set one here or on the category.",
                    deferred=deferred.display_name,
                )
            )


class AccountMoveLine(models.Model):
    """Analytic accounts follow the revenue, not the invoice that defers it: never both."""

    _inherit = "account.move.line"

    def _prepare_analytic_lines(self):
        """Leave out what stands on account D; it counts when it is recognised."""
        if self.analytic_distribution and self._is_aftersales_deferred():
            return []
        return super()._prepare_analytic_lines()

    def _is_aftersales_deferred(self):
        """Tell whether this item stands on an account D of its company."""
        self.ensure_one()
        if self.account_id.account_type != "liability_current":
            return False
        company = self.company_id.sudo()  # only which accounts; billing people may not read it
        return self.account_id in company._aftersales_deferred_accounts()
