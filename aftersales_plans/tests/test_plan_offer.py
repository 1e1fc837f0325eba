from datetime import date

from markupsafe import escape

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import Form, HttpCase, freeze_time, new_test_user, tagged

from .common import AfterSalesCase

PAYLOAD = "<script>alert('x')</script>"


class OfferCase(AfterSalesCase):
    """A second tier, a seller, and shortcuts to what an offer shows."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seller = new_test_user(cls.env, "t-offer", "sales_team.group_sale_salesman_all_leads")
        cls.silver = cls.env["aftersales.plan"].create(
            {
                "name": "Silver",
                "code": "T-SILVER",
                "sequence": 20,
                "replacements_included": 1,
                "segment": "basic_needs",
                "excluded_cause_ids": [Command.set(cls.accident.ids)],
            }
        )
        cls.silver_product = cls.env["product.product"].create(
            {
                "name": "Silver plan",
                "type": "service",
                "list_price": 250.0,
                "taxes_id": False,
                "aftersales_plan_id": cls.silver.id,
            }
        )
        cls.plan.segment = "risk_avoider"
        cls.pump = cls.env["product.product"].create(
            {"name": "Pump", "type": "consu", "list_price": 90.0, "taxes_id": False}
        )
        cls.training = cls.env["product.product"].create(
            {
                "name": "Training",
                "type": "service",
                "list_price": 240.0,
                "taxes_id": False,
                "aftersales_addon": True,
            }
        )

    @classmethod
    def wizard(cls, action):
        """Return the wizard an action opens, as the seller sees it."""
        return cls.env["aftersales.plan.offer"].with_user(cls.seller).browse(action["res_id"])

    def offer(self, order):
        """Click "Service Plans" on the quotation."""
        return self.wizard(order.with_user(self.seller).action_offer_aftersales_plans())

    def option(self, offer, plan):
        """Return the card of ``plan``."""
        return offer.option_ids.filtered(lambda option: option.plan_id == plan)

    def choose(self, order, plan, goods=None):
        """Open the offer, tick ``goods`` (order lines) if given, and choose."""
        offer = self.offer(order)
        if goods is not None:
            for row in offer.goods_ids:
                row.ticked = row.order_line_id in goods
        return self.option(offer, plan).action_choose()

    def offer_assets(self, assets):
        """Select assets in the register and offer a plan."""
        return self.wizard(
            self.env["aftersales.plan.offer"]
            .with_user(self.seller)
            ._open_for_assets(assets.with_user(self.seller).sudo(False))
        )

    def deliver_asset(self, product=None, **values):
        """Return an asset of goods that were sold and delivered without a plan."""
        order = self.quote((product or self.goods, 1), **values)
        order.action_confirm()
        self.deliver(order.picking_ids)
        return self.env["aftersales.asset"].search(
            [("move_id.sale_line_id", "in", order.order_line.ids)]
        )


@tagged("post_install", "-at_install")
class TestPlanOffer(OfferCase):
    def test_tiers_stand_side_by_side_with_price_promises_and_exclusions(self):
        order = self.quote((self.goods, 1))
        offer = self.offer(order)
        self.assertEqual(
            [(option.name, option.price) for option in offer.option_ids.filtered(
                lambda option: option.plan_id in self.plan | self.silver
            )],
            [("Gold", 600.0), ("Silver", 250.0)],
        )  # fmt: skip
        silver = self.option(offer, self.silver)
        self.assertIn("1 replacement a year", silver.benefits)
        self.assertIn(self.accident.name, silver.exclusions)

    def test_the_price_is_in_the_currency_of_the_quotation_by_its_pricelist(self):
        euro = self.env.ref("base.EUR")
        if euro == self.company.currency_id:
            euro = self.env.ref("base.USD")
        euro.active = True
        self.env["res.currency.rate"].search([("currency_id", "=", euro.id)]).unlink()
        self.env["res.currency.rate"].create(
            {"currency_id": euro.id, "rate": 2.0, "name": "2020-01-01"}
        )
        pricelist = self.env["product.pricelist"].create(
            {
                "name": "A tenth off",
                "currency_id": euro.id,
                "item_ids": [
                    Command.create(
                        {"applied_on": "3_global", "compute_price": "percentage",
                         "percent_price": 10}
                    )
                ],
            }
        )  # fmt: skip
        order = self.quote((self.goods, 1), pricelist_id=pricelist.id)
        option = self.option(self.offer(order), self.silver)
        self.assertEqual((option.currency_id, option.price), (euro, 450.0))
        self.choose(order, self.silver)
        line = order.order_line.filtered("aftersales_plan_id")
        self.assertEqual(line.price_subtotal, 450.0)

    def test_choosing_a_tier_covers_the_goods_and_nothing_else_is_added(self):
        order = self.quote((self.goods, 1), (self.pump, 2))
        self.choose(order, self.plan)
        goods, pump, plan_line = order.order_line.sorted()
        self.assertEqual(plan_line.product_id, self.plan_product)
        self.assertEqual((goods | pump).aftersales_plan_line_id, plan_line)
        order.action_confirm()
        self.assertEqual(order.aftersales_contract_ids.plan_id, self.plan)

    def test_the_tier_that_fits_the_service_need_is_suggested(self):
        contact = self.env["res.partner"].create(
            {"name": "Verde junior", "parent_id": self.customer.id}
        )
        order = self.quote((self.goods, 1), partner_id=contact.id)
        self.assertFalse(any(self.offer(order).option_ids.mapped("suggested")))
        self.customer.aftersales_segment = "basic_needs"
        self.assertEqual(contact.aftersales_segment, "basic_needs")
        suggested = self.offer(order).option_ids.filtered("suggested").plan_id
        self.assertEqual(suggested & (self.plan | self.silver), self.silver)

    def test_a_second_plan_covers_the_other_goods(self):
        order = self.quote((self.goods, 1), (self.pump, 1))
        goods, pump = order.order_line
        self.choose(order, self.plan, goods)
        self.assertFalse(pump.aftersales_plan_line_id)
        offer = self.offer(order)
        self.assertEqual(offer.goods_ids.filtered("ticked").order_line_id, pump)
        self.assertEqual(offer.goods_ids.plan_id, self.plan)
        self.option(offer, self.silver).action_choose()
        self.assertEqual(goods.aftersales_plan_line_id.aftersales_plan_id, self.plan)
        self.assertEqual(pump.aftersales_plan_line_id.aftersales_plan_id, self.silver)

    def test_another_tier_for_the_same_goods_takes_the_place_of_the_first(self):
        order = self.quote((self.goods, 1), (self.pump, 1))
        self.choose(order, self.plan)
        option = self.option(self.offer(order), self.silver)
        self.assertEqual(option.effect, "Replaces Gold")
        option.action_choose()
        self.assertEqual(order.order_line.aftersales_plan_id, self.silver)
        self.assertEqual(len(order.order_line), 3)

    def test_more_goods_join_the_plan_that_is_on_the_quotation(self):
        order = self.quote((self.goods, 1), (self.pump, 1))
        goods, pump = order.order_line
        self.choose(order, self.plan, goods)
        self.assertRegex(self.option(self.offer(order), self.plan).effect, "join it")
        self.choose(order, self.plan, pump)
        self.assertEqual(len(order.order_line.filtered("aftersales_plan_id")), 1)
        option = self.option(self.offer(order), self.plan)
        self.assertEqual(option.effect, "On the quotation already")
        self.assertEqual((goods | pump).aftersales_plan_line_id.aftersales_plan_id, self.plan)

    def test_a_tier_says_which_ticked_goods_it_does_not_cover(self):
        self.silver.category_ids = self.env["product.category"].create({"name": "Pumps"})
        self.pump.categ_id = self.silver.category_ids
        order = self.quote((self.goods, 1), (self.pump, 1))
        option = self.option(self.offer(order), self.silver)
        self.assertEqual((option.fits, option.left_out), (True, self.goods.display_name))
        option.action_choose()
        self.assertEqual(order.order_line.filtered("aftersales_plan_line_id").product_id, self.pump)
        order = self.quote((self.goods, 1))
        self.assertFalse(self.option(self.offer(order), self.silver))
        with self.assertRefused("covers none of the goods ticked"):
            order = self.quote((self.goods, 1), (self.pump, 1))
            self.choose(order, self.silver, order.order_line[0])

    def test_plans_of_another_company_archived_or_for_other_goods_are_not_offered(self):
        order = self.quote((self.goods, 1))
        self.silver.active = False
        self.assertNotIn(self.silver, self.offer(order).option_ids.plan_id)
        self.silver.write(
            {"active": True, "company_id": self.env["res.company"].create({"name": "Other"}).id}
        )
        self.assertNotIn(self.silver, self.offer(order).option_ids.plan_id)

    def test_the_button_is_there_when_a_plan_fits_the_goods_of_a_quotation(self):
        order = self.quote((self.training, 1))
        self.assertFalse(order.aftersales_can_offer_plans)
        order.order_line = [Command.create({"product_id": self.goods.id})]
        self.assertTrue(order.aftersales_can_offer_plans)
        order.action_confirm()
        self.assertFalse(order.aftersales_can_offer_plans)
        with self.assertRefused("no quotation any more"):
            self.offer(order)

    def test_services_are_added_only_when_ticked_below_a_section_of_their_own(self):
        order = self.quote((self.goods, 1))
        offer = self.offer(order)
        self.assertFalse(any(offer.addon_ids.mapped("ticked")))
        row = offer.addon_ids.filtered(lambda addon: addon.product_id == self.training)
        self.assertEqual(row.price, 240.0)
        with self.assertRefused("Tick the services"):
            offer.action_add_services()
        row.ticked = True
        self.option(offer, self.plan).action_choose()
        lines = order.order_line.sorted()
        self.assertEqual(
            [(line.display_type, line.product_id or line.name) for line in lines],
            [
                (False, self.goods),
                (False, self.plan_product),
                ("line_section", "Add-on services"),
                (False, self.training),
            ],
        )
        self.assertEqual(lines[-1].price_subtotal, 240.0)
        self.assertNotIn(self.training, self.offer(order).addon_ids.product_id)

    def test_more_services_and_plans_keep_the_sections_of_the_quotation(self):
        order = self.quote((self.goods, 1))
        repair = self.env["product.product"].create(
            {"name": "Repair", "type": "service", "aftersales_addon": True}
        )
        for service in (self.training, repair):
            offer = self.offer(order)
            offer.addon_ids.filtered_domain([("product_id", "=", service.id)]).ticked = True
            offer.action_add_services()
        self.choose(order, self.plan)
        self.assertEqual(
            order.order_line.sorted().mapped(lambda line: line.product_id.name or line.name),
            ["Boiler", "Gold plan", "Add-on services", "Training", "Repair"],
        )

    def test_goods_and_plans_are_no_add_on_services(self):
        with self.assertRefused("is an add-on service"):
            self.goods.product_tmpl_id.aftersales_addon = True
        with self.assertRefused("is an add-on service"):
            self.plan_product.product_tmpl_id.aftersales_addon = True

    def test_a_script_in_a_name_is_shown_as_text(self):
        self.accident.name = PAYLOAD
        option = self.option(self.offer(self.quote((self.goods, 1))), self.silver)
        self.assertIn(escape("<script>"), option.exclusions)
        self.assertNotIn("<script", option.exclusions)

    def test_who_has_no_right_on_plans_reads_orders_with_plans(self):
        order = self.quote((self.goods, 1), (self.plan_product, 1))
        for number, group in enumerate(("account.group_account_invoice", "stock.group_stock_user")):
            user = new_test_user(self.env, f"t-reader-{number}", group)
            self.env.invalidate_all()
            seen = order.with_user(user)
            self.assertTrue(seen.read(["aftersales_can_offer_plans", "aftersales_compare_plans"]))
            self.assertTrue(seen.order_line[1].aftersales_sells_plan)
            self.assertEqual(len(seen._aftersales_plans_told()[0]["goods"]), 1)

    def test_a_seller_of_own_documents_cannot_change_the_quotation_of_another(self):
        order = self.quote((self.goods, 1), user_id=self.seller.id)
        other = new_test_user(self.env, "t-other", "sales_team.group_sale_salesman")
        with self.assertRaises(AccessError):
            order.with_user(other).action_offer_aftersales_plans()
        offer = self.env["aftersales.plan.offer"].browse(self.offer(order).id)
        with self.assertRaises(AccessError):
            self.option(offer, self.plan).with_user(other).action_choose()


@tagged("post_install", "-at_install")
class TestGoodsBoughtEarlier(OfferCase):
    def test_selected_goods_become_a_quotation_and_a_contract_after_the_waiting_days(self):
        self.plan.waiting_days = 14
        asset, other = self.deliver_asset(), self.deliver_asset()
        offer = self.offer_assets(asset)
        action = self.option(offer, self.plan).action_choose()
        order = self.env["sale.order"].browse(action["res_id"])
        self.assertEqual(order.partner_id, self.customer)
        self.assertEqual(order.order_line.aftersales_asset_ids, asset)
        self.assertRegex(order.order_line.name, "For goods bought earlier: Boiler")
        with freeze_time("2026-03-01 12:00:00"):
            order.action_confirm()
        contract = order.aftersales_contract_ids
        self.assertEqual(contract.asset_ids, asset)
        self.assertEqual((contract.state, contract.date_start), ("draft", date(2026, 3, 15)))
        self.assertFalse(other.contract_id)

    def test_from_the_customer_all_goods_without_plan_are_offered_site_by_site(self):
        here = self.deliver_asset()
        site = self.env["res.partner"].create(
            {"name": "Barn", "parent_id": self.customer.id, "type": "delivery"}
        )
        there = self.deliver_asset(partner_shipping_id=site.id)
        self.sell((self.goods, 1), (self.plan_product, 1))
        self.assertEqual(self.customer.aftersales_uncovered_count, 2)
        offer = self.wizard(self.customer.with_user(self.seller).action_offer_aftersales_plan())
        self.assertEqual(offer.site_ids, self.customer | site)
        with Form(offer) as form:
            form.site_id = self.customer
            self.assertEqual(len(form.goods_ids), 1)
            form.site_id = site
        self.assertEqual(offer.goods_ids.asset_id, there)
        action = self.option(offer, self.plan).action_choose()
        order = self.env["sale.order"].browse(action["res_id"])
        self.assertEqual(order.partner_shipping_id, site)
        order.action_confirm()
        self.assertEqual(order.aftersales_contract_ids.asset_ids, there)
        self.assertEqual(order.aftersales_contract_ids.site_id, site)
        self.assertFalse(here.contract_id)

    def test_a_customer_without_such_goods_is_told_so(self):
        with self.assertRefused("has no goods without a plan"):
            self.customer.with_user(self.seller).action_offer_aftersales_plan()

    def test_goods_that_do_not_belong_together_are_refused_by_name(self):
        asset = self.deliver_asset()
        stranger = self.env["res.partner"].create({"name": "Stranger"})
        theirs = self.deliver_asset(partner_id=stranger.id)
        with self.assertRefused("belongs to .*for each customer"):
            self.offer_assets(asset | theirs)
        site = self.env["res.partner"].create(
            {"name": "Barn", "parent_id": self.customer.id, "type": "delivery"}
        )
        with self.assertRefused("for each site"):
            self.offer_assets(asset | self.deliver_asset(partner_shipping_id=site.id))
        covered = self.sell((self.goods, 1), (self.plan_product, 1)).asset_ids
        with self.assertRefused("is covered by .* already"):
            self.offer_assets(asset | covered)
        asset.sudo().replaced_by_id = self.deliver_asset()
        with self.assertRefused("was replaced by"):
            self.offer_assets(asset)

    def test_confirming_checks_the_goods_again(self):
        asset = self.deliver_asset()
        orders = [
            self.quote(
                partner_id=self.customer.id,
                order_line=[
                    Command.create(
                        {
                            "product_id": self.plan_product.id,
                            "aftersales_asset_ids": [Command.set(asset.ids)],
                        }
                    )
                ],
            )
            for _time in range(2)
        ]
        orders[0].action_confirm()
        with self.assertRefused("is covered by .* already"):
            orders[1].action_confirm()
        self.plan.category_ids = self.env["product.category"].create({"name": "Elsewhere"})
        with self.assertRefused("its category is not in the plan"):
            orders[1].action_confirm()

    def test_the_same_goods_under_two_plan_lines_are_refused(self):
        asset = self.deliver_asset()
        order = self.quote((self.plan_product, 1), (self.silver_product, 1))
        with self.assertRefused("both cover Boiler"):
            order.action_confirm()
        order.order_line.aftersales_asset_ids = asset
        with self.assertRefused("both cover Boiler"):
            order.action_confirm()

    def test_a_plan_for_goods_bought_earlier_takes_no_goods_of_the_order(self):
        asset = self.deliver_asset()
        order = self.quote((self.plan_product, 1))
        order.order_line.aftersales_asset_ids = asset
        order.order_line = [Command.create({"product_id": self.goods.id})]
        goods = order.order_line - order.order_line[0]
        self.assertFalse(goods.aftersales_plan_line_id)
        with self.assertRefused("is for goods bought earlier"):
            goods.aftersales_plan_line_id = order.order_line[0]
        with self.assertRefused("sells no service plan"):
            goods.aftersales_asset_ids = asset

    def test_full_cover_of_used_goods_without_history_warns_and_is_noted(self):
        asset, repaired = self.deliver_asset(), self.deliver_asset()
        (asset | repaired).provenance = "used"
        self.claim(repaired)
        offer = self.offer_assets(asset | repaired)
        option = self.option(offer, self.plan)
        self.assertRegex(option.warning, "without repair history: Boiler\\.")
        self.silver.contract_kind = "fixed_price"
        self.assertFalse(self.option(offer, self.silver).warning)
        order = self.env["sale.order"].browse(option.action_choose()["res_id"])
        self.assertRegex(order.message_ids[0].body, "without repair history")


@tagged("post_install", "-at_install")
class TestCoverOfOrders(OfferCase):
    def test_a_reduced_quantity_that_completes_the_delivery_starts_the_contract(self):
        self.plan.start_policy = "full_delivery"
        order = self.quote((self.goods, 3), (self.plan_product, 1))
        order.action_confirm()
        with freeze_time("2026-03-15 12:00:00"):
            self.deliver(order.picking_ids, quantity=2)
        contract = order.aftersales_contract_ids
        self.assertEqual(contract.state, "draft")
        with freeze_time("2026-03-20 12:00:00"):
            order.order_line[0].product_uom_qty = 2
        self.assertEqual((contract.state, contract.date_start), ("active", date(2026, 3, 20)))

    def test_a_plan_taken_off_before_it_starts_is_cancelled_and_its_goods_are_free(self):
        order = self.quote((self.goods, 1), (self.plan_product, 1))
        order.action_confirm()
        first = order.aftersales_contract_ids
        order.order_line[1].product_uom_qty = 0
        self.assertEqual(first.state, "cancelled")
        self.assertFalse(order.order_line[0].aftersales_plan_line_id)
        order.order_line[1].product_uom_qty = 1
        self.assertEqual((order.aftersales_contract_ids - first).state, "draft")
        self.deliver(order.picking_ids)
        self.assertEqual((order.aftersales_contract_ids - first).state, "active")

    def test_a_running_plan_is_neither_taken_off_nor_changed_nor_doubled(self):
        contract = self.sell((self.goods, 1), (self.plan_product, 1))
        with self.assertRefused("is running"):
            contract.sale_line_id.product_uom_qty = 0
        with self.assertRefused("quantity to 1"):
            contract.sale_line_id.product_uom_qty = 2
        with self.assertRefused("was opened for this plan"):
            contract.sale_line_id.product_id = self.silver_product

    def test_a_plan_added_late_must_be_sound(self):
        order = self.quote((self.goods, 1), (self.plan_product, 1))
        order.action_confirm()
        with self.assertRefused("is covered by Gold"):
            order.order_line = [Command.create({"product_id": self.silver_product.id})]
        self.assertEqual(len(order.aftersales_contract_ids), 1)

    def test_adding_a_plan_late_does_not_bring_back_one_that_ended(self):
        order = self.quote((self.goods, 1), (self.pump, 1), (self.plan_product, 1))
        order.order_line[1].aftersales_plan_line_id = False
        order.action_confirm()
        first = order.aftersales_contract_ids
        first._close("cancelled")
        order.order_line[1].aftersales_uncovered = False
        order.order_line[1].aftersales_plan_line_id = False
        silver = self.env["sale.order.line"].create(
            {"order_id": order.id, "product_id": self.silver_product.id,
             "aftersales_asset_ids": [Command.set(self.deliver_asset().ids)]}
        )  # fmt: skip
        self.assertEqual((order.aftersales_contract_ids - first).sale_line_id, silver)

    def test_two_plans_for_the_same_goods_are_refused_in_words(self):
        self.deliver_asset()
        order = self.quote((self.goods, 1), (self.plan_product, 1), (self.silver_product, 1))
        with self.assertRefused("Silver covers nothing: Boiler is covered by Gold"):
            order.action_confirm()

    def test_an_archived_plan_product_is_refused(self):
        order = self.quote((self.goods, 1), (self.plan_product, 1))
        self.plan_product.active = False
        with self.assertRefused("no longer sold"):
            order.action_confirm()

    def test_removing_a_plan_leaves_its_goods_to_the_other(self):
        order = self.quote((self.goods, 1), (self.plan_product, 1), (self.silver_product, 1))
        order.order_line[1].unlink()
        goods, silver = order.order_line
        self.assertEqual(goods.aftersales_plan_line_id, silver)
        silver.unlink()
        self.assertFalse(goods.aftersales_plan_line_id)

    def test_goods_that_become_something_else_are_released(self):
        self.plan.category_ids = self.env["product.category"].create({"name": "Boilers"})
        self.goods.categ_id = self.plan.category_ids
        order = self.quote((self.goods, 1), (self.plan_product, 1))
        self.assertTrue(order.order_line[0].aftersales_plan_line_id)
        order.order_line[0].product_id = self.pump
        self.assertFalse(order.order_line[0].aftersales_plan_line_id)

    def test_goods_moved_to_another_order_leave_their_plan(self):
        order = self.quote((self.goods, 1), (self.goods, 2), (self.plan_product, 1))
        other = self.quote((self.pump, 1), (self.silver_product, 1))
        moved = order.order_line[1]
        moved.order_id = other
        self.assertEqual(moved.aftersales_plan_line_id, other.order_line[1])
        self.assertEqual(len(order.order_line[-1]._aftersales_covered_lines()), 1)

    def test_a_duplicate_is_covered_like_its_original(self):
        asset = self.deliver_asset()
        order = self.quote(
            (self.goods, 1), (self.pump, 2), (self.pump, 3), (self.plan_product, 1),
            (self.silver_product, 1), (self.plan_product, 1),
        )  # fmt: skip
        goods, pump, free, _gold, silver, earlier = order.order_line
        earlier.aftersales_asset_ids = asset
        pump.aftersales_plan_line_id = silver
        free.aftersales_plan_line_id = False
        goods, pump, free, gold, silver, earlier = order.copy().order_line
        self.assertEqual(goods.aftersales_plan_line_id, gold)
        self.assertEqual(pump.aftersales_plan_line_id, silver)
        self.assertFalse(free.aftersales_plan_line_id)
        self.assertEqual(earlier.aftersales_asset_ids, asset)


@tagged("post_install", "-at_install")
class TestPlansOnDocuments(HttpCase, OfferCase):
    def printed(self, order):
        """Return the printed order as HTML."""
        report = self.env["ir.actions.report"]
        return report._render_qweb_html("sale.action_report_saleorder", order.ids)[0].decode()

    def test_the_printed_quotation_compares_the_tiers_and_names_exclusions_and_terms(self):
        self.plan.name = PAYLOAD
        page = self.printed(self.quote((self.goods, 1), (self.plan_product, 1)))
        for words in (
            "Compare our service plans",
            "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;",
            "Silver",
            "1 replacement a year",
            escape(self.accident.name),
            "On this quotation",
            "Withdrawal within 14 days",
            "Ended early: the days that are left are refunded",
            "The statutory guarantee on your goods stands",
        ):
            self.assertIn(words, page)
        self.assertNotIn(PAYLOAD, page)

    def test_without_a_plan_nothing_is_said_unless_it_is_wanted(self):
        order = self.quote((self.goods, 1))
        self.assertFalse(order.aftersales_compare_plans)
        self.assertNotIn("service plan", self.printed(order))
        order.aftersales_compare_plans = True
        self.assertIn("Silver", self.printed(order))

    def test_the_comparison_can_be_left_out_and_stays_out(self):
        order = self.quote((self.goods, 1), (self.plan_product, 1))
        self.assertTrue(order.aftersales_compare_plans)
        order.aftersales_compare_plans = False
        order.order_line = [Command.create({"product_id": self.pump.id})]
        self.assertFalse(order.aftersales_compare_plans)
        page = self.printed(order)
        self.assertNotIn("Silver", page)
        self.assertIn("The statutory guarantee", page)

    def test_a_confirmed_order_states_the_frozen_terms_of_what_was_sold(self):
        order = self.quote((self.goods, 1), (self.plan_product, 1))
        order.action_confirm()
        self.plan.replacements_included = 99
        page = self.printed(order)
        self.assertIn("3 replacements a year", page)
        self.assertNotIn("99 replacements", page)
        self.assertNotIn("Silver", page)

    def test_the_customer_sees_the_tiers_online_by_token_and_nobody_else_does(self):
        order = self.quote((self.goods, 1), (self.plan_product, 1))
        order.action_quotation_sent()
        url = f"/my/orders/{order.id}"
        token = order._portal_ensure_token()
        self.env.flush_all()
        self.authenticate(None, None)
        page = self.url_open(f"{url}?access_token={token}").text
        for words in (
            "Compare our service plans",
            "Silver",
            escape(self.accident.name),
            "Withdrawal",
        ):
            self.assertIn(words, page)
        new_test_user(self.env, "t-portal", "base.group_portal")
        self.authenticate("t-portal", "t-portal")
        for address in (url, f"{url}?access_token=wrong", f"{url}?report_type=html"):
            answer = self.url_open(address)
            self.assertNotIn("service plans", answer.text)
            self.assertTrue(answer.url.endswith("/my"), answer.url)

    def test_the_customer_with_a_login_sees_them_too(self):
        user = new_test_user(self.env, "t-owner", "base.group_portal")
        order = self.quote((self.goods, 1), (self.plan_product, 1), partner_id=user.partner_id.id)
        order.action_quotation_sent()
        self.authenticate("t-owner", "t-owner")
        for suffix in ("", "?report_type=html"):
            page = self.url_open(f"/my/orders/{order.id}{suffix}").text
            self.assertIn("Compare our service plans", page)
