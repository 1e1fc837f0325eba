# SPDX-License-Identifier: LGPL-3.0-or-later
import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from odoo.addons.aftersales_plans.models.never_fail import never_fail

from .reward_accounts import EXPIRY_SETTINGS

_logger = logging.getLogger(__name__)


class AftersalesCreditLot(models.Model):
    """A lot runs out the day after its last day: off the card, with its own entry (81).

    What cannot be booked (no account) waits: nobody can spend it any more, and the nightly check
    calls it late.
    """

    _inherit = "aftersales.credit.lot"

    def _run_out(self):
        """Return those of these lots whose last day is over where their company is."""
        today = {company: company._aftersales_today() for company in self.company_id}
        return self.filtered(
            lambda lot: lot.date_expiry and lot.date_expiry < today[lot.company_id]
        )

    @api.model
    def _search_run_out(self, *conditions):
        """Return the lots that ran out and still hold something."""
        tomorrow = fields.Date.today() + timedelta(days=1)  # somewhere it is today already
        return self.search(
            [("remaining", ">", 0), ("date_expiry", "<", tomorrow), *conditions],
            order="date_expiry, id",
        )._run_out()

    @api.model
    def _lots_of(self, owners, company):
        """Return what these partners were granted in ``company``, used up or not."""
        # whose cards these are, whoever asks; of lots the reader sees those he may
        cards = self.env["loyalty.card"].sudo()._wallets_of(owners, company.sudo())
        return self.search([("card_id", "in", cards.ids)])

    def _that_can_be_spent(self):
        """Return these lots but those that are used up, or ran out and wait for the daily run."""
        held = self.filtered(lambda lot: lot.remaining > 0)
        return held - held._run_out()

    @api.model
    def _cron_expire(self):
        """Expire every lot that ran out; resumable, twice without effect.

        Each is committed by itself, and one that fails does not stop the others.
        """
        cron = self.env["ir.cron"]
        due = self._search_run_out()._that_can_be_booked()
        cron._commit_progress(remaining=len(due))
        for lot in due:
            lot._try_to_expire()
            if not cron._commit_progress(1):
                return

    def _that_can_be_booked(self):
        """Return these lots but those of companies that lack an account; the log says what."""
        problems = {
            company: company._aftersales_settings_problem(EXPIRY_SETTINGS)
            for company in self.company_id.union(*(lot._branch() for lot in self))
        }
        waiting = self.filtered(lambda lot: problems[lot._branch()])
        for company, lots in waiting.grouped(lambda lot: lot._branch()).items():
            _logger.warning(
                "Store credit %s of %s waits for its expiry: %s",
                lots.ids,
                company.name,
                problems[company],
            )
        return self - waiting

    def _try_to_expire(self):
        with never_fail(self.env, f"Expiry of {self}"):
            self._expire()

    def _expire(self):
        """Take what is left off the card and book it as income of who granted it.

        :raises UserError: an account is missing, in words
        """
        self.ensure_one()
        if self.currency_id.is_zero(self.remaining):
            return
        company, owner = self._branch(), self.partner_id
        company._aftersales_check_reward_settings(EXPIRY_SETTINGS)
        local = self.with_context(lang=owner.lang)  # the owner reads the card's history
        text = local.env._("Expired on %s", format_date(local.env, self.date_expiry))
        entry = self._post_credit_entry(
            company,
            [(owner, -self.remaining, text)],
            company.aftersales_breakage_account_id,
            self.date_expiry + timedelta(days=1),
            self.env._("Expired store credit"),
        )
        self.card_id._take(self, self.remaining, "expired", text, self, move_id=entry.id)


class LoyaltyCard(models.Model):
    """What ran out cannot be spent, whether or not the daily run has been here yet."""

    _inherit = "loyalty.card"

    def _expire_due(self):
        """Expire what ran out on these cards, before they are spent; call it as superuser.

        What cannot be booked stays, and is not spent either.
        """
        for lot in self.aftersales_lot_ids._search_run_out(("card_id", "in", self.ids)):
            if not lot._branch()._aftersales_settings_problem(EXPIRY_SETTINGS):
                lot._try_to_expire()

    def _expired_left(self):
        """Return how much of the points ran out and waits to be taken off."""
        self.ensure_one()
        lots = self.aftersales_lot_ids._search_run_out(("card_id", "=", self.id))
        return sum(lots.mapped("remaining"))

    def _refuse_expired(self, missing):
        """Refuse to spend ``missing`` more than what did not run out.

        :raises UserError: that much waits to be taken off as expired
        """
        currency, expired = self.currency_id, self._expired_left() if missing else 0.0
        if expired and currency.compare_amounts(float(missing), 0.0) > 0:
            raise UserError(
                self.env._(
                    "%(expired)s of the store credit of %(owner)s has expired: %(left)s can be "
                    "spent.",
                    expired=currency.format(expired),
                    owner=self.partner_id.display_name,
                    left=currency.format(self.points - expired),
                )
            )
