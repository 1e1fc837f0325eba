# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import api, fields, models
from odoo.fields import NO_ACCESS
from odoo.tools import SQL


class ResPartner(models.Model):
    """Tells of which kinds a customer has records of ours at all: of most contacts there are none.

    One query answers for all figures on the contact; only for what it finds they are worked out,
    by what the reader may see. Contacts of one company, and companies below it, answer as one.
    """

    _inherit = "res.partner"

    aftersales_traces = fields.Json(
        compute="_compute_aftersales_traces",
        compute_sudo=True,
        groups=NO_ACCESS,
        help="Names of the kinds: of figures that need not be worked out where they miss.",
    )

    def _compute_aftersales_traces(self):
        heads = {partner: partner.commercial_partner_id._origin.id for partner in self}
        found = self._aftersales_read_traces({head for head in heads.values() if head})
        for partner, head in heads.items():
            partner.aftersales_traces = found.get(head, [])

    @api.model
    def _aftersales_read_traces(self, heads):
        """Return {id of a head: names of the kinds of which its family has records}.

        :param heads: ids of partners; the family of each is all contacts below it, archived too
        """
        return dict(self.env.execute_query(self._aftersales_traces_query(heads))) if heads else {}

    @api.model
    def _aftersales_traces_query(self, heads):
        """Return the query of heads and kinds.

        Each contact is looked up by itself, by an index. Of many at once PostgreSQL would expect
        families so large that it read whole tables, or compiled the query first: ``OFFSET 0``
        keeps it from the one; arrays, of whose length it assumes little, from the other.
        """
        kinds = SQL(" UNION ALL ").join(
            SQL("SELECT head, %s AS kind FROM family WHERE EXISTS (%s OFFSET 0)", kind, source)
            for kind, source in self._aftersales_trace_sources()
        )
        return SQL(
            """
            WITH RECURSIVE tree AS (
                SELECT head, head AS id FROM unnest((SELECT %(heads)s)) AS head
                 UNION
                SELECT tree.head, child.id
                  FROM tree
                 CROSS JOIN LATERAL (
                           SELECT id FROM res_partner WHERE parent_id = tree.id OFFSET 0
                       ) AS child
            ), family AS (
                SELECT head, id
                  FROM unnest(ARRAY(SELECT head FROM tree), ARRAY(SELECT id FROM tree))
                       AS known (head, id)
            )
            SELECT head, ARRAY_AGG(DISTINCT kind) FROM (%(kinds)s) AS found GROUP BY head
            """,
            heads=list(heads),
            kinds=kinds,
            to_flush=self._fields["parent_id"],
        )

    @api.model
    def _aftersales_trace_sources(self):
        """Return [(name of a kind, SELECT of its rows of the contact ``family.id``)].

        A kind is a model; one may have several sources. Each needs an index.
        """
        return [
            self._aftersales_trace("aftersales.contract", "partner_id"),
            self._aftersales_trace("aftersales.asset", "partner_id"),
            self._aftersales_trace("aftersales.claim", "partner_id"),
            self._aftersales_trace("aftersales.followup", "partner_id"),
            self._aftersales_trace("aftersales.volume.deal", "partner_id"),
            self._aftersales_trace("aftersales.feedback", "commercial_partner_id"),
            self._aftersales_trace("aftersales.customer", "partner_id"),
            *self._aftersales_obligation_sources(),
        ]

    @api.model
    def _aftersales_obligation_sources(self):
        """Return where obligations that are counted come from: goods of a plan, and claims.

        A contract may have followed its goods to another customer than ordered it.
        """
        contract, order = (self.env[name]._fields for name in ("aftersales.contract", "sale.order"))
        sold = SQL(
            """SELECT FROM sale_order sold
                 JOIN aftersales_contract contract ON contract.sale_order_id = sold.id
                WHERE sold.partner_id = family.id""",
            to_flush=(contract["sale_order_id"], order["partner_id"]),
        )
        return [
            ("aftersales.obligation", sold),
            self._aftersales_trace("aftersales.claim", "partner_id", "aftersales.obligation"),
        ]

    @api.model
    def _aftersales_trace(self, model, field, kind=None):
        """Return the source of the records of ``model`` whose ``field`` is the contact."""
        records = self.env[model]
        return (
            kind or model,
            SQL(
                "SELECT FROM %s WHERE %s = family.id",
                SQL.identifier(records._table),
                SQL.identifier(records._table, field, to_flush=records._fields[field]),
            ),
        )

    def _aftersales_with(self, kind):
        """Return those of these contacts of whose family there are records of a kind."""
        # sudo: whether there are any, to leave out what would be read in vain
        return self.filtered(lambda partner: kind in (partner.sudo().aftersales_traces or ()))
