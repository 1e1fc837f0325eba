# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import freeze_time, new_test_user, tagged

from .common import TODAY
from .common_credit import CreditCommon

MATERIALS = "[('type', '=', 'consu')]"


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestCreditProgram(CreditCommon):
    """One program per company, shared by its branches, for all goods or some (design §5)."""

    # --- One per company -----------------------------------------------------------------------

    def test_every_company_has_its_program_from_the_start(self):
        new = self.env["res.company"].create({"name": "New", "currency_id": self.ref("base.EUR")})
        program = new.aftersales_wallet_program_id
        self.assertRecordValues(
            program,
            [
                {
                    "program_type": "ewallet",
                    "aftersales_wallet": True,
                    "company_id": new.id,
                    "currency_id": self.ref("base.EUR"),
                    "portal_point_name": "€",
                    "active": True,
                }
            ],
        )
        self.assertFalse(program.rule_ids)
        self.assertEqual(program.reward_ids.description, "Store credit")
        self.assertEqual(program.reward_ids.required_points, 0.01)
        product = program.reward_ids.discount_line_product_id
        self.assertFalse(product.sale_ok or product.taxes_id)
        self.assertEqual(self.env["loyalty.program"].search_count([("company_id", "=", new.id)]), 1)
        new._aftersales_create_wallets()
        self.assertEqual(new.aftersales_wallet_program_id, program)

    def test_its_payment_product_follows_the_account(self):
        product = self.company.aftersales_wallet_program_id.reward_ids.discount_line_product_id
        self.assertEqual(product.property_account_income_id, self.L)
        other = self.L.copy()
        self.company.aftersales_store_credit_account_id = other
        self.assertEqual(product.property_account_income_id, other)

    def test_a_program_that_was_deleted_is_made_again(self):
        company = self.env["res.company"].create({"name": "New"})
        company.aftersales_wallet_program_id.sudo().action_archive()
        company.aftersales_wallet_program_id.sudo().unlink()
        program = company._aftersales_wallet_program()
        self.assertTrue(program.exists() and program.aftersales_wallet)

    def test_an_archived_program_or_card_is_named(self):
        self._goodwill(10.0)
        program = self.company.aftersales_wallet_program_id
        program.sudo().action_archive()
        with self.assertRefused(UserError, "program “Store credit for referrals” is archived"):
            self._goodwill(10.0)
        self.company.action_aftersales_set_up_wallet()
        self.assertTrue(program.active)
        card = self._card()
        card.sudo().active = False
        with self.assertRefused(UserError, f"card of Rita Referrer.*{card.code}.*is archived"):
            self._goodwill(10.0)
        self.assertInvariants()

    def test_another_currency_is_followed_while_nothing_is_held(self):
        company = self.env["res.company"].create({"name": "New"})
        program = company.aftersales_wallet_program_id
        eur = self.env.ref("base.EUR")
        eur.active = True
        company.currency_id = eur
        self.assertEqual((program.currency_id, program.portal_point_name), (eur, "€"))
        self._goodwill(10.0)
        self.env.flush_all()
        usd = self.company.currency_id
        other = eur if usd != eur else self.env.ref("base.USD")
        self.env.cr.execute(
            "UPDATE res_company SET currency_id = %s WHERE id = %s", [other.id, self.company.id]
        )
        self.env.invalidate_all()
        with self.assertRefused(
            UserError, f"held in {usd.name}, the company works in {other.name}"
        ):
            self._goodwill(10.0)

    # --- Materials only ------------------------------------------------------------------------

    def test_credit_pays_materials_only_up_to_their_price_with_tax(self):
        self._goodwill(2000.0)
        self.company.aftersales_credit_domain = MATERIALS
        order = self._quotation(
            (self.goods, 100.0), (self.delivery, 200.0), (self.plan_product, 1200.0)
        )
        self.assertEqual(self._credit_of(order), -120.0)
        order.action_confirm()
        self.assertEqual(order.amount_total, 1400.0)
        self.assertEqual(self._card().points, 1880.0)
        self.assertInvariants()
        self._invoice(order.with_user(self.env.user))
        self.assertBalance(self.L, 1880.0)
        self.assertInvariants()

    def test_services_alone_are_not_paid(self):
        self._goodwill(2000.0)
        self.company.aftersales_credit_domain = MATERIALS
        order = self._order(
            (self.delivery, 200.0),
            partner=self.referrer,
            referrer=self.env["res.partner"],
            confirm=False,
        ).with_user(self.salesperson)
        with self.assertRefused(UserError, "nothing to discount"):
            self._claim(order)
        self.company.aftersales_credit_domain = "[]"
        self._claim(order)
        self.assertEqual(self._credit_of(order), -200.0)

    def test_a_discount_lowers_what_credit_pays(self):
        self._goodwill(2000.0)
        self.company.aftersales_credit_domain = MATERIALS
        order = self._quotation((self.goods, 100.0), (self.delivery, 50.0))
        order.order_line.filtered(lambda line: line.product_id == self.goods).discount = 10.0
        order._update_programs_and_rewards()
        self.assertEqual((self._credit_of(order), order.amount_total), (-108.0, 50.0))

    def test_an_open_quotation_that_claims_too_much_is_told_so(self):
        self._goodwill(2000.0)
        order = self._quotation((self.goods, 100.0), (self.delivery, 200.0))
        self.assertEqual((self._credit_of(order), order.amount_total), (-320.0, 0.0))
        self.company.aftersales_credit_domain = MATERIALS
        with self.assertRefused(UserError, r"claims .*320\.00.*which pays .*120\.00.*“Reward”"):
            order.action_confirm()
        self.assertEqual(self._card().points, 2000.0)
        self._update(order)
        self.assertEqual((self._credit_of(order), order.amount_total), (-120.0, 200.0))
        order.action_confirm()
        self.assertInvariants()

    def _update(self, order):
        order._update_programs_and_rewards()

    def test_fewer_goods_take_less_credit_without_asking(self):
        self._goodwill(2000.0)
        order = self._quotation((self.goods_untaxed, 100.0), (self.delivery, 200.0))
        order.order_line.filtered(lambda line: line.product_id == self.delivery).unlink()
        order.action_confirm()
        self.assertEqual((order.amount_total, self._card().points), (0.0, 1900.0))
        self.assertInvariants()

    def test_the_name_of_the_credit_stays_and_a_wrong_limit_is_refused(self):
        reward = self.company.aftersales_wallet_program_id.reward_ids
        self.company.aftersales_credit_domain = MATERIALS
        self.env.flush_all()
        self.assertEqual(
            (reward.description, reward.discount_applicability), ("Store credit", "specific")
        )
        for wrong in ("[('nothing', '=', 1)]", "rubbish", "[('id', '=', uid)]", "5"):
            with self.assertRefused(ValidationError, "Choose the products with fixed values"):
                self.company.aftersales_credit_domain = wrong
        self.company.aftersales_credit_domain = False
        self.assertEqual(reward.discount_applicability, "order")

    def test_history_and_rules_of_other_cards_stay_their_own(self):
        self._goodwill(60.0)
        wallet, mine = self.company.aftersales_wallet_program_id, self._card().history_ids[:1]
        plain = self.env["loyalty.program"].create(
            {"name": "Points", "program_type": "loyalty", "rule_ids": [Command.create({})]}
        )
        card = self.env["loyalty.card"].create({"program_id": plain.id, "points": 5.0})
        row = card.history_ids.create({"card_id": card.id, "description": "Sold", "issued": 5.0})
        row.description = "Sold twice"
        self.assertEqual(row.description, "Sold twice")
        plain.rule_ids.minimum_amount = 50.0
        self.assertEqual(plain.rule_ids.minimum_amount, 50.0)
        for record, values in (
            (mine, {"description": "Nothing"}),
            (row, {"card_id": self._card().id}),
            (plain.rule_ids, {"program_id": wallet.id}),
            (card, {"program_id": wallet.id}),
        ):
            user = record.with_user(self.env.ref("base.user_admin")).sudo(False)
            with self.subTest(record._name, values=values):
                with self.assertRaises(UserError):
                    user.write(values)

    def test_the_history_names_what_moved_the_credit(self):
        lot = self._goodwill(60.0)
        row = self._card().history_ids[:1]
        order = self._order(confirm=False)
        payout = self._payout(10.0, post=False)
        for record, words in (
            (payout, payout.name),
            (lot, lot.display_name),
            (order, order.display_name),
        ):
            with self.subTest(record._name):
                row.sudo().write({"order_model": record._name, "order_id": record.id})
                self.assertEqual(row._get_order_description(), words)

    # --- Branches ------------------------------------------------------------------------------

    def _branch(self, name):
        branch = self.env["res.company"].create({"name": name, "parent_id": self.company.id})
        self.env.cr.precommit.run()  # loads the branch's share of the chart
        branch.aftersales_hold_days = 0
        self.env.user.company_ids |= branch
        return branch

    def _in(self, company, *lines, partner=None, referrer=None):
        env = self.env(context=dict(self.env.context, allowed_company_ids=company.ids))
        order = env["sale.order"].create(
            {
                "partner_id": (partner or self.customer).id,
                "referrer_id": (self.referrer if referrer is None else referrer).id,
                "company_id": company.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": product.id,
                            "product_uom_qty": 1,
                            "price_unit": price,
                            "tax_ids": [Command.clear()],
                        }
                    )
                    for product, price in lines or [(self.goods_untaxed, 1000.0)]
                ],
            }
        )
        return order

    def test_earned_in_a_branch_spent_in_another_on_the_root_s_card(self):
        north, south = self._branch("North"), self._branch("South")
        self.assertFalse((north | south).aftersales_wallet_program_id)
        order = self._in(north)
        order.with_context(skip_procurement=True).action_confirm()
        self._pay(self._invoice(order))
        payout = self.env["aftersales.payout"].create(
            {
                "referrer_id": self.referrer.id,
                "method": "credit",
                "amount": 150.0,
                "company_id": north.id,
            }
        )
        payout.action_post()
        card = payout.card_id
        self.assertEqual((card.company_id, card.points), (self.company, 150.0))
        self.assertEqual(payout.move_id.company_id, north)
        self.assertEqual(self._card(), card)
        spent = self._in(
            south,
            (self.goods_untaxed, 60.0),
            partner=self.referrer,
            referrer=self.env["res.partner"],
        )
        self._claim(spent)
        spent.with_context(skip_procurement=True).action_confirm()
        self.assertEqual(card.points, 90.0)
        self.assertTree(north, south)
        invoice = self._invoice(spent)
        line = invoice.line_ids.filtered(lambda item: item.account_id == self.L)
        self.assertEqual((line.company_id, line.balance), (south, 60.0))
        self.assertTree(north, south)
        lot = card.aftersales_lot_ids
        with freeze_time("2028-03-16"):
            self._run("cron_expire_credit")
        entry = lot.movement_ids.filtered(lambda row: row.kind == "expired").move_id
        self.assertEqual(entry.company_id, north, "who granted it")
        self.assertLines(
            entry, (self.L, self.referrer, 90.0), (self.breakage, self.referrer, -90.0)
        )
        self.assertTree(north, south)

    def assertTree(self, *branches):
        self.env.flush_all()
        companies = self.company.union(*branches)
        self.assertEqual(self.Commission._check_invariants(companies), [])
        for row in (
            self.env["aftersales.reconciliation"]
            .with_context(allowed_company_ids=companies.ids)
            .search([])
        ):
            self.assertFalse(row.difference_total, row.partner_id.name)

    def test_goodwill_of_a_branch_is_its_cost(self):
        north = self._branch("North")
        self.accountant.company_ids |= north
        lot = self._goodwill(40.0, company=north)
        self.assertEqual((lot.company_id, lot.move_id.company_id), (self.company, north))
        self.assertTree(north)
        lot.with_user(self.accountant).with_context(
            allowed_company_ids=north.ids
        ).action_take_back()
        taken = lot.movement_ids.filtered(lambda row: row.kind == "taken_back")
        self.assertEqual(taken.move_id.company_id, north)
        self.assertTree(north)

    def test_a_branch_keeps_no_store_credit_account_of_its_own(self):
        north = self._branch("North")
        self.assertEqual(north.aftersales_store_credit_account_id, self.L)
        with self.assertRefused(ValidationError, f"the one of {self.company.name}"):
            north.aftersales_store_credit_account_id = self.L.copy()
        north.aftersales_hold_days = 3
        north.aftersales_breakage_account_id = self.breakage.copy()
        other = self.L.copy()
        self.company.aftersales_store_credit_account_id = other
        self.assertEqual(north.aftersales_store_credit_account_id, other)
        product = self.company.aftersales_wallet_program_id.reward_ids.discount_line_product_id
        self.assertEqual(product.with_company(north).property_account_income_id, other)

    def test_people_of_a_branch_see_the_credit_and_strangers_do_not(self):
        north = self._branch("North")
        other = self.env["res.company"].create({"name": "Elsewhere"})
        lot = self._goodwill(40.0)
        records = [lot, lot.movement_ids, lot.card_id, lot.card_id.history_ids]
        for role in ("sales_team.group_sale_salesman", "aftersales_plans.group_agent"):
            people = {
                company: new_test_user(
                    self.env,
                    f"{role}-{company.id}",
                    role,
                    company_id=company.id,
                    company_ids=[Command.set(company.ids)],
                )
                for company in (north, other)
            }
            for record in records:
                record.with_user(people[north]).sudo(False).check_access("read")
                with self.assertRaises(AccessError):
                    record.with_user(people[other]).sudo(False).check_access("read")
            self.assertEqual(self.referrer.with_user(people[north]).aftersales_credit, 40.0)
            self.assertEqual(self.referrer.with_user(people[other]).aftersales_credit, 0.0)

    def test_agents_and_accountants_read_cards_of_store_credit_only(self):
        self._goodwill(40.0)
        other = self.env["loyalty.program"].browse(
            self.env["loyalty.program"].create_from_template("gift_card")["res_id"]
        )
        plain = self.env["loyalty.card"].create({"program_id": other.id, "points": 5.0})
        agent = self._user("agnes", "aftersales_plans.group_agent")
        both = self._user("bo", "aftersales_plans.group_agent,sales_team.group_sale_salesman")
        for user, seen in (
            (agent, self._card()),
            (self.accountant, self._card()),
            (both, self._card() | plain),
        ):
            Card = self.env["loyalty.card"].with_user(user)
            self.assertEqual(Card.search([("id", "in", (self._card() | plain).ids)]), seen)
            for record in (self._card(), self._card().history_ids):
                with self.assertRaises(AccessError):
                    record.with_user(user).sudo(False).unlink()

    # --- Beside the point of sale --------------------------------------------------------------

    def test_the_till_takes_no_store_credit(self):
        programs = self.env["loyalty.program"].sudo()  # of all companies
        if "pos_ok" not in programs:
            self.skipTest("needs pos_loyalty")
        # the one of the main company is older than the till where that was installed after us
        self.setup_other_company()
        wallets = programs.search([("aftersales_wallet", "=", True)])
        self.assertGreater(len(wallets), 1)
        self.assertFalse(wallets.filtered("pos_ok"))

    def test_whoever_works_at_the_till_sees_all_cards_there(self):
        if "pos_ok" not in self.env["loyalty.program"]:
            self.skipTest("needs pos_loyalty")
        self._goodwill(40.0)
        other = self.env["loyalty.program"].create_from_template("gift_card")["res_id"]
        plain = self.env["loyalty.card"].create({"program_id": other, "points": 5.0})
        plain.history_ids.create({"card_id": plain.id, "description": "Sold", "issued": 5.0})
        for role in ("group_agent", "group_accountant"):
            user = self._user(f"till-{role}", f"aftersales_plans.{role}")
            seen = self.env["loyalty.card"].with_user(user)
            self.assertFalse(seen.search([("id", "=", plain.id)]))
            user.group_ids += self.env.ref("point_of_sale.group_pos_user")
            self.assertEqual(seen.search([("id", "=", plain.id)]), plain)
            plain.history_ids.with_user(user).check_access("read")
            with self.assertRaises(AccessError):
                self._card().with_user(user).sudo(False).points = 50.0
