# SPDX-License-Identifier: LGPL-3.0-or-later
def migrate(cr, version):
    """Ask for the tax status of those who only ever had the old default.

    Kept where anything says that somebody looked at it: another value, an agreement, a payout.
    """
    cr.execute(
        """
        UPDATE res_partner partner
           SET referral_tax_status = NULL
         WHERE referral_tax_status = 'individual'
           AND referral_self_billing_date IS NULL
           AND NOT EXISTS (SELECT 1
                             FROM aftersales_payout payout
                             JOIN res_partner paid ON paid.id = payout.referrer_id
                            WHERE payout.state = 'posted'
                              AND partner.id IN (paid.id, paid.commercial_partner_id))
        """
    )
    # Numbers of their own for every referrer, where no bill has a number yet.
    cr.execute(
        """
        UPDATE account_journal journal
           SET is_self_billing = TRUE
          FROM res_company company
         WHERE company.aftersales_self_billing_journal_id = journal.id
           AND NOT EXISTS (SELECT 1 FROM account_move WHERE journal_id = journal.id)
        """
    )
