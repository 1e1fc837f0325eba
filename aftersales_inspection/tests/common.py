from odoo.tests import freeze_time, new_test_user

from odoo.addons.aftersales_plans.tests.common import AfterSalesCase


class InspectionCase(AfterSalesCase):
    """A plan with four visits a year and one technician of one company."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["fsm.person"].search([]).active = False
        cls.technician = cls.env["fsm.person"].create({"name": "Tess"})
        cls.plan.visit_interval_months = 3

    @classmethod
    def sell_on(cls, moment, *lines, **values):
        """Sell and deliver at a fixed UTC moment; return the contract."""
        with freeze_time(moment):
            return cls.sell(*(lines or ((cls.goods, 10), (cls.plan_product, 1))), **values)


class VisitCase(InspectionCase):
    """A technician with a van, valued parts in it, and the first visit of a contract."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user = new_test_user(cls.env, "t-tess", "fieldservice.group_fsm_user")
        cls.technician.partner_id = cls.user.partner_id
        cls.technician.action_create_van()
        cls.van = cls.technician.van_location_id
        cls.valued = cls.env["product.category"].create(
            {"name": "Valued", "property_valuation": "real_time"}
        )
        cls.seal = cls.good("Seal", 4.0, aftersales_visit_quantity=2)
        cls.goods.write({"categ_id": cls.valued.id, "standard_price": 300.0})
        cls.load(cls.seal, 10)
        cls.contract = cls.sell_on("2026-03-15 06:00:00")
        cls.asset = cls.contract.asset_ids
        cls.visit = cls.contract.visit_ids.filtered(lambda v: v.aftersales_visit_number == 1)

    @classmethod
    def good(cls, name, cost, **values):
        """Return new goods, valued in real time unless said otherwise."""
        return cls.env["product.product"].create(
            {
                "name": name,
                "type": "consu",
                "is_storable": True,
                "categ_id": cls.valued.id,
                "standard_price": cost,
                **values,
            }
        )

    @classmethod
    def load(cls, product, quantity, lot=None):
        """Put goods into the van."""
        cls.env["stock.quant"]._update_available_quantity(product, cls.van, quantity, lot_id=lot)

    def use(self, product, quantity, user=None, **values):
        """Enter a part on the visit, as the technician."""
        return (
            self.env["aftersales.visit.part"]
            .with_user(user or self.user)
            .create(
                {
                    "visit_id": self.visit.id,
                    "product_id": product.id,
                    "quantity": quantity,
                    **values,
                }
            )
        )

    def complete(self, user=None, outcome=False):
        """Complete the visit as the technician."""
        visit = self.visit.with_user(user or self.user)
        visit.write({"conclusion": "remarks", "outcome": outcome})
        self.env.invalidate_all()  # what others read into the cache, the technician may not
        with freeze_time("2026-06-01 10:00:00"):
            visit.action_complete()

    def reopen(self):
        """Take the visit up again."""
        with freeze_time("2026-06-01 12:00:00"):
            self.visit.with_user(self.user).stage_id = self.env.ref("fieldservice.fsm_stage_new")

    def held(self, product, place=None, lot=None):
        """Return how much a place (the van) holds, below zero too."""
        quants = self.env["stock.quant"].search(
            [
                ("product_id", "=", product.id),
                ("location_id", "=", (place or self.van).id),
                ("lot_id", "=", lot.id if lot else False),
            ]
        )
        return sum(quants.mapped("quantity"))

    def booked(self, moves):
        """Return {account: balance} of the journal items of ``moves``, those at 0 left out."""
        balances = {}
        for item in moves.account_move_id.line_ids:
            balances[item.account_id] = balances.get(item.account_id, 0.0) + item.balance
        return {account: balance for account, balance in balances.items() if balance}
