# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import api, fields, models
from odoo.exceptions import AccessError

from .linked_records import open_action

GUIDE = "aftersales_plans.onboarding_set_up"
MANAGER = "aftersales_plans.group_manager"


class OnboardingOnboarding(models.Model):
    """The set-up guide of after-sales service, for every company its own."""

    _inherit = "onboarding.onboarding"

    @api.model
    def aftersales_set_up_progress(self):
        """Return what the banner above lists says: ``{"done", "total"}``; nothing when closed."""
        if not self.env.user.has_group(MANAGER):
            return {}
        guide = self._aftersales_guide()
        if not guide or guide.is_onboarding_closed:
            return {}
        steps = guide.step_ids.filtered(lambda step: step.aftersales_state != "optional")
        todo = steps.filtered(lambda step: step.aftersales_state != "done")
        total = len(steps)
        return {"done": total - len(todo), "total": total} if todo else {}

    @api.model
    def action_aftersales_close_set_up(self):
        """Show the banner no more in this company; the guide stays under Configuration."""
        self._aftersales_show(False)

    @api.model
    def action_aftersales_open_set_up(self):
        """Open the guide, and show the banner again until all is set up."""
        self._aftersales_show(True)
        return self.env["ir.actions.act_window"]._for_xml_id("aftersales_plans.set_up_action")

    @api.model
    def _aftersales_show(self, shown):
        if not self.env.user.has_group(MANAGER):
            raise AccessError(self.env._("Plan managers set up after-sales service."))
        guide = self._aftersales_guide()
        guide._search_or_create_progress().is_onboarding_closed = not shown

    @api.model
    def _aftersales_guide(self):
        # sudo: core gives the guide to administrators alone; its readers are checked before
        return self.sudo().env.ref(GUIDE, raise_if_not_found=False) or self.browse()


class OnboardingOnboardingStep(models.Model):
    """A step of the set-up guide. It is done when no check of its topic finds anything wrong.

    Steps are XML records: a topic of ``res.company._aftersales_set_up_checks``, and the screen
    that opens when nothing is wrong.
    """

    _inherit = "onboarding.onboarding.step"

    aftersales_topic = fields.Char(help="Which checks of the set-up decide whether it is done.")
    aftersales_screen = fields.Char(help="External id of the window action to look at it again.")
    aftersales_optional = fields.Boolean(string="Optional", help="Offered, but never missing.")
    aftersales_state = fields.Selection(
        [("todo", "To do"), ("done", "Done"), ("optional", "Optional")],
        compute="_compute_aftersales_state",
    )
    aftersales_problems = fields.Text(compute="_compute_aftersales_state")
    aftersales_can_open = fields.Boolean(compute="_compute_aftersales_state")
    aftersales_proposal = fields.Char(string="Proposal", compute="_compute_aftersales_proposal")
    aftersales_other_proposal = fields.Char(
        string="Other Proposal", compute="_compute_aftersales_proposal"
    )
    aftersales_proposed = fields.Text(
        string="What Is Proposed", compute="_compute_aftersales_proposal"
    )

    @api.depends("aftersales_topic", "aftersales_screen", "aftersales_optional")
    @api.depends_context("company", "uid", "lang")
    def _compute_aftersales_state(self):
        """Ask the checks once, whatever the number of steps."""
        found = self.env.company._aftersales_problems()
        for step in self:
            problems = found.get(step.aftersales_topic, [])
            step.aftersales_state = "todo" if problems else "done"
            if step.aftersales_optional:
                step.aftersales_state = "optional"
            step.aftersales_problems = "\n".join(problem.sentence for problem in problems)
            step.aftersales_can_open = bool(step._aftersales_target(problems))

    @api.depends("aftersales_state")
    @api.depends_context("company", "uid", "lang")
    def _compute_aftersales_proposal(self):
        """Put proposals on the two buttons, for the guide alone: the banner asks the state only."""
        proposed = self.env.company._aftersales_proposals()
        for step in self:
            is_done = step.aftersales_state == "done"
            proposals = [] if is_done else proposed.get(step.aftersales_topic, [])
            main, other = _first(proposals, main=True), _first(proposals, main=False)
            step.aftersales_proposal = main and main.label
            step.aftersales_other_proposal = other and other.label
            step.aftersales_proposed = "\n".join(
                proposal.sentence for proposal in proposals if proposal.sentence
            )

    def _aftersales_target(self, problems):
        """Return (screen, domain) of the first problem the user may mend; None: none at all."""
        targets = [(problem.screen, list(problem.domain)) for problem in problems]
        for screen, domain in targets or [(self.aftersales_screen, [])]:
            # sudo: only which records the screen shows; the right to change them is the user's
            action = screen and self.sudo().env.ref(screen, raise_if_not_found=False)
            if action and self.env[action.res_model].has_access("write"):
                return screen, domain
        return None

    def action_aftersales_open(self):
        """Open the screen of what is wrong first; of the subject when all is well."""
        self.ensure_one()
        self.check_access("read")
        problems = self.env.company._aftersales_problems().get(self.aftersales_topic, [])
        target = self._aftersales_target(problems)
        return target and _open(self.env, *target)

    def action_aftersales_take(self):
        """Do what the guide proposes for this step."""
        return self._take_proposal(main=True)

    def action_aftersales_take_other(self):
        """Do the other of what the guide proposes for this step."""
        return self._take_proposal(main=False)

    def _take_proposal(self, main):
        """Take a proposal; nothing where it is none any more, for somebody else took it."""
        self.ensure_one()
        self.check_access("read")
        if not self.env.user.has_group(MANAGER):
            raise AccessError(self.env._("Plan managers set up after-sales service."))
        proposals = self.env.company._aftersales_proposals().get(self.aftersales_topic, [])
        proposal = _first(proposals, main)
        action = proposal.take() if proposal else None
        return action or {"type": "ir.actions.client", "tag": "soft_reload"}


def _first(proposals, main):
    """Return the first main or other proposal; None: there is none."""
    return next((proposal for proposal in proposals if proposal.main == main), None)


def _open(env, screen, domain):
    """Return the window action ``screen``: narrowed to what is wrong, or as it is."""
    if domain:
        return open_action(env, screen, domain)
    return env["ir.actions.act_window"]._for_xml_id(screen)
