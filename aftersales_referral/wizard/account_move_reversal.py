# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import models

from ..models.store_credit_document import BY_CORE, COPYING


class AccountMoveReversal(models.TransientModel):
    """The invoice that replaces a reversed one deducts the credit again."""

    _inherit = "account.move.reversal"

    def reverse_moves(self, is_modify=False):
        """Let the copy know the cards of what it replaces."""
        copying = self.with_context(**{COPYING: BY_CORE})
        return super(AccountMoveReversal, copying).reverse_moves(is_modify=is_modify)
