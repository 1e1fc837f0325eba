# SPDX-License-Identifier: LGPL-3.0-or-later
from urllib.parse import quote

from odoo import models

from odoo.addons.aftersales_plans.models.in_words import day_in_words

from ..calc.exact import exact
from ..calc.first_name import first_name
from ..calc.hold import Row, on_hold
from ..calc.settled import Reward, settled


class ResPartner(models.Model):
    """What a referrer is offered online, and what there is to pass on (requirements 8, 74).

    Called by the portal as superuser, for the customer who is logged in.
    """

    _inherit = "res.partner"

    def _rewarding_contract(self, company):
        """Return the contract that rewards what this customer passes on today; none: empty."""
        self.ensure_one()
        if not self.active:
            return self.env["aftersales.contract"]
        today = company._aftersales_today()
        return self.env["aftersales.referral"]._best_contract(self, company, {today})

    def _referrals_domain(self, company):
        """Return which referrals this commercial partner sees."""
        return [("referrer_id", "child_of", self.ids), ("company_id", "=", company.id)]

    def _share_online(self, company):
        """Return this person's code, link and ready-made messages; empty without a code."""
        self.ensure_one()
        code, url = self.referral_code, self.referral_url
        if not code:
            return {}
        subject = self.env._("I recommend %s", company.name)
        text = self.env._(
            "I am a customer of %(company)s and can recommend them. Here you can leave your "
            "number or address if you want to be contacted: %(url)s",
            company=company.name,
            url=url,
        )
        return {
            "code": code,
            "url": url,
            "qr": self.referral_qr_url,
            "mail": f"mailto:?subject={quote(subject)}&body={quote(text)}",
            "whatsapp": f"https://wa.me/?text={quote(text)}",
            "sms": f"sms:?&body={quote(text)}",
        }

    def _reward_rules_online(self, company, contract):
        """Return what is earned, for what, and when it is paid, in sentences for the referrer.

        :param contract: the one that rewards, see :meth:`_rewarding_contract`
        """
        return [*self._earning_rules(company, contract), *self._paying_rules(company)]

    def _earning_rules(self, company, contract):
        months = company.aftersales_new_customer_months
        sentences = [
            self.env._(
                "You earn %(rate)s %% of what they pay for goods and services.",
                rate=f"{contract.referral_percent:g}",
            ),
            self.env._(
                "Taxes, delivery, service plans, and what they pay with store credit or gift "
                "cards do not count."
            ),
            self.env._(
                "It counts for whoever has not bought from us in the last %s months.", months
            )
            if months
            else self.env._("It counts for whoever has never bought from us."),
        ]
        if company.aftersales_referral_scope == "first_order":
            sentences.append(self.env._("The first order counts."))
        elif company.aftersales_referral_months:
            sentences.append(
                self.env._(
                    "Every order of the first %s months counts.", company.aftersales_referral_months
                )
            )
        if company.aftersales_referral_limit:
            limit = company.currency_id.format(company.aftersales_referral_limit)
            sentences.append(self.env._("One recommendation earns %s at most.", limit))
        return sentences

    def _paying_rules(self, company):
        days, months = company.aftersales_hold_days, company.aftersales_credit_months
        sentences = [
            self.env._(
                "A reward can be paid out %s days after they have paid and have received "
                "everything. If goods come back, their part of it is taken back.",
                days,
            )
            if days
            else self.env._(
                "A reward can be paid out once they have paid and have received everything. If "
                "goods come back, their part of it is taken back."
            )
        ]
        if self.referral_payout_method == "cash" and company.aftersales_cash_minimum:
            minimum = company.currency_id.format(company.aftersales_cash_minimum)
            sentences.append(self.env._("We pay out in money from %s on.", minimum))
        if self.referral_payout_method == "credit" and company.aftersales_credit_minimum:
            minimum = company.currency_id.format(company.aftersales_credit_minimum)
            sentences.append(self.env._("We grant store credit from %s on.", minimum))
        if months:
            sentences.append(
                self.env._("Store credit can be spent for %s months after it was granted.", months)
            )
        return sentences

    def _plans_that_reward(self, company):
        """Return the plans on sale that would reward this customer, the best first."""
        return self.env["aftersales.plan"].search(
            [
                ("referral_percent", ">", 0),
                ("company_id", "in", [False, *company.parent_ids.ids]),
                ("product_ids.sale_ok", "=", True),
            ],
            order="referral_percent desc, sequence, id",
        )


class AftersalesReferral(models.Model):
    """What a referrer reads of a referral: first name, status, reward; never why (design §5)."""

    _inherit = "aftersales.referral"

    def _first_name_online(self):
        """Return the first name of who was recommended; empty once that person is forgotten."""
        self.ensure_one()
        return first_name(self.contact_name) or self.referred_id._referral_first_name()

    def _by_first_name(self, text):
        """Return those whose first name holds ``text``.

        Compared with what the referrer is shown and nothing else: a search in the whole name would
        tell the second one.
        """
        wanted = text.casefold()
        return self.filtered(lambda referral: wanted in referral._first_name_online().casefold())

    def _told_online(self, referrer, company):
        """Return what the referrer is told of these referrals, {referral: {…}}.

        :param referrer: the commercial partner whose referrals of ``company`` these are
        :return: per referral ``name``, ``status`` as :meth:`_status_online` and ``amount``
        """
        rows = self.env["aftersales.commission"].search(
            [("referral_id", "in", self.ids), ("referrer_id", "=", referrer.id)]
        )
        by_referral = rows.grouped("referral_id")
        paid, today = self._settled_online(referrer, company), company._aftersales_today()
        told = {}
        for referral in self:
            own = by_referral.get(referral, rows.browse())
            held = on_hold(
                [
                    Row(row.order_id.id or None, exact(row.amount), row.available_date or None)
                    for row in own
                ],
                today,
            )
            amount = company.currency_id.round(sum(own.mapped("amount")))
            told[referral] = {
                "name": referral._first_name_online(),
                "status": referral._status_online(amount, held, referral.id in paid),
                "amount": amount,
            }
        return told

    def _status_online(self, amount, held, is_paid):
        """Return how the referral stands: ``tone`` (a colour), ``label`` and a ``text``.

        :param held: {first day a part of the reward can be paid; None: after the delivery}
        """
        env, text = self.env, ""
        if self.state == "registered":
            tone, label = "info", env._("Invited")
        elif self.state != "qualified":
            tone, label = "light border", env._("Not counted")
        elif amount <= 0:
            tone, label = "primary", env._("Bought")
        elif held:
            tone, label = "warning", env._("Reward on hold")
            text = (
                env._("until everything is delivered")
                if None in held
                else env._("until %s", day_in_words(env, max(held)))
            )
        elif is_paid:
            tone, label = "success", env._("Paid out")
        else:
            tone, label = "info", env._("Ready to be paid out")
        return {"tone": tone, "label": label, "text": text}

    def _settled_online(self, referrer, company):
        """Return the ids of the referrals whose reward was paid."""
        ledger = self.env["aftersales.commission"]
        rows = ledger._read_group(
            [("referrer_id", "=", referrer.id), ("company_id", "=", company.id)],
            ["referral_id"],
            ["amount:sum", "available_date:max"],
        )
        rewards = [
            Reward(referral.id, exact(amount), available or None)
            for referral, amount, available in rows
            if referral
        ]
        return settled(rewards, sum((exact(amount) for _referral, amount, _day in rows), exact(0)))
