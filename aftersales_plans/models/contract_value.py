# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import fields, models
from odoo.tools import SQL


class AftersalesContract(models.Model):
    """The value a contract has replaced so far, counted against its limit (design §3)."""

    _inherit = "aftersales.contract"
    _guarded = frozenset({"replaced_value"})

    replaced_value = fields.Monetary(
        readonly=True, copy=False, help="List price of what the plan replaced or has promised to."
    )

    def _reserve_value(self, value, overruled=0.0):
        """Count what a claim replaces; tell whether the limit of the term allowed it.

        An UPDATE of the row for the same reason as with entitlements: locks protect no count.

        :param value: counted only within the limit
        :param overruled: what a manager gives whatever the limit says
        """
        return not (value or overruled) or self._add_value(value + overruled, bool(value))

    def _release_value(self, value):
        """Take back what was counted."""
        if value:
            self._add_value(-value, False)

    def _add_value(self, value, limited):
        self.ensure_one()
        self.flush_recordset(["replaced_value", "term_value_limit"])
        rows = self.env.execute_query(
            SQL(
                """
                UPDATE aftersales_contract
                   SET replaced_value = COALESCE(replaced_value, 0) + %(value)s
                 WHERE id = %(id)s
                   AND (NOT %(limited)s
                        OR COALESCE(term_value_limit, 0) = 0
                        OR COALESCE(replaced_value, 0) + %(value)s <= term_value_limit)
             RETURNING replaced_value
                """,
                value=value,
                limited=limited,
                id=self.id,
            )
        )
        self.invalidate_recordset(["replaced_value"])
        return bool(rows)
