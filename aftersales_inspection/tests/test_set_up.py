# SPDX-License-Identifier: AGPL-3.0-or-later
from odoo.tests import new_test_user, tagged

from odoo.addons.aftersales_plans.tests.common import AfterSalesCase, speak


@tagged("post_install", "-at_install")
class TestSetUp(AfterSalesCase):
    """What the set-up guide says of technicians, and the visits of the three tiers."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.young = cls.env["res.company"].create({"name": "Nordstein"})
        cls.env["fsm.person"].search([("company_id", "=", False)]).company_id = cls.company

    def problems(self):
        """Return the sentences about technicians."""
        return self.sentences("technicians")

    def sentences(self, topic):
        """Return what is said of a step."""
        found = self.young._aftersales_problems().get(topic, [])
        return [problem.sentence for problem in found]

    def test_technicians_with_working_hours_are_asked_for(self):
        self.assertRegex(self.problems()[0], "Nobody makes visits yet")
        idle = self.env["resource.calendar"].create({"name": "Never", "attendance_ids": [(5,)]})
        petra = self.env["fsm.person"].create(
            {"name": "Petra", "company_id": self.young.id, "calendar_id": idle.id}
        )
        idle.attendance_ids.unlink()
        self.assertRegex(self.problems()[0], "No working hours.* Petra.*working schedule")
        petra.calendar_id = self.company.resource_calendar_id
        self.assertEqual(self.problems(), [])

    def test_users_of_field_service_are_proposed_as_technicians(self):
        def propose():
            return self.young._aftersales_proposals().get("technicians")

        self.assertIsNone(propose())
        in_young = {"company_id": self.young.id, "company_ids": [(6, 0, self.young.ids)]}
        new_test_user(self.env, "petra", "fieldservice.group_fsm_user", name="Petra", **in_young)
        new_test_user(self.env, "otto", "fieldservice.group_fsm_dispatcher", **in_young)
        both = "fieldservice.group_fsm_manager,sales_team.group_sale_salesman"
        new_test_user(self.env, "olga", both, **in_young)
        new_test_user(self.env, "paul", "fieldservice.group_fsm_user", name="Paul")  # elsewhere
        [proposal] = propose()
        self.assertEqual(proposal.sentence, "Users of Field Service: Petra")
        proposal.take()
        technician = self.env["fsm.person"]._of_company(self.young)
        self.assertEqual(technician.name, "Petra")
        self.assertEqual(technician.calendar_id, self.young.resource_calendar_id)
        self.assertEqual(self.problems(), [])
        self.assertIsNone(propose())
        new_test_user(self.env, "rita", "fieldservice.group_fsm_user", name="Rita", **in_young)
        self.assertEqual(propose()[0].sentence, "Users of Field Service: Rita")

    def test_the_guide_has_a_step_for_technicians(self):
        step = self.env.ref("aftersales_inspection.onboarding_step_technicians")
        self.assertIn(step, self.env.ref("aftersales_plans.onboarding_set_up").step_ids)
        self.assertEqual(step.action_aftersales_open()["res_model"], "fsm.person")

    def test_the_tiers_visit_four_two_and_one_times_a_year(self):
        self.env["aftersales.plan"].with_company(self.young).action_create_tiers()
        plans = self.env["aftersales.plan"].search([("company_id", "=", self.young.id)])
        self.assertEqual(plans.mapped("visit_interval_months"), [3, 6, 12])
        self.assertEqual(set(plans.mapped("findings_use_quota")), {"never"})

    def test_tiers_from_before_get_their_visits(self):
        gold = self.env["aftersales.plan"].create(
            {"name": "Gold", "code": "Gold", "company_id": self.young.id}
        )
        self.assertIn("No plan includes visits", self.sentences("plans")[-1])
        proposal = self.young._aftersales_proposals()["plans"][0]
        self.assertEqual(proposal.sentence, "Visits: Gold: every 6 months")
        proposal.take()
        self.assertEqual(gold.visit_interval_months, 6)
        self.assertEqual(self.sentences("plans"), [])

    # --- Territories ---------------------------------------------------------------------------

    def site(self, state):
        """Return a place of service of the young company."""
        partner = self.env["res.partner"].create(
            {"name": f"In {state.name}", "state_id": state.id, "company_id": self.young.id}
        )
        return self.env["fsm.location"].create({"partner_id": partner.id, "owner_id": partner.id})

    def test_who_needs_no_territories_is_asked_no_more(self):
        self.assertIn("Any technician may be sent anywhere", self.sentences("territories")[0])
        [proposal] = self.young._aftersales_proposals()["territories"]
        self.assertEqual((proposal.label, proposal.main), ("Not Needed", False))
        proposal.take()
        self.assertEqual(self.sentences("territories"), [])
        self.assertEqual(self.young._aftersales_proposals()["territories"], [])
        # but a territory in which nobody works is said all the same
        territory = self.env["res.territory"].create({"name": "North"})
        self.site(self.env.ref("base.state_us_1")).territory_id = territory
        self.assertIn("No technician works in North", self.sentences("territories")[0])
        self.env["fsm.person"].create(
            {"name": "Petra", "company_id": self.young.id, "territory_ids": [(4, territory.id)]}
        )
        self.assertEqual(self.sentences("territories"), [])

    def test_a_territory_is_proposed_for_each_state_of_the_customers(self):
        sites = [self.site(self.env.ref(f"base.state_us_{number}")) for number in (1, 1, 2)]
        petra, paul = self.env["fsm.person"].create(
            [{"name": name, "company_id": self.young.id} for name in ("Petra", "Paul")]
        )
        own = self.env["res.territory"].create({"name": "Paul's own"})
        paul.territory_ids = own
        self.assertEqual(self.sentences("territories"), [])  # a technician has one
        paul.territory_ids = False
        create, not_needed = self.young._aftersales_proposals()["territories"]
        self.assertIn("each state of your customers: Alabama and Alaska", create.sentence)
        create.take()
        north, also_north, west = (site.territory_id for site in sites)
        self.assertEqual((north, north.name, west.name), (also_north, "Alabama", "Alaska"))
        self.assertEqual(petra.territory_ids, north + west)
        self.assertEqual(self.sentences("territories"), [])
        self.assertEqual(self.young._aftersales_proposals()["territories"], [])

    def test_customers_in_one_state_need_no_territories(self):
        self.site(self.env.ref("base.state_us_1"))
        labels = [each.label for each in self.young._aftersales_proposals()["territories"]]
        self.assertEqual(labels, ["Not Needed"])

    def test_the_guide_has_a_step_for_territories(self):
        step = self.env.ref("aftersales_inspection.onboarding_step_territories")
        step = step.with_company(self.young)
        self.assertEqual(step.aftersales_other_proposal, "Not Needed")
        self.assertEqual(step.action_aftersales_open()["res_model"], "res.territory")
        step.action_aftersales_take_other()
        self.assertTrue(self.young.aftersales_one_region)

    # --- Sample data ---------------------------------------------------------------------------

    def test_the_visits_of_the_sample_contract_go_with_it(self):
        samples = self.env["aftersales.sample"].with_company(self.company)
        samples._make()
        contract = self.env["aftersales.contract"].search([("name", "=", "Sample Contract")])
        visits, place = contract.visit_ids, contract.visit_ids.location_id
        self.assertTrue(visits)
        self.assertEqual(contract.visit_interval_months, 6)  # of a plan that promises none
        samples._remove()
        self.assertFalse(visits.exists() or place.exists() or contract.exists())

    def test_a_visit_somebody_began_keeps_its_contract(self):
        samples = self.env["aftersales.sample"].with_company(self.company)
        samples._make()
        contract = self.env["aftersales.contract"].search([("name", "=", "Sample Contract")])
        visit = contract.visit_ids[0]
        visit.date_start = "2026-01-01 08:00:00"
        action = samples._remove()
        self.assertTrue(visit.exists() and contract.exists())
        self.assertEqual(visit.location_id.partner_id, contract.site_id)
        self.assertIn("Sample Contract", action["params"]["message"])

    # --- Names customers read ------------------------------------------------------------------

    def test_a_visit_is_named_in_the_language_of_its_customer(self):
        words = {"%(plan)s visit %(number)s · %(customer)s": "%(plan)s визит %(number)s"}
        speak(self, words, "aftersales_inspection")
        self.customer.lang = "ru_RU"
        self.plan.visit_interval_months = 6
        contract = self.sell((self.goods, 1), (self.plan_product, 1))
        self.assertEqual(contract.visit_ids.mapped("name"), ["T-GOLD визит 1", "T-GOLD визит 2"])

    # --- Visits --------------------------------------------------------------------------------

    def test_parts_that_fit_are_offered_first(self):
        self.plan.visit_interval_months = 6
        contract = self.sell((self.goods, 1), (self.plan_product, 1))
        visit = contract.visit_ids[:1]
        another = self.env["product.category"].create({"name": "Another kind"})
        self.env["product.product"].create(
            {"name": "A boiler of another kind", "type": "consu", "categ_id": another.id}
        )
        chosen = self.env["product.product"].with_context(aftersales_visit_id=visit.id)
        names = [name for _id, name in chosen.name_search("boiler", limit=8)]
        self.assertLess(names.index("Boiler"), names.index("A boiler of another kind"))
        anywhere = chosen.with_context(aftersales_visit_id=False)
        plain = [name for _id, name in anywhere.name_search("boiler", limit=8)]
        self.assertLess(plain.index("A boiler of another kind"), plain.index("Boiler"))

    def test_starting_a_visit_of_a_later_day_is_asked_twice(self):
        self.plan.visit_interval_months = 6
        visit = self.sell((self.goods, 1), (self.plan_product, 1)).visit_ids[:1]
        visit.scheduled_date_start = "2199-03-01 08:00:00"
        self.assertTrue(visit.starts_early)
        visit.scheduled_date_start = "2020-03-01 08:00:00"
        self.assertFalse(visit.starts_early)

    def test_no_more_parts_are_offered_than_asked_for(self):
        self.plan.visit_interval_months = 6
        contract = self.sell((self.goods, 1), (self.plan_product, 1))
        visit = contract.visit_ids[:1]
        chosen = self.env["product.product"].with_context(aftersales_visit_id=visit.id)
        self.assertEqual([name for _id, name in chosen.name_search("boiler", limit=1)], ["Boiler"])

    def test_terms_of_visits_that_make_no_sense_are_refused(self):
        negative = "Gold: the interval and the aim of visits cannot be negative"
        too_long = "Gold: a visit takes more than 0 and at most 24 hours"
        for values, words in (
            ({"visit_interval_months": -1}, negative),
            ({"visit_lead_days": -1}, negative),
            ({"visit_interval_months": 3, "visit_hours": 0}, too_long),
            ({"visit_interval_months": 3, "visit_hours": 25}, too_long),
        ):
            with self.subTest(values), self.assertRefused(words):
                self.plan.write(values)

    def test_a_company_without_a_warehouse_is_told_so(self):
        office = self.env["res.company"].create({"name": "Office"})
        self.env["stock.warehouse"].search([("company_id", "=", office.id)]).active = False
        with self.assertRefused("Office has no warehouse to take goods from: make one first"):
            office._aftersales_first_warehouse()
