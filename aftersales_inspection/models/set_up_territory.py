# SPDX-License-Identifier: AGPL-3.0-or-later
from datetime import timedelta

from odoo import fields, models

from odoo.addons.aftersales_plans.models.set_up import PLANS, Problem
from odoo.addons.aftersales_plans.models.set_up_proposal import Proposal

TERRITORIES = "base_territory.action_res_territory"
MOST = 30  # territories that are proposed; a longer list is no division but a burden


class ResCompany(models.Model):
    """Territories, so that visits are levelled among those who work there; and what plans promise.

    Sites have one territory, technicians any number. Where a site has none, everybody goes there.
    """

    _inherit = "res.company"

    aftersales_one_region = fields.Boolean(
        string="No Territories Needed", help="Every technician goes everywhere."
    )

    def _aftersales_set_up_checks(self):
        """Look at territories, and at whether any plan promises visits."""
        return [
            *super()._aftersales_set_up_checks(),
            ("plans", self._aftersales_check_visits_promised),
            ("territories", self._aftersales_check_territories),
        ]

    def _aftersales_check_visits_promised(self):
        plans = self.env["aftersales.plan"].search([("company_id", "=", self.id)])
        if not plans or any(plan.visit_interval_months for plan in plans):
            return []
        sentence = self.env._(
            "No plan includes visits: set the months between visits on the plans that do."
        )
        return [Problem(sentence, PLANS)]

    def _aftersales_check_territories(self):
        """Find territories nobody works in, or that there are none though nobody said so."""
        technicians = self.env["fsm.person"]._of_company(self)
        used = self._aftersales_used_territories()
        if not used and not technicians.territory_ids:
            return self._aftersales_ask_for_territories()
        return [
            Problem(
                self.env._(
                    "No technician works in %s: visits there are not placed. Add a technician.",
                    territory.name,
                ),
                TERRITORIES,
                (("id", "=", territory.id),),
            )
            for territory in used - technicians.territory_ids
        ]

    def _aftersales_used_territories(self):
        """Return the territories of the sites this company may visit."""
        groups = self.env["fsm.location"]._read_group(
            [("company_id", "in", (self.id, False)), ("territory_id", "!=", False)],
            ["territory_id"],
        )
        return self.env["res.territory"].union(*(territory for (territory,) in groups))

    def _aftersales_ask_for_territories(self):
        if self.aftersales_one_region:
            return []
        sentence = self.env._(
            "Any technician may be sent anywhere: divide sites and technicians by territory, or "
            "say that this is not needed."
        )
        return [Problem(sentence, TERRITORIES)]

    # --- Proposals -----------------------------------------------------------------------------

    def _aftersales_proposals(self):
        """Propose the usual number of visits, and a territory for each state of the customers."""
        proposals = super()._aftersales_proposals()
        usual = self._aftersales_usual("visit_interval_months")
        if usual and self.env["aftersales.plan"].has_access("write"):
            proposals.setdefault("plans", []).append(self._aftersales_propose_visits(usual))
        proposals["territories"] = []
        if not self._aftersales_used_territories():
            proposals["territories"] = [*self._aftersales_propose_territories()]
        return proposals

    def _aftersales_propose_visits(self, usual):
        told = [
            self.env._("%(plan)s: every %(months)s months", plan=plan.name, months=months)
            for plan, months in usual.items()
        ]
        label, sentence = self.env._("Take the Proposal"), self.env._("Visits: %s", told)
        return Proposal(label, self._aftersales_take_visits, sentence)

    def _aftersales_take_visits(self):
        self._aftersales_take_usual("visit_interval_months")

    def _aftersales_propose_territories(self):
        """Yield both ways out: to divide by state, as far as the user may, or not at all."""
        may = all(
            self.env[model].has_access(operation)
            for model, operation in (
                ("res.territory", "create"),
                ("fsm.location", "write"),
                ("fsm.person", "write"),
            )
        )
        states = may and self._aftersales_states_of_customers()
        if states and 1 < len(states) <= MOST:
            sentence = self.env._(
                "One territory for each state of your customers: %s. Every technician works in all "
                "of them until you change it.",
                states.mapped("name"),
            )
            label = self.env._("Create Territories")
            yield Proposal(label, self._aftersales_take_territories, sentence)
        if self._aftersales_ask_for_territories():
            label = self.env._("Not Needed")
            yield Proposal(label, self._aftersales_take_one_region, main=False)

    def _aftersales_states_of_customers(self):
        """Return the states of the sites and of those who ordered within a year."""
        a_year_ago = fields.Datetime.now() - timedelta(days=365)
        ordered = [
            ("company_id", "=", self.id),
            ("state", "=", "sale"),
            ("date_order", ">=", a_year_ago),
            ("partner_shipping_id.state_id", "!=", False),
        ]
        visited = [("company_id", "in", (self.id, False)), ("state_id", "!=", False)]
        # sudo: only the names of states, which the guide tells; no customer is named
        groups = [
            *self.env["sale.order"].sudo()._read_group(ordered, ["partner_shipping_id.state_id"]),
            *self.env["fsm.location"].sudo()._read_group(visited, ["state_id"]),
        ]
        return self.env["res.country.state"].union(*(state for (state,) in groups)).sorted("name")

    def _aftersales_take_territories(self):
        """Make the territories, put the sites into them, and let every technician work in all."""
        states = self._aftersales_states_of_customers()
        territories = self.env["res.territory"].create(
            [{"name": state.name, "type": "state"} for state in states]
        )
        for state, territory in zip(states, territories, strict=True):
            self.env["fsm.location"].search(
                [
                    ("company_id", "in", (self.id, False)),
                    ("state_id", "=", state.id),
                    ("territory_id", "=", False),
                ]
            ).territory_id = territory
        technicians = self.env["fsm.person"]._of_company(self)
        technicians.filtered(lambda person: not person.territory_ids).territory_ids = territories
        # sudo: a switch of Field Service that shows territories on its screens; gives no rights
        everybody = self.env.ref("base.group_user").sudo()
        everybody.implied_ids |= self.env.ref("fieldservice.group_fsm_territory")

    def _aftersales_take_one_region(self):
        """Ask for territories no more; sites that have some are still looked at."""
        self.sudo().aftersales_one_region = True  # the guide's own note; its takers are managers
