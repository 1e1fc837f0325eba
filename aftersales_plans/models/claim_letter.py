from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from .claim_owner import UNSETTLED_STATES


class AftersalesClaim(models.Model):
    """Whose turn it is to write: the customer's last words wait for an answer (design §8)."""

    _inherit = "aftersales.claim"

    customer_wrote_last = fields.Boolean(
        compute="_compute_customer_wrote_last",
        search="_search_customer_wrote_last",
        help="The claim is not settled, and its last message is from the customer.",
    )

    def _compute_customer_wrote_last(self):
        waiting = self.browse(self._ids_of_letters(self.ids)) if self.ids else self
        for claim in self:
            claim.customer_wrote_last = claim in waiting

    def _search_customer_wrote_last(self, operator, value):
        if operator != "in":
            return NotImplemented
        waiting = Domain("id", "in", self._ids_of_letters())
        return waiting if True in value else ~waiting

    def _ids_of_letters(self, among=None):
        """Return the ids of unsettled claims whose last message is the customer's.

        :param among: ids; all claims if not given
        """
        self.env["mail.message"].flush_model(["author_id", "message_type", "model", "res_id"])
        self.flush_model(["partner_id", "state"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT claim.id
                  FROM aftersales_claim claim
                  JOIN res_partner customer ON customer.id = claim.partner_id
                  JOIN LATERAL (
                           SELECT message.author_id
                             FROM mail_message message
                            WHERE message.model = 'aftersales.claim'
                              AND message.res_id = claim.id
                              AND message.message_type IN ('comment', 'email', 'email_outgoing')
                            ORDER BY message.id DESC
                            LIMIT 1
                       ) AS last ON TRUE
                  LEFT JOIN res_partner author ON author.id = last.author_id
                 WHERE claim.state IN %(unsettled)s
                   AND (
                           author.commercial_partner_id = customer.commercial_partner_id
                        OR author.id IS NULL  -- a letter from an address nobody knows
                       )
                   %(among)s
                """,
                unsettled=UNSETTLED_STATES,
                among=SQL("AND claim.id IN %s", tuple(among)) if among else SQL(),
            )
        )
        return [claim_id for (claim_id,) in rows]
