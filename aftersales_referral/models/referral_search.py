# SPDX-License-Identifier: LGPL-3.0-or-later
import re

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from .referral_identity import MIN_PHONE_DIGITS, PHONE_DIGITS

FOUND_BY_PHONE = 100  # more people never share a number
PHONE = re.compile(r"[\d\s()+./-]+")


class ResPartner(models.Model):
    """The field "Referred by" finds people by code, name or phone, those who earn rewards first.

    Only fields that ask for it by ``referral_search`` in their context search like this.
    """

    _inherit = "res.partner"

    # people are told apart by the last digits, whatever stands between them
    _referral_phone_idx = models.Index(
        r"(reverse(regexp_replace(phone, '\D', '', 'g')) text_pattern_ops) WHERE phone IS NOT NULL"
    )

    @api.model
    def _search_display_name(self, operator, value):
        """Find by referral code and phone number too."""
        domain = super()._search_display_name(operator, value)
        if operator != "ilike" or not value or not self.env.context.get("referral_search"):
            return domain
        # a code is made to be told: whose it is may be known to whoever may read that partner
        code = self.env["aftersales.referral.code"].sudo()._find(value)
        return Domain(domain) | Domain("id", "in", code.partner_id.ids + self._ids_by_phone(value))

    @api.model
    @api.readonly
    def name_search(self, name="", domain=None, operator="ilike", limit=100):
        """List those first whose contract rewards referrals now."""
        if not self.env.context.get("referral_search"):
            return super().name_search(name, domain, operator, limit)
        domain = Domain(domain or Domain.TRUE)
        first = super().name_search(name, domain & self._earns_rewards(), operator, limit)
        if limit and len(first) >= limit:
            return first
        others = domain & Domain("id", "not in", [partner_id for partner_id, _name in first])
        return first + super().name_search(name, others, operator, limit and limit - len(first))

    @api.model
    def _ids_by_phone(self, typed):
        """Return the ids of partners whose phone number ends like the one typed."""
        digits = re.sub(r"\D", "", typed or "").lstrip("0")[-PHONE_DIGITS:]
        if not PHONE.fullmatch(typed or "") or len(digits) < MIN_PHONE_DIGITS:
            return []
        self.flush_model(["phone"])
        rows = self.env.execute_query(
            SQL(
                r"""
                SELECT id FROM res_partner
                 WHERE phone IS NOT NULL
                   AND reverse(regexp_replace(phone, '\D', '', 'g')) LIKE %(digits)s
                 LIMIT %(limit)s
                """,
                digits=f"{digits[::-1]}%",
                limit=FOUND_BY_PHONE,
            )
        )
        return [partner_id for (partner_id,) in rows]

    @api.model
    def _earns_rewards(self):
        """Return a domain of those who hold a contract that rewards referrals today.

        Their companies too, whose the reward is; colleagues are found after them.
        """
        company = self.env.company.sudo()  # its day, for whoever searches
        # who may refer is shown to whoever names a referrer, and nothing else of the contract
        contracts = (
            self.env["aftersales.contract"]
            .sudo()
            ._search(
                # a branch honours the contracts of the companies above it
                [*self._rewarding_domain(company), ("company_id", "in", company.parent_ids.ids)]
            )
        )
        holders = self.sudo()._search([("id", "in", contracts.subselect("partner_id"))])
        return Domain("id", "in", contracts.subselect("partner_id")) | Domain(
            "id", "in", holders.subselect("commercial_partner_id")
        )

    @api.model
    def _rewarding_domain(self, company=None):
        """Return which contracts reward referrals today."""
        today = (company or self.env.company)._aftersales_today()
        return [
            ("state", "=", "active"),
            ("date_start", "<=", today),
            ("date_end", ">=", today),
            ("referral_percent", ">", 0),
        ]
