# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import models

METHODS = ("cash", "credit")


class ResPartner(models.Model):
    """What a customer sees of his rewards online, and how he chooses to be paid (74).

    Contacts see, and choose for, the company they belong to, as with orders and invoices in
    Odoo's portal; who chose is noted. Customers have no right on our models: the controller calls
    these as superuser for the customer who is logged in, in one company.
    """

    _inherit = "res.partner"

    def _rewards_online(self, company):
        """Return what the page of rewards says about this commercial partner in ``company``."""
        self.ensure_one()
        Commission = self.env["aftersales.commission"]
        today = company._aftersales_today()
        balance = Commission._balances(self, company)[self]
        available = Commission._balances(self, company, today)[self]
        lots = self._lots_online(company)
        return {
            "balance": balance,
            "available": max(available, 0.0),
            "on_hold": balance - available,
            "lots": lots,
            "credit": sum(lots.mapped("remaining")),
            "bonus_percent": company.aftersales_credit_bonus_percent,
            "currency": company.currency_id,
            "today": today,
            "rows": self.env["aftersales.statement"]._rows_online(self, company),
            "years": self.env["aftersales.statement"]._years_online(self, company),
        }

    def _rewards_domain(self, company):
        """Return which payouts the page lists: cancelled ones only if they had been paid."""
        return [
            ("referrer_id", "child_of", self.ids),
            ("company_id", "=", company.id),
            "|",
            ("state", "!=", "cancelled"),
            ("commission_ids", "!=", False),
        ]

    def _has_rewards(self, company):
        """Tell whether there is anything to see or to earn for this customer in ``company``."""
        in_ledger = [("referrer_id", "=", self.id), ("company_id", "=", company.id)]
        return bool(
            self._rewarding_contract(company)
            or self.env["aftersales.commission"].search_count(in_ledger, limit=1)
            or self.env["aftersales.referral"].search_count(
                self._referrals_domain(company), limit=1
            )
            or self._lots_online(company)
        )

    def _lots_online(self, company):
        """Return what can be spent in ``company``."""
        return self.env["aftersales.credit.lot"]._lots_of(self, company)._that_can_be_spent()

    def _choose_payout_method(self, method, chooser):
        """Note how this customer wants to be paid from now on; tell whether that was possible.

        :param chooser: who clicked, a contact of this commercial partner
        """
        self.ensure_one()
        if method not in METHODS or not self.active:
            return False
        if self.referral_payout_method != method:
            self.referral_payout_method = method
            methods = dict(self._fields["referral_payout_method"]._description_selection(self.env))
            self.message_post(
                body=self.env._(
                    "%(who)s chose online how rewards are paid: %(method)s.",
                    who=chooser.display_name,
                    method=methods[method],
                ),
                author_id=chooser.id,
            )
        return True


class AftersalesPayout(models.Model):
    """A payout as its referrer sees it online."""

    _inherit = "aftersales.payout"

    def _choose_method(self, method):
        """Pay this draft another way; tell whether that was possible."""
        self.ensure_one()
        if method not in METHODS or self.state != "draft":
            return False
        if not self.referrer_id.commercial_partner_id.active:
            return False
        if self.method != method:
            self.method = method
        return True

    def _status_online(self):
        """Return how the payout stands: ``tone`` (a colour) and ``label``."""
        self.ensure_one()
        env = self.env
        if self.state == "draft":
            tone, label = "light border", env._("Being prepared")
        elif self.state == "cancelled":
            tone, label = "light border", env._("Taken back")
        elif self.method == "credit":
            tone, label = "success", env._("Credited")
        elif self.bill_id.payment_state in ("paid", "in_payment"):
            tone, label = "success", env._("Paid")
        else:
            tone, label = "info", env._("On its way")
        return {"tone": tone, "label": label}
