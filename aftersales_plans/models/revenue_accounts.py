# SPDX-License-Identifier: LGPL-3.0-or-later
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .set_up import SETTINGS, Problem

SWITCH = "aftersales_defer_revenue"
DEFERRED = "aftersales_deferred_revenue_account_id"
JOURNAL = "aftersales_revenue_journal_id"
REVENUE_SETTINGS = (SWITCH, DEFERRED, JOURNAL)


class ResCompany(models.Model):
    """Whether and where plan revenue is spread over the term: account D (83; design §6).

    Off until an accountant switches it on, for old and new companies alike: it changes what their
    invoices say. A branch books as its parent does, unless it has settings of its own.
    """

    _inherit = "res.company"

    aftersales_defer_revenue = fields.Boolean(
        string="Spread Plan Revenue",
        help="Plans are invoiced as a liability, which becomes revenue day by day of their term.",
    )
    aftersales_deferred_revenue_account_id = fields.Many2one(
        "account.account",
        string="Deferred Plan Revenue",
        check_company=True,
        help="What customers were invoiced for plans and had no cover for yet.",
    )
    aftersales_revenue_journal_id = fields.Many2one(
        "account.journal",
        string="Plan Revenue Journal",
        check_company=True,
        domain="[('type', '=', 'general')]",
    )
    aftersales_deferred_account_ids = fields.Many2many(
        "account.account",
        "aftersales_deferred_account_rel",
        "company_id",
        "account_id",
        string="Deferred Plan Revenue, Ever",
        copy=False,
        readonly=True,
        help="Account D of today and of before: what stands there is still worked off.",
    )
    aftersales_revenue_until = fields.Date(
        string="Plan Revenue Booked until", copy=False, readonly=True, help="Last month end."
    )

    @api.model_create_multi
    def create(self, vals_list):
        """Let a new branch book as its parent does."""
        vals_list = [dict(vals) for vals in vals_list]
        for vals in vals_list:
            parent = self.browse(vals.get("parent_id"))
            for name in REVENUE_SETTINGS if parent else ():
                vals.setdefault(name, self._fields[name].convert_to_write(parent[name], parent))
        companies = super().create(vals_list)
        companies._aftersales_begin_deferral()
        return companies

    def write(self, vals):
        """Let branches follow; remember each account D, and from when on there is work."""
        changed = {name: vals[name] for name in REVENUE_SETTINGS if name in vals}
        if not changed:
            return super().write(vals)
        for company in self:
            followers = company._aftersales_followers(REVENUE_SETTINGS)
            super(ResCompany, company).write(vals)
            super(ResCompany, followers).write(changed)
            (company | followers)._aftersales_begin_deferral()
        return True

    def _aftersales_begin_deferral(self):
        """Remember account D; the first month end to be booked is that of the month of today."""
        for company in self.sudo():  # follows from the settings alone
            company.aftersales_deferred_account_ids |= company[DEFERRED]
            if company[SWITCH] and not company.aftersales_revenue_until:
                first = company._aftersales_today().replace(day=1)
                company.aftersales_revenue_until = first - timedelta(days=1)

    def _aftersales_deferred_accounts(self):
        """Return every account D of this company, and what fiscal positions make of it."""
        self.ensure_one()
        accounts = self.aftersales_deferred_account_ids
        mapped = self.env["account.fiscal.position.account"].search(
            [("account_src_id", "in", accounts.ids), ("company_id", "in", self.parent_ids.ids)]
        )
        return accounts | mapped.account_dest_id

    def _aftersales_deferred_account(self):
        """Return account D where plans are invoiced on it now, else empty: a sale never fails."""
        self.ensure_one()
        company = self.sudo()  # whoever writes an invoice books as the company does
        if company[SWITCH] and not company._aftersales_unfit(DEFERRED):
            return company[DEFERRED]
        return self.env["account.account"]

    # --- What is wrong -------------------------------------------------------------------------

    @api.constrains(*REVENUE_SETTINGS)
    def _check_revenue_settings(self):
        for company in self:
            chosen = [name for name in (DEFERRED, JOURNAL) if company[name]]
            problem = company._aftersales_settings_problem(chosen)
            if problem:
                raise ValidationError(problem)

    def _aftersales_unfit(self, name):
        """Add what account D and the journal of plan revenue must be."""
        wanted = super()._aftersales_unfit(name)
        if not wanted and name == DEFERRED and self[name].account_type != "liability_current":
            return self.env._("an account of current liabilities")
        if not wanted and name == JOURNAL and self[name].type != "general":
            return self.env._("a journal of miscellaneous operations")
        return wanted

    # --- Making them ---------------------------------------------------------------------------

    def _aftersales_create_accounts(self):
        """Make D and its journal too, where they are missing."""
        result = super()._aftersales_create_accounts()
        for company in self.filtered(lambda company: not company.parent_id):
            company._aftersales_create_revenue_accounts()
        return result

    def _aftersales_create_revenue_accounts(self):
        """Make account D and the journal of plan revenue, where they are missing."""
        self.ensure_one()
        if not self[DEFERRED]:
            self[DEFERRED] = self._aftersales_create_account(
                self.env._("Deferred plan revenue"), ["liability_current"]
            )
        if not self[JOURNAL]:
            self[JOURNAL] = self._aftersales_create_journal(
                self.env._("Plan revenue"), "ASR", "general"
            )

    def _aftersales_check_revenue(self):
        """Find what keeps plan revenue from being deferred or recognised, once it is spread."""
        if not self[SWITCH] or not self.chart_template:
            return []  # a missing chart is said once, where the cost of service is checked
        problems = []
        if self._aftersales_settings_problem((DEFERRED,)):
            sentence = self.env._(
                "Plans are invoiced as revenue at once: set %s.", self._aftersales_label(DEFERRED)
            )
            problems.append(Problem(sentence, SETTINGS))
        if self._aftersales_settings_problem((JOURNAL,)):
            sentence = self.env._(
                "Plan revenue is not booked: set %s.", self._aftersales_label(JOURNAL)
            )
            problems.append(Problem(sentence, SETTINGS))
        return problems + self._aftersales_without_income()

    def _aftersales_without_income(self):
        """Return a problem for each plan product with no account to recognise its revenue on."""
        products = self.env["aftersales.plan"]._search_products(self)
        return [
            Problem(
                self.env._(
                    "The revenue of %s cannot be booked: set an income account on the product or "
                    "its category.",
                    product.display_name,
                ),
                "product.product_template_action",
                (("id", "=", product.product_tmpl_id.id),),
            )
            for product in products
            if not product.product_tmpl_id._aftersales_revenue_account(
                self.env["account.fiscal.position"]
            )
        ]
