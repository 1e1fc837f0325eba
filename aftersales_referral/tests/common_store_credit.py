# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo.fields import Command

from .common import ReferralCommon


class StoreCreditCommon(ReferralCommon):
    """A referrer with 100 of store credit, and orders that spend it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._pay(cls._invoice(cls._order()))
        payout = cls.env["aftersales.payout"].create(
            {"referrer_id": cls.referrer.id, "method": "credit", "amount": 100.0}
        )
        payout.action_post()
        cls.card = payout.card_id
        cls.L = cls.company.aftersales_store_credit_account_id
        cls.nobody = cls.env["res.partner"]

    def _claim(self, order):
        """Claim the store credit on ``order``, as the reward dialog does."""
        order._update_programs_and_rewards()
        rewards = order._get_claimable_rewards()
        card = next(card for card in rewards if card.sudo().aftersales_wallet)
        order._apply_program_reward(rewards[card], card)
        return order

    def _spend(self, *lines, partner=None, user=None, confirm=True, **vals):
        """Return an order of ``(product, price[, quantity])`` lines with the credit claimed."""
        order = self.env["sale.order"].create(
            {
                "partner_id": (partner or self.referrer).id,
                "user_id": self.salesperson.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": line[0].id,
                            "price_unit": line[1],
                            "product_uom_qty": line[2] if len(line) > 2 else 1.0,
                        }
                    )
                    for line in lines or [(self.goods_untaxed, 60.0)]
                ],
                **vals,
            }
        )
        order = self._claim(order.with_user(user or self.salesperson))
        if confirm:
            order.with_context(skip_procurement=True).action_confirm()
            order.env.flush_all()
        return order.with_user(self.env.user)

    def _invoice_part(self, order, **quantities):
        """Invoice what is delivered of each line: ``{name of the product: quantity}``."""
        for line in order.order_line:
            if line.product_id.name in quantities:
                line.qty_delivered = quantities[line.product_id.name]
        return self._invoice(order)

    def _credit_line(self, record):
        """Return the line of store credit of an order or a document."""
        if record._name == "sale.order":
            return record.order_line._of_wallet()
        return record.invoice_line_ids.filtered("aftersales_card_id")

    def _reverse(self, invoice, modify=False):
        """Return the draft credit note of core's wizard, or the invoice that replaces."""
        wizard = (
            self.env["account.move.reversal"]
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create({"journal_id": invoice.journal_id.id})
        )
        action = wizard.modify_moves() if modify else wizard.refund_moves()
        return self.env["account.move"].browse(action["res_id"])

    def assertCredit(self, points, reserved, liability):
        """Check card, lots, what orders keep aside, account L, and that all agree."""
        self.env.flush_all()
        self.assertAlmostEqual(self.card.points, points, places=2)
        lots = self.card.aftersales_lot_ids
        self.assertAlmostEqual(sum(lots.mapped("remaining")), points, places=2)
        self.assertAlmostEqual(self.Commission._reserved_credit(self.company), reserved, places=2)
        self.assertBalance(self.L, liability)
        history = self.card.history_ids
        issued = sum(history.mapped("issued")) - sum(history.mapped("used"))
        self.assertAlmostEqual(issued, points, places=2)
        self.assertInvariants()
