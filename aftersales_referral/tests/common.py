# SPDX-License-Identifier: LGPL-3.0-or-later
from contextlib import contextmanager

from odoo import fields
from odoo.fields import Command
from odoo.tests import new_test_user

from odoo.addons.account.tests.common import AccountTestInvoicingCommon

TODAY = "2027-03-15"
RATE = 15.0


class ReferralCommon(AccountTestInvoicingCommon):
    """A company with a chart, a referrer with a VIP contract (15 %), and builders.

    Amounts in the tests follow design §6: goods 1,000 + VAT 200.
    """

    maxDiff = None

    @classmethod
    def setUpClass(cls):
        # Past core's own set-up: none of our tests uses its products, taxes, partners and users.
        super(AccountTestInvoicingCommon, cls).setUpClass()
        cls.company = cls.env.company
        cls.company_data = cls.collect_company_accounting_data(cls.company)
        cls._pay_through_outstanding_accounts(cls.company_data["default_journal_bank"])
        cls.company.aftersales_hold_days = 0
        cls.Commission = cls.env["aftersales.commission"]
        cls.vat = cls.env["account.tax"].create(
            {"name": "VAT 20", "amount": 20.0, "type_tax_use": "sale"}
        )
        cls.goods = cls._product("Tiles", 1000.0, taxes_id=[Command.set(cls.vat.ids)])
        cls.goods_untaxed = cls._product("Bricks", 1000.0)
        cls.delivery = cls._product("Freight", 200.0, type="service", referral_excluded=True)
        cls.plan = cls.env["aftersales.plan"].create(
            {"name": "VIP", "code": "VIPT", "referral_percent": RATE}
        )
        cls.plan_product = cls._product(
            "VIP plan", 1200.0, type="service", aftersales_plan_id=cls.plan.id
        )
        cls.referrer = cls.env["res.partner"].create(
            {"name": "Rita Referrer", "referral_tax_status": "individual"}
        )
        cls.contract = cls._contract(cls.referrer, cls.plan)
        cls.customer = cls.env["res.partner"].create({"name": "Ned Neighbour"})
        cls.salesperson = cls._user("sally", "sales_team.group_sale_salesman")
        cls.accountant = cls._user("ada", "aftersales_plans.group_accountant")
        cls.biller = cls._user("bill", "account.group_account_invoice")

    @classmethod
    def setup_independent_company(cls, **kwargs):
        """Take the database's own company where nothing is booked: a chart loads slowly."""
        own = cls.env.company
        if own.chart_template and not own._existing_accounting():
            cls.env.ref("base.user_admin").group_ids -= cls.env.ref(
                "aftersales_plans.group_manager"
            )  # who is asked in these tests is one of their own people
            return None
        return super().setup_independent_company(**kwargs)

    @classmethod
    def _pay_through_outstanding_accounts(cls, bank):
        """Let payments wait for the bank's statement, as core's set-up does."""
        chart = cls.env["account.chart.template"]
        for lines, name in (
            (bank.inbound_payment_method_line_ids, "account_journal_payment_debit_account_id"),
            (bank.outbound_payment_method_line_ids, "account_journal_payment_credit_account_id"),
        ):
            lines[:1].payment_account_id = chart.ref(name, raise_if_not_found=False)

    @classmethod
    def get_default_groups(cls):
        return (
            super().get_default_groups()
            | cls.env.ref("sales_team.group_sale_manager")
            | cls.env.ref("aftersales_plans.group_manager")
        )

    @classmethod
    def _user(cls, login, groups):
        return new_test_user(
            cls.env,
            login,
            groups,
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )

    @classmethod
    def _product(cls, name, price, **vals):
        return cls.env["product.product"].create(
            {
                "name": name,
                "type": "consu",
                "list_price": price,
                "invoice_policy": "order",
                "taxes_id": [Command.clear()],
                **vals,
            }
        )

    @classmethod
    def _contract(cls, partner, plan, company=None):
        company = company or cls.company
        contract = cls.env["aftersales.contract"].create(
            {
                **plan._prepare_terms(),
                "plan_id": plan.id,
                "partner_id": partner.id,
                "site_id": partner.id,
                "company_id": company.id,
            }
        )
        contract._start_today()
        return contract

    # --- Builders ------------------------------------------------------------------------------

    @classmethod
    def _order(cls, *lines, partner=None, referrer=None, confirm=True, ship=False, **vals):
        """Return an order of ``(product, price)`` lines; one of goods at 1,000 + VAT by default.

        :param ship: let confirming it plan the delivery; else there is none to wait for
        """
        order = cls.env["sale.order"].create(
            {
                "partner_id": (partner or cls.customer).id,
                "referrer_id": (cls.referrer if referrer is None else referrer).id,
                "user_id": cls.salesperson.id,
                "order_line": [
                    Command.create(
                        {"product_id": product.id, "product_uom_qty": 1, "price_unit": price}
                    )
                    for product, price in lines or [(cls.goods, 1000.0)]
                ],
                **vals,
            }
        )
        if confirm:
            order.with_context(skip_procurement=not ship).action_confirm()
            order.flush_recordset()  # as at the end of the click
        return order

    @classmethod
    def _deliver(cls, order, quantity=None):
        """Ship what is planned for ``order``, of each line at most ``quantity``; the rest waits."""
        picking = order.picking_ids.filtered(lambda one: one.state not in ("done", "cancel"))
        for move in picking.move_ids:
            move.quantity = min(quantity or move.product_uom_qty, move.product_uom_qty)
            move.picked = True
        picking.with_context(skip_backorder=True).button_validate()
        return picking

    @classmethod
    def _invoice(cls, order, date=None):
        invoice = order._create_invoices(final=True)
        invoice.invoice_date = date or fields.Date.today()
        invoice.action_post()
        return invoice

    @classmethod
    def _pay(cls, invoice, amount=None, **vals):
        """Pay an invoice or refund a credit note with core's wizard."""
        return (
            cls.env["account.payment.register"]
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create({**({} if amount is None else {"amount": amount}), **vals})
            ._create_payments()
        )

    @classmethod
    def _credit(cls, invoice, amount=None, product=None, post=True):
        """Return a credit note of ``amount`` net (all by default), not reconciled.

        :param product: keep only the lines of this product
        """
        wizard = (
            cls.env["account.move.reversal"]
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create({"journal_id": invoice.journal_id.id, "date": fields.Date.today()})
        )
        note = cls.env["account.move"].browse(wizard.refund_moves()["res_id"])
        if product:
            note.invoice_line_ids.filtered(lambda line: line.product_id != product).unlink()
        if amount is not None:
            note.invoice_line_ids[0].price_unit = amount
        if post:
            note.action_post()
        return note

    @classmethod
    def _reconcile(cls, *moves):
        lines = cls.env["account.move"].union(*moves).line_ids
        lines.filtered(
            lambda line: line.account_id.account_type == "asset_receivable" and not line.reconciled
        ).reconcile()

    @classmethod
    def _down_payment(cls, order, percent):
        wizard = (
            cls.env["sale.advance.payment.inv"]
            .with_context(active_model="sale.order", active_ids=order.ids)
            .create({"advance_payment_method": "percentage", "amount": percent})
        )
        before = order.invoice_ids
        wizard.create_invoices()
        invoice = order.invoice_ids - before
        invoice.action_post()
        return invoice

    def _rows(self, order=None, referrer=None):
        domain = [("order_id", "=", order.id)] if order else []
        if referrer:
            domain.append(("referrer_id", "=", referrer.id))
        return self.Commission.search(domain, order="id")

    def _earned(self, order):
        return sum(self._rows(order).mapped("amount"))

    def _payout(self, amount, method="credit", referrer=None, post=True):
        referrer = referrer or self.referrer
        if not referrer.commercial_partner_id.referral_tax_status:  # asked before the first payout
            referrer.commercial_partner_id.referral_tax_status = "individual"
        payout = self.env["aftersales.payout"].create(
            {
                "referrer_id": referrer.id,
                "method": method,
                "amount": amount,
            }
        )
        if post:
            payout.action_post()
        return payout

    # --- Assertions ----------------------------------------------------------------------------

    def assertEarned(self, order, expected):
        """Check what the order has earned in all, and that books, cards and lots agree."""
        self.assertAlmostEqual(self._earned(order), expected, places=2)
        self.assertInvariants()

    @contextmanager
    def assertRefused(self, exception, words):
        """Check that something is refused in these words, and take back what it wrote."""
        with self.assertRaises(exception) as caught:
            yield
        self.assertRegex(str(caught.exception), words)

    def assertInvariants(self):
        self.env.flush_all()
        self.assertEqual(self.Commission._check_invariants(self.company), [])

    def assertBalance(self, account, expected):
        """Check what ``account`` owes (credit less debit), posted."""
        lines = self.env["account.move.line"].search(
            [("account_id", "=", account.id), ("parent_state", "=", "posted")]
        )
        self.assertAlmostEqual(-sum(lines.mapped("balance")), expected, places=2)


class ReferralFormCase:
    """Forms that name a newcomer: what became of them; add ``ReferralCommon``."""

    def _register(self):
        """Run the cron that a form starts."""
        self.env.flush_all()
        self.env.ref("aftersales_referral.cron_register_forms").method_direct_trigger()
        self.env.invalidate_all()

    def _referrals(self):
        return self.env["aftersales.referral"].search([], order="id")
