# SPDX-License-Identifier: LGPL-3.0-or-later
from datetime import date, datetime

from odoo.tests import freeze_time, tagged

from .common_claim_desk import MORNING, DeskCase


@tagged("post_install", "-at_install")
class TestClaimOpening(DeskCase):
    """Open claims of the system used before (requirement 87)."""

    HEADER = [
        "id",
        "reference",
        "partner_id",
        "channel",
        "date_reported",
        "date_occurred",
        "description",
        "line_ids/product_id",
        "line_ids/quantity",
        "line_ids/cause_id",
    ]

    def load(self, *rows, user=None):
        with freeze_time(MORNING):
            return (
                self.env["aftersales.claim"]
                .with_user(user or self.agent)
                .with_context(import_file=True)
                .load(self.HEADER, [list(row) for row in rows])
            )

    def row(self, name="OLD-1", customer="Casa Verde", product="Boiler", quantity="2"):
        return (f"__import__.{name}", name, customer, "Phone", "2026-04-02 09:00:00", "2026-04-01",
                "It leaks", product, quantity, "Wear")  # fmt: skip

    def test_an_open_claim_comes_with_its_goods_and_their_cover(self):
        result = self.load(self.row())
        self.assertFalse(result["messages"])
        claim = self.env["aftersales.claim"].browse(result["ids"])
        self.assertRecordValues(
            claim,
            [
                {
                    "reference": "OLD-1",
                    "state": "draft",
                    "contract_id": self.contract.id,
                    "date_reported": datetime(2026, 4, 2, 9, 0),
                    "date_occurred": date(2026, 4, 1),
                }
            ],
        )
        self.assertRecordValues(
            claim.line_ids, [{"asset_id": self.asset.id, "quantity": 2.0, "billing_type": False}]
        )
        self.assertFalse(claim.mail_step)
        claim.action_approve()
        self.assertEqual(claim.line_ids.billing_type, "contract")

    def test_where_two_assets_fit_the_agent_decides(self):
        self.sell((self.goods, 5))
        result = self.load(self.row())
        self.assertFalse(self.env["aftersales.claim"].browse(result["ids"]).line_ids.asset_id)

    def test_what_fits_nothing_is_a_claim_without_asset(self):
        result = self.load(self.row(quantity="11"))
        self.assertFalse(self.env["aftersales.claim"].browse(result["ids"]).line_ids.asset_id)

    def test_one_bad_row_imports_nothing(self):
        result = self.load(self.row(), self.row("OLD-2", customer="Nobody Known"))
        self.assertFalse(result["ids"])
        self.assertIn("Nobody Known", result["messages"][0]["message"])

    def test_decisions_cannot_be_imported(self):
        with freeze_time(MORNING):
            result = (
                self.env["aftersales.claim"]
                .with_user(self.agent)
                .load(["partner_id", "state"], [["Casa Verde", "Approved"]])
            )
        self.assertFalse(result["ids"])
        self.assertIn("by hand", result["messages"][0]["message"])
