"""What the access matrix does not say: rights on fields, defaults, and the overview's numbers."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import TransactionCase, new_test_user, tagged

from .overview import SECTIONS, OverviewChecks
from .stories import clicks
from .stories.vip import VipStory

GROUPS = {
    "manager": "aftersales_plans.group_manager",
    "portal": "base.group_portal",
    "public": "base.group_public",
    "accountant": "aftersales_plans.group_accountant",
    "salesperson": "sales_team.group_sale_salesman",
}


@tagged("post_install", "-at_install")
class TestAccess(OverviewChecks, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.story = VipStory(cls.env).tell()
        cls.users = dict(cls.story.people)
        for role, group in GROUPS.items():
            cls.users[role] = new_test_user(cls.env, f"a-{role}", group)

    def test_every_number_of_the_overview_is_that_of_its_list_for_every_role(self):
        everybody = new_test_user(
            self.env, "a-all", "base.group_system,aftersales_plans.group_manager,"
            "sales_team.group_sale_manager,account.group_account_manager",
        )  # fmt: skip
        people = {role: self.users[role] for role in SECTIONS} | {
            "everybody": everybody,
            "seller of the story": self.story.people["salesperson"],
        }
        found = [self.check_numbers(role, user) for role, user in people.items()]
        seen = {tile.id for tiles, _counted in found for tile in tiles}
        self.check_nothing_hidden(seen, everybody)
        self.assertGreater(len({tile.id for _tiles, counted in found for tile in counted}), 10)

    def test_every_role_has_its_part_of_the_overview(self):
        for role, sections in SECTIONS.items():
            groups = self.users[role].all_group_ids
            tiles = self.env["aftersales.tile"].search([("group_ids", "in", groups.ids)])
            self.assertLessEqual(sections, set(tiles.mapped("section")), role)
        for tile in self.env["aftersales.tile"].search([]):
            self.check_definition(tile)

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

    def attempt(self, role, records, vals):
        """Expect ``records`` to refuse ``vals`` of ``role`` in words."""
        with self.assertRaises(UserError, msg=(role, records, vals)), self.cr.savepoint():
            records.with_user(self.users[role]).sudo(False).write(vals)

    def test_a_technician_does_not_choose_what_is_his(self):
        """Field Service lets workers write workers, places and kinds of orders."""
        petra = self.env.ref("aftersales_inspection.person_petra")
        colleague = petra.create({"name": "Tomas"})
        visit = self.story.contract.visit_ids.filtered(lambda visit: not visit.is_closed)[0]
        visit.person_id = petra
        stranger = self.story.neighbour
        elsewhere = self.env["fsm.location"].create(
            {"name": "Elsewhere", "owner_id": stranger.id, "partner_id": stranger.id}
        )
        shelves = self.env["stock.warehouse"].search([], limit=1).lot_stock_id
        for records, vals in (
            (colleague, {"partner_id": petra.partner_id.id}),
            (petra, {"van_location_id": shelves.id}),
            (visit.location_id, {"partner_id": stranger.id}),
            (visit.location_id, {"owner_id": stranger.id}),
            (visit.type, {"aftersales_kind": "repair"}),
            (visit, {"location_id": elsewhere.id}),
            (visit, {"type": self.env.ref("aftersales_inspection.fsm_order_type_repair").id}),
            (visit, {"aftersales_partner_id": stranger.id}),
        ):
            self.attempt("technician", records, vals)
        with self.assertRaises(AccessError):
            colleague.with_user(self.users["technician"]).sudo(False).action_create_van()
        plain = self.env["fsm.order"].create({"location_id": elsewhere.id})
        plain.with_user(self.users["technician"]).sudo(False).location_id = visit.location_id
        self.attempt("technician", plain, {"type": visit.type.id})

    def test_what_follows_from_other_fields_is_nobodys_to_write(self):
        claim, elsewhere = self.story.contract.claim_ids[:1], self.env["res.company"].create(
            {"name": "Elsewhere"}
        )  # fmt: skip
        self.attempt("agent", claim.line_ids, {"company_id": elsewhere.id})
        self.attempt("agent", claim.line_ids, {"state": "draft"})
        visit = claim.visit_id or self.story.contract.visit_ids[:1]
        visit.stage_id = self.env.ref("fieldservice.fsm_stage_new")
        self.attempt("technician", visit.finding_ids, {"company_id": elsewhere.id})
        referral = self.story.neighbours_order.sudo().referral_id
        referral.user_id = self.users["salesperson"]
        self.attempt("salesperson", referral, {"contact_email_key": "a@example.com"})

    def test_user_defaults_decide_nothing_of_what_our_hooks_make(self):
        """Everybody may keep defaults of any field; hooks run as superuser in his clicks."""
        for role, model, values in (
            (
                "salesperson",
                "aftersales.contract",
                {"state": "active", "date_start": "2020-01-01", "date_end": "2099-12-31",
                 "replaced_value": -1000.0},
            ),
            ("salesperson", "aftersales.entitlement", {"used": 1}),
            ("salesperson", "fsm.order", {"appointment_state": "confirmed", "outcome": "done"}),
            ("salesperson", "sale.order", {"referral_code_id": self.code().id}),
            ("warehouse", "aftersales.asset", {"warranty_end": "2099-12-31", "condition": "worn"}),
        ):  # fmt: skip
            defaults = self.env["ir.default"].with_user(self.users[role])
            for name, value in values.items():
                defaults.set(model, name, value, user_id=True)
        order = clicks.sell(
            self.users["salesperson"],
            self.story.neighbour,
            [(self.story.tiles, 1, None), (self.story.plan_product, 1, None)],
        )
        self.assertFalse(order.sudo().referral_code_id)
        order.action_confirm()
        contract = order.sudo().aftersales_contract_ids
        self.assertEqual((contract.state, contract.replaced_value), ("draft", 0.0))
        self.assertFalse(contract.date_start or contract.date_end)
        clicks.deliver(self.users["warehouse"], order.sudo().picking_ids)
        self.assertEqual(contract.state, "active")
        self.assertEqual(set(contract.entitlement_ids.mapped("used")), {0})
        self.assertFalse(any(contract.visit_ids.mapped("appointment_state")))
        self.assertFalse(any(contract.visit_ids.mapped("outcome")))
        asset = contract.asset_ids
        self.assertEqual(asset.condition, "ok")
        self.assertLess(asset.warranty_end.year, 2099)

    def code(self):
        return self.env["aftersales.referral.code"]._get(self.story.customer)

    def test_a_clients_context_makes_no_move_a_visits_and_no_order_a_codes(self):
        order = (
            self.env["sale.order"]
            .with_user(self.users["salesperson"])
            .with_context(default_referral_code_id=self.code().id)
            .create({"partner_id": self.story.neighbour.id})
        )
        self.assertFalse(order.sudo().referral_code_id)
        shelves = self.env["stock.warehouse"].search([], limit=1).lot_stock_id
        visit = self.story.contract.visit_ids[:1]
        move = (
            self.env["stock.move"]
            .with_user(self.users["warehouse"])
            .with_context(default_aftersales_visit_id=visit.id)
            .create(
                {
                    "product_id": self.story.tiles.id,
                    "location_id": shelves.id,
                    "location_dest_id": self.env.ref("stock.stock_location_customers").id,
                }
            )
        )
        self.assertFalse(move.sudo().aftersales_visit_id)

    def test_merging_contacts_breaks_no_constraint_of_ours(self):
        """Odoo deletes the rows that would break one when it merges contacts (design §2)."""
        self.env.cr.execute(
            """
            SELECT DISTINCT rule.relname, column_.attname
              FROM (
                       SELECT indrelid AS table_id, unnest(indkey::int[]) AS number,
                              indexrelid::regclass::text AS relname
                         FROM pg_index WHERE indisunique
                    UNION ALL
                       SELECT conrelid, unnest(conkey), conname FROM pg_constraint
                        WHERE contype = 'c'
                   ) AS rule
              JOIN pg_attribute column_
                ON column_.attrelid = rule.table_id AND column_.attnum = rule.number
              JOIN pg_constraint leads
                ON leads.conrelid = rule.table_id AND leads.contype = 'f'
               AND leads.confrelid = 'res_partner'::regclass AND leads.conkey[1] = rule.number
             WHERE rule.table_id::regclass::text LIKE 'aftersales%'
               AND rule.table_id::regclass::text NOT LIKE '%rel'  -- core merges those itself
            """
        )
        self.assertEqual(self.env.cr.fetchall(), [])

    def test_customers_do_not_read_how_far_we_would_go(self):
        """Who is logged in reads his company: what colleagues may give away is not his."""
        company = self.env.company.with_user(self.users["portal"])
        for name in (
            "aftersales_goodwill_limit_agent", "aftersales_goodwill_limit",
            "aftersales_cover_limit_agent", "aftersales_cover_limit", "aftersales_payout_limit",
        ):  # fmt: skip
            with self.assertRaises(AccessError):
                company.read([name])
            with self.assertRaises(AccessError):
                company.search([(name, ">", 0)])
