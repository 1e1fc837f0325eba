# SPDX-License-Identifier: LGPL-3.0-or-later
from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_date

from odoo.addons.aftersales_plans.models.in_words import day_in_words
from odoo.addons.aftersales_plans.models.linked_records import LAYOUT, open_composer

from ..calc.exact import exact
from ..calc.first_name import first_name
from ..calc.hold import Row, on_hold
from .client_actions import notify

TEMPLATE = "aftersales_referral.mail_template_statement"


class AftersalesStatement(models.Model):
    """What a referrer is told about his rewards of a period (requirements 75, 79).

    It keeps no amounts: ledger rows never change, so a period reads the same whenever it is
    printed. Of who bought the referrer sees the first name only, and neither orders, rates nor
    notes (design §5). Mails and what was sent are kept with the statement, which only those who
    read the whole ledger may open. Made by accountants and plan managers.
    """

    _name = "aftersales.statement"
    _description = "Reward Statement"
    _inherit = ["mail.thread"]
    _order = "date_to desc, id desc"
    _check_company_auto = True
    _mail_post_access = "read"  # nobody changes a statement, but it is sent

    referrer_id = fields.Many2one(
        "res.partner", required=True, readonly=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        index=True,
        default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    date_from = fields.Date(string="From", required=True, readonly=True)
    date_to = fields.Date(string="To", required=True, readonly=True, help="Last day, inclusive.")
    opening_balance = fields.Monetary(string="Balance Before", compute="_compute_balances")
    movement = fields.Monetary(
        string="Change", compute="_compute_balances", help="Rewards less payments of the period."
    )
    closing_balance = fields.Monetary(string="Balance After", compute="_compute_balances")

    @api.constrains("date_from", "date_to")
    def _check_period(self):
        for statement in self:
            if statement.date_from > statement.date_to:
                raise ValidationError(
                    self.env._("A statement cannot end before it begins: check the period.")
                )

    @api.depends("referrer_id", "date_from", "date_to")
    def _compute_display_name(self):
        for statement in self:
            statement.display_name = self.env._(
                "%(referrer)s, %(first)s to %(last)s",
                referrer=statement.referrer_id.display_name,
                first=format_date(self.env, statement.date_from),
                last=format_date(self.env, statement.date_to),
            )

    @api.depends("referrer_id", "company_id", "date_from", "date_to")
    def _compute_balances(self):
        """Add up the ledger day by day, in one query for all statements of a list."""
        days = defaultdict(list)
        for referrer, company, day, amount in self.env["aftersales.commission"]._read_group(
            [
                ("referrer_id", "in", self.referrer_id.ids),
                ("company_id", "in", self.company_id.ids),
            ],
            ["referrer_id", "company_id", "date:day"],
            ["amount:sum"],
        ):
            days[referrer, company].append((day, amount))
        for statement in self:
            known = days[statement.referrer_id, statement.company_id]
            first, last = statement.date_from, statement.date_to
            statement.opening_balance = sum(amount for day, amount in known if day < first)
            statement.movement = sum(amount for day, amount in known if first <= day <= last)
            statement.closing_balance = statement.opening_balance + statement.movement

    @api.model
    def _of(self, referrers, company, date_from, date_to):
        """Return the statements of this period; made where there is none yet.

        :param referrers: partners; statements are their commercial partners'
        """
        partners = referrers.commercial_partner_id
        period = {"company_id": company.id, "date_from": date_from, "date_to": date_to}
        found = self.search(
            [
                ("referrer_id", "in", partners.ids),
                *((name, "=", value) for name, value in period.items()),
            ]
        ).grouped("referrer_id")
        missing = partners.filtered(lambda partner: partner not in found)
        made = self.create([{**period, "referrer_id": partner.id} for partner in missing])
        return self.union(*(statements[:1] for statements in found.values()), made)

    # --- What it says --------------------------------------------------------------------------

    def _last_day(self):
        """Return the last day that is told of: the period may still run."""
        self.ensure_one()
        return min(self.date_to, self.company_id._aftersales_today())

    def _rows_until_end(self):
        """Return the ledger rows up to the last day, in the order of their days."""
        self.ensure_one()
        return self.env["aftersales.commission"].search(
            [
                ("referrer_id", "=", self.referrer_id.id),
                ("company_id", "=", self.company_id.id),
                ("date", "<=", self.date_to),
            ],
            order="date, id",
        )

    def _lines(self):
        """Return the rows of the period for print: date, text, amount, balance."""
        self.ensure_one()
        balance = self.opening_balance
        lines = []
        for row in self._rows_until_end().filtered(lambda row: row.date >= self.date_from):
            balance = self.currency_id.round(balance + row.amount)
            lines.append(
                {
                    "date": row.date,
                    "text": self._text(row),
                    "amount": row.amount,
                    "balance": balance,
                }
            )
        return lines

    def _text(self, row):
        """Return what the referrer reads of a row: no order, rate or note."""
        names = {
            "earned": self.env._("Reward"),
            "reversed": self.env._("Reward taken back"),
            "adjusted": self.env._("Adjustment"),
            "paid": self._paid_text(row),
        }
        who = self._first_name(row)
        return f"{names[row.kind]}: {who}" if who else names[row.kind]

    def _paid_text(self, row):
        payout = row.sudo().payout_id  # number and method, for whoever reads the whole ledger
        if row.amount > 0:
            return self.env._("Payment taken back, %s", payout.name)
        if payout.method == "credit":
            return self.env._("Paid out in store credit, %s", payout.name)
        return self.env._("Paid out in money, %s", payout.name)

    def _first_name(self, row):
        """Return the first name of who bought."""
        # sudo: whoever reads the whole ledger, orders or not; no more than this leaves it
        return first_name(row.sudo().order_id.partner_id.name)

    def _hold(self):
        """Return what was on hold on the last day, in words.

        :return: [{"text", "amount"}, …], the next to become available first
        """
        self.ensure_one()
        held = on_hold(
            [
                Row(row.order_id.id or None, exact(row.amount), row.available_date or None)
                for row in self._rows_until_end()
            ],
            self._last_day(),
        )
        return [
            {
                "text": self.env._("Can be paid out from %s", day_in_words(self.env, until))
                if until
                else self.env._("Can be paid out after everything is delivered"),
                "amount": float(held[until]),
            }
            for until in sorted(held, key=lambda until: (until is None, until))
        ]

    def _available(self):
        """Return what of the closing balance could be paid out on the last day."""
        return self.currency_id.round(
            self.closing_balance - sum(part["amount"] for part in self._hold())
        )

    def _get_statement_filename(self):
        """Return the name of the printed file, without ending."""
        self.ensure_one()
        return self.env._("Rewards %(first)s to %(last)s", first=self.date_from, last=self.date_to)

    # --- Printing and sending ------------------------------------------------------------------

    def action_print(self):
        """Print the statements, one after another."""
        return self.env.ref("aftersales_referral.statement_report_action").report_action(self)

    def action_send(self):
        """Mail the statements: one is read over in the composer, several go out at once.

        Who has no e-mail address is named; the others get theirs.

        :raises UserError: nobody has an e-mail address
        """
        self.check_access("read")
        reachable = self.filtered("referrer_id.email")
        silent = (self - reachable).referrer_id.mapped("display_name")
        if not reachable:
            raise UserError(
                self.env._("%s: no e-mail address. Enter one, or print the statement.", silent)
            )
        if len(self) == 1:
            return open_composer(
                self,
                self.env._("Send Statement"),
                TEMPLATE,
                hide_mail_template_management_options=True,
                force_email=True,
            )
        reachable.message_post_with_source(
            TEMPLATE, email_layout_xmlid=LAYOUT, subtype_xmlid="mail.mt_comment"
        )
        return self._tell_sent(reachable, silent)

    def _tell_sent(self, reachable, silent):
        """Return a notice that says how many were mailed, and whose are to be printed."""
        message = self.env._("Statements mailed: %s.", len(reachable))
        if silent:
            message += " " + self.env._("No e-mail address, please print theirs: %s", silent)
        return notify(message, "warning" if silent else "success", sticky=bool(silent))
