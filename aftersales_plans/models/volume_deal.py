# SPDX-License-Identifier: LGPL-3.0-or-later
from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import format_date

from .linked_records import open_action
from .work_off import owner_of, work_off

MONTHS = {"month": 1, "quarter": 3, "year": 12}
FOLLOWING = (
    "period_ids",
    "target_now",
    "invoiced_now",
    "progress_now",
    "shortfall",
    "total_invoiced",
)
SHORT = "aftersales_plans.activity_volume_short"


class AftersalesVolumeDeal(models.Model):
    """A customer guarantees an amount of business per period (41).

    What was invoiced is read live from posted invoices and credit notes of the customer and its
    contacts, so a period that is over still follows a late invoice or credit note. A period that
    ended short gives the owner one activity; ``told_until`` is the last day looked at.
    """

    _name = "aftersales.volume.deal"
    _description = "Volume Deal"
    _inherit = ["aftersales.guarded", "mail.thread", "mail.activity.mixin"]
    _order = "date_from desc, id desc"
    _check_company_auto = True
    _guarded = frozenset({"told_until"})

    name = fields.Char(required=True, tracking=True)
    active = fields.Boolean(default=True)
    partner_id = fields.Many2one(
        "res.partner", string="Customer", required=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(
        "res.currency", required=True, default=lambda self: self.env.company.currency_id
    )
    user_id = fields.Many2one(
        "res.users",
        string="Responsible",
        required=True,
        index=True,
        tracking=True,
        default=lambda self: self.env.user,
    )
    date_from = fields.Date(
        string="From",
        required=True,
        default=lambda self: self.env.company._aftersales_today().replace(month=1, day=1),
        tracking=True,
    )
    date_to = fields.Date(
        string="Until",
        required=True,
        default=lambda self: self.env.company._aftersales_today().replace(month=12, day=31),
        tracking=True,
        help="Last day.",
    )
    period = fields.Selection(
        [("month", "Month"), ("quarter", "Quarter"), ("year", "Year")],
        string="Per",
        required=True,
        default="quarter",
        tracking=True,
        help="Periods begin on the first day of the deal.",
    )
    amount = fields.Monetary(
        string="Guaranteed", required=True, tracking=True, help="Net, in every period."
    )
    told_until = fields.Date(readonly=True, copy=False, help="Periods up to here are followed up.")
    period_ids = fields.One2many("aftersales.volume.period", "deal_id", readonly=True)
    target_now = fields.Monetary(string="Guaranteed this Period", compute="_compute_now")
    invoiced_now = fields.Monetary(string="Invoiced this Period", compute="_compute_now")
    progress_now = fields.Float(string="This Period", compute="_compute_now")
    shortfall = fields.Monetary(compute="_compute_now", help="Of the periods that are over.")
    total_invoiced = fields.Monetary(string="Invoiced in All", compute="_compute_now")

    _amount_positive = models.Constraint("CHECK(amount > 0)", "Guarantee an amount above zero.")
    _dates_in_order = models.Constraint(
        "CHECK(date_to > date_from)", "A volume deal ends after it begins."
    )

    @api.model_create_multi
    def create(self, vals_list):
        """Look at periods that end from today on: nobody is told of years ago."""
        deals = super().create(vals_list)
        for deal in deals.sudo():  # nobody's to write by hand; created with the caller's right
            deal.told_until = deal.company_id._aftersales_today() - timedelta(days=1)
        deals.invalidate_recordset(FOLLOWING)
        return deals

    def write(self, vals):
        """Let the periods follow."""
        result = super().write(vals)
        self.invalidate_recordset(FOLLOWING)
        return result

    @api.constrains("date_from", "date_to", "period")
    def _check_whole_periods(self):
        for deal in self:
            months, number, end = MONTHS[deal.period], 0, deal.date_from - timedelta(days=1)
            before = end
            while end < deal.date_to:
                number, before = number + 1, end
                end = deal.date_from + relativedelta(months=months * number, days=-1)
            if end != deal.date_to:
                choices = [format_date(self.env, day) for day in (before, end) if number > 0]
                raise ValidationError(
                    self.env._(
                        "%(deal)s ends in the middle of a period. Let it end on one of these: "
                        "%(days)s.",
                        deal=deal.name,
                        days=choices[-1:] if number == 1 else choices,
                    )
                )

    @api.depends("period_ids.invoiced", "period_ids.target")
    def _compute_now(self):
        for deal in self:
            today = (deal.company_id or self.env.company)._aftersales_today()
            now = deal.period_ids.filtered(lambda row, d=today: row.date_from <= d <= row.date_to)
            over = deal.period_ids.filtered(lambda row, d=today: row.date_to < d)
            deal.target_now = now.target
            deal.invoiced_now = now.invoiced
            deal.progress_now = now.progress
            deal.shortfall = sum(over.mapped("missing"))
            deal.total_invoiced = sum(deal.period_ids.mapped("invoiced"))

    # --- Daily run -----------------------------------------------------------------------------

    @api.model
    def _follow(self, company):
        """Tell the owners of periods that ended short; part of the daily run."""
        today = company._aftersales_today()
        mine = Domain("company_id", "=", company.id) & Domain("told_until", "<", today)
        running = self.search(mine).filtered(lambda deal: deal.told_until < deal.date_to)
        yesterday = today - timedelta(days=1)
        due = running.filtered(
            lambda deal: any(deal.told_until < row.date_to <= yesterday for row in deal.period_ids)
        )
        work_off(self.env, [(deal, "_tell_short") for deal in due])

    def _tell_short(self):
        """Give the owner one activity for each period that ended short since the last look."""
        self.ensure_one()
        today = self.company_id._aftersales_today()
        owner = owner_of(self)[:1]
        local = self.with_context(lang=owner.lang)
        over = self.period_ids.filtered(lambda row: self.told_until < row.date_to < today)
        for row in over.filtered("missing").sorted("date_from"):
            local.activity_schedule(
                SHORT,
                date_deadline=today,
                user_id=owner.id,
                summary=local.env._(
                    "%(missing)s missing from %(first)s to %(last)s",
                    missing=self.currency_id.format(row.missing),
                    first=format_date(local.env, row.date_from),
                    last=format_date(local.env, row.date_to),
                ),
            )
        self.told_until = today - timedelta(days=1)

    # --- Buttons -------------------------------------------------------------------------------

    def action_open_invoices(self):
        """Open the invoices and credit notes that count."""
        self.ensure_one()
        return open_action(
            self.env,
            "account.action_move_out_invoice_type",
            [
                ("partner_id", "child_of", self.partner_id.commercial_partner_id.id),
                ("company_id", "=", self.company_id.id),
                ("move_type", "in", ("out_invoice", "out_refund")),
                ("state", "=", "posted"),
                ("invoice_date", ">=", self.date_from),
                ("invoice_date", "<=", self.date_to),
            ],
        )


class ResPartner(models.Model):
    """Leads to the volume deals of a customer."""

    _inherit = "res.partner"

    aftersales_volume_deal_count = fields.Integer(
        compute="_compute_aftersales_volume_deal_count", groups="base.group_user"
    )

    def _compute_aftersales_volume_deal_count(self):
        Deal = self.env["aftersales.volume.deal"]
        readable = Deal.has_access("read")
        customers = self._aftersales_with("aftersales.volume.deal") if readable else self.browse()
        (self - customers).aftersales_volume_deal_count = 0
        for partner in customers:
            partner.aftersales_volume_deal_count = Deal.search_count(
                partner._aftersales_volume_domain()
            )

    def _aftersales_volume_domain(self):
        return [("partner_id", "child_of", self.commercial_partner_id.ids)]  # none: not saved yet

    def action_open_aftersales_volume_deals(self):
        """Open the volume deals of this customer."""
        self.ensure_one()
        return open_action(
            self.env,
            "aftersales_plans.aftersales_volume_deal_action",
            self._aftersales_volume_domain(),
            default_partner_id=self.commercial_partner_id.id,
        )
