# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

# As an index has it: cards that fit are never looked at.
WRONG_KEY = "key IS DISTINCT FROM commercial_partner_id::text || '/' || company_id::text"


class AftersalesCustomer(models.Model):
    """One card stays where contacts become one customer: merged, or put under a company."""

    _inherit = "aftersales.customer"

    _wrong_key_idx = models.Index(f"(company_id) WHERE {WRONG_KEY}")

    def _compute_is_base(self):
        """Leave out cards that are about to be joined: nobody counts twice until then (32)."""
        result = super()._compute_is_base()
        wrong = self.filtered(lambda card: card.partner_id != card.commercial_partner_id)
        if wrong:
            counted = self.search(Domain("id", "in", wrong.ids) & self._domain_counted_once())
            (wrong - counted).is_base = False
        return result

    def _search_is_base(self, operator, value):
        found = super()._search_is_base(operator, value)
        if found is NotImplemented or True not in value:
            return found
        return found & self._domain_counted_once()

    @api.model
    def _domain_counted_once(self):
        """Return the domain that has one card of each customer: the one that will stay."""
        return Domain.custom(
            to_sql=lambda _model, alias, _query: SQL(
                """(%(key)s = %(right)s OR NOT EXISTS (
                    SELECT 1 FROM aftersales_customer other
                     WHERE other.commercial_partner_id = %(owner)s
                       AND other.company_id = %(company)s
                       AND (other.key = %(right)s OR other.id < %(id)s)
                ))""",
                id=SQL.identifier(alias, "id"),
                key=SQL.identifier(alias, "key"),
                owner=SQL.identifier(alias, "commercial_partner_id"),
                company=SQL.identifier(alias, "company_id"),
                right=SQL(
                    "%s::text || '/' || %s::text",
                    SQL.identifier(alias, "commercial_partner_id"),
                    SQL.identifier(alias, "company_id"),
                ),
            ),
        )

    @api.model
    def _join_doubles(self, company):
        """Join the cards of ``company`` whose key is not that of their customer (any more)."""
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                "SELECT id FROM aftersales_customer WHERE company_id = %s AND %s",
                company.id,
                SQL(WRONG_KEY),
            )
        )
        self.browse(card_id for (card_id,) in rows)._join()

    def _join(self):
        """Give each card to its commercial partner, joined with the one that is there already."""
        for card in self:
            if not card.exists():
                continue  # went into another one just now
            owner = card.partner_id.commercial_partner_id
            there = self._of(owner, card.company_id) - card
            if there:
                there[:1]._absorb(card | there[1:])
            else:
                card.write({"partner_id": owner.id, "key": f"{owner.id}/{card.company_id.id}"})

    def _absorb(self, cards):
        """Take over the later days and all that hangs on ``cards``, which go."""
        self.ensure_one()
        days = ("last_contact", "last_order", "date_lost", "date_returned", "checked_on")
        vals = {day: max(filter(None, (self | cards).mapped(day)), default=False) for day in days}
        self._drop_double_checks(cards)
        merge = self.env["base.partner.merge.automatic.wizard"]
        merge._update_foreign_keys_generic(self._name, cards, self)
        merge._update_reference_fields_generic(self._name, cards, self)
        self.env.invalidate_all()
        cards.unlink()
        owner = self.partner_id.commercial_partner_id
        self.write({**vals, "key": f"{owner.id}/{self.company_id.id}", "partner_id": owner.id})
        self._follow_stage()

    def _drop_double_checks(self, cards):
        """Leave one open check: nobody calls the customer twice on the same matter (54)."""
        Followup = self.env["aftersales.followup"]
        among = Domain("customer_id", "in", (self | cards).ids) & Domain("state", "=", "open")
        doubles = Followup.search(among, order="date_due, id")[1:]
        doubles._drop(self.env._("Asked about with another card of this customer"))
