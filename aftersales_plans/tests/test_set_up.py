# SPDX-License-Identifier: LGPL-3.0-or-later
from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import AfterSalesCase, speak


@tagged("post_install", "-at_install")
class TestSetUp(AfterSalesCase):
    """The set-up guide of a company that begins, in the hands of its plan manager."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.young = cls.env["res.company"].create(
            {"name": "Nordstein", "currency_id": cls.env.ref("base.CHF").id, "email": "n@x.test"}
        )
        cls.env["aftersales.backfill"]._start(cls.young)
        cls.manager.write(
            {"company_ids": [(4, cls.young.id)], "company_id": cls.young.id, "lang": "en_US"}
        )
        cls.guide = cls.env["onboarding.onboarding"].with_user(cls.manager)

    def step(self, topic, user=None):
        """Return the step of a topic as ``user`` sees it."""
        steps = self.env["onboarding.onboarding.step"].with_user(user or self.manager)
        steps.invalidate_model()
        return steps.search([("aftersales_topic", "=", topic)])

    def assertWrong(self, topic, words):
        step = self.step(topic)
        self.assertEqual(step.aftersales_state, "todo")
        self.assertRegex(step.aftersales_problems, words)

    def make_tiers(self):
        """Press the button of the first step; return the new plans, VIP first."""
        action = self.env["aftersales.plan"].with_user(self.manager).action_create_tiers()
        self.assertEqual(action["res_model"], "product.template")
        self.assertIn(
            "('aftersales_plan_id.company_id', 'in', allowed_company_ids)", action["domain"]
        )
        return self.env["aftersales.plan"].search([("company_id", "=", self.young.id)])

    def test_installing_ends_on_a_new_page_with_the_guide(self):
        todo = self.env.ref("aftersales_plans.set_up_todo")
        action = todo.action_launch()
        self.assertEqual((action["type"], action["target"]), ("ir.actions.act_url", "self"))
        guide = self.env.ref("aftersales_plans.set_up_action")
        self.assertEqual(action["url"], f"/odoo/{guide.path}")

    def test_a_plan_manager_finds_the_guide_in_the_menu(self):
        menu = self.env.ref("aftersales_plans.menu_set_up")
        self.assertIn(menu.id, menu.with_user(self.manager)._visible_menu_ids())
        action = menu.action.with_user(self.manager).run()
        self.assertEqual(action["res_model"], "onboarding.onboarding.step")

    # --- The three tiers -----------------------------------------------------------------------

    def test_one_click_makes_the_three_tiers_of_the_sales_book(self):
        self.assertWrong("plans", "no plan yet")
        self.assertWrong("products", "create plans first")
        plans = self.make_tiers()
        self.assertRecordValues(
            plans,
            [
                {"name": "VIP", "code": "VIP", "replacements_unlimited": True,
                 "replacements_included": 0, "support_level": "always"},
                {"name": "GOLD", "code": "GOLD", "replacements_unlimited": False,
                 "replacements_included": 3, "support_level": "none"},
                {"name": "STANDARD", "code": "STANDARD", "replacements_unlimited": False,
                 "replacements_included": 1, "support_level": "none"},
            ],
        )  # fmt: skip
        self.assertEqual(set(plans.mapped("duration_months")), {12})
        self.assertEqual(set(plans.mapped("over_quota_policy")), {"bill"})
        products = plans.product_ids.with_company(self.young)
        self.assertEqual(
            products.mapped("name"),
            ["VIP after-sales plan", "GOLD after-sales plan", "STANDARD after-sales plan"],
        )
        self.assertEqual(products.currency_id, self.env.ref("base.CHF"))
        self.assertEqual(products.company_id, self.young)
        self.assertEqual(set(products.mapped("type")), {"service"})

    def test_a_price_is_asked_for_until_it_is_set(self):
        plans = self.make_tiers()
        self.assertEqual(self.step("plans").aftersales_state, "done")
        self.assertWrong("products", "GOLD after-sales plan is sold for nothing")
        plans.write({"price_policy": "percent", "price_percent": 8})
        self.assertEqual(self.step("products").aftersales_state, "done")
        plans.price_policy = "fixed"
        plans.product_ids.list_price = 100.0
        self.assertEqual(self.step("products").aftersales_state, "done")
        plans[0].product_ids.active = False
        self.assertWrong("products", "Nobody can buy the plan VIP")

    def test_plans_that_exist_stay_as_they_are(self):
        gold = self.env["aftersales.plan"].create(
            {"name": "Our Gold", "code": "gold", "company_id": self.young.id, "active": False}
        )
        plans = self.make_tiers()
        self.assertEqual(plans.mapped("code"), ["VIP", "STANDARD"])
        self.assertEqual((gold.name, gold.active), ("Our Gold", False))
        plans.action_archive()
        self.assertWrong("plans", "no plan yet")
        with self.assertRefused("Nordstein has VIP, GOLD and STANDARD already"):
            self.make_tiers()

    def test_tiers_are_named_in_every_language_of_the_database(self):
        speak(self, {"VIP": "ВИП", "%s after-sales plan": "План «%s»"})
        plans = self.make_tiers()
        self.assertEqual(plans.mapped("code"), ["VIP", "GOLD", "STANDARD"])
        russian, products = plans.with_context(lang="ru_RU"), plans.product_ids
        self.assertEqual(russian.mapped("name"), ["ВИП", "GOLD", "STANDARD"])
        self.assertEqual(products[0].with_context(lang="ru_RU").name, "План «ВИП»")
        self.assertEqual((plans[0].name, products[0].name), ("VIP", "VIP after-sales plan"))
        self.env["res.lang"]._activate_lang("sq_AL")
        self.assertEqual(plans[0].with_context(lang="sq_AL").name, "VIP")

    def test_tiers_made_in_another_language_are_english_too(self):
        speak(self, {"VIP": "ВИП"})
        self.manager.lang = "ru_RU"
        plans = self.make_tiers()
        self.assertEqual(plans[0].with_context(lang="ru_RU").name, "ВИП")
        self.assertEqual(plans[0].with_context(lang="en_US").name, "VIP")

    def test_usual_reductions_are_named_in_every_language(self):
        speak(self, {"Work is charged": "Работа за счёт клиента"})
        reductions = self.env["aftersales.scope.reduction"].with_user(self.manager)
        reductions.action_create_usual()
        work = reductions.search([("kind", "=", "labour"), ("company_id", "=", self.young.id)])
        self.assertEqual(work.name, "Work is charged")
        self.assertEqual(work.with_context(lang="ru_RU").name, "Работа за счёт клиента")

    def test_who_may_not_make_plans_makes_no_tiers(self):
        with self.assertRaises(AccessError):
            self.env["aftersales.plan"].with_user(self.agent).action_create_tiers()

    def test_the_banner_above_lists_works_out_no_proposals(self):
        """It is asked with every list; proposals read orders, sites and users."""
        asked = []
        company = type(self.env["res.company"])
        with patch.object(company, "_aftersales_proposals", lambda self: asked.append(1) or {}):
            self.assertTrue(self.guide.aftersales_set_up_progress())
            self.assertEqual(asked, [])
            self.guide._aftersales_guide().step_ids.mapped("aftersales_proposal")
        self.assertEqual(asked, [1])

    # --- What the guide proposes ---------------------------------------------------------------

    def test_the_first_proposal_makes_the_tiers(self):
        step = self.step("plans")
        self.assertEqual(step.aftersales_proposal, "Create VIP, GOLD and STANDARD")
        self.assertEqual(step.action_aftersales_take()["res_model"], "product.template")
        self.assertFalse(self.step("plans").aftersales_proposal)
        self.assertEqual(step.action_aftersales_take()["tag"], "soft_reload")  # taken already

    def test_a_plan_without_a_product_gets_one(self):
        plan = self.env["aftersales.plan"].create(
            {"name": "Bronze", "code": "BRONZE", "company_id": self.young.id}
        )
        step = self.step("products")
        self.assertEqual(step.aftersales_proposal, "Create Missing Products")
        step.action_aftersales_take()
        self.assertEqual(plan.product_ids.name, "Bronze after-sales plan")
        plan.product_ids.active = False  # taken out of sale on purpose
        self.assertFalse(self.step("products").aftersales_proposal)

    def test_missing_accounts_are_made_beside_their_like(self):
        self.assertFalse(self.step("goods").aftersales_proposal)  # no chart to make them in
        admin = self.env.ref("base.user_admin")
        admin.write({"company_ids": [(4, self.young.id)], "company_id": self.young.id})
        self.env["account.chart.template"].try_loading("generic_coa", self.young, False)
        self.young.aftersales_service_cost_account_id = False
        self.assertFalse(self.step("goods").aftersales_proposal)  # a plan manager makes none
        step = self.step("goods", admin)
        self.assertEqual(step.aftersales_proposal, "Create Missing Accounts")
        step.action_aftersales_take()
        account = self.young.aftersales_service_cost_account_id.with_company(self.young)
        self.assertEqual(account.account_type, "expense_direct_cost")
        operating = self.env.ref("account.account_tag_operating")
        self.assertEqual(account.tag_ids, operating)
        self.assertEqual(self.step("goods", admin).aftersales_state, "done")
        # not beside 443000 Cash Discount Loss, which comes first but is none of operating
        account = self.young._aftersales_create_account("Another", ["expense"])
        self.assertTrue(account.with_company(self.young).code.startswith("6000"))

    def test_only_plan_managers_take_proposals(self):
        step = self.env.ref("aftersales_plans.onboarding_step_plans").with_user(self.agent)
        for attempt in (step.action_aftersales_take, step.action_aftersales_take_other):
            with self.assertRaises(AccessError):
                attempt()
        with self.assertRaises(AccessError):
            self.young.with_user(self.manager)._aftersales_take_accounts()

    # --- What the checks find ------------------------------------------------------------------

    def test_a_company_without_a_chart_is_told_so(self):
        self.assertWrong("goods", "Nordstein has no chart of accounts")
        self.assertFalse(self.step("goods").aftersales_can_open)
        self.assertTrue(self.step("goods", self.env.ref("base.user_admin")).aftersales_can_open)

    def test_an_archived_location_is_named_and_opened(self):
        self.young.aftersales_lent_location_id.active = False
        self.assertWrong("goods", "Lent to customers is archived")
        problems = self.young._aftersales_problems()["goods"]
        self.assertEqual(problems[-1].screen, "stock.action_location_form")
        self.assertIn(("id", "=", self.young.aftersales_lent_location_id.id), problems[-1].domain)

    def test_a_paused_back_fill_is_said(self):
        order = self.quote((self.goods, 1))
        order.action_confirm()
        self.deliver(order.picking_ids)
        self.manager.company_id = self.company
        backfill = self.env["aftersales.backfill"]
        backfill._start(self.company)
        row = backfill.search([("company_id", "=", self.company.id)])
        row.write({"running": False, "last_move_id": 0})
        self.assertWrong("goods", "earlier deliveries is paused")

    def test_a_missing_address_is_said(self):
        self.assertEqual(self.step("mails").aftersales_state, "done")
        self.young.email = False
        self.assertWrong("mails", "Nordstein has no e-mail address")

    def test_a_company_that_gets_no_mails_is_told_so(self):
        self.young.aftersales_claim_alias_id = self.env["mail.alias"].create(
            {
                "alias_name": "claims-of-the-young",
                "alias_model_id": self.env["ir.model"]._get_id("aftersales.claim"),
            }
        )
        self.young.alias_domain_id = False
        problems = self.young._aftersales_problems()["mails"]
        self.assertIn("Mails to claims-of-the-young open no claims", problems[-1].sentence)
        self.assertEqual(problems[-1].screen, "mail.mail_alias_domain_action")

    def test_a_missing_cost_account_is_said(self):
        self.assertEqual(self.company._aftersales_check_cost(), [])
        self.company.aftersales_service_cost_account_id = False
        [problem] = self.company._aftersales_check_cost()
        self.assertIn("No service cost account", problem.sentence)

    def test_a_job_that_is_switched_off_is_named(self):
        self.assertEqual(self.step("jobs").aftersales_state, "done")
        self.env.ref("aftersales_plans.cron_follow_calendar").active = False
        self.assertWrong("jobs", "start, continue and end contracts” is switched off")

    def test_nobody_is_led_to_switch_on_the_jobs_of_a_neutralised_copy(self):
        self.env.ref("aftersales_plans.cron_follow_calendar").active = False
        self.env["ir.config_parameter"].set_param("database.is_neutralized", True)
        self.assertEqual(self.step("jobs").aftersales_state, "done")

    def test_a_check_that_fails_stops_nobody(self):
        def fail(company):
            raise ZeroDivisionError

        self.patch(type(self.young), "_aftersales_check_mails", fail)
        with self.assertLogs("odoo.addons.aftersales_plans.models.never_fail", "ERROR"):
            problems = self.young._aftersales_problems()
        self.assertIn("plans", problems)

    def test_the_settings_say_the_same(self):
        settings = self.env["res.config.settings"].new({"company_id": self.young.id})
        self.assertRegex(settings.aftersales_plan_problems, "no plan yet.*\n.*create plans first")
        self.assertIn("no chart of accounts", settings.aftersales_goods_problems)
        self.assertFalse(settings.aftersales_mail_problems)
        for words in (settings.aftersales_plan_problems, settings.aftersales_goods_problems):
            self.assertIn(words, settings.aftersales_problems)

    def test_it_asks_as_much_for_one_plan_as_for_twenty(self):
        self.make_tiers()
        self.young._aftersales_problems()

        def queries():
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.young._aftersales_problems()
            return self.env.cr.sql_log_count - before

        few = queries()
        plans = self.env["aftersales.plan"].create(
            [{"name": f"Tier {n}", "code": f"T{n}", "company_id": self.young.id} for n in range(20)]
        )
        plans[:10]._create_products()
        self.assertLessEqual(queries(), few + 2)

    # --- The banner ----------------------------------------------------------------------------

    def test_it_is_closed_for_one_company_and_opened_again(self):
        progress = self.guide.aftersales_set_up_progress()
        self.assertGreater(progress["total"], progress["done"])
        self.guide.action_aftersales_close_set_up()
        self.assertEqual(self.guide.aftersales_set_up_progress(), {})
        elsewhere = self.guide.with_company(self.company)
        self.assertTrue(elsewhere._aftersales_guide().step_ids)
        self.assertFalse(elsewhere._aftersales_guide().is_onboarding_closed)
        action = self.guide.action_aftersales_open_set_up()
        self.assertEqual(action["path"], "aftersales-set-up")
        self.assertEqual(self.guide.aftersales_set_up_progress(), progress)

    def test_only_plan_managers_see_and_close_it(self):
        guide = self.env["onboarding.onboarding"].with_user(self.agent)
        self.assertEqual(guide.aftersales_set_up_progress(), {})
        for method in ("action_aftersales_close_set_up", "action_aftersales_open_set_up"):
            with self.assertRaises(AccessError):
                getattr(guide, method)()
        with self.assertRaises(AccessError):
            self.step("plans", self.agent).read(["title"])

    def test_a_step_opens_what_is_wrong_or_its_subject(self):
        self.assertEqual(
            self.step("plans").action_aftersales_open()["res_model"], "aftersales.plan"
        )
        plans = self.make_tiers()
        plans[1].product_ids.active = False
        action = self.step("products").action_aftersales_open()
        self.assertEqual(action["domain"], [("id", "=", plans[1].id)])
