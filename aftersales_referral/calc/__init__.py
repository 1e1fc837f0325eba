# SPDX-License-Identifier: LGPL-3.0-or-later
"""Pure arithmetic of referral rewards: documents in, amounts out.

Imports nothing from Odoo, never asks for today. Amounts are exact fractions until the one
rounding at the ledger row.
"""
