def migrate(cr, version):
    """Let open quotations change the referrals they registered, as those made from now on."""
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
