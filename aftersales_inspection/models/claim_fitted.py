# SPDX-License-Identifier: AGPL-3.0-or-later
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import plaintext2html

FITTED_FACTS = {"asset_id", "product_id", "quantity", "claim_id"}


class AftersalesClaim(models.Model):
    """What a technician fitted at once is shipped from his van, and the claim approved.

    The van is right whatever becomes of the claim: the part is gone, so it leaves stock when the
    visit is completed. Where the technician may not approve, or the plan gives less than it did
    when he looked, the claim waits for the office with those lines marked; approving it then ships
    nothing twice, and the register follows at that moment.
    """

    _inherit = "aftersales.claim"

    has_fitted = fields.Boolean(compute="_compute_has_fitted")

    def _compute_has_fitted(self):
        for claim in self:
            claim.has_fitted = any(claim.line_ids.mapped("is_fitted"))

    def _settle_fitted(self):
        """Approve the claim of a visit as its user; else take the goods out and tell the office."""
        self.ensure_one()
        try:
            with self.env.cr.savepoint():
                self._as_user().action_approve()
                fitted = self.line_ids.filtered("is_fitted")
                fitted._check_given()
                fitted._take_from_van()  # what is charged; what is given went out already
        except UserError as error:
            self._leave_to_office(str(error))

    def _as_user(self):
        """Return the claim as its user has it, who completes the visit it comes from."""
        mine = self.sudo(False)
        # sudo: a dispatcher has no right on claims; the limits of approving are his all the same
        return mine if mine.has_access("write") else self.sudo()

    def _leave_to_office(self, reason):
        """Submit the claim with its goods out of the van, and say why to whoever decides."""
        self._as_user().action_submit()
        self.line_ids.filtered("is_fitted")._take_from_van()
        self.message_post(
            body=self.env._(
                "Goods were fitted at visit %(visit)s, and the claim could not be approved: "
                "%(reason)s",
                visit=self.visit_id.name,
                reason=reason,
            )
        )
        managers = self.env.ref("aftersales_plans.group_manager").all_user_ids
        for user in managers.filtered(self._is_visible_to):
            self.activity_schedule(
                "mail.mail_activity_data_todo",
                user_id=user.id,
                summary=self.env._("Decide: goods were fitted already"),
                note=plaintext2html(reason),
            )

    def _lines_at_hand(self):
        """Add what was fitted."""
        return super()._lines_at_hand() | self.line_ids.filtered("is_fitted")

    def _hand_over(self, lines):
        """Take what was fitted from the van; what left it before is registered now."""
        result = super()._hand_over(lines)
        fitted = lines.filtered("is_fitted").sudo()  # approving was checked
        earlier = fitted.move_ids.filtered(lambda move: move.state == "done")
        self.env["aftersales.asset"].sudo()._register_deliveries(earlier)  # as above
        fitted._take_from_van()
        return result

    def _may_be_told(self, step):
        """Write of no shipment where all that came was fitted: the visit's report says so."""
        fitted = self.line_ids.filtered("is_fitted").move_ids
        only_fitted = step == "done" and not self._delivered_moves() - fitted
        return not only_fitted and super()._may_be_told(step)

    def _quote(self, charges):
        """Say on the quotation what the customer has already."""
        result = super()._quote(charges)
        fitted = self.line_ids.filtered(
            lambda line: line.is_fitted and line.billing_type == "billable"
        )
        order = self.sudo().sale_order_id  # follows from the approval
        self.sudo().visit_id._note_fitted(order, fitted.product_id)  # as above
        return result


class AftersalesClaimLine(models.Model):
    """Goods a technician fitted at the visit that found them broken."""

    _inherit = "aftersales.claim.line"
    _guarded = frozenset({"is_fitted", "fitted_lot_id"})

    is_fitted = fields.Boolean(
        string="Fitted at the Visit",
        readonly=True,
        copy=False,
        help="The customer has it already: taken from the technician's van.",
    )
    fitted_lot_id = fields.Many2one(
        "stock.lot", string="Lot/Serial Fitted", readonly=True, copy=False, ondelete="restrict"
    )

    def write(self, vals):
        """Keep what was fitted as it was; the office decides who pays for it."""
        if not FITTED_FACTS.isdisjoint(vals):
            self._refuse_fitted()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_not_fitted(self):
        self._refuse_fitted()

    def _refuse_fitted(self):
        if self.env.su:
            return
        # only whether it left the van
        for line in self.filtered(lambda line: line.is_fitted and line.sudo().move_ids):
            raise UserError(
                self.env._(
                    "%s was fitted at the visit and left the van. Decide who pays, or reopen "
                    "the visit.",
                    line.product_id.display_name,
                )
            )

    def _check_given(self):
        """Raise where the customer has to be asked: a part is neither free nor agreed to be paid.

        :raises UserError: naming goods and reason
        """
        agreed = self.filtered(
            lambda line: (
                line.billing_type == "billable" and line.claim_id.contract_id._charges_parts()
            )
        )
        for line in self - self.claim_id._given_lines() - agreed:
            raise UserError(
                self.env._(
                    "%(goods)s: %(reason)s",
                    goods=line.product_id.display_name,
                    reason=line.decision_note,
                )
            )

    def _take_from_van(self):
        """Move the fitted goods that have not left yet out of the van, valued as service cost."""
        for claim, lines in self.grouped("claim_id").items():
            waiting = lines.filtered(lambda line: line._left_to_ship() > 0)
            if waiting:
                claim.visit_id._use_goods([line._prepare_fitted() for line in waiting])

    def _prepare_fitted(self):
        self.ensure_one()
        return {
            "product_id": self.product_id.id,
            "product_uom": self.product_id.uom_id.id,
            "product_uom_qty": self._left_to_ship(),
            "aftersales_claim_id": self.claim_id.id,
            "aftersales_claim_line_id": self.id,
            "lot_id": self.fitted_lot_id.id,
        }
