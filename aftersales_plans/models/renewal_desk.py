# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .linked_records import open_action, open_dialog, open_records

CALENDAR = "calendar.action_calendar_event"
# who decides about every contract; other salespeople about own ones
DECIDES_ON_ALL = ("sales_team.group_sale_salesman_all_leads", "aftersales_plans.group_manager")


class AftersalesContract(models.Model):
    """Working on renewals: the buttons of the contract (requirements 53, 59, 60)."""

    _inherit = "aftersales.contract"

    renewal_order_id = fields.Many2one(
        "sale.order",
        string="Renewal Quotation",
        compute="_compute_renewal_order_id",
        compute_sudo=True,  # whoever may read the contract may know that it was offered
    )
    meeting_count = fields.Integer(compute="_compute_meeting_count")
    may_renew = fields.Boolean(
        compute="_compute_may_renew",
        help="Whether the reader decides about the renewal: sells the contract or manages plans.",
    )

    @api.depends("renewal_line_ids.order_id.state", "renewal_ids.sale_order_id")
    def _compute_renewal_order_id(self):
        for contract in self:
            sold = contract._renewed_by().sale_order_id
            contract.renewal_order_id = contract._renewal_order() or sold

    def _compute_meeting_count(self):
        found = self.env["calendar.event"]._read_group(
            [("res_model", "=", self._name), ("res_id", "in", self.ids)], ["res_id"], ["__count"]
        )
        counts = dict(found)
        for contract in self:
            contract.meeting_count = counts.get(contract.id, 0)

    @api.depends_context("uid")
    @api.depends("user_id")
    def _compute_may_renew(self):
        """As with quotations: own ones and nobody's, or all of them."""
        user = self.env.user
        everything = self.env.su or any(map(user.has_group, DECIDES_ON_ALL))
        sells = user.has_group("sales_team.group_sale_salesman")
        for contract in self:
            contract.may_renew = everything or (sells and contract.user_id in (user, user.browse()))

    def _check_may_renew(self):
        """Raise unless the caller decides about the renewal; running contracts are not written.

        :raises AccessError: naming the first contract of a colleague, and whom to ask
        """
        self.check_access("read")
        for contract in self:
            if not contract.may_renew:
                raise AccessError(
                    self.env._(
                        "%(contract)s is renewed by its salesperson (%(owner)s) or a plan manager.",
                        contract=contract.display_name,
                        owner=contract.user_id.name or "-",
                    )
                )

    def action_renew(self):
        """Open the renewal quotation; it is made where there is none.

        :raises UserError: it is there, and a colleague's
        """
        self.ensure_one()
        self._check_may_renew()
        order = self._make_renewal()
        if not order.has_access("read"):
            hidden = order.sudo()  # its number and owner alone: whom to ask
            raise UserError(
                self.env._(
                    "%(contract)s is offered already, by %(order)s of %(owner)s.",
                    contract=self.display_name,
                    order=hidden.name,
                    owner=hidden.user_id.name,
                )
            )
        return order.get_formview_action()

    def action_not_renew(self):
        """Ask why the customer does not go on."""
        self._check_may_renew()
        for contract in self:
            contract._check_not_renewing()
        return open_dialog(
            self.env._("Will Not Renew"), "aftersales.contract.leave", default_contract_ids=self.ids
        )

    def action_plan_call(self):
        """Book a call to the customer; nobody is written to unless somebody writes."""
        self.ensure_one()
        title = self.env._("Renewal of %s", self.display_name)
        return open_dialog(
            self.env._("Plan a Call"),
            "calendar.event",
            default_name=title,
            default_res_model=self._name,
            default_res_id=self.id,
            default_user_id=self.env.user.id,
            default_partner_ids=(self.env.user.partner_id | self.partner_id).ids,
            no_mail_to_attendees=True,
        )

    def action_open_meetings(self):
        """Open the meetings about this contract."""
        self.ensure_one()
        return open_action(
            self.env,
            CALENDAR,
            [("res_model", "=", self._name), ("res_id", "=", self.id)],
            default_res_model=self._name,
            default_res_id=self.id,
            default_partner_ids=(self.env.user.partner_id | self.partner_id).ids,
        ) | {"views": [(False, "list"), (False, "calendar"), (False, "form")]}

    def action_open_renewal_order(self):
        """Open the quotation or order that renews this contract."""
        self.ensure_one()
        return open_records(self.renewal_order_id, "sale.action_quotations_with_onboarding")

    def action_open_renewal(self):
        """Open the contract that follows this one."""
        self.ensure_one()
        return self._renewed_by().get_formview_action()

    def action_open_renewed(self):
        """Open the contract before this one."""
        self.ensure_one()
        return self.renewed_from_id.get_formview_action()

    # --- What the old term was like ------------------------------------------------------------

    def _renewal_facts(self):
        """Return what to know about the old term when it is offered again: [(label, value), …]."""
        self.ensure_one()
        facts = [
            (self.env._("Sold for"), self._renewal_told_price()),
            *self._renewal_told_use(),
            (self.env._("Claims"), self._renewal_told_claims()),
        ]
        if self.days_suspended:
            facts.append((self.env._("Suspended"), self.env._("%s days", self.days_suspended)))
        if self._may_know_margin():
            profit = self._profit()[self]
            facts.append((self.env._("Margin"), self._profit_told(profit)))
        return facts

    def _renewal_told_price(self):
        amount, currency = self._sold_price()
        discount = self._purchase_discount()
        if not discount:
            return currency.format(amount)
        return self.env._(
            "%(price)s, with a discount of %(percent)s %%",
            price=currency.format(amount),
            percent=f"{discount:g}",
        )

    def _renewal_told_use(self):
        """Return what was used of each kind of what the plan included, over all years."""
        kinds = dict(
            self.env["aftersales.entitlement"]._fields["kind"]._description_selection(self.env)
        )
        facts = []
        for kind, rows in self.entitlement_ids.grouped("kind").items():
            used = sum(rows.mapped("used"))
            included = sum(rows.mapped("included"))
            facts.append(
                (
                    kinds[kind],
                    self.env._("%s used, unlimited", f"{used:g}")
                    if any(rows.mapped("unlimited"))
                    else self.env._(
                        "%(used)s of %(all)s used", used=f"{used:g}", all=f"{included:g}"
                    ),
                )
            )
        return facts

    def _renewal_told_claims(self):
        if self.open_claim_count:
            return self.env._(
                "%(all)s, %(open)s still open", all=self.claim_count, open=self.open_claim_count
            )
        return str(self.claim_count)

    def _purchase_discount(self):
        """Return the discount the old term was sold with, in percent of its price then."""
        line = self.sudo().sale_line_id  # whoever may read the contract may know its price
        if not line or not line.price_subtotal or line.discount >= 100:
            return 0.0
        full = line.price_subtotal / (1 - line.discount / 100)
        return round(max(0.0, 1 - line._aftersales_net_price() / full) * 100, 2)
