from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged

from odoo.addons.aftersales_plans.tests.common import AfterSalesCase


@tagged("post_install", "-at_install")
@freeze_time("2026-03-15 12:00:00")
class TestTraining(AfterSalesCase):
    """A plan with two training sessions and three replacements a year."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.plan.training_sessions = 2
        cls.contract = cls.sell((cls.goods, 5), (cls.plan_product, 1))
        cls.untrained = cls.env.ref("aftersales_training_credit.cause_untrained")

    def hold(self, day="2026-04-01"):
        session = self.env["aftersales.training"].with_user(self.agent)
        session = session.create({"contract_id": self.contract.id, "date": day})
        session.action_hold()
        return session

    def left(self, kind="training"):
        rows = self.contract.entitlement_ids.filtered(lambda row: row.kind == kind)
        return sum(rows.mapped("remaining"))

    def test_the_plan_promises_its_sessions_and_the_contract_keeps_them(self):
        self.assertIn("2 training sessions a year", self.plan._benefits())
        self.plan.training_sessions = 9
        self.assertEqual((self.contract.training_sessions, self.left()), (2, 2))

    def test_a_session_uses_one_and_gives_it_back(self):
        session = self.hold()
        self.assertEqual((session.state, self.left()), ("held", 1))
        session.action_cancel()
        self.assertEqual((session.state, self.left()), ("cancelled", 2))

    def test_more_than_promised_is_refused_in_words(self):
        self.hold()
        self.hold()
        with self.assertRefused("no training session of this year is left"):
            self.hold()
        self.assertEqual(self.left(), 0)

    def test_a_day_outside_the_term_is_refused(self):
        with self.assertRefused("no training session"):
            self.hold("2026-03-14")

    def test_nobody_writes_the_state_or_moves_what_is_counted(self):
        session = self.hold()
        with self.assertRaises(UserError):
            session.state = "planned"
        with self.assertRefused("was held: cancel it first"):
            session.date = "2026-05-01"

    def test_wrong_operation_uses_a_replacement_once_everybody_was_trained(self):
        claim = self.claim(self.contract.asset_ids, cause=self.untrained)
        claim.action_approve()
        self.assertEqual((claim.line_ids.billing_type, self.left("replacement")), ("contract", 3))
        self.hold()
        self.hold()
        claim = self.claim(self.contract.asset_ids[:1], cause=self.untrained)
        claim.action_approve()
        self.assertEqual((claim.line_ids.billing_type, self.left("replacement")), ("contract", 2))

    def test_amending_the_contract_reaches_the_running_year(self):
        self.contract.training_sessions = 3
        self.assertEqual(self.left(), 3)
