# SPDX-License-Identifier: LGPL-3.0-or-later
import ipaddress
import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import hmac

_logger = logging.getLogger(__name__)
# What is counted: (how many forms, within how many hours)
LIMITS = {"address": (10, 1), "code": (40, 24)}
IPV6_NETWORK = 64  # bits: one household has all addresses of such a network


class AftersalesReferralThrottle(models.TransientModel):  # pylint: disable=no-wizard-in-models
    """One form sent from one address, or for one code: too many at once are ignored (8).

    Neither address nor code is kept, only what they hash to with the database's secret, and that
    for a day. Rows are only added, so that two forms at once never wait for one another.
    """

    _name = "aftersales.referral.throttle"
    _description = "Referral form throttle"
    _transient_max_hours = 24.0

    key = fields.Char(required=True)

    _key_create_date_idx = models.Index("(key, create_date)")

    @api.model
    def _let_in(self, address, code):
        """Count a form and return whether it may go on.

        :param address: IP address of the sender
        :param code: the code as typed, known or not
        """
        keys = {"address": self._key("address", self._network(address))}
        keys["code"] = self._key("code", code)
        if any(self._is_full(key, *LIMITS[kind]) for kind, key in keys.items()):
            _logger.info("Referral form from %s ignored: too many at once.", address)
            return False
        self.create([{"key": key} for key in keys.values()])
        return True

    def _is_full(self, key, limit, hours):
        since = self.env.cr.now() - timedelta(hours=hours)  # the clock of create_date
        domain = [("key", "=", key), ("create_date", ">=", since)]
        return self.search_count(domain, limit=limit) >= limit

    def _key(self, kind, value):
        return hmac(self.env(su=True), self._name, f"{kind}:{value}")  # reads the database's secret

    def _network(self, address):
        """Return the address, of IPv6 the network one household has; any text if it is none."""
        try:
            parsed = ipaddress.ip_address(address)
        except ValueError:
            return address
        if parsed.version == 6:
            return str(ipaddress.ip_network((parsed, IPV6_NETWORK), strict=False))
        return str(parsed)
