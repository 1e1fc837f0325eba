# SPDX-License-Identifier: AGPL-3.0-or-later
from odoo.tests import tagged

from .common import OnSiteCase


@tagged("post_install", "-at_install")
class TestChecklist(OnSiteCase):
    """Which questions are asked about which goods (requirement 5)."""

    def list_for(self, category, kind="inspection", company=None):
        self.goods.categ_id = category
        found = self.env["aftersales.checklist"]._of_products(
            self.goods, kind, company or self.company
        )
        return found[self.goods]

    def category(self, name, parent=None):
        return self.env["product.category"].create(
            {"name": name, "parent_id": parent.id if parent else False}
        )

    def test_a_category_without_a_list_uses_the_nearest_above(self):
        gas = self.category("Gas", self.boilers)
        wall = self.category("Wall", gas)
        self.assertEqual(self.list_for(wall), self.checklist)
        nearer = self.make_checklist(category_id=gas.id)
        self.assertEqual(self.list_for(wall), nearer)
        self.assertEqual(self.list_for(self.boilers), self.checklist)

    def test_a_list_without_category_is_for_all_goods_without_their_own(self):
        pumps = self.category("Pumps")
        self.assertFalse(self.list_for(pumps))
        general = self.make_checklist()
        self.assertEqual(self.list_for(pumps), general)
        self.assertEqual(self.list_for(self.boilers), self.checklist)

    def test_each_kind_of_visit_has_its_own(self):
        self.assertFalse(self.list_for(self.boilers, "installation"))
        installation = self.make_checklist(category_id=self.boilers.id, kind="installation")
        self.assertEqual(self.list_for(self.boilers, "installation"), installation)
        self.assertEqual(self.list_for(self.boilers), self.checklist)

    def test_own_stock_is_asked_like_a_customers_goods_unless_it_has_a_list_of_its_own(self):
        self.assertEqual(self.list_for(self.boilers, "stock"), self.checklist)
        stock = self.make_checklist(category_id=self.boilers.id, kind="stock")
        self.assertEqual(self.list_for(self.boilers, "stock"), stock)
        self.assertEqual(self.list_for(self.boilers), self.checklist)

    def test_a_companys_own_list_goes_before_a_shared_one(self):
        own = self.make_checklist(category_id=self.boilers.id, company_id=self.company.id)
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self.assertEqual(self.list_for(self.boilers), own)
        self.assertEqual(self.list_for(self.boilers, company=other), self.checklist)

    def test_an_archived_list_is_not_asked(self):
        self.checklist.active = False
        self.assertFalse(self.list_for(self.boilers))

    def test_two_lists_for_the_same_goods_are_refused_and_a_copy_starts_archived(self):
        with self.assertRefused("List is for the same goods and kind of visit already"):
            self.make_checklist(category_id=self.boilers.id)
        copy = self.checklist.copy()
        self.assertRecordValues(copy, [{"name": "List (copy)", "active": False}])
        self.assertEqual(copy.line_ids.mapped("name"), self.checklist.line_ids.mapped("name"))
        with self.assertRefused("archive it"):
            copy.active = True

    def test_a_list_counts_its_questions_and_says_their_limits(self):
        self.assertEqual(self.checklist.line_count, 5)
        pressure = self.checklist.line_ids[1]
        for least, most, words in (
            (True, True, "1.5 – 3 bar"),
            (True, False, "at least 1.5 bar"),
            (False, True, "at most 3 bar"),
            (False, False, ""),
        ):
            with self.subTest(words):
                pressure.write({"has_minimum": least, "has_maximum": most})
                self.assertEqual(pressure._limits_in_words(), words)
        pressure.write({"has_minimum": True, "unit": False})
        self.assertEqual(pressure._limits_in_words(), "at least 1.5")

    def test_limits_that_cannot_hold_and_meters_without_unit_are_refused(self):
        pressure, hours = self.checklist.line_ids[1:3]
        with self.assertRefused("Pressure: at least 1.5 and at most 1.0 cannot both hold"):
            pressure.maximum = 1
        with self.assertRefused("Hours: a meter is a measure with a unit"):
            hours.unit = False
        with self.assertRefused("a meter is a measure"):
            hours.kind = "text"
