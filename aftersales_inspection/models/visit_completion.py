from odoo import api, fields, models
from odoo.exceptions import UserError


class FsmOrder(models.Model):
    """How a visit ends (requirements 5, 6).

    Completing it needs a conclusion, uses the visit entitlement and opens one claim for everything
    to be replaced; reopening it takes that back.
    """

    _inherit = "fsm.order"  # pylint: disable=consider-merging-classes-inherited

    outcome = fields.Selection(
        [
            ("done", "Done"),
            ("no_access", "No access"),
            ("refused", "Refused by the customer"),
            ("not_found", "Site not found"),
        ],
        copy=False,
        help="Empty until the visit is over; completing it means Done.",
    )
    conclusion = fields.Selection(
        [("pass", "Everything in order"), ("remarks", "In order with remarks"), ("fail", "Failed")],
        copy=False,
        tracking=True,
    )
    conclusion_note = fields.Text(string="Conclusion in Words", copy=False)
    finding_ids = fields.One2many("aftersales.finding", "visit_id", string="Findings")
    claim_ids = fields.One2many("aftersales.claim", "visit_id", string="Claims", readonly=True)
    claim_count = fields.Integer(compute="_compute_claim_count")

    @api.depends("claim_ids")
    def _compute_claim_count(self):
        for order in self:
            order.claim_count = len(order.claim_ids)

    def write(self, vals):
        """Follow visits into and out of completion, whichever way their stage is changed."""
        if vals.get("scheduled_date_start"):
            unplaced = self.filtered("aftersales_unplaced_reason")
            unplaced.sudo().aftersales_unplaced_reason = False  # follows from the new date
        if "stage_id" not in vals:
            return super().write(vals)
        completed_before = self._completed_visits()
        result = super().write(vals)
        completed_now = self._completed_visits()
        (completed_now - completed_before)._on_completed()
        (completed_before - completed_now)._on_reopened()
        return result

    def action_complete(self):
        """Check what a visit needs before its stage moves."""
        visits = self._visits()
        visits.filtered(lambda visit: not visit.outcome).outcome = "done"
        visits._check_conclusion()
        return super().action_complete()

    def _completed_visits(self):
        cancelled = self.env.ref("fieldservice.fsm_stage_cancelled")
        return self._visits().filtered(
            lambda visit: visit.stage_id.is_closed and visit.stage_id != cancelled
        )

    def _check_conclusion(self):
        for visit in self:
            if visit.outcome == "done" and not visit.conclusion:
                raise UserError(
                    self.env._(
                        "%s cannot be completed without a conclusion: "
                        "say on the Inspection page whether everything is in order.",
                        visit.name,
                    )
                )

    def _on_completed(self):
        """Use the entitlement, note the actual times, and turn findings into claims."""
        self.filtered(lambda visit: not visit.outcome).outcome = "done"
        self._check_conclusion()
        now = fields.Datetime.now()
        for visit in self:
            visit.write(
                {
                    "date_start": min(visit.date_start or now, now),
                    "date_end": visit.date_end or now,
                }
            )
            hidden = visit.sudo()  # counters and assets follow from the visit, which was writable
            if visit._uses_visit():
                hidden._visit_entitlement()._consume(visit)
            if visit.outcome != "done":
                continue
            hidden.finding_ids._update_assets()
            hidden._open_claim()

    def _uses_visit(self):
        """Tell whether it counts: done, or nobody let us in on a date the customer confirmed."""
        agreed = self.appointment_state == "confirmed" and not self.appointment_changed
        return self.outcome == "done" or (self.outcome == "no_access" and agreed)

    def _on_reopened(self):
        """Give the visit back and withdraw claims that nobody has approved yet."""
        for visit in self.sudo():  # as in _on_completed
            if visit.aftersales_contract_id:
                visit._visit_entitlement()._give_back(visit)
            visit.claim_ids.filtered(
                lambda claim: claim.state in ("draft", "submitted")
            ).action_cancel()
            visit.outcome = False

    def _visit_entitlement(self):
        self.ensure_one()
        return self.aftersales_contract_id._entitlement("visit", self.aftersales_window_start)

    def _open_claim(self):
        """Open one claim for everything this visit wants replaced."""
        self.ensure_one()
        findings = self.finding_ids.filtered(lambda finding: finding.action == "replace")
        open_claims = self.claim_ids.filtered(lambda claim: claim.state != "cancelled")
        if not findings or open_claims:
            return self.env["aftersales.claim"]
        contract = self.aftersales_contract_id
        return self.env["aftersales.claim"].create(
            {
                "partner_id": contract.partner_id.id,
                "contract_id": contract.id,
                "company_id": contract.company_id.id,
                "user_id": self.env.uid,
                "channel": "visit",
                "visit_id": self.id,
                "description": self.conclusion_note,
                "line_ids": [
                    fields.Command.create(finding._prepare_claim_line()) for finding in findings
                ],
            }
        )

    def action_open_claims(self):
        """Open the claims that came from this visit."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_plans.aftersales_claim_action"
        )
        if len(self.claim_ids) == 1:
            return self.claim_ids.get_formview_action()
        return dict(action, domain=[("visit_id", "in", self.ids)], context={})
