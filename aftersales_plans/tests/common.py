# SPDX-License-Identifier: LGPL-3.0-or-later
from contextlib import contextmanager

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import TransactionCase, freeze_time, new_test_user
from odoo.tools.translate import code_translations


def speak(case, words, module="aftersales_plans"):
    """Let the database speak Russian, of which only ``words`` of a module are translated."""
    case.env["res.lang"]._activate_lang("ru_RU")
    spoken = code_translations.get_python_translations

    def translations(name, lang):
        return words if (name, lang) == (module, "ru_RU") else spoken(name, lang)

    case.patch(code_translations, "get_python_translations", translations)


class AfterSalesCase(TransactionCase):
    """A company with goods in stock, two plans and a customer; builders for what happens next."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context=dict(cls.env.context, tracking_disable=True))
        cls.company = cls.env.company
        cls.customer = cls.env["res.partner"].create(
            {"name": "Casa Verde", "street": "1 Elm Street", "city": "Springfield"}
        )
        cls.goods = cls.env["product.product"].create(
            {"name": "Boiler", "type": "consu", "is_storable": True, "list_price": 500.0}
        )
        cls.stock_up(cls.goods, 100)
        cls.plan = cls.env["aftersales.plan"].create(
            {"name": "Gold", "code": "T-GOLD", "replacements_included": 3}
        )
        cls.plan_product = cls.env["product.product"].create(
            {
                "name": "Gold plan",
                "type": "service",
                "list_price": 600.0,
                "aftersales_plan_id": cls.plan.id,
            }
        )
        cls.accident = cls.env.ref("aftersales_plans.cause_accident")
        cls.defect = cls.env.ref("aftersales_plans.cause_defect")
        cls.agent = new_test_user(cls.env, "t-agent", "aftersales_plans.group_agent")
        cls.manager = new_test_user(cls.env, "t-manager", "aftersales_plans.group_manager")

    @classmethod
    def stock_up(cls, product, quantity, lot=None):
        """Put goods on the shelf."""
        cls.env["stock.quant"]._update_available_quantity(
            product, cls.warehouse().lot_stock_id, quantity, lot_id=lot
        )

    @classmethod
    def warehouse(cls):
        """Return the company's warehouse."""
        return cls.env["stock.warehouse"].search([("company_id", "=", cls.company.id)], limit=1)

    @classmethod
    def quote(cls, *lines, **values):
        """Write a quotation; ``lines`` are (product, quantity)."""
        return cls.env["sale.order"].create(
            {
                "partner_id": cls.customer.id,
                "order_line": [
                    Command.create({"product_id": product.id, "product_uom_qty": quantity})
                    for product, quantity in lines
                ],
                **values,
            }
        )

    @classmethod
    def deliver(cls, pickings, quantity=None):
        """Ship everything, or ``quantity`` of every move with a backorder for the rest."""
        for picking in pickings.filtered(lambda p: p.state not in ("done", "cancel")):
            picking.action_assign()
            if quantity is not None:
                picking.move_ids.quantity = quantity
            picking.with_context(skip_backorder=True).button_validate()

    @classmethod
    def sell(cls, *lines, **values):
        """Sell and deliver; return the contracts."""
        order = cls.quote(*lines, **values)
        order.action_confirm()
        cls.deliver(order.picking_ids)
        return order.aftersales_contract_ids

    @contextmanager
    def assertRefused(self, words):
        """Expect an error that says ``words`` (a pattern), and undo what was done before it."""
        with self.assertRaises(UserError) as caught:
            yield
        self.assertRegex(str(caught.exception), words)

    def claim(self, asset, quantity=1, cause=None, user=None, **values):
        """Report broken goods; not yet approved."""
        return (
            self.env["aftersales.claim"]
            .with_user(user or self.agent)
            .create(
                {
                    "partner_id": self.customer.id,
                    "line_ids": [
                        Command.create(
                            {
                                "asset_id": asset.id,
                                "quantity": quantity,
                                "cause_id": (cause or self.accident).id,
                            }
                        )
                    ],
                    **values,
                }
            )
        )

    @classmethod
    def tracked(cls, tracking, name, quantity):
        """Put goods with a lot or serial number on the shelf; return product and lot."""
        product = cls.env["product.product"].create(
            {"name": "Pump", "type": "consu", "is_storable": True, "tracking": tracking}
        )
        lot = cls.env["stock.lot"].create({"name": name, "product_id": product.id})
        cls.stock_up(product, quantity, lot)
        return product, lot

    @classmethod
    def send_back(cls, picking, quantity):
        """Return ``quantity`` of every move of ``picking``; done. Returns the new picking."""
        wizard = (
            cls.env["stock.return.picking"]
            .with_context(active_id=picking.id, active_ids=picking.ids)
            .create({"picking_id": picking.id})
        )
        wizard.product_return_moves.quantity = quantity
        back = wizard._create_return()
        cls.deliver(back)
        return back

    def run_calendar(self, moment):
        """Let the daily job start, continue and end contracts at ``moment``."""
        with freeze_time(moment), self.enter_registry_test_mode():
            self.env.ref("aftersales_plans.cron_follow_calendar").method_direct_trigger()
        self.env.invalidate_all()
