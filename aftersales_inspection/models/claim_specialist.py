# SPDX-License-Identifier: AGPL-3.0-or-later
from odoo import api, fields, models
from odoo.tools import plaintext2html

from odoo.addons.aftersales_plans.models.linked_records import open_records


class AftersalesClaim(models.Model):
    """A specialist goes to the site and fits what the claim ships (requirement 12)."""

    _inherit = "aftersales.claim"

    specialist_order_ids = fields.One2many(
        "fsm.order", "claim_id", string="Specialist", readonly=True
    )
    specialist_count = fields.Integer(compute="_compute_specialist_count", compute_sudo=True)

    @api.depends("specialist_order_ids")
    def _compute_specialist_count(self):
        for claim in self:
            claim.specialist_count = len(claim.specialist_order_ids)

    def _send_specialist(self):
        """Put the repair on the field-service board, for a dispatcher to place."""
        result = super()._send_specialist()
        # approving was checked, and a repair follows from it
        planner = self.env["aftersales.visit.planner"].sudo().with_company(self.company_id)
        claim = self.sudo()
        location = planner.env["fsm.location"]._of_sites(claim)[claim.site_id]
        claim.env["fsm.order"].create(planner._prepare_repair(claim, location))
        return result

    def _has_work_left(self):
        """Wait for the repairs nobody has finished."""
        orders = self.specialist_order_ids
        return super()._has_work_left() or any(not order.is_closed for order in orders)

    def _recall_specialist(self):
        """Cancel the repairs nobody has finished."""
        result = super()._recall_specialist()
        orders = self.sudo().specialist_order_ids  # whoever withdraws the claim may recall them
        orders.filtered(lambda order: not order.is_closed).action_cancel()
        return result

    def _propose_hours(self):
        """Note how long the repairs took where nobody entered hours; say what no quotation has."""
        for claim in self.filtered(lambda c: c.state == "approved" and not c.labour_hours):
            orders = claim.specialist_order_ids
            hours = sum((orders - orders._cancelled()).mapped("duration"))
            if not 0 < hours <= 9999:
                continue
            charges = len(claim._prepare_charges())
            claim.labour_hours = hours
            if len(claim._prepare_charges()) > charges:
                claim._message_log(
                    body=self.env._(
                        "The repair took %(hours).2f hours. The customer pays for work, but no "
                        "quotation has it: add it to one.",
                        hours=hours,
                    )
                )

    def action_open_specialist(self):
        """Open the repairs of this claim."""
        self.ensure_one()
        return open_records(self.specialist_order_ids, "fieldservice.action_fsm_operation_order")


class AftersalesVisitPlanner(models.AbstractModel):
    """How a repair is entered: as a visit, but without window and number."""

    _inherit = "aftersales.visit.planner"

    @api.model
    def _prepare_repair(self, claim, location):
        """Return the order that sends a specialist for ``claim``, in the claim's company."""
        local = self.with_context(lang=claim.partner_id.lang)  # customers name it when they call
        return {
            **self._defaults(),
            "name": local.env._(
                "Repair %(claim)s · %(customer)s", claim=claim.name, customer=claim.partner_id.name
            ),
            "type": self.env.ref("aftersales_inspection.fsm_order_type_repair").id,
            **self._prepare_place(claim, location),
            "claim_id": claim.id,
            "description": plaintext2html(claim.description or ""),
        }


class FsmOrder(models.Model):
    """A repair knows the claim it settles."""

    _inherit = "fsm.order"
    _guarded = frozenset({"claim_id"})  # only an approval sends somebody

    claim_id = fields.Many2one(
        "aftersales.claim", string="Repairs", readonly=True, copy=False, index="btree_not_null"
    )

    def _on_closed(self):
        """Settle the claim whose repair is over."""
        result = super()._on_closed()
        claims = self.sudo().claim_id  # follows from the repair, whoever closed it
        claims._propose_hours()
        claims._finish()
        return result

    def action_open_repaired_claim(self):
        """Open the claim this repair settles."""
        self.ensure_one()
        return self.claim_id.get_formview_action()
