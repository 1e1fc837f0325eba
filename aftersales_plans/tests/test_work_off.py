from unittest.mock import patch

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
