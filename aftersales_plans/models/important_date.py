# SPDX-License-Identifier: LGPL-3.0-or-later
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..calc import contact

GREETING = "aftersales_plans.mail_template_greeting"
TOO_LATE_DAYS = 14  # after the date nobody congratulates any more
LOOK_BACK_DAYS = 31  # the daily job may have been off as long; what it finds is noted


class AftersalesImportantDate(models.Model):
    """A day on which a customer likes to hear of us: birthday, founding, end of the season (57).

    Every year or once. On the day the daily job opens a follow-up, or mails the greeting, at a
    distance to other contacts. Days before ``date_since`` are left alone, so that a long list can
    be imported.
    """

    _name = "aftersales.important.date"
    _description = "Important Date"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "month_day, id"
    _check_company_auto = True

    name = fields.Char(string="Occasion", required=True)
    partner_id = fields.Many2one(
        "res.partner", string="Customer", required=True, index=True, ondelete="cascade"
    )
    date = fields.Date(required=True, help="Of a birthday the day of birth, or any year's.")
    yearly = fields.Boolean(string="Every Year", default=True)
    greeting = fields.Selection(
        [("call", "Call"), ("mail", "E-mail")],
        default="call",
        required=True,
        help="An e-mail goes out by itself; without an address somebody calls.",
    )
    user_id = fields.Many2one(related="partner_id.user_id")
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    date_since = fields.Date(
        string="Noted on",
        readonly=True,
        required=True,
        default=lambda self: self.env.company._aftersales_today(),
    )
    month_day = fields.Integer(
        string="Day in the Year", compute="_compute_month_day", store=True, index=True
    )
    active = fields.Boolean(default=True)

    @api.depends("date")
    def _compute_month_day(self):
        """Number the days of the year, so that those of a day are found by an index."""
        for row in self:
            row.month_day = row.date and row.date.month * 100 + row.date.day

    @api.constrains("partner_id", "company_id")
    def _check_partner_company(self):
        for row in self:
            company = row.partner_id.company_id
            if company and company != row.company_id:
                raise ValidationError(
                    self.env._(
                        "%(date)s: %(customer)s belongs to %(company)s.",
                        date=row.name,
                        customer=row.partner_id.display_name,
                        company=company.name,
                    )
                )

    @api.model
    def _search_due(self, company):
        """Return the dates that fell into the last days, none of which may be done yet."""
        today = company._aftersales_today()
        days = [today - timedelta(days=back) for back in range(LOOK_BACK_DAYS + 1)]
        numbers = {day.month * 100 + day.day for day in days}
        if 228 in numbers:
            numbers.add(229)  # which is on the 28th in other years
        rows = self.search(
            [
                ("company_id", "=", company.id),
                ("month_day", "in", list(numbers)),
                ("partner_id.active", "=", True),
                ("partner_id.commercial_partner_id.aftersales_no_contact", "=", False),
            ]
        )
        due = rows.filtered(lambda row: row._due_day(today))
        keys = {row: row._key(row._due_day(today)) for row in due}
        known = self.env["aftersales.followup"].search(
            [("company_id", "=", company.id), ("key", "in", list(keys.values()))]
        )
        done = set(known.mapped("key"))
        fresh = due.filtered(lambda row: keys[row] not in done)
        return fresh.sorted(lambda row: (row._due_day(today), row.id))  # as if found on their days

    def _due_day(self, today):
        """Return the latest day of this date up to ``today``; None where it is none of ours."""
        self.ensure_one()
        day = self.date
        if self.yearly:
            this_year = contact.occurrence(day, today.year)
            last_year = contact.occurrence(day, today.year - 1)
            day = this_year if this_year <= today else last_year
        since = max(self.date_since, self.company_id.aftersales_care_since or self.date_since)
        first = max(since, self.date, today - timedelta(days=LOOK_BACK_DAYS))
        return day if first <= day <= today else None

    def _key(self, day):
        return f"date/{self.id}/{day.year}"

    def _turn_to_customer(self):
        """Open the follow-up of this year, on a day that keeps its distance to other contacts."""
        self.ensure_one()
        today = self.company_id._aftersales_today()
        day = self._due_day(today)
        if not day:
            return
        Followup = self.env["aftersales.followup"]
        gap = self.company_id.aftersales_gap_days
        contacts = Followup._days_of_contact(self.partner_id, self.company_id)
        free = contact.free_day(day, contacts, gap)
        followup = Followup._open([self._prepare_followup(day, free)])
        latest = day + timedelta(days=TOO_LATE_DAYS)
        if followup and today > latest:
            followup._drop(self.env._("Found too late"))
        elif followup and free > latest:
            followup._drop(self.env._("Too close to another contact"))

    def _prepare_followup(self, day, free):
        customer = self.partner_id
        user = customer.user_id or customer.commercial_partner_id.user_id
        return {
            "name": self.with_context(lang=user.lang).env._(
                "%(occasion)s of %(customer)s", occasion=self.name, customer=customer.display_name
            ),
            "kind": "important_date",
            "key": self._key(day),
            "partner_id": customer.commercial_partner_id.id,
            "contact_id": customer.id,
            "company_id": self.company_id.id,
            "date_due": free,
            "important_date_id": self.id,
            "by_mail": self.greeting == "mail",
        }


class ResPartner(models.Model):
    """Days on which this customer likes to hear of us."""

    _inherit = "res.partner"

    aftersales_important_date_ids = fields.One2many(
        "aftersales.important.date",
        "partner_id",
        string="Important Dates",
        groups="sales_team.group_sale_salesman,aftersales_plans.group_agent",
    )


class AftersalesFollowup(models.Model):
    """Greetings on important dates: calls, or mails that go out by themselves."""

    _inherit = "aftersales.followup"
    _guarded = frozenset({"important_date_id", "by_mail"})

    important_date_id = fields.Many2one(
        "aftersales.important.date",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        check_company=True,
    )
    by_mail = fields.Boolean(
        readonly=True, copy=False, help="The greeting is mailed; nobody has to call."
    )

    def _is_by_hand(self):
        return not self.by_mail and super()._is_by_hand()

    @api.model
    def _days_of_contact(self, customer, company):
        """Return the days on which a customer was turned to, or will be."""
        found = self.search_fetch(
            [
                ("company_id", "=", company.id),
                ("partner_id.commercial_partner_id", "=", customer.commercial_partner_id.id),
                ("state", "in", ("open", "done")),
            ],
            ["date_due", "date_done"],
        )
        return [one.date_done or one.date_due for one in found]

    @api.model
    def _daily_work(self):
        return [
            *super()._daily_work(),
            type(self)._find_important_dates,
            type(self)._find_greetings,
        ]

    @api.model
    def _find_important_dates(self, company):
        rows = self.env["aftersales.important.date"]._search_due(company)
        return [(row, "_turn_to_customer") for row in rows]

    @api.model
    def _find_greetings(self, company):
        """Return the greetings whose day has come, to be mailed."""
        found = self.search(
            [
                ("company_id", "=", company.id),
                ("state", "=", "open"),
                ("by_mail", "=", True),
                ("date_due", "<=", company._aftersales_today()),
            ]
        )
        return [(followup, "_greet") for followup in found]

    def _greet(self):
        """Mail the greeting; where that is impossible somebody calls."""
        self.ensure_one()
        template = self.env.ref(GREETING, raise_if_not_found=False)
        partner = self.contact_id or self.partner_id
        mail = template and partner._aftersales_send_when_allowed(self, template)
        if not mail:
            self.sudo().by_mail = False  # the daily job's own; nobody's to write by hand
            self._message_log(body=self.env._("No greeting could be mailed: please call."))
            self._schedule()
            return
        self.sudo().write(  # as above
            {
                "outcome": "other",
                "date_done": self.company_id._aftersales_day_of(mail.scheduled_date),
            }
        )
        self._set_state("done")
