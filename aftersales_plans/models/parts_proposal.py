# SPDX-License-Identifier: LGPL-3.0-or-later
from math import ceil

from odoo import models
from odoo.exceptions import UserError

from ..calc.failure import DAYS_PER_MONTH
from ..calc.forecast import within
from .linked_records import open_dialog

PROPOSED_MONTHS = 2  # what an order brings on top of the minimum


class AftersalesPartsOutlook(models.Model):
    """What the forecast proposes to Odoo's reordering rules (requirement 13)."""

    _inherit = "aftersales.parts.outlook"

    def action_propose_rules(self):
        """Show the reordering rules these parts should have, beside those they have."""
        self._check_may_change_rules()
        fit = self.filtered(lambda outlook: not outlook._why_no_rule())
        if self and not fit:
            raise UserError("\n".join(outlook._why_no_rule() for outlook in self[:10]))
        left_out = [outlook._why_no_rule() for outlook in self - fit]
        return open_dialog(
            self.env._("Propose Reordering Rules"),
            "aftersales.parts.proposal",
            default_outlook_ids=fit.ids,
            default_note="\n".join(left_out) or False,
        )

    def _check_may_change_rules(self):
        """Raise where the user may not change reordering rules, naming who may.

        :raises UserError: in words
        """
        self.check_access("read")
        if self.env["stock.warehouse.orderpoint"].has_access("create"):
            return
        # sudo: who may is no secret to whoever works there
        group = self.env.ref("stock.group_stock_manager").sudo()
        people = group.all_user_ids.filtered(
            lambda user: user.active and not user.share and self.env.company in user.company_ids
        )
        raise UserError(
            self.env._(
                "Reordering rules are changed by who administers the inventory. Ask one of them to "
                "open this list: %s.",
                ", ".join(people[:5].mapped("name")) or self.env._("nobody has this role yet"),
            )
        )

    def _why_no_rule(self):
        """Return why no rule can be proposed, in words; else an empty text."""
        self.ensure_one()
        name = self.product_id.display_name
        if not self.product_id.active:
            return self.env._("%s is archived: use up what is there.", name)
        if not self.product_id.is_storable:
            return self.env._("%s: its stock is not tracked.", name)
        if not self.enough_data:
            return self.env._("%s: not enough data.", name)
        return ""

    def _proposed_quantities(self):
        """Return (minimum, maximum) of the rule: whole pieces, or steps of the product's unit.

        The least is likely the most that is used within lead time and a month; an order brings the
        mean of the next two months on top.
        """
        self.ensure_one()
        months = [(row.days, row.expected) for row in self.month_ids.sorted("month")]
        least = self._round_up(self.need)
        more = within(months, PROPOSED_MONTHS * DAYS_PER_MONTH)
        return least, self._round_up(least + more)

    def _round_up(self, quantity):
        """Return whole pieces of what is counted, else as many digits as the unit has."""
        piece = self.env.ref("uom.product_uom_unit", raise_if_not_found=False)
        if piece and self.uom_id._has_common_reference(piece):
            return float(ceil(round(quantity, 6)))
        return self.uom_id.round(quantity, rounding_method="UP")
