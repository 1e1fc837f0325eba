"""Who may do what on whose records, cell by cell, as the people of the stories."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import TransactionCase, new_test_user, tagged

from .stories.vip import VipStory

OPERATIONS = {"r": "read", "w": "write", "c": "create", "d": "unlink"}
# Rights on the model itself; whose records they reach is tested below.
MATRIX = {
    "aftersales.plan": {
        "technician": "r", "agent": "r", "salesperson": "r", "manager": "rwcd", "accountant": "r",
    },
    "aftersales.contract": {
        "technician": "r", "agent": "r", "salesperson": "rwc", "manager": "rwc", "accountant": "r",
    },
    "aftersales.asset": {
        "technician": "rw", "agent": "rwc", "salesperson": "r", "manager": "rwc",
        "accountant": "r",
    },
    "aftersales.reading": {
        "technician": "rwc", "agent": "rwc", "salesperson": "r", "manager": "rwcd",
        "accountant": "r",
    },
    "aftersales.backfill": {
        "technician": "", "agent": "", "salesperson": "", "manager": "r", "accountant": "",
    },
    "aftersales.entitlement": {
        "technician": "r", "agent": "r", "salesperson": "r", "manager": "r", "accountant": "r",
    },
    "aftersales.entitlement.usage": {
        "technician": "r", "agent": "r", "salesperson": "r", "manager": "r", "accountant": "r",
    },
    "aftersales.claim": {
        "technician": "rwc", "agent": "rwc", "salesperson": "rwc", "manager": "rwc",
        "accountant": "r",
    },
    "aftersales.obligation": {
        "technician": "", "agent": "r", "salesperson": "r", "manager": "r", "accountant": "r",
    },
    "fsm.order": {
        "technician": "rw", "agent": "rw", "salesperson": "r", "manager": "rwcd", "accountant": "",
    },
    "aftersales.visit.report": {
        "technician": "", "agent": "r", "salesperson": "r", "manager": "r", "accountant": "",
    },
    "aftersales.technician.load": {
        "technician": "", "agent": "r", "salesperson": "r", "manager": "r", "accountant": "",
    },
    "aftersales.checklist": {
        "technician": "r", "agent": "r", "salesperson": "r", "manager": "rwcd", "accountant": "",
    },
    "aftersales.check": {
        "technician": "rw", "agent": "rw", "salesperson": "r", "manager": "rw", "accountant": "",
    },
    "aftersales.visit.part": {
        "technician": "rwcd", "agent": "rwcd", "salesperson": "r", "manager": "rwcd",
        "accountant": "",
    },
    "aftersales.stock.check": {
        "technician": "r", "agent": "r", "salesperson": "r", "manager": "r", "accountant": "",
    },
    "aftersales.referral": {
        "technician": "", "agent": "c", "salesperson": "rwc", "manager": "rwc", "accountant": "r",
    },
    "aftersales.commission": {
        "technician": "", "agent": "", "salesperson": "r", "manager": "r", "accountant": "r",
    },
    "aftersales.commission.opening": {
        "technician": "", "agent": "", "salesperson": "", "manager": "", "accountant": "rwcd",
    },
    "aftersales.credit.lot": {
        "technician": "", "agent": "r", "salesperson": "r", "manager": "r", "accountant": "r",
    },
    "aftersales.credit.opening": {
        "technician": "", "agent": "", "salesperson": "", "manager": "", "accountant": "rwcd",
    },
    "aftersales.reconciliation": {
        "technician": "", "agent": "", "salesperson": "", "manager": "r", "accountant": "r",
    },
    "aftersales.commission.aged": {
        "technician": "", "agent": "", "salesperson": "", "manager": "r", "accountant": "r",
    },
    "aftersales.statement": {
        "technician": "", "agent": "", "salesperson": "", "manager": "rc", "accountant": "rc",
    },
    "aftersales.year.statement": {
        "technician": "", "agent": "", "salesperson": "", "manager": "r", "accountant": "r",
    },
    "aftersales.payout": {
        "technician": "", "agent": "", "salesperson": "", "manager": "", "accountant": "rwc",
    },
    "aftersales.payout.run": {
        "technician": "", "agent": "", "salesperson": "", "manager": "", "accountant": "rwc",
    },
    "aftersales.payout.debt": {
        "technician": "", "agent": "", "salesperson": "", "manager": "", "accountant": "r",
    },
    "aftersales.ledger.check": {
        "technician": "", "agent": "", "salesperson": "", "manager": "r", "accountant": "r",
    },
    "aftersales.ledger.check.line": {
        "technician": "", "agent": "", "salesperson": "", "manager": "r", "accountant": "r",
    },
}  # fmt: skip
OUTSIDERS = ("warehouse", "billing", "portal", "public")
GROUPS = {
    "manager": "aftersales_plans.group_manager",
    "portal": "base.group_portal",
    "public": "base.group_public",
    "accountant": "aftersales_plans.group_accountant",
    "salesperson": "sales_team.group_sale_salesman",
}


@tagged("post_install", "-at_install")
class TestAccess(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.story = VipStory(cls.env).tell()
        cls.users = dict(cls.story.people)
        for role, group in GROUPS.items():
            cls.users[role] = new_test_user(cls.env, f"a-{role}", group)

    def allowed(self, model, role):
        user = self.users[role]
        return "".join(
            letter
            for letter, operation in OPERATIONS.items()
            if self.env[model].with_user(user).has_access(operation)
        )

    def test_every_cell_of_the_matrix(self):
        for model, cells in MATRIX.items():
            for role, expected in cells.items():
                self.assertEqual(self.allowed(model, role), expected, (model, role))

    def test_outsiders_have_no_right_on_our_models(self):
        for model in MATRIX:
            for role in OUTSIDERS:
                self.assertEqual(self.allowed(model, role), "", (model, role))

    def test_every_model_of_ours_is_in_the_matrix_or_a_part_of_one_that_is(self):
        parts = {
            "aftersales.claim.line", "aftersales.cause", "aftersales.finding",
            "aftersales.commission.evidence", "aftersales.credit.lot", "aftersales.credit.movement",
            "aftersales.referral.code", "aftersales.payout.run.left",
            "aftersales.suspension", "aftersales.close.reason", "aftersales.checklist.line",
        }  # fmt: skip
        ours = {
            name
            for name, model in self.env.items()
            if name.startswith("aftersales.") and not model._abstract and not model._transient
        }
        self.assertEqual(ours - parts - set(MATRIX), set())

    def test_a_second_company_sees_nothing(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        for role, groups in (
            ("manager", "aftersales_plans.group_manager"),
            ("accountant", "account.group_account_manager"),
            ("salesperson", "sales_team.group_sale_manager"),
        ):
            stranger = new_test_user(
                self.env, f"x-{role}", groups, company_id=company.id,
                company_ids=[(6, 0, company.ids)],
            )  # fmt: skip
            for model in MATRIX:
                records = self.env[model].sudo().search([("company_id", "=", self.env.company.id)])
                reader = self.env[model].with_user(stranger)
                if records and reader.has_access("read"):
                    self.assertFalse(reader.search([("id", "in", records.ids)]), (model, role))
                    with self.assertRaises(AccessError):
                        records[:1].with_user(stranger).sudo(False).read(["display_name"])

    def test_a_salesperson_cannot_change_a_running_contract(self):
        contract = self.story.contract.with_user(self.users["salesperson"]).sudo(False)
        self.assertEqual(contract.read(["name"])[0]["name"], self.story.contract.name)
        with self.assertRaises(AccessError):
            contract.write({"replacements_included": 99})

    def test_nobody_writes_counters_or_ledgers(self):
        rows = {
            "aftersales.entitlement": self.story.contract.entitlement_ids[:1],
            "aftersales.commission": self.env["aftersales.commission"].search([], limit=1),
        }
        for model, row in rows.items():
            for role in ("agent", "manager", "accountant", "salesperson"):
                with self.assertRaises(UserError, msg=(model, role)):
                    row.with_user(self.users[role]).sudo(False).write({"display_name": "x"})
