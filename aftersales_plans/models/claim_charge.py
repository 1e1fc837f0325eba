from odoo import Command, api, fields, models

from ..calc import decision
from ..calc.charge import is_charged, with_surcharge


class AftersalesClaim(models.Model):
    """What the customer pays for: goods, a call-out, work, freight (requirements 10, 24, 27)."""

    _inherit = "aftersales.claim"
    _guarded = frozenset({"sale_order_id"})

    sale_order_id = fields.Many2one(
        "sale.order", string="Quotation", readonly=True, copy=False, index="btree_not_null"
    )
    labour_hours = fields.Float(
        string="Work (hours)",
        copy=False,
        help="Charged where plan and guarantee do not include it.",
    )
    after_hours = fields.Boolean(
        compute="_compute_after_hours",
        store=True,
        readonly=False,
        precompute=True,
        help="Reported outside the company's working hours: charged work costs more.",
    )
    send_freight = fields.Boolean(
        string="Freight", copy=False, help="Charged where plan and guarantee do not include it."
    )

    _labour_hours_possible = models.Constraint(
        "CHECK(labour_hours BETWEEN 0 AND 9999)", "Work takes from 0 to 9999 hours."
    )

    @api.depends("date_reported", "company_id")
    def _compute_after_hours(self):
        for claim in self:
            claim.after_hours = not claim.company_id._aftersales_is_open(claim.date_reported)

    def _prepare_charges(self):
        """Return what the customer pays as values of order lines, without currency conversion."""
        types = set(self.line_ids.mapped("billing_type"))
        billable = self.line_ids.filtered(lambda line: line.billing_type == decision.BILLABLE)
        goods = billable.filtered(lambda line: line.cause_id.replaces_part)
        charges = [line._prepare_charge() for line in goods]
        contract = self.contract_id
        if billable - goods:  # somebody came for nothing
            charges.append(self._prepare_service("product_call_out", 1.0, contract.visit_rate))
        if self.labour_hours and is_charged(types, contract.labour_included):
            charges.append(self._prepare_labour())
        if self.send_freight and is_charged(types, contract.freight_included):
            charges.append(self._prepare_service("product_freight", 1.0))
        return charges

    def _prepare_labour(self):
        product = self.env.ref("aftersales_plans.product_labour").sudo()  # a price for everybody
        percent = (
            self.contract_id.after_hours_percent
            if self.contract_id
            else self.company_id.aftersales_after_hours_percent
        )
        price = with_surcharge(
            self.contract_id.hour_rate or product.lst_price, self.after_hours, percent
        )
        return self._prepare_service("product_labour", self.labour_hours, price)

    def _prepare_service(self, product, quantity, price=0.0):
        """Return one of our service products as a charge; ``price`` 0: its list price."""
        service = self.env.ref(f"aftersales_plans.{product}").sudo()  # a price for everybody
        return {
            "product_id": service.id,
            "product_uom_qty": quantity,
            "product_uom_id": service.uom_id.id,
            "price_unit": self.currency_id.round(price or service.lst_price),
            "discount": 0.0,
        }

    def _quote(self, charges):
        """Offer ``charges`` to the customer; prices come in company currency."""
        if not charges:
            return
        hidden = self.sudo()  # checked by action_approve; agents need not be salespeople
        order = hidden.env["sale.order"].create(
            {
                "partner_id": self.partner_id.id,
                "partner_shipping_id": self.site_id.id,
                "company_id": self.company_id.id,
                "origin": self.name,
                "user_id": self._quoting_user().id,
            }
        )
        for charge in charges:
            charge["price_unit"] = self.currency_id._convert(
                charge["price_unit"], order.currency_id, self.company_id
            )
        order.order_line = [Command.create(charge) for charge in charges]
        hidden.sale_order_id = order
        hidden._note_quotation()

    def _note_quotation(self):
        """Say in the claim's history who sends the quotation to the customer."""
        order = self.sale_order_id
        facts = {
            "order": order.name,
            "total": order.currency_id.format(order.amount_total),
            "user": order.user_id.name,
        }
        self._message_log(
            body=self.env._("Quotation %(order)s over %(total)s: %(user)s sends it.", **facts)
            if order.user_id
            else self.env._(
                "Quotation %(order)s over %(total)s: this customer has no salesperson, let one "
                "send it.",
                **facts,
            )
        )

    def _quoting_user(self):
        """Return who sells to this customer, or else the user if he sells; maybe nobody.

        Who left, sells for other companies only, or may not open quotations could not send it.
        """
        # sudo: who looks after the customer; the contract may be another salesperson's
        claim = self.sudo()
        customer = claim.partner_id
        sellers = claim.contract_id.user_id | customer.user_id
        sellers |= customer.commercial_partner_id.user_id | claim.env.user
        return sellers.filtered(
            lambda user: (
                user.active
                and claim.company_id in user.company_ids
                and user.has_group("sales_team.group_sale_salesman")
            )
        )[:1]

    def action_open_quotation(self):
        """Open the quotation for what the customer pays."""
        self.ensure_one()
        return self.sale_order_id.get_formview_action()


class AftersalesClaimLine(models.Model):
    """Goods the customer pays for."""

    _inherit = "aftersales.claim.line"

    def _prepare_charge(self):
        """Return this line as values of an order line, price in company currency."""
        self.ensure_one()
        return {
            "product_id": self.product_id.id,
            "product_uom_qty": self.quantity,
            "product_uom_id": self.product_id.uom_id.id,
            "price_unit": self.price_unit,
            "discount": 0.0,
        }
