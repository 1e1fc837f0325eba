# SPDX-License-Identifier: LGPL-3.0-or-later
def migrate(cr, version):
    """Drop the index that another one begins with; every new row paid for both."""
    cr.execute("DROP INDEX IF EXISTS aftersales_commission__referrer_id_index")
