# SPDX-License-Identifier: AGPL-3.0-or-later
from odoo import models
from odoo.exceptions import UserError


class FsmOrder(models.Model):
    """Parts leave the van when a visit is completed and return when it is reopened (43, 55)."""

    _inherit = "fsm.order"

    def _on_completed(self):
        """Take what was used out of stock, one transfer per visit."""
        result = super()._on_completed()
        for visit in self.sudo():  # stock follows from the visit, which was writable
            visit._issue_parts()
        return result

    def _on_reopened(self):
        """Bring what was used back, so that completing anew takes what was really used."""
        result = super()._on_reopened()
        for visit in self.sudo():  # as in _on_completed
            visit._bring_back(visit.part_ids.move_ids)
        return result

    def _issue_parts(self):
        """Take the parts that have not left yet from the van; twice-safe, runs as superuser.

        :raises UserError: tracked goods without a lot
        """
        self.ensure_one()
        parts = self.part_ids.filtered(lambda part: part._goes_out() and not part._quantity_out())
        parts._check_lots()
        measured = self._measure_parts()  # once more: the van may have changed since
        for part in parts:
            above, lacking = measured[part]
            part.write(
                {"above_usual": above, "lacking": lacking, "is_excess": bool(above or lacking)}
            )
        if parts:
            self._use_goods([part._prepare_move() for part in parts])


class AftersalesVisitPart(models.Model):
    """What becomes of a part in stock."""

    _inherit = "aftersales.visit.part"

    def _goes_out(self):
        """Tell whether the part is used at a visit that ends as this one did."""
        return not self.is_gift or self.visit_id.outcome == "done"

    def _quantity_out(self):
        """Return how much left and did not come back, in the unit of the part."""
        done = self.move_ids.filtered(lambda move: move.state == "done")
        return sum(move._aftersales_kept() for move in done)

    def _check_lots(self):
        """Raise where tracked goods name no lot.

        :raises UserError: naming goods and visit
        """
        for part in self:
            if part.product_id.tracking != "none" and not part.lot_id:
                raise UserError(
                    self.env._(
                        "%(visit)s: enter the lot or serial number of %(product)s on the Parts "
                        "page.",
                        visit=part.visit_id.name,
                        product=part.product_id.display_name,
                    )
                )

    def _prepare_move(self):
        self.ensure_one()
        return {
            "product_id": self.product_id.id,
            "product_uom": self.uom_id.id,
            "product_uom_qty": self.quantity,
            "aftersales_visit_part_id": self.id,
            "lot_id": self.lot_id.id,
        }

    def _costs(self):
        """Return {part: what it cost}, company currency, less what came back.

        Takes a number of queries that does not depend on how many parts there are.
        """
        done = self.move_ids.filtered(lambda move: move.state == "done")
        back = done.returned_move_ids.filtered(lambda move: move.state == "done")
        costs = dict.fromkeys(self, 0.0)
        for moves, sign in ((done, 1), (back, -1)):
            for move in moves:
                out = move if sign > 0 else move.origin_returned_move_id
                costs[out.aftersales_visit_part_id] += sign * abs(move.value)
        return costs


class AftersalesContract(models.Model):
    """What a refund counts as used of the parts of visits (requirement 89)."""

    _inherit = "aftersales.contract"

    def _used_value(self):
        """Add what was used at visits; no gifts, nobody is charged for one, and nothing sold."""
        parts = self.env["aftersales.visit.part"].sudo()  # as for parts of claims: a cost only
        used = parts.search([("contract_id", "=", self.id), ("is_gift", "=", False)])
        used = used.filtered(lambda part: not part._is_charged())
        return super()._used_value() + sum(used._costs().values())
