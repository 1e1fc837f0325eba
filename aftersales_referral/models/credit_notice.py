# SPDX-License-Identifier: LGPL-3.0-or-later
import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import format_date, html2plaintext, plaintext2html

from odoo.addons.aftersales_plans.models.never_fail import never_fail

_logger = logging.getLogger(__name__)

TEMPLATE = "aftersales_referral.mail_template_credit_expires"
ACTIVITY = "aftersales_referral.mail_activity_type_credit_expires"


class AftersalesCreditLot(models.Model):
    """Owners are told before their store credit runs out, once per lot (requirement 81)."""

    _inherit = "aftersales.credit.lot"

    date_announced = fields.Date(
        string="Announced on", readonly=True, help="Day the owner was told when it expires."
    )

    @api.model
    def _search_running_out(self, company, *conditions):
        """Return what still is on the cards of ``company`` and expires within its notice days."""
        today, days = company._aftersales_today(), company.aftersales_credit_notice_days
        return self.search(
            [
                ("company_id", "=", company.id),
                ("remaining", ">", 0),
                ("date_expiry", ">=", today),
                ("date_expiry", "<=", today + timedelta(days=days)),
                ("card_id.active", "=", True),
                ("card_id.partner_id.active", "=", True),
                *conditions,
            ]
        )

    @api.model
    def _cron_announce(self):
        """Tell every owner once of what runs out soon, in one mail; resumable, twice-safe.

        Each owner is committed with the mail, and one that fails does not stop the others.
        """
        cards = self.env["loyalty.card"]
        for company in self.env["res.company"].search([("parent_id", "=", False)]):
            if company.aftersales_credit_notice_days:
                lots = self._search_running_out(company, ("date_announced", "=", False))
                cards |= lots.card_id
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=len(cards))
        for card in cards:
            card._try_to_announce()
            if not cron._commit_progress(1):
                return


class LoyaltyCard(models.Model):
    """What the owner of a card is told of its expiry."""

    _inherit = "loyalty.card"

    def _lots_running_out(self):
        """Return what the mail lists: all that runs out soon, as it is at this moment."""
        self.ensure_one()
        return self.aftersales_lot_ids._search_running_out(
            self.company_id, ("card_id", "=", self.id)
        ).sorted("date_expiry")

    def _left_to_spend(self):
        """Return what the owner can spend today."""
        self.ensure_one()
        return self.currency_id.round(self.points - self._expired_left())

    def _try_to_announce(self):
        """Write to the owner; where that fails, let somebody call before it is too late."""
        with never_fail(self.env, f"Announcing the expiry of {self}"):
            self._announce_expiry()
            return
        with never_fail(self.env, f"Asking to call the owner of {self}"):
            why = self.env._("The mail could not be sent: call. It is tried again every day.")
            self._ask_to_call(self._lots_running_out(), why)

    def _announce_expiry(self):
        """Write to the owner; where there is no address, let somebody call."""
        self.ensure_one()
        owner, lots = self.partner_id, self._lots_running_out()
        if not lots:
            return
        if not owner.email:
            why = self.env._(
                "There is no e-mail address: call, or enter one and the mail goes out by itself."
            )
            self._ask_to_call(lots, why)
            return
        template = self.env.ref(TEMPLATE, raise_if_not_found=False)
        if not template:
            self._ask_to_call(lots, self.env._("The template of the mail was deleted: call."))
            return
        self._mail_expiry(template, lots[0].date_expiry)
        owner.activity_unlink([ACTIVITY])
        owner._message_log(body=self.env._("Told by e-mail: %s.", self._say_running_out(lots)))
        new = lots.filtered(lambda lot: not lot.date_announced)
        new.date_announced = self.company_id._aftersales_today()

    def _mail_expiry(self, template, last_day):
        """Write when the owner may be written to, if that is in time.

        The credit is the owner's: who wants no offers or greetings is told of it all the same.
        """
        owner, company = self.partner_id, self.company_id
        moment = owner._aftersales_contact_moment(company)
        if moment and company._aftersales_day_of(moment) < last_day:
            owner._aftersales_send_when_allowed(self, template)
        else:
            template.send_mail(self.id)

    def _ask_to_call(self, lots, why):
        """Let the salesperson of the owner, else the accountant, tell the owner by other means.

        :param why: the mail does not do, in words
        """
        owner, said = self.partner_id, self._say_running_out(lots)
        if owner.activity_search([ACTIVITY]) or self._was_called_about(said):
            return
        user = owner.user_id or self.company_id._aftersales_accountant()
        if not user:
            _logger.warning("%s gets no mail, and there is nobody to call", owner.display_name)
            return
        owner.with_context(lang=user.lang).activity_schedule(
            ACTIVITY, user_id=user.id, note=plaintext2html(f"{said}. {why}")
        )

    def _was_called_about(self, said):
        """Tell whether somebody called and marked it done; what changed since is told again."""
        kind = self.env.ref(ACTIVITY, raise_if_not_found=False)
        owner = self.partner_id.with_context(active_test=False)
        done = owner.activity_ids.filtered(lambda one: kind and one.activity_type_id == kind)
        return any(said in html2plaintext(activity.note) for activity in done)

    def _say_running_out(self, lots):
        return ", ".join(
            self.env._(
                "%(amount)s of store credit expires on %(date)s",
                amount=self.currency_id.format(lot.remaining),
                date=format_date(self.env, lot.date_expiry),
            )
            for lot in lots
        )
