from odoo.tests import tagged

from odoo.addons.aftersales_plans.tests.common import AfterSalesCase


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
        found = self.young._aftersales_problems().get("technicians", [])
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

    def test_the_guide_has_a_step_for_technicians(self):
        step = self.env.ref("aftersales_inspection.onboarding_step_technicians")
        self.assertIn(step, self.env.ref("aftersales_plans.onboarding_set_up").step_ids)
        self.assertEqual(step.action_aftersales_open()["res_model"], "fsm.person")

    def test_the_tiers_visit_four_two_and_one_times_a_year(self):
        self.env["aftersales.plan"].with_company(self.young).action_create_tiers()
        plans = self.env["aftersales.plan"].search([("company_id", "=", self.young.id)])
        self.assertEqual(plans.mapped("visit_interval_months"), [3, 6, 12])
        self.assertEqual(set(plans.mapped("findings_use_quota")), {"never"})

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
