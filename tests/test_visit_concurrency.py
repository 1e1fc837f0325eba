"""Visits planned by two at once."""

import os
from datetime import timedelta
from unittest.mock import patch

from odoo.tests import tagged

from odoo.addons.aftersales_inspection.calc.window import windows

from .racing import seeds
from .test_concurrency import QuotaRaceCase

VISIT_SCHEDULES = int(os.environ.get("VISIT_SCHEDULES", "10"))
VISITS = 4
ADDONS = "odoo.addons"


@tagged("post_install", "-at_install", "concurrency")
class TestR5Visits(QuotaRaceCase):
    """One technician, and contracts that start at once."""

    def setUp(self):
        super().setUp()
        with self.committed() as env:
            env["aftersales.plan"].browse(self.plan_id).visit_interval_months = 12 // VISITS
            env["res.partner"].browse(self.origin_ids).city = "Springfield"
            territory = env["res.territory"].create({"name": "Race"})
            person = env["fsm.person"].create(
                {"name": "Race", "territory_ids": [(6, 0, territory.ids)]}
            )
            self.territory_id, self.person_id = territory.id, person.id
            self.partner_id = person.partner_id.id
        self.addCleanup(self.remove_visits)

    def remove_visits(self):
        """Take out visits, places and the technician; the rest goes with the contracts."""
        orders = (
            "SELECT id FROM fsm_order WHERE aftersales_contract_id IN"
            " (SELECT id FROM aftersales_contract WHERE plan_id = %s)"
        )
        self.execute(
            f"DELETE FROM mail_message WHERE model = 'fsm.order' AND res_id IN ({orders})",
            f"DELETE FROM fsm_order WHERE id IN ({orders})",
        )
        with self.registry.cursor() as cr:
            cr.execute("DELETE FROM fsm_location WHERE partner_id IN %s", [tuple(self.origin_ids)])
            cr.execute("DELETE FROM fsm_person WHERE id = %s", [self.person_id])
            cr.execute("DELETE FROM res_partner WHERE id = %s", [self.partner_id])
            cr.execute("DELETE FROM res_territory WHERE id = %s", [self.territory_id])

    def drafts(self, env, sites):
        """Return contracts that have not started, one for each of ``sites``."""
        return env["aftersales.contract"].create(
            [{"plan_id": self.plan_id, "partner_id": site, "site_id": site} for site in sites]
        )

    def start_at_once(self, contract_ids, seed):
        """Start contracts, each in a thread of its own; one may be named twice."""

        def start(env, number, start_together):
            contract = env["aftersales.contract"].browse(contract_ids[number])
            waits = contract.state == "draft"  # fixes what this transaction sees
            env["fsm.order"].search([("aftersales_contract_id", "=", contract.id)], limit=1)
            start_together()
            if waits:
                contract._start_today()

        self.at_once(len(contract_ids), seed, start)

    def twice(self, seed):
        """Start one contract from two threads; return its visits' numbers and entitlements."""
        with self.committed() as env:
            contract_id = self.drafts(env, self.origin_ids[:1]).id
        self.start_at_once([contract_id] * 2, seed)
        with self.committed() as env:
            contract = env["aftersales.contract"].browse(contract_id)
            return (
                sorted(contract.visit_ids.mapped("aftersales_visit_number")),
                sorted(contract.entitlement_ids.mapped("kind")),
            )

    def test_a_contract_activated_twice_at_once_has_its_visits_once(self):
        for seed in seeds(VISIT_SCHEDULES):
            numbers, kinds = self.twice(seed)
            self.assertEqual(numbers, [1, 2, 3, 4], f"seed {seed}")
            self.assertEqual(kinds, ["replacement", "visit"], f"seed {seed}")

    def test_without_turns_the_second_would_see_an_error(self):
        """Prove that the test above can fail."""
        with (
            patch(f"{ADDONS}.aftersales_plans.models.contract_year.take_turn"),
            patch(f"{ADDONS}.aftersales_inspection.models.visit_planner.take_turn"),
            self.assertRaisesRegex(AssertionError, "entitlement already"),
        ):
            for seed in range(5):
                self.twice(seed)

    def test_two_schedulers_of_one_contract_make_its_visits_once(self):
        with self.committed() as env:
            contract = self.new_contract(env)
            contract_id = contract.id
        for seed in seeds(VISIT_SCHEDULES):
            with self.registry.cursor() as cr:
                cr.execute("DELETE FROM fsm_order WHERE aftersales_contract_id = %s", [contract_id])

            def plan(env, number, start_together):
                contract = env["aftersales.contract"].browse(contract_id)
                wanted = {contract: windows(contract.date_start, 12, 12 // VISITS)}
                start_together()
                return len(env["aftersales.visit.planner"]._plan(wanted))

            self.assertEqual(sorted(self.at_once(2, seed, plan)), [0, VISITS], f"seed {seed}")

    def overlaps(self, seed):
        """Start three contracts of one technician at once; return how many slots overlap."""
        sites = self.origin_ids[:3]
        with self.committed() as env:
            # the schedules before would fill the technician's year
            env.cr.execute("DELETE FROM fsm_order WHERE person_id = %s", [self.person_id])
            for site in sites:
                if not env["fsm.location"].search([("partner_id", "=", site)]):
                    env["fsm.location"].create(
                        {"partner_id": site, "owner_id": site, "territory_id": self.territory_id}
                    )
            contract_ids = self.drafts(env, sites).ids
        self.start_at_once(contract_ids, seed)
        with self.committed() as env:
            visits = env["aftersales.contract"].browse(contract_ids).visit_ids
            self.assertEqual(len(visits), 3 * VISITS, f"seed {seed}")
            self.assertEqual(visits.person_id.ids, [self.person_id], f"seed {seed}")
            ordered = visits.sorted("scheduled_date_start")
            apart = timedelta(minutes=env.company.aftersales_travel_minutes)
            return sum(
                visit.scheduled_date_end + apart > following.scheduled_date_start
                for visit, following in zip(ordered, ordered[1:], strict=False)
            )

    def test_two_that_plan_one_technician_at_once_share_no_hour(self):
        for seed in seeds(VISIT_SCHEDULES):
            self.assertEqual(self.overlaps(seed), 0, f"seed {seed}")

    def test_without_booking_they_would(self):
        """Prove that the test above can fail."""
        model = self.registry["aftersales.visit.planner"]
        with patch.object(model, "_take_turns", lambda self, technicians: None):
            self.assertGreater(max(self.overlaps(seed) for seed in range(3)), 0)

    def test_two_contracts_of_one_site_share_the_place_made_for_them(self):
        for seed in seeds(VISIT_SCHEDULES):
            with self.committed() as env:
                site = self.origin_ids[seed % len(self.origin_ids)]
                env["fsm.order"].search([("location_id.partner_id", "=", site)]).unlink()
                env["fsm.location"].search([("partner_id", "=", site)]).unlink()
                contract_ids = self.drafts(env, [site, site]).ids
            self.start_at_once(contract_ids, seed)
            with self.committed() as env:
                self.assertEqual(
                    env["fsm.location"].search_count([("partner_id", "=", site)]),
                    1,
                    f"seed {seed}",
                )
                contracts = env["aftersales.contract"].browse(contract_ids)
                self.assertEqual(len(contracts.visit_ids), 2 * VISITS, f"seed {seed}")
