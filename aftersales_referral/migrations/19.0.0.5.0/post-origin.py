# SPDX-License-Identifier: LGPL-3.0-or-later
def migrate(cr, version):
    """Bring old referrals to what those made from now on have: their quotation, and their day."""
    cr.execute(
        """
        UPDATE aftersales_referral referral
           SET origin_order_id = first.id
          FROM (SELECT referral_id, min(id) AS id FROM sale_order GROUP BY referral_id) first
         WHERE first.referral_id = referral.id
           AND referral.origin_order_id IS NULL
           AND referral.source = 'salesperson'
           AND referral.state = 'registered'
        """
    )
    # the new column begins with today, which would keep unconsented contacts longer
    cr.execute("UPDATE aftersales_referral SET named_on = date WHERE named_on > date")
