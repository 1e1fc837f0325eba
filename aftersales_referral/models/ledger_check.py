# SPDX-License-Identifier: LGPL-3.0-or-later
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import format_date

KEEP_WELL_DAYS = 90


class AftersalesLedgerCheck(models.Model):
    """One comparison of a company's commission ledger with its books (requirement 75).

    Made every night per company, and by an accountant's button. It writes its own lines and
    nothing else: what differs is corrected by people. *Unmatched*: two sums that must be equal are
    not. *Late*: the ledger has not done yet what documents ask for. *Unexplained*: postings and
    rows nothing of ours explains. Differences raise one activity, which moves along with the newest
    check and is done once all is well.
    """

    _name = "aftersales.ledger.check"
    _description = "Ledger Check"
    _inherit = ["aftersales.state.gate", "mail.thread", "mail.activity.mixin"]
    _order = "id desc"
    _mail_post_access = "read"
    _transitions = {"running": {"well", "differences"}, "well": set(), "differences": set()}

    name = fields.Char(compute="_compute_name")
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    date = fields.Date(required=True, readonly=True)
    user_id = fields.Many2one(
        "res.users", string="Started by", readonly=True, help="Empty: the nightly check."
    )
    state = fields.Selection(
        [("running", "Running"), ("well", "All Well"), ("differences", "Differences")],
        default="running",
        required=True,
        readonly=True,
        index=True,
    )
    unmatched_count = fields.Integer(
        string="Unmatched",
        readonly=True,
        help="Sums that must be equal and are not: ledger and accrued commissions per partner, "
        "cards and the store credit account, lots and points, entries that are not posted.",
    )
    late_count = fields.Integer(
        string="Late",
        readonly=True,
        help="Rewards that wait for their journal entry for more than a day, and orders whose "
        "documents say something else than their ledger rows.",
    )
    unexplained_count = fields.Integer(
        string="Unexplained",
        readonly=True,
        help="Items posted by hand on the accounts of rewards, and rows changed past the ledger.",
    )
    failed_count = fields.Integer(
        string="Not Compared", readonly=True, help="What could not be compared, with its reason."
    )
    order_count = fields.Integer(string="Orders Compared", readonly=True)
    is_full = fields.Boolean(
        string="All Orders",
        readonly=True,
        help="Otherwise the orders that changed since all was well, and a seventh of the others.",
    )
    since = fields.Datetime(readonly=True, help="When the last check began in which all was well.")
    last_order_id = fields.Integer(readonly=True, help="A check that was cut off goes on here.")
    cleared = fields.Text(readonly=True, help="Found by the check before, and gone by now.")
    line_ids = fields.One2many("aftersales.ledger.check.line", "check_id", readonly=True)

    @api.depends("date", "company_id")
    def _compute_name(self):
        for check in self:
            check.name = self.env._(
                "%(company)s, %(date)s",
                company=check.company_id.name,
                date=format_date(self.env, check.date),
            )

    # --- Starting ------------------------------------------------------------------------------

    def action_run(self):
        """Check the ledgers of the chosen companies now, every order included.

        What takes long goes on in the background.

        :raises AccessError: the user is no accountant
        """
        if not self.env.user.has_group("aftersales_plans.group_accountant"):
            raise AccessError(self.env._("Only accountants check the ledger."))
        # Checks are nobody's to write; who may start one was checked above.
        checks = self.sudo().browse()
        for company in checks._companies_to_check() & self.env.companies:
            check = checks._start(company, self.env.user)
            check._run_now()
            checks |= check
        return self._open_checks(checks.sudo(False))

    def _open_checks(self, checks):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_referral.aftersales_ledger_check_action"
        )
        if len(checks) == 1:
            return dict(action, views=[(False, "form")], res_id=checks.id)
        return action

    @api.model
    def _companies_to_check(self):
        """Return the companies that have rewards, or accounts for them."""
        Company = self.env["res.company"]
        with_account = Company.search([("aftersales_accrued_commission_account_id", "!=", False)])
        with_rows = self.env["aftersales.commission"]._read_group([], ["company_id"])
        companies = with_account.union(*(company for (company,) in with_rows))
        return Company.search([("id", "child_of", companies.ids)], order="id")

    @api.model
    def _start(self, company, user=None):
        """Begin a check of ``company``, in the language of who reads it.

        :param user: who asked for it, for every order; the nightly check compares a part
        """
        company = company.sudo()  # its accountant and books; a job, or who may check now
        reader = user or company._aftersales_accountant()
        well = self.search([("company_id", "=", company.id), ("state", "=", "well")], limit=1)
        check = self.with_context(tracking_disable=True, mail_create_nolog=True).create(
            {
                "company_id": company.id,
                "date": company._aftersales_today(),
                "user_id": user.id if user else False,
                "is_full": bool(user) or not well,
                "since": False if user else well.create_date,
            }
        )
        return check.with_context(lang=reader.lang or self.env.lang)

    # --- Cleaning ------------------------------------------------------------------------------

    @api.autovacuum
    def _gc_well_checks(self):
        """Forget old checks in which all was well; those with differences are kept."""
        limit = fields.Date.today() - timedelta(days=KEEP_WELL_DAYS)
        self.search([("state", "=", "well"), ("date", "<", limit)]).unlink()

    # --- Buttons -------------------------------------------------------------------------------

    def action_open_lines(self):
        """Open the lines of the kind in the context, or all."""
        self.ensure_one()
        kind = self.env.context.get("kind")
        kinds = dict(self.line_ids._fields["kind"]._description_selection(self.env))
        domain = [("check_id", "=", self.id), *([("kind", "=", kind)] if kind else [])]
        return {
            "type": "ir.actions.act_window",
            "name": kinds.get(kind, self.name),
            "res_model": "aftersales.ledger.check.line",
            "view_mode": "list,form",
            "domain": domain,
        }
