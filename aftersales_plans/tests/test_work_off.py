# SPDX-License-Identifier: LGPL-3.0-or-later
from unittest.mock import patch

import psycopg2

from odoo.tests import TransactionCase, tagged

from odoo.addons.aftersales_plans.models import work_off as module


@tagged("post_install", "-at_install")
class TestWorkOff(TransactionCase):
    """Daily work holds what a batch needs, however much there is to do."""

    def test_a_batch_is_forgotten_before_the_next(self):
        partners = self.env["res.partner"].create([{"name": f"P{n}"} for n in range(8)])
        cron, name = type(self.env["ir.cron"]), partners._fields["name"]
        held = []

        def progress(_self, _done=0, **_options):
            held.append(len(set(partners.ids) & set(name._get_cache(self.env))))
            return 60

        self.env.invalidate_all()
        with patch.object(module, "BATCH", 3), patch.object(cron, "_commit_progress", progress):
            done = module.work_off(self.env, [(partner, "read") for partner in partners])
        self.assertTrue(done)
        self.assertEqual(len(held), 9)  # the number to do, then each
        self.assertEqual(max(held), 3)

    def test_it_stops_when_the_time_is_used_up(self):
        partners = self.env["res.partner"].create([{"name": f"P{n}"} for n in range(3)])
        left, cron = iter((60, 60, 0)), type(self.env["ir.cron"])
        with patch.object(cron, "_commit_progress", lambda *_args, **_options: next(left)):
            done = module.work_off(self.env, [(partner, "read") for partner in partners])
        self.assertFalse(done)
        self.assertEqual(list(left), [])  # the number to do and two of three

    def test_what_met_another_transaction_is_left_to_the_next_run(self):
        partner = self.env["res.partner"].create({"name": "P"})
        met = psycopg2.errors.SerializationFailure()
        cron = type(self.env["ir.cron"])
        with (
            patch.object(cron, "_commit_progress", lambda *_args, **_options: 60),
            patch.object(type(partner), "read", side_effect=met),
            self.assertRaises(psycopg2.OperationalError),
        ):
            module.work_off(self.env, [(partner, "read")])
