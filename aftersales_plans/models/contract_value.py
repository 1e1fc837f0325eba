from odoo import fields, models
from odoo.tools import SQL


class AftersalesContract(models.Model):
    """The value a contract has replaced so far, counted against its limit (design §3)."""

    _inherit = "aftersales.contract"  # pylint: disable=consider-merging-classes-inherited

    replaced_value = fields.Monetary(
        readonly=True, copy=False, help="List price of what the plan replaced or has promised to."
    )

    def _reserve_value(self, value):
        """Count ``value`` unless that exceeds the limit of the term; tell whether it did.

        An UPDATE of the row for the same reason as with entitlements: locks protect no count.
        """
        return not value or self._add_value(value)

    def _release_value(self, value):
        """Take back what was counted."""
        if value:
            self._add_value(-value)

    def _add_value(self, value):
        self.ensure_one()
        self.flush_recordset(["replaced_value", "term_value_limit"])
        rows = self.env.execute_query(
            SQL(
                """
                UPDATE aftersales_contract
                   SET replaced_value = COALESCE(replaced_value, 0) + %(value)s
                 WHERE id = %(id)s
                   AND (%(value)s < 0
                        OR COALESCE(term_value_limit, 0) = 0
                        OR COALESCE(replaced_value, 0) + %(value)s <= term_value_limit)
             RETURNING replaced_value
                """,
                value=value,
                id=self.id,
            )
        )
        self.invalidate_recordset(["replaced_value"])
        return bool(rows)
