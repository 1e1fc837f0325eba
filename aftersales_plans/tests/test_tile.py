# SPDX-License-Identifier: LGPL-3.0-or-later
import json

from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command, Domain
from odoo.tests import freeze_time, new_test_user, tagged

from .common import AfterSalesCase

TODAY = "2026-06-10 08:00:00"


@tagged("post_install", "-at_install")
class TestTile(AfterSalesCase):
    """What the overview counts, for whom, and who may arrange it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["aftersales.contract"].search([]).sudo().user_id = False
        cls.seller = new_test_user(cls.env, "t-tiles", "sales_team.group_sale_salesman")

    def tile(self, name, user=None):
        tile = self.env.ref(f"aftersales_plans.tile_{name}").with_user(user or self.manager)
        return tile.sudo(False)

    def sell_on(self, day, **values):
        with freeze_time(f"{day} 08:00:00"):
            return self.sell(
                (self.goods, 1), (self.plan_product, 1), user_id=self.seller.id, **values
            )

    def listed(self, tile, action="action_open"):
        """Return what the list behind a number shows to the tile's user."""
        opened = getattr(tile, action)()
        return self.env[opened["res_model"]].with_user(tile.env.user).search(opened["domain"])

    @freeze_time(TODAY)
    def test_a_number_is_that_of_its_list_and_only_ones_own_count(self):
        soon, later = self.sell_on("2025-07-01"), self.sell_on("2026-05-20")
        soonest = self.sell_on("2025-06-12")
        self.sell_on("2025-06-20").sudo().user_id = self.env.user  # somebody else's
        ending = self.tile("ending", self.seller)
        self.assertEqual((ending.count, ending.label, ending.value), (2, "2", 2.0))
        self.assertEqual(self.listed(ending), soon | soonest)
        self.assertEqual(ending.late_count, 1)
        self.assertEqual(self.listed(ending, "action_open_late"), soonest)
        later.sudo().user_id = False
        sold = self.tile("sold", self.seller)
        self.assertEqual((sold.count, sold.label), (0, "–"))
        self.sell_on("2026-06-02")
        sold.invalidate_recordset()
        self.assertEqual((sold.count, sold.value), (1, 600.0))
        self.assertIn("600.00", sold.label)
        other = new_test_user(self.env, "t-other", "sales_team.group_sale_salesman")
        self.assertEqual(self.tile("ending", other).count, 0)

    @freeze_time(TODAY)
    def test_the_list_opens_first_and_the_chart_opens_as_a_graph(self):
        tile = self.tile("sold", self.seller)
        opened = tile.action_open()
        self.assertEqual(opened["views"][0][1], "list")
        self.assertEqual((opened["name"], opened["context"]), ("I Sold this Month", {}))
        graph = tile.action_open_graph()
        self.assertEqual(graph["views"][0][1], "graph")
        self.assertEqual(graph["context"]["graph_groupbys"], ["date_sold:month"])
        self.assertEqual(graph["context"]["graph_measure"], "amount_untaxed")

    @freeze_time(TODAY)
    def test_a_chart_has_no_gaps_and_one_bar_is_none(self):
        self.sell_on("2026-06-02")
        tile = self.tile("sold", self.seller)
        self.assertFalse(tile.graph)
        self.sell_on("2026-03-30")
        self.sell_on("2025-06-30")  # too long ago
        self.sell_on("2026-04-10").sudo().user_id = self.env.user  # somebody else's
        tile.invalidate_recordset()
        [series] = json.loads(tile.graph)
        bars = [(bar["label"], bar["value"], bar["type"]) for bar in series["values"]]
        self.assertEqual(
            bars,
            [
                ("Mar", 600.0, "past"),
                ("Apr", 0, "past"),
                ("May", 0, "past"),
                ("Jun", 600.0, "future"),
            ],
        )

    @freeze_time(TODAY)
    def test_bars_of_kinds_have_their_names_and_the_order_of_the_list(self):
        contract = self.sell_on("2026-06-01")
        claim = self.claim(contract.asset_ids, user=self.agent)
        claim.action_approve()
        self.claim(contract.asset_ids, user=self.agent)
        tile = self.tile("claims_mine", self.agent)
        [series] = json.loads(tile.graph)
        self.assertEqual(
            [(bar["label"], bar["value"]) for bar in series["values"]],
            [("New", 1), ("Approved", 1)],
        )

    @freeze_time(TODAY)
    def test_amounts_of_two_companies_keep_their_currencies(self):
        self.sell_on("2026-06-02")
        abroad = self.env["res.company"].create(
            {"name": "Abroad", "currency_id": self.env.ref("base.CHF").id}
        )
        plan = self.plan.copy({"company_id": abroad.id})
        self.env["aftersales.contract"].sudo().create(
            {
                "plan_id": plan.id,
                "partner_id": self.customer.id,
                "site_id": self.customer.id,
                "company_id": abroad.id,
                "user_id": self.seller.id,
                "amount_untaxed": 80.0,
            }
        )
        self.seller.company_ids = [Command.link(abroad.id)]
        tile = self.tile("sold", self.seller)
        here = tile.with_context(allowed_company_ids=self.company.ids)
        self.assertEqual((here.count, here.value), (1, 600.0))
        both = tile.with_context(allowed_company_ids=[self.company.id, abroad.id])
        self.assertEqual((both.count, both.value), (2, 0.0))
        self.assertRegex(both.label, "600.00.* \\+ .*80.00")
        self.assertIn("CHF", both.label)
        self.assertFalse(both.graph, "bars of two currencies cannot be compared")

    @freeze_time(TODAY)
    def test_quotas_of_different_size_weigh_by_their_size(self):
        first, second = self.sell_on("2026-06-01"), self.sell_on("2026-06-01")
        rows = self.env["aftersales.entitlement"].search(
            [("contract_id", "in", (first | second).ids)]
        )
        self.assertEqual(rows.mapped("included"), [3, 3])
        self.claim(first.asset_ids).action_approve()
        second.with_user(self.manager).replacements_included = 7
        [[percent]] = rows._read_group([("id", "in", rows.ids)], [], ["used_percent:avg"])
        self.assertEqual(percent, 10.0)
        self.assertEqual(sorted(rows.mapped("used_percent")), [0.0, 100 / 3])

    def shown(self, user, company=None):
        """Return the tiles ``user`` sees, having chosen ``company``."""
        tiles = self.env["aftersales.tile"].with_user(user).sudo(False)
        if company:
            tiles = tiles.with_context(allowed_company_ids=company.ids)
        return tiles.search([("is_shown", "=", True)])

    def test_what_the_chosen_company_has_none_of_is_not_shown(self):
        young = self.env["res.company"].create({"name": "Nordstein"})
        self.manager.company_ids = [Command.link(young.id)]
        self.assertFalse(self.shown(self.manager, young))
        self.sell((self.goods, 1), (self.plan_product, 1))
        self.assertFalse(self.shown(self.manager, young))
        tiles = self.shown(self.manager, self.company)
        self.assertIn(self.tile("not_started"), tiles, "a zero of what the company has is news")
        self.assertIn("contracts", tiles.mapped("section"))

    def test_only_ones_own_groups_and_readable_records_show(self):
        contract = self.sell((self.goods, 1), (self.plan_product, 1))
        self.claim(contract.asset_ids)
        shown = self.shown
        self.assertIn(self.tile("sold"), shown(self.seller))
        self.assertNotIn(self.tile("claims_new"), shown(self.seller))
        self.assertIn(self.tile("claims_new"), shown(self.agent))
        self.assertNotIn(self.tile("sold"), shown(self.manager), "the manager sells nothing")
        self.assertIn(
            self.tile("sold"), self.env["aftersales.tile"].with_user(self.manager).search([])
        )
        with self.assertRaises(AccessError):
            self.tile("claims_new", self.seller).action_open()
        rights = self.env["ir.model.access"].search([("model_id.model", "=", "aftersales.claim")])
        rights.perm_read = False
        self.assertNotIn(self.tile("claims_new"), shown(self.agent))

    def test_sections_stand_in_their_order(self):
        self.sell((self.goods, 1), (self.plan_product, 1))
        tiles = self.env["aftersales.tile"].with_user(self.manager)
        groups = tiles.with_context(read_group_expand=True).formatted_read_group(
            [("is_shown", "=", True)], ["section"], ["__count"]
        )
        order = [key for key, _label in tiles._fields["section"].selection]
        found = [group["section"] for group in groups]
        self.assertEqual(found, sorted(found, key=order.index))
        self.assertEqual(found[:2], ["work", "contracts"])

    def test_a_manager_moves_tiles_and_switches_them_off_nothing_more(self):
        tile = self.tile("running")
        tile.write({"sequence": 99, "active": False})
        self.assertEqual((tile.sequence, tile.active), (99, False))
        with self.assertRefused("what they count is fixed"):
            tile.domain = "[]"
        with self.assertRaises(AccessError):
            self.tile("obligations", self.agent).active = False
        with self.assertRaises(AccessError):
            tile.copy()
        # an upgrade loads the same record again
        tile.sudo()._load_records_write({"sequence": 20, "active": True, "name": "All Contracts"})
        self.assertEqual((tile.sequence, tile.active, tile.name), (99, False, "All Contracts"))

    def test_a_screen_that_computes_its_domain_counts_as_all_there_is(self):
        screens = self.env["ir.actions.act_window"]
        said = self.env["aftersales.tile"]._domain_of_screen
        for text, domain in (
            (False, Domain.TRUE),
            ("[('active', '=', True)]", Domain("active", "=", True)),
            ("[('user_id', '=', uid)]", Domain.TRUE),
            ("[(", Domain.TRUE),
        ):
            with self.subTest(text):
                screen = screens.new({"res_model": "res.partner", "domain": text})
                self.assertEqual(said(screen), domain)

    def test_what_is_no_domain_is_refused(self):
        for domain in ("[('state', '=', uid)]", "[(", "12", "__import__('os').getcwd()"):
            with self.assertRaises(ValidationError):
                self.tile("running").sudo().domain = domain

    def test_whoever_wrote_is_counted_until_somebody_answers_or_sets_it_aside(self):
        contract = self.sell((self.goods, 1), (self.plan_product, 1))
        claim = self.claim(contract.asset_ids)
        tile = self.tile("claims_letters", self.agent)
        before = tile.count
        claim.message_post(
            body="Where is it?", message_type="email", author_id=self.customer.id,
            subtype_xmlid="mail.mt_comment",
        )  # fmt: skip
        claim.message_post(body="Who knows?", subtype_xmlid="mail.mt_note")  # is no answer
        tile.invalidate_recordset()
        self.assertEqual(tile.count, before + 1)
        self.assertIn(claim, self.listed(tile))
        comment = {"subtype_xmlid": "mail.mt_comment", "message_type": "comment"}
        claim.message_post(body="On its way.", partner_ids=self.customer.ids, **comment)
        self.assertNotIn(claim, self.listed(tile))
        claim.message_post(
            body="Thanks", message_type="email", author_id=False, email_from="casa@home.test",
            subtype_xmlid="mail.mt_comment",
        )  # fmt: skip
        self.assertIn(claim, self.listed(tile))
        claim.with_user(self.agent).action_no_answer_needed()
        self.assertNotIn(claim, self.listed(tile))
        claim.message_post(
            body="Hello?", message_type="email", author_id=self.customer.id,
            subtype_xmlid="mail.mt_comment",
        )  # fmt: skip
        self.assertIn(claim, self.listed(tile))
        claim.action_cancel()
        self.assertNotIn(claim, self.listed(tile))

    def test_the_empty_list_of_a_tile_does_not_say_that_there_is_nothing_at_all(self):
        self.sell((self.goods, 1), (self.plan_product, 1))
        tile = self.tile("not_started", self.manager)
        self.assertIn(f"{tile.name}: none now", tile.action_open()["help"])

    @freeze_time(TODAY)
    def test_a_tile_takes_the_same_queries_however_much_it_counts(self):
        def queries():
            self.env.flush_all()
            self.env.invalidate_all()
            tile = self.tile("sold", self.seller)
            tile.action_open()
            self.env.flush_all()
            before = self.cr.sql_log_count
            tile.read(["label", "late_count", "graph"])
            return self.cr.sql_log_count - before

        self.sell_on("2026-06-01")
        queries()
        one = queries()
        for day in ("2026-06-02", "2026-05-03", "2026-04-04"):
            self.sell_on(day)
        self.assertEqual(queries(), one)
        self.assertLess(one, 12)
