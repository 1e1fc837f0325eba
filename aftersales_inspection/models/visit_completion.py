# SPDX-License-Identifier: AGPL-3.0-or-later
from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.aftersales_plans.models.claim import OPEN_STATES
from odoo.addons.aftersales_plans.models.linked_records import CLAIMS, open_records

IN_VAIN = [
    ("no_access", "No access"),
    ("refused", "Refused by the customer"),
    ("not_found", "Site not found"),
]
OUTCOMES = [("done", "Done"), *IN_VAIN]
# who was where, for what, and what came of it: stays once a visit is completed
ENDS = (
    "outcome",
    "outcome_note",
    "conclusion",
    "conclusion_note",
    "type",
    "person_id",
    "location_id",
)


class FsmOrder(models.Model):
    """How a visit ends (requirements 5, 6).

    Completing it needs a conclusion and the required checks, uses the visit entitlement, notes
    conditions and meters with the assets, and opens one claim for everything to be replaced;
    reopening it takes all of that back.
    """

    _inherit = "fsm.order"

    outcome = fields.Selection(
        OUTCOMES,
        copy=False,
        tracking=True,
        help="Empty until the visit is over; completing it means Done.",
    )
    outcome_note = fields.Char(string="Not Inspected Because", copy=False)
    conclusion = fields.Selection(
        [("pass", "Everything in order"), ("remarks", "In order with remarks"), ("fail", "Failed")],
        copy=False,
        tracking=True,
    )
    conclusion_note = fields.Text(string="Conclusion in Words", copy=False)
    claim_ids = fields.One2many("aftersales.claim", "visit_id", string="Claims", readonly=True)
    claim_count = fields.Integer(compute="_compute_claim_count")

    @api.depends("claim_ids")
    def _compute_claim_count(self):
        for order in self:
            order.claim_count = len(order.claim_ids)

    def write(self, vals):
        """Keep how a visit ended."""
        self._refuse_rewriting(vals)
        return super().write(vals)

    def _refuse_rewriting(self, vals):
        """Raise where somebody gives a visit that is over another end, or makes it another visit.

        :raises UserError: names the visit
        """
        touched = [name for name in ENDS if name in vals]
        if self.env.su or not touched:
            return
        stage = self.env["fsm.stage"].browse(vals.get("stage_id"))
        if stage and not stage.is_closed:  # it is reopened
            return
        for visit in self._completed_visits():
            now = visit._convert_to_write({name: visit[name] for name in touched})
            if any((vals[name] or False) != now[name] for name in touched):
                raise UserError(self.env._("%s is completed. Reopen it to correct it.", visit.name))

    def _check_ready(self):
        """Raise where a visit that is done cannot end yet; others need nothing."""
        # sudo: all its checks, also where somebody else's are hidden; the visit was writable
        for visit in self.sudo().filtered(lambda visit: visit.outcome == "done"):
            visit._check_conclusion()
            visit._check_answers()

    def _check_conclusion(self):
        """Raise without a conclusion, or with one that checks or findings contradict."""
        if not self.conclusion:
            raise UserError(
                self.env._(
                    "%s cannot be completed without a conclusion: "
                    "say on the Inspection page whether everything is in order.",
                    self.name,
                )
            )
        failed = self.check_ids.filtered(lambda check: check.result == "failed")
        if self.conclusion == "pass" and failed:
            raise UserError(
                self.env._(
                    "%(visit)s: not everything is in order, these checks failed:\n%(checks)s\n"
                    "Conclude it with remarks or as failed.",
                    visit=self.name,
                    checks=failed._listed(),
                )
            )
        needed = self.finding_ids.filtered(lambda finding: finding.action != "none")
        if self.conclusion == "pass" and needed:
            raise UserError(
                self.env._(
                    "%(visit)s: not everything is in order, this was found:\n%(found)s\n"
                    "Conclude it with remarks or as failed.",
                    visit=self.name,
                    found="\n".join(f"- {one.goods}: {one._in_words()}" for one in needed),
                )
            )

    def _check_answers(self):
        """Raise while the checklist was not loaded or a required check is unanswered."""
        if not self.is_started and self._prepare_checks():
            raise UserError(
                self.env._("%s has a checklist: press Start, and answer what it asks.", self.name)
            )
        missing = self.check_ids.filtered(
            lambda check: check.is_required and check.result == "open"
        )
        if missing:
            raise UserError(
                self.env._(
                    "%(visit)s cannot be completed, these checks are not answered:\n%(checks)s",
                    visit=self.name,
                    checks=missing._listed(),
                )
            )

    def _on_completed(self):
        """Note the actual times and what was seen, use the entitlement, open claims."""
        result = super()._on_completed()
        # nobody's to write by hand; follows from completing it, which was checked
        self.filtered(lambda visit: not visit.outcome).sudo().outcome = "done"
        self._check_ready()
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
                for entitlement in hidden._visit_entitlement():
                    entitlement._consume(visit)
            if visit.outcome != "done":
                continue
            hidden.check_ids._note_readings()
            hidden.finding_ids._update_assets()
            hidden._open_claim()
        return result

    def _uses_visit(self):
        """Tell whether it counts: done, or nobody let us in on a date the customer confirmed."""
        agreed = self.appointment_state == "confirmed" and not self.appointment_changed
        return self.outcome == "done" or (self.outcome == "no_access" and agreed)

    def _on_reopened(self):
        """Take back what completing it did, but for claims somebody has approved."""
        result = super()._on_reopened()
        for visit in self.sudo():  # as in _on_completed
            for entitlement in visit._visit_entitlement():
                entitlement._give_back(visit)
            visit._withdraw_claims()
            visit.finding_ids._restore_assets()
            visit.check_ids.reading_id.unlink()
            visit._supersede_report()
            visit.write(visit._prepare_reopening())
        return result

    def _prepare_reopening(self):
        """Return the values of a visit that is to be finished, or made at all where it was not."""
        vals = {"outcome": False, "outcome_note": False, "date_end": False}
        if self.outcome != "done":
            vals.update(is_started=False, date_start=False)
        return vals

    def _withdraw_claims(self):
        """Cancel the claims nobody has approved; name the others in the chatter."""
        open_claims = self.claim_ids.filtered(lambda claim: claim.state in OPEN_STATES)
        self.finding_ids.filtered(lambda finding: finding.claim_id in open_claims).claim_id = False
        open_claims.action_cancel()
        kept = self.claim_ids.filtered(lambda claim: claim.state in ("approved", "done"))
        if kept:
            self._message_log(
                body=self.env._(
                    "Reopened. What was approved stays: %s.", ", ".join(kept.mapped("name"))
                )
            )

    def _visit_entitlement(self):
        """Return the counter the visit uses; none where no contract promises it."""
        self.ensure_one()
        if not (self.aftersales_contract_id and self.aftersales_window_start):
            return self.env["aftersales.entitlement"]
        return self.aftersales_contract_id._entitlement("visit", self.aftersales_window_start)

    def _open_claim(self):
        """Open one claim for everything this visit wants replaced and no claim has yet."""
        self.ensure_one()
        findings = self.finding_ids.filtered(
            lambda finding: (
                finding.action == "replace" and finding.asset_id and not finding.claim_id
            )
        )
        if not findings:
            return self.env["aftersales.claim"]
        findings.claim_id = self.env["aftersales.claim"].create(self._prepare_claim(findings))
        return findings.claim_id

    def _prepare_claim(self, findings):
        """Return the values of the claim for ``findings``."""
        contract = self.aftersales_contract_id
        return {
            "partner_id": self._customer().id,
            "contract_id": contract.id,
            "company_id": self.company_id.id,
            "user_id": self.env.uid,
            "channel": "visit",
            "visit_id": self.id,
            "description": self.conclusion_note,
            "line_ids": [
                fields.Command.create(finding._prepare_claim_line()) for finding in findings
            ],
        }

    def action_open_claims(self):
        """Open the claims that came from this visit."""
        return open_records(self.claim_ids, CLAIMS)
