# SPDX-License-Identifier: LGPL-3.0-or-later
from collections import Counter

from odoo import api, models

from ..calc.renewal import first_day
from .in_words import day_in_words
from .mail_mail import WAITS
from .never_fail import never_fail
from .renewal import OPEN_ORDER
from .work_off import give_once

OFFER = "aftersales_plans.mail_template_renewal_offer"
TO_CUSTOMER = "aftersales_plans.subtype_renewal_to_customer"  # colleagues who follow get no copy
BY_HAND = "aftersales_plans.activity_renewal_by_hand"


class AftersalesContract(models.Model):
    """How customers hear of the renewal the daily run has quoted (requirements 25, 59, 62).

    By a mail that leads to the quotation, once; who wants none or has no address is called by
    whoever answers for the contract.
    """

    _inherit = "aftersales.contract"

    def _on_renewal_quoted(self, order):
        """Offer the quotation to the customer."""
        result = super()._on_renewal_quoted(order)
        self._offer_by_mail(order)
        return result

    def _reschedule(self):
        """Let the quotation hold as long as the contract, whose end moved."""
        result = super()._reschedule()
        for contract in self:
            order, last = contract._renewal_order(), contract._last_day()
            if last and order.validity_date and order.validity_date < last:
                order.sudo().validity_date = last  # follows from the end, whoever may move it
        return result

    def _offer_by_mail(self, order, why=None):
        """Send the mail that leads to ``order``; give it to somebody to do where that fails.

        :param why: key of :meth:`_sentences_by_hand`, why somebody has to look at it all the same
        """
        self.ensure_one()
        unreachable = self._unreachable(order.partner_id)
        told = not unreachable and self._mail_customer(order, order.partner_id, OFFER)
        if told and order.state == "draft":
            order.action_quotation_sent()
        if why or not told:
            self._give_by_hand(order, why or unreachable or "no_mail")

    def _unreachable(self, partner):
        """Return why no mail of ours goes to ``partner``: "no_address", "opted_out"; else None."""
        if not partner.email or not partner.active:
            return "no_address"
        moment = partner._aftersales_contact_moment(self.company_id)
        return None if moment else "opted_out"

    def _mail_customer(self, record, partner, template_xmlid):
        """Write to ``partner``, the customer of ``record``, at a moment that is allowed.

        :return: the message; None where the template is gone or cannot be filled in
        """
        template = self.env.ref(template_xmlid, raise_if_not_found=False)
        if not template:
            return None
        waiting = {WAITS: self.company_id.id, "mail_notify_force_send": False}
        with never_fail(self.env, f"{template.name} of {record}"):
            message = record.with_context(**waiting).message_post_with_source(
                template, message_type="auto_comment", subtype_xmlid=TO_CUSTOMER
            )
            # sudo: the queue is nobody's; only when this mail leaves it
            mails = self.env["mail.mail"].sudo().search([("mail_message_id", "in", message.ids)])
            mails.scheduled_date = partner._aftersales_contact_moment(self.company_id)
            return message
        return None

    def _end_renewal_activities(self):
        """Drop the renewal that was somebody's to do by hand, too."""
        result = super()._end_renewal_activities()
        hidden = self.sudo()  # maybe a colleague's; callers checked who may settle it
        hidden.activity_unlink([BY_HAND])
        return result

    # --- What somebody has to do ---------------------------------------------------------------

    def _give_by_hand(self, order, why):
        """Give the owner of the contract the renewal to do, once, and say why."""
        give_once(self, BY_HAND, lambda local: local._by_hand_note(order, why))

    def _by_hand_note(self, order, why):
        return self.env._(
            "%(why)s Quotation: %(order)s. Last day: %(day)s.",
            why=self._sentences_by_hand().get(why, why),
            order=order.name,
            day=day_in_words(self.env, self._last_day()),
        )

    def _sentences_by_hand(self):
        """Return {key: why somebody has to do it, in words}."""
        env = self.env
        return {
            "no_address": env._("The customer has no e-mail address: call about the renewal."),
            "opted_out": env._(
                "The customer wants no mails by us: offer the renewal at the next occasion."
            ),
            "no_mail": env._(
                "The mail that offers the renewal could not be written: send the quotation."
            ),
        }


class SaleOrder(models.Model):
    """What a renewal quotation says about itself, in mails and online (62)."""

    _inherit = "sale.order"

    def _aftersales_renewals_told(self):
        """Return what the customer reads of each renewal on this quotation: one dict each.

        ``price`` and ``struck`` are net; ``struck`` is what counts after ``deadline``, or False.
        ``unpriced``: the price is not known yet, so none may be shown.
        """
        self.ensure_one()
        today = self.company_id._aftersales_today()
        order = self.sudo()  # shown to whoever holds the quotation
        told = []
        for line in order.order_line.filtered("aftersales_renews_id"):
            contract = line.aftersales_renews_id
            struck = line._aftersales_struck_price()
            expected = today if order.state in OPEN_ORDER else None
            told.append(
                {
                    "contract": contract,
                    "plan": line.aftersales_plan_id.name,
                    "last_day": day_in_words(self.env, contract._last_day()),
                    "over": bool(contract._last_day()) and contract._last_day() < today,
                    "first_day": day_in_words(self.env, line._aftersales_first_day(expected)),
                    "months": line.aftersales_plan_id.duration_months,
                    "goods": self._aftersales_counted(line.aftersales_asset_ids),
                    "used": [promise["text"] for promise in contract._promises_online()],
                    "price": line.price_subtotal,
                    "unpriced": line in order._aftersales_unpriced(),
                    "total": line.price_total,
                    "taxed": bool(line.price_tax),
                    "struck": struck,
                    "deadline": struck
                    and day_in_words(self.env, order.aftersales_renewal_deadline),
                }
            )
        return told

    @api.model
    def _aftersales_counted(self, assets):
        """Return goods in words, those of one name once, with how many there are."""
        counted = Counter()
        for asset in assets:
            counted[asset.display_name] += asset.quantity
        return [
            name
            if count == 1
            else self.env._("%(count)s × %(goods)s", count=f"{count:g}", goods=name)
            for name, count in counted.items()
        ]

    def _find_mail_template(self):
        """Let who sends a renewal quotation by hand start from our mail, too."""
        # only whether it renews something
        renews = self.state in OPEN_ORDER and self.sudo().order_line.aftersales_renews_id
        ours = renews and self.env.ref(OFFER, raise_if_not_found=False)
        if ours and not self.env.context.get("proforma"):
            return ours
        return super()._find_mail_template()


class SaleOrderLine(models.Model):
    """When what a line renews would begin."""

    _inherit = "sale.order.line"

    def _aftersales_first_day(self, confirmed):
        """Return the first day of the next contract, as sold or if signed on ``confirmed``."""
        self.ensure_one()
        contract = self.aftersales_contract_ids.filtered(lambda child: child.state != "cancelled")
        if contract.date_start or not confirmed:
            return contract[:1].date_start
        plan = self.aftersales_plan_id
        old = self.aftersales_renews_id
        return old._last_day() and first_day(old._last_day(), confirmed, plan.waiting_days)
