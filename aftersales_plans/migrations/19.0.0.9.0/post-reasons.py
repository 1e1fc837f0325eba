# SPDX-License-Identifier: LGPL-3.0-or-later
def migrate(cr, version):
    """Offer "Not paid" to no customer as a reason to leave: its data file is not read again."""
    cr.execute(
        """
        UPDATE aftersales_close_reason reason
           SET online = FALSE
          FROM ir_model_data data
         WHERE data.module = 'aftersales_plans'
           AND data.name = 'close_reason_unpaid'
           AND data.res_id = reason.id
        """
    )
