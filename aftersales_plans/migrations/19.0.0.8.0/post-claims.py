# SPDX-License-Identifier: LGPL-3.0-or-later
def migrate(cr, version):
    """Note on unsettled claims whose customer wrote last, without an answer, that they wait."""
    cr.execute(
        """
        UPDATE aftersales_claim waiting
           SET date_asked = last.date
          FROM aftersales_claim claim
          JOIN res_partner customer ON customer.id = claim.partner_id
          JOIN LATERAL (
                   SELECT message.date, message.author_id, message.message_type
                     FROM mail_message message
                LEFT JOIN mail_message_subtype subtype ON subtype.id = message.subtype_id
                    WHERE message.model = 'aftersales.claim'
                      AND message.res_id = claim.id
                      AND message.message_type IN ('comment', 'email', 'email_outgoing')
                      AND message.is_internal IS NOT TRUE
                      AND subtype.internal IS NOT TRUE
                 ORDER BY message.id DESC
                    LIMIT 1
               ) last ON TRUE
     LEFT JOIN res_partner author ON author.id = last.author_id
         WHERE claim.id = waiting.id
           AND claim.state IN ('draft', 'submitted', 'approved')
           AND (
                   author.commercial_partner_id = customer.commercial_partner_id
                OR author.id IS NULL AND last.message_type = 'email'
               )
        """
    )
