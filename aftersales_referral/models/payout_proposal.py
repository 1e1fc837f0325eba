# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import api, fields, models


class AftersalesPayout(models.Model):
    """What a payout proposes, and what to consider before it is posted (requirement 74)."""

    _inherit = "aftersales.payout"

    warning = fields.Char(compute="_compute_warning")

    @api.depends("referrer_id", "company_id", "state", "date")
    def _compute_available(self):
        for (company, day), payouts in self.grouped(
            lambda payout: (payout.company_id, payout._available_on())
        ).items():
            partners = payouts.referrer_id.commercial_partner_id
            commissions = self.env["aftersales.commission"]  # of a company the reader works in
            balances = commissions._balances(partners, company, day) if company else {}
            for payout in payouts:
                payout.available = balances.get(payout.referrer_id.commercial_partner_id, 0.0)

    def _available_on(self):
        """Return the day that counts: a payout of a day to come is looked at as of that day."""
        today = self.company_id and self.company_id._aftersales_today()
        return max(today, self.date or today) if today else False

    @api.depends("referrer_id", "company_id")
    def _compute_amount(self):
        for payout in self:
            payout.amount = max(payout.available, 0.0)

    @api.depends("amount", "method", "company_id.aftersales_credit_bonus_percent")
    def _compute_bonus_amount(self):
        for payout in self:
            payout.bonus_amount = payout._bonus()

    def _minimum(self):
        """Return the least amount payout runs pay with this method."""
        self.ensure_one()
        if self.method == "cash":
            return self.company_id.aftersales_cash_minimum
        return self.company_id.aftersales_credit_minimum

    # --- To consider ---------------------------------------------------------------------------

    @api.depends("referrer_id", "company_id", "method", "amount", "date", "state")
    def _compute_warning(self):
        for payout in self:
            payout.warning = payout._warnings() if payout._is_being_entered() else False

    def _is_being_entered(self):
        # a client may name any company for a payout it has not saved
        return (
            self.state == "draft"
            and self.referrer_id
            and self.company_id
            and self.company_id.has_access("read")
        )

    def _warnings(self):
        """Return all there is to consider, in words; none of it stops the payout being saved.

        What has to be entered first is said by ``missing_note``.
        """
        sentences = (
            self._amount_warning(),
            self._other_drafts_warning(),
            self._year_warning(),
        )
        return " ".join(sentence for sentence in sentences if sentence)

    def _amount_warning(self):
        referrer = self.referrer_id.commercial_partner_id.display_name
        available = self.currency_id.format(self.available)
        if self.currency_id.compare_amounts(self.available, 0) <= 0:
            return self.env._("Nothing can be paid to %s on this day.", referrer)
        if self.currency_id.compare_amounts(self.amount, self.available) > 0:
            return self.env._(
                "%(referrer)s can be paid %(available)s on this day.",
                referrer=referrer,
                available=available,
            )
        if self.currency_id.compare_amounts(self.amount, self._minimum()) < 0:
            return self.env._(
                "Payout runs leave less than %s for later.",
                self.currency_id.format(self._minimum()),
            )
        return ""

    def _other_drafts_warning(self):
        others = self.search(
            [
                ("state", "=", "draft"),
                ("company_id", "=", self.company_id.id),
                ("referrer_id", "child_of", self.referrer_id.commercial_partner_id.ids),
                ("id", "not in", self._origin.ids),
            ]
        )
        if not others:
            return ""
        return self.env._("There is another draft: %s.", others.mapped("name"))

    # --- Who is paid ---------------------------------------------------------------------------

    def _referrer_problem(self):
        """Return why this company cannot pay this referrer, in words; empty when it can."""
        # whose it is, is said to people who do not see that company's contacts
        partner = self.referrer_id.commercial_partner_id.sudo()
        if not partner.active:
            return self.env._(
                "%s is archived: restore the contact before paying it.", partner.display_name
            )
        if partner.company_id and partner.company_id not in self.company_id.parent_ids:
            return self.env._(
                "%(referrer)s belongs to %(other)s and cannot be paid by %(company)s: empty or "
                "change the company on the contact.",
                referrer=partner.display_name,
                other=partner.company_id.name,
                company=self.company_id.name,
            )
        return ""
