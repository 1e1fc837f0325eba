# SPDX-License-Identifier: LGPL-3.0-or-later
from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from ..calc import retention
from .by_index import by_index
from .work_off import owner_of, work_off

CHECKED_STAGES = ("nearly_lost", "lost")
REMEMBERED_MONTHS = 24  # longer ago, and without a contract, nobody is called any more


class ResCompany(models.Model):
    """After how long without a contact a customer is at risk (requirement 35)."""

    _inherit = "res.company"

    aftersales_at_risk_months = fields.Integer(
        string="At Risk after (months)", default=3, help="Months without any contact."
    )
    aftersales_nearly_lost_months = fields.Integer(string="Nearly Lost after (months)", default=6)
    aftersales_lost_months = fields.Integer(string="Lost after (months)", default=12)
    aftersales_retention_a_day = fields.Integer(
        string="Checks a Day",
        default=20,
        help="At most so many nearly lost customers a day become somebody's follow-up.",
    )

    @api.constrains(
        "aftersales_at_risk_months", "aftersales_nearly_lost_months", "aftersales_lost_months"
    )
    def _check_aftersales_retention_months(self):
        for company in self:
            at_risk, nearly_lost, lost = company._aftersales_retention_months()
            if not 0 < at_risk < nearly_lost < lost <= 120:
                raise ValidationError(
                    self.env._(
                        "%s: a customer is at risk first, nearly lost later and lost last; "
                        "at most 120 months.",
                        company.name,
                    )
                )

    def _aftersales_retention_months(self):
        """Return the months without contact until at risk, nearly lost, lost."""
        self.ensure_one()
        return (
            self.aftersales_at_risk_months,
            self.aftersales_nearly_lost_months,
            self.aftersales_lost_months,
        )


class AftersalesCustomer(models.Model):
    """Customers nobody hears of: stage by stage, and who asks them (requirement 35)."""

    _inherit = "aftersales.customer"
    _guarded = frozenset({"checked_on"})

    checked_on = fields.Date(
        string="Check Opened on",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="When somebody got it to do to turn to this customer; once for each silence.",
    )
    followup_ids = fields.One2many("aftersales.followup", "customer_id", readonly=True)

    _back_idx = models.Index("(company_id) WHERE stage = 'active' AND date_lost IS NOT NULL")
    _unchecked_idx = models.Index(
        "(company_id, stage DESC, last_contact, id) WHERE stage IN ('nearly_lost', 'lost')"
        " AND (checked_on IS NULL OR checked_on <= last_contact)"
    )

    # --- Daily run -----------------------------------------------------------------------------

    @api.model
    def _cron_follow_customers(self):
        """Keep the cards, move the stages and open the checks of every company; resumable."""
        for company in self.env["res.company"].search([("active", "=", True)]):
            self._join_doubles(company)
            if not self._bring_up_to_date(company):
                return
            work_off(self.env, [(card, "_follow_stage") for card in self._stage_due(company)])
            work_off(self.env, [(card, "_open_check") for card in self._check_due(company)])
            self.env["aftersales.campaign"]._follow(company)
            self.env["aftersales.volume.deal"]._follow(company)

    @api.model
    def _stage_due(self, company):
        """Return the cards whose stage is another one today."""
        today = company._aftersales_today()
        months = company._aftersales_retention_months()
        at_risk, nearly_lost, lost = (retention.border(today, number) for number in months)
        moves = [
            (("active", "returned", "at_risk", "nearly_lost"), None, lost),
            (("active", "returned", "at_risk", "lost"), lost, nearly_lost),
            (("active", "returned", "nearly_lost", "lost"), nearly_lost, at_risk),
            (("at_risk", "nearly_lost", "lost"), at_risk, None),
        ]
        due = [
            Domain("stage", "in", stages)
            & (Domain("last_contact", ">", after) if after else Domain.TRUE)
            & (Domain("last_contact", "<=", until) if until else Domain.TRUE)
            for stages, after, until in moves
        ]
        back = Domain("stage", "=", "active") & Domain("date_lost", "!=", False)
        mine = Domain("company_id", "=", company.id)
        with by_index(self.env):  # one by one: joined by "or" no index would do
            found = self.union(*(self.search(mine & one) for one in (*due, back)))
        return found.filtered(lambda card: card.stage != card._due_stage())

    @api.model
    def _check_due(self, company):
        """Return the customers somebody has to turn to today, within what a day may bring.

        Once for each silence. At installation there are years of it: who was lost long ago, and
        has no contract, is left in peace.
        """
        today = company._aftersales_today()
        mine = Domain("company_id", "=", company.id)
        opened = self.search_count(mine & Domain("checked_on", "=", today))
        room = company.aftersales_retention_a_day - opened
        if room <= 0:
            return self.browse()
        remembered = retention.border(today, REMEMBERED_MONTHS)
        unchecked = Domain("checked_on", "=", False) | Domain.custom(
            to_sql=lambda _model, alias, _query: SQL(
                "%s <= %s",
                SQL.identifier(alias, "checked_on"),
                SQL.identifier(alias, "last_contact"),
            ),
            predicate=lambda card: card.checked_on and card.checked_on <= card.last_contact,
        )
        known = Domain("last_contact", ">", remembered) | self._domain_covered()
        may = Domain("partner_id.aftersales_no_contact", "=", False)
        due = mine & Domain("stage", "in", CHECKED_STAGES) & unchecked & known & may
        with by_index(self.env):
            return self.search(due, order="stage desc, last_contact, id", limit=room)

    def _open_check(self):
        """Give the customer's owner the check of address, contact person and goods, once."""
        self.ensure_one()
        owner = owner_of(self)[:1]
        self.env["aftersales.followup"]._open(
            [
                {
                    "name": self.with_context(lang=owner.lang).env._(
                        "Ask how %s is doing", self.partner_id.name or ""
                    ),
                    "kind": "retention",
                    "key": f"retention/{self.id}/{self.last_contact}",
                    "customer_id": self.id,
                    "partner_id": self.partner_id.id,
                    "company_id": self.company_id.id,
                    "user_id": owner.id,
                    "date_due": self.company_id._aftersales_today(),
                }
            ]
        )
        self.checked_on = self.company_id._aftersales_today()

    # --- Stages --------------------------------------------------------------------------------

    def _follow_stage(self):
        """Move each card to the stage that is due today; nothing where it is there already."""
        for card in self:
            stage = card._due_stage()
            if stage != card.stage:
                card._set_stage(stage)

    def _due_stage(self):
        """Return today's stage; whoever came back by an order stays *returned* while in touch."""
        self.ensure_one()
        company = self.company_id
        today = company._aftersales_today()
        months = company._aftersales_retention_months()
        stage = retention.stage(self.last_contact or today, today, months)
        back = self.stage == "returned" or self._is_back()
        return "returned" if stage == "active" and back else stage

    def _is_back(self):
        """Tell whether an order came after the customer was lost, and is not counted yet."""
        return bool(
            self.date_lost
            and self.last_order
            and self.last_order >= self.date_lost
            and (not self.date_returned or self.date_returned < self.date_lost)
        )

    def _set_stage(self, stage):
        """Put the card into ``stage``; the only place where it changes. The chatter keeps it."""
        self.ensure_one()
        vals = {"stage": stage}
        if self._is_back():
            vals["date_returned"] = self.last_order
        if stage == "lost":
            months = self.company_id.aftersales_lost_months
            vals["date_lost"] = self.last_contact + relativedelta(months=months)
        self.sudo().write(vals)  # follows from the days of contact; nobody writes it by hand
