# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import api, fields, models
from odoo.exceptions import UserError

from .linked_records import open_action


class AftersalesClaim(models.Model):
    """A unit lent to the customer while a repair lasts (requirements 44, 49)."""

    _inherit = "aftersales.claim"

    loan_out = fields.Boolean(
        compute="_compute_loan_out",
        store=True,
        compute_sudo=True,
        help="The customer has a unit of ours.",
    )
    loan_label = fields.Char(string="Lent", compute="_compute_loan_label", compute_sudo=True)

    @api.depends("move_ids.state", "move_ids.aftersales_step")
    def _compute_loan_out(self):
        for claim in self:
            claim.loan_out = bool(claim._lent("done"))

    @api.depends("loan_out", "move_ids.state", "move_ids.aftersales_step")
    def _compute_loan_label(self):
        for claim in self:
            claim.loan_label = ", ".join(
                f"{quantity:g} × {product.display_name}" + (f" ({lot.name})" if lot else "")
                for (product, lot, _source), quantity in claim._lent("done").items()
            )

    def _lent(self, state):
        """Return {(product, lot, location it came from): quantity} that customers have of ours.

        :param state: ``done`` counts what came back, ``planned`` also what is on its way
        """
        place, lent = self.company_id.aftersales_lent_location_id, {}
        for move in self.move_ids:
            if move.aftersales_step not in ("loan", "loan_return") or move.state == "cancel":
                continue
            goes_out = move.location_dest_id == place
            if move.state == "done" or (state == "planned" and not goes_out):
                shelf = move.location_id if goes_out else move.location_dest_id
                for lot, quantity in move._aftersales_quantities().items():
                    key = (move.product_id, lot, shelf)
                    lent[key] = lent.get(key, 0.0) + (quantity if goes_out else -quantity)
        return {
            key: quantity
            for key, quantity in lent.items()
            if key[0].uom_id.compare(quantity, 0) > 0
        }

    def action_lend(self):
        """Ask what to lend."""
        self.ensure_one()
        action = "aftersales_plans.aftersales_claim_lend_action"
        return open_action(self.env, action, default_claim_id=self.id)

    def _lend(self, product, quantity, lot):
        """Plan the transfer of a unit to the customer, preferably of second grade.

        :raises UserError: the claim is not under way, or no unit is free
        :return: the transfer
        """
        self.check_access("write")
        if self.state not in ("submitted", "approved"):
            raise UserError(
                self.env._(
                    "Claim %s is not under way: submit or approve it before you lend a unit.",
                    self.name,
                )
            )
        source = self._loan_source(product, quantity, lot)
        if not source:
            raise UserError(
                self.env._(
                    "No %(quantity)g × %(product)s is free to be lent, neither of second grade "
                    "nor in %(warehouse)s.",
                    quantity=quantity,
                    product=product.display_name,
                    warehouse=self.warehouse_id.sudo().name,  # its name only
                )
            )
        good = self._prepare_good(product, quantity, lot)
        lent = self.company_id.aftersales_lent_location_id
        return self._transfer("int_type_id", "loan", [good], source, lent)

    def _loan_source(self, product, quantity, lot):
        """Return where a unit is free: in the second-grade pool, else on the shelf."""
        quants = self.env["stock.quant"].sudo()  # only whether something is there
        places = (
            self.company_id.aftersales_second_grade_location_id
            | self.sudo().warehouse_id.lot_stock_id
        )
        for place in places:
            free = quants._get_available_quantity(product, place, lot_id=lot or None)
            if product.uom_id.compare(free, quantity) >= 0:
                return place
        return places.browse()

    def action_take_back(self):
        """Plan the return of everything that is lent.

        :raises UserError: nothing is out
        """
        self.check_access("write")
        for claim in self:
            lent = claim.sudo()._lent("planned")  # checked above
            if not lent:
                raise UserError(
                    self.env._(
                        "Claim %s: nothing is lent, or it is on its way back already.", claim.name
                    )
                )
            for source in {place for _product, _lot, place in lent}:
                goods = [
                    claim._prepare_good(product, quantity, lot)
                    for (product, lot, place), quantity in lent.items()
                    if place == source
                ]
                out = claim.company_id.aftersales_lent_location_id
                claim._transfer("int_type_id", "loan_return", goods, out, source)

    def _warn_of_loan(self):
        """Remind whoever is responsible that the customer still has a unit of ours."""
        for claim in self.filtered("loan_out"):
            # never who happened to click: a storekeeper, or the customer who accepted
            for user in claim._escalation_users():
                claim.activity_schedule(
                    "mail.mail_activity_data_todo",
                    summary=self.env._("Take back: %s", claim.loan_label),
                    user_id=user.id,
                )
