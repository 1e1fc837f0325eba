# SPDX-License-Identifier: LGPL-3.0-or-later
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from .in_words import day_in_words
from .renewal import OPEN_ORDER
from .renewal_consent import CONSENT
from .turn import take_turn

NOTICE = "aftersales_plans.mail_template_renewal_notice"
WENT_ON = "aftersales_plans.mail_template_renewal_went_on"


class AftersalesContract(models.Model):
    """Contracts that go on by themselves (requirement 25).

    The customer consented, was told in time when and for what price, and that mail arrived: then
    the quotation is confirmed on the last day. Whatever is missing, it is offered to be signed.
    """

    _inherit = "aftersales.contract"

    def _offer_by_mail(self, order, why=None):
        """Announce that the contract goes on by itself, where all that takes is there."""
        if self.renewal_policy != "auto" or why:
            return super()._offer_by_mail(order, why)
        why = self._not_by_itself() or self._too_late_to_announce()
        if why or not self._announce(order):
            return super()._offer_by_mail(order, why or "no_mail")
        return None

    def _too_late_to_announce(self):
        """Return "late" where the customer could not be told before the last day; else None."""
        return "late" if self.company_id._aftersales_today() >= self._last_day() else None

    def _announce(self, order):
        """Tell the customer that the contract goes on, and keep what was told; False: not told."""
        order.aftersales_noticed_total = order._aftersales_total_on(self._last_day())
        message = self._mail_customer(self, self.partner_id, NOTICE)
        if not message:
            return False
        order.write({"aftersales_goes_on": True, "aftersales_notice_id": message.id})
        if order.state == "draft":
            order.action_quotation_sent()
        return True

    def _not_by_itself(self):
        """Return why the contract must not go on by itself, a key; None: nothing stands against."""
        if self.renewal_consent != "given":
            return "withdrawn" if self.renewal_consent else "no_consent"
        if self.notice_day:
            return "ends_early"
        return self._unreachable(self.partner_id)

    def _on_consent(self, given):
        """Let a renewal that is offered already go on by itself, from the consent on."""
        result = super()._on_consent(given)
        order = self.sudo()._renewal_order()  # follows from what the customer said
        alone = len(order.order_line.aftersales_renews_id) == 1
        if given and alone and order.state == "sent" and not order.aftersales_goes_on:
            hidden = self.sudo()
            if not hidden._not_by_itself() and not hidden._too_late_to_announce():
                hidden._announce(order)
        return result

    @api.model
    def _renewal_work(self, company):
        """Add what goes on by itself today, after discounts ended."""
        today = company._aftersales_today()
        orders = self.env["sale.order"]._search_going_on(company, today)
        return [
            *super()._renewal_work(company),
            *((order, "_go_on_by_itself") for order in orders),
        ]

    # --- On the last day -----------------------------------------------------------------------

    def _go_on(self, order):
        """Confirm ``order`` on the last day, or fall back to offering it and say why."""
        self.ensure_one()
        error = self._renewal_error()
        why = error or self._not_by_itself() or order._aftersales_notice_failure()
        if not why:
            try:
                with self.env.cr.savepoint():
                    order.with_company(self.company_id).action_confirm()
            except UserError as refusal:  # says itself what is wrong with the order
                error = str(refusal)
        if why or error:
            self._fall_back(order, why or error, lost=bool(error))
        else:
            self._tell_went_on(order)

    def _fall_back(self, order, why, lost=False):
        """Offer to be signed what cannot go on by itself.

        :param lost: nothing can be signed either
        """
        order.aftersales_goes_on = False
        if lost or order.is_expired:
            self._give_by_hand(order, why)
        else:
            self._offer_by_mail(order, why)

    def _tell_went_on(self, order):
        """Mark the new contract as gone on by itself, note why it could, and tell the customer."""
        child = order.aftersales_contract_ids.filtered(
            lambda contract: contract.renewed_from_id == self
        )
        consent = {name: self[name] for name in CONSENT}
        consent["renewal_consent_partner_id"] = self.renewal_consent_partner_id.id
        child.write({"renewed_by_itself": True, **consent})
        child.message_post(
            body=self.env._(
                "Renewed by itself: %(customer)s consented on %(day)s, and was told by e-mail on "
                "%(told)s. The customer may leave at any time.",
                customer=self.renewal_consent_partner_id.name or self.partner_id.name,
                day=day_in_words(self.env, self.renewal_consent_date),
                told=day_in_words(self.env, order.aftersales_notice_id.date),
            )
        )
        child._mail_customer(child, child.partner_id, WENT_ON)

    def _goes_on_from(self):
        """Return the first day of the next term, as customers read it."""
        self.ensure_one()
        last = self._last_day()
        return day_in_words(self.env, last and last + timedelta(days=1))

    def _sentences_by_hand(self):
        """Add why a contract does not go on by itself."""
        env = self.env
        return {
            **super()._sentences_by_hand(),
            "no_consent": env._("The customer has not consented that the contract goes on."),
            "withdrawn": env._("The customer took back the consent that the contract goes on."),
            "ends_early": env._("An early end was agreed, so the contract does not go on."),
            "late": env._("The customer could not be told in time that the contract goes on."),
            "not_sent": env._("The mail that tells the customer was not sent."),
            "bounced": env._("The mail that tells the customer did not arrive: check the address."),
            "changed": env._("The quotation is not what the customer was told any more."),
            "expired": env._("The quotation expired before the contract ended."),
        }


class SaleOrder(models.Model):
    """A renewal quotation that is confirmed by itself on the last day of the old contract."""

    _inherit = "sale.order"

    aftersales_goes_on = fields.Boolean(
        string="Goes On by Itself",
        readonly=True,
        copy=False,
        help="The customer consented and was told: it is confirmed on the contract's last day.",
    )
    aftersales_notice_id = fields.Many2one(
        "mail.message", string="Notice to the Customer", readonly=True, copy=False
    )
    aftersales_noticed_total = fields.Monetary(
        string="Total Told to the Customer",
        readonly=True,
        copy=False,
        help="Taxes included, on the day it is confirmed by itself.",
    )

    _goes_on_due = models.Index(
        "(company_id) WHERE aftersales_goes_on AND state IN ('draft', 'sent')"
    )

    @api.model
    def _search_going_on(self, company, today):
        """Return the renewal quotations of ``company`` to confirm by themselves by today."""
        return self.search(
            [
                ("company_id", "=", company.id),
                ("aftersales_goes_on", "=", True),
                ("state", "in", OPEN_ORDER),
                ("order_line.aftersales_renews_id.date_end", "<=", today),
            ]
        )

    def _aftersales_keeps_price(self):
        """Keep the discounted price that was told for the last day, however late the run is."""
        if super()._aftersales_keeps_price():
            return True
        contract = self.order_line.aftersales_renews_id
        return (
            self._aftersales_goes_on_told()
            and self.aftersales_renewal_deadline >= contract._last_day()
        )

    def _aftersales_goes_on_told(self):
        """Tell whether it goes on by itself by what is known today, for the price that was told.

        Else customers must not read that they need not do anything.
        """
        self.ensure_one()
        contract = self.order_line.aftersales_renews_id
        if not self.aftersales_goes_on or self.state not in OPEN_ORDER or len(contract) != 1:
            return False
        total = self._aftersales_total_on(contract._last_day())
        changed = self.currency_id.compare_amounts(total, self.aftersales_noticed_total)
        return not changed and not contract._not_by_itself()

    def _go_on_by_itself(self):
        """Confirm the quotation, or offer it; called by the daily run on the last day."""
        self.ensure_one()
        take_turn(self)
        if self.state in OPEN_ORDER and self.aftersales_goes_on:  # nobody was faster than the run
            self.order_line.aftersales_renews_id[:1]._go_on(self)

    def _aftersales_total_on(self, day):
        """Return the total on ``day``: without the renewal discount where that is over by then."""
        deadline = self.aftersales_renewal_deadline
        line = self.order_line.filtered(lambda line: line._aftersales_has_renewal_discount())
        if not line or not deadline or deadline >= day:
            return self.amount_total
        return self._aftersales_total(
            self._get_priced_lines() - line, line.product_id, line.price_unit
        )

    def _aftersales_notice_failure(self):
        """Return why the customer cannot count as told of what is sold here; None: was told."""
        if self.currency_id.compare_amounts(self.amount_total, self.aftersales_noticed_total):
            return "changed"
        contract = self.order_line.aftersales_renews_id
        if len(contract) != 1:
            return "changed"
        if self.validity_date and self.validity_date < contract._last_day():
            return "expired"
        # sudo: only whether the mail arrived
        notices = self.aftersales_notice_id.sudo().notification_ids.filtered(
            lambda notice: notice.res_partner_id == contract.partner_id
        )
        states = set(notices.mapped("notification_status"))
        if states & {"bounce", "exception", "canceled"}:
            return "bounced"
        return None if states == {"sent"} else "not_sent"
