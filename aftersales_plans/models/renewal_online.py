# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import SUPERUSER_ID, fields, models
from odoo.exceptions import UserError

from .customer_page import address_online
from .in_words import day_in_words


class AftersalesCloseReason(models.Model):
    """Which reasons customers choose from online."""

    _inherit = "aftersales.close.reason"

    online = fields.Boolean(
        string="Customers Choose It",
        default=True,
        help="Offered online to customers who say why they do not renew, or leave.",
    )

    def _offered_online(self):
        """Return the reasons customers choose from."""
        return self.search([("online", "=", True), ("void", "=", False)])


class AftersalesContract(models.Model):
    """What a customer reads and decides online about what follows a contract (59, 62-64)."""

    _inherit = "aftersales.contract"

    def _renewal_facts_online(self, user):
        """Return how the renewal stands, for the contract's page; empty: nothing to say yet.

        :return: ``child`` and ``order``: (name, address or False) or None; ``lapsed``: the reason
            in words; ``due``: when it is offered, in words; ``goes_on``: it goes on by itself;
            ``may_ask``, ``may_refuse``
        """
        self.ensure_one()
        if self.state not in ("active", "suspended", "expired") or not self.date_end:
            return {}
        child, order = self._renewed_by(), self._renewal_order()
        open_order = order if order.state == "sent" and not order.is_expired else order.browse()
        may_ask = not child and self._may_ask_renewal()
        waits = self.renewal_policy != "none" and self.state != "expired" and not child
        if not (child or open_order or may_ask or waits or self.lapse_reason_id):
            return {}
        ahead = waits and not order and self.date_renewal > self.company_id._aftersales_today()
        quotation = (open_order.name, address_online(open_order, user)) if open_order else None
        return {
            "child": child and (child.name, child._address_online(user)),
            "order": quotation or (not child and self._renewal_online(user)) or None,
            "lapsed": not child and self.lapse_reason_id.name,
            "due": ahead and day_in_words(self.env, self.date_renewal),
            "goes_on": order and order._aftersales_goes_on_told(),
            "last_day": day_in_words(self.env, self._last_day()),
            "may_ask": may_ask,
            "may_refuse": not self.lapse_reason_id and self._may_refuse(),
        }

    def _may_refuse(self):
        """Tell whether the customer may say by now that no contract follows; not while paying."""
        return not self._renewal_error() and not any(
            order._aftersales_is_being_paid() for order in self._renewal_order()
        )

    def _address_online(self, user):
        """Return where the page of the contract is, if it opens there for ``user``."""
        return self.access_url if self._is_open_to(user) else False

    def _may_consent_online(self):
        """Tell whether a consent could still lead to that: the customer can be told in time."""
        self.ensure_one()
        if not self._takes_consent() or not self.date_end or self._too_late_to_announce():
            return False
        return not self._unreachable(self.partner_id)

    def _consent_facts_online(self):
        """Return what a customer is told who decides that the contract goes on by itself; or None.

        When it does, how long, and what it costs at most: the renewal discount is taken off that.
        """
        self.ensure_one()
        given = self.renewal_consent == "given"
        if not (given and self._takes_consent() or self._may_consent_online()):
            return None
        if not self.date_end or self.lapse_reason_id:
            return None
        product = self._find_renewal_product()
        if not product:
            return None
        order = self._renewal_order() or self._imagined_renewal_order()
        price = self._renewal_price(product, order, discounted=False)["price_unit"]
        if price is None:
            return None  # nobody agrees to a price that is not known
        return {
            "given": given,
            "since": day_in_words(self.env, self.renewal_consent_date),
            "first_day": self._goes_on_from(),
            "last_day": day_in_words(self.env, self._last_day()),
            "told_on": day_in_words(self.env, self.date_renewal),
            "months": self.plan_id.duration_months,
            "price": order.currency_id.round(price),
            "currency": order.currency_id,
        }

    def _leaving_online(self):
        """Return the last day of who leaves now, as customers read it."""
        return day_in_words(self.env, self.company_id._aftersales_today())

    # --- What customers decide -----------------------------------------------------------------

    def _refuse_renewal_online(self, reason, customer, note):
        """Note why ``customer`` does not renew; return whether it could be said any more."""
        self.ensure_one()
        if not self._may_refuse():
            return False
        if self.lapse_reason_id == reason:
            return True  # clicked twice
        said = self.env._(
            "Said online by %(customer)s. %(note)s", customer=customer.name, note=note
        )
        self.with_user(SUPERUSER_ID)._not_renewing(reason, said.strip())
        return True

    def _leave_online(self, reason, customer, note, amount):
        """End a contract that went on by itself; return the key of what the page says.

        :param amount: the refund the customer read
        """
        self.ensure_one()
        today = self.company_id._aftersales_today()
        if not self._may_leave():
            left = self.renewed_by_itself and self.state == "cancelled"
            return "left" if left and self.date_closed == today else "leave_closed"  # clicked twice
        if amount != str(self._refund_due(today, reason)):
            return "leave_changed"
        try:
            with self.env.cr.savepoint():
                self.with_user(SUPERUSER_ID)._leave(reason, customer, note)
        except UserError:
            return "leave_failed"
        return "left"
