# SPDX-License-Identifier: LGPL-3.0-or-later
from psycopg2 import IntegrityError

from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import AfterSalesCase


@tagged("post_install", "-at_install")
class TestEntitlement(AfterSalesCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contract = cls.sell((cls.goods, 10), (cls.plan_product, 1))
        cls.entitlement = cls.contract.entitlement_ids.filtered(lambda e: e.kind == "replacement")
        cls.origins = cls.env["res.partner"].create([{"name": str(n)} for n in range(4)])

    def test_the_quota_is_used_one_by_one_and_no_further(self):
        for number, origin in enumerate(self.origins[:3], 1):
            self.assertEqual(self.entitlement._consume(origin).quantity, 1)
            self.assertEqual(self.entitlement.used, number)
        self.assertFalse(self.entitlement._consume(self.origins[3]))
        self.assertEqual((self.entitlement.used, self.entitlement.remaining), (3, 0))
        self.assertEqual(sum(self.entitlement.usage_ids.mapped("quantity")), 3)

    def test_one_origin_uses_it_once(self):
        first = self.entitlement._consume(self.origins[0])
        self.assertEqual(self.entitlement._consume(self.origins[0]), first)
        self.assertEqual(self.entitlement.used, 1)

    def test_giving_back_happens_once_and_can_be_used_again(self):
        origin = self.origins[0]
        self.entitlement._consume(origin)
        self.assertEqual(self.entitlement._give_back(origin).quantity, -1)
        self.assertFalse(self.entitlement._give_back(origin))
        self.assertEqual(self.entitlement.used, 0)
        self.entitlement._consume(origin)
        self.assertEqual(self.entitlement.used, 1)
        self.assertEqual(self.entitlement.usage_ids.mapped("quantity"), [1, -1, 1])

    def test_usage_is_never_changed_or_deleted_not_even_by_the_superuser(self):
        usage = self.entitlement._consume(self.origins[0])
        with self.assertRefused("never changed"):
            usage.sudo().quantity = 5
        with self.assertRefused("never deleted"):
            usage.sudo().unlink()

    def test_the_database_itself_refuses_more_than_the_quota(self):
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self.entitlement.used = 4
            self.entitlement.flush_recordset()

    def test_a_contract_year_has_one_row_of_each_kind(self):
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self.entitlement.copy()
