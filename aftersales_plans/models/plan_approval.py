# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import plaintext2html

from ..calc.scope import is_as_good
from .linked_records import open_dialog
from .renewal import OPEN_ORDER

APPROVAL = "aftersales_plans.activity_discount_approval"
MANAGER = "aftersales_plans.group_manager"


class SaleOrder(models.Model):
    """Prices of plans that a plan manager has to agree to (requirements 28, 30).

    ``aftersales_approval_terms`` is what was agreed to, an entry per plan line: that holds as long
    as nothing gets worse for us. What customers were sent holds too, whatever limits become.
    """

    _name = "sale.order"
    _inherit = ["sale.order", "aftersales.guarded"]
    _guarded = frozenset(
        {
            "aftersales_approval_state",
            "aftersales_approval_user_id",
            "aftersales_approval_date",
            "aftersales_approval_note",
            "aftersales_approval_terms",
        }
    )

    aftersales_approval_state = fields.Selection(
        [("asked", "Waiting for approval"), ("approved", "Approved"), ("refused", "Refused")],
        string="Approval of Plan Prices",
        readonly=True,
        copy=False,
        index="btree_not_null",
        groups="base.group_user",
    )
    aftersales_approval_user_id = fields.Many2one(
        "res.users", string="Decided by", readonly=True, copy=False, groups="base.group_user"
    )
    aftersales_approval_date = fields.Datetime(
        string="Decided on", readonly=True, copy=False, groups="base.group_user"
    )
    aftersales_approval_note = fields.Char(
        string="Note on the Decision", readonly=True, copy=False, groups="base.group_user"
    )
    aftersales_approval_terms = fields.Json(readonly=True, copy=False, groups="base.group_user")
    aftersales_approval_told = fields.Text(
        string="To Be Approved",
        compute="_compute_aftersales_approval_told",
        groups="base.group_user",
        help="What a plan manager has to agree to before the customer gets this quotation.",
    )
    aftersales_cost_told = fields.Text(
        compute="_compute_aftersales_approval_told", groups="base.group_user"
    )
    aftersales_cost_missing = fields.Text(
        compute="_compute_aftersales_approval_told", groups="base.group_user"
    )

    @api.model
    def _own_defaults(self):
        """Start the approval as the model says; all else is core's to start."""
        return self._guarded_fields()

    @api.depends_context("lang")
    @api.depends(
        "state",
        "currency_id",
        "pricelist_id",
        "order_line.product_id",
        "order_line.price_subtotal",
        "order_line.aftersales_reduction_ids",
        "order_line.aftersales_plan_line_id",
        "order_line.aftersales_asset_ids",
        "aftersales_approval_terms",
    )
    def _compute_aftersales_approval_told(self):
        for order in self:
            lines = order._aftersales_unapproved()
            told = [sentence for line in lines for sentence in line._aftersales_tell_deal()]
            order.aftersales_approval_told = "\n".join(told)
            sold = order._aftersales_priced_lines()
            costs = filter(None, (line._aftersales_tell_cost() for line in sold - lines))
            order.aftersales_cost_told = "\n".join(costs)
            missing = filter(None, (line._aftersales_tell_missing() for line in sold))
            order.aftersales_cost_missing = "\n".join(missing)

    # --- What needs it -------------------------------------------------------------------------

    def _aftersales_priced_lines(self):
        """Return the plan lines of open quotations whose price is still to be agreed."""
        is_open = self.filtered(lambda order: order.state in OPEN_ORDER)
        return is_open.order_line.filtered(
            lambda line: line.product_id and line.product_uom_qty > 0 and line.aftersales_plan_id
        )

    def _aftersales_unapproved(self):
        """Return the plan lines that are too cheap to be offered without an approval."""
        lines = self._aftersales_priced_lines()
        return lines.filtered(lambda line: line._aftersales_needs_approval())

    def _aftersales_approval_error(self):
        """Return why this quotation must not go to the customer yet, in words; else False."""
        lines = self._aftersales_unapproved()
        if not lines:
            return False
        why = " ".join(sentence for line in lines for sentence in line._aftersales_tell_deal())
        names = {"order": self.name, "why": why}
        if self.aftersales_approval_state == "asked":
            return self.env._(
                "%(order)s waits for the approval of a plan manager. %(why)s", **names
            )
        return self.env._(
            "%(order)s needs the approval of a plan manager. %(why)s Use “Ask for Approval”, take "
            "something off the plan, or raise the price.",
            **names,
        )

    # --- Asking and deciding -------------------------------------------------------------------

    def action_ask_aftersales_approval(self):
        """Ask the plan managers to agree to the prices.

        :raises UserError: nothing needs it
        """
        self.check_access("write")
        for order in self:
            told = order.aftersales_approval_told
            if not told:
                raise UserError(self.env._("%s needs no approval of its plan prices.", order.name))
            # nobody's to write by hand; the right to change the quotation was checked
            order.sudo()._aftersales_ask(told)

    def _aftersales_ask(self, told):
        """Wait for the decision and give each plan manager the quotation to decide about."""
        self.ensure_one()
        self.aftersales_approval_state = "asked"
        self.message_post(body=plaintext2html(self.env._("Approval asked for. %s", told)))
        if not self._aftersales_tell_managers():
            self._aftersales_tell_nobody_decides()

    def _aftersales_tell_nobody_decides(self):
        """Tell the salesperson that no plan manager was asked, and who can help."""
        told = self.env._(
            "No plan manager of %(company)s may open %(order)s, so nobody was asked. Have an "
            "administrator give one of them access to all quotations.",
            company=self.company_id.name,
            order=self.name,
        )
        asking = (self.user_id or self.env.user).partner_id
        self.message_post(body=plaintext2html(told), partner_ids=asking.ids)

    def action_decide_aftersales_approval(self):
        """Open the dialog in which a plan manager decides, with a note."""
        self.ensure_one()
        self._aftersales_check_manager()
        title = self.env._("Prices of Plans on %s", self.name)
        return open_dialog(title, "aftersales.plan.approve", default_order_id=self.id)

    def action_approve_aftersales_prices(self, note=False):
        """Agree to the prices of the plans as they are now.

        :raises AccessError: only plan managers may
        :raises UserError: nothing needs it
        """
        self._aftersales_decide("approved", note)

    def action_refuse_aftersales_prices(self, note=False):
        """Say no to the prices of the plans as they are now.

        :raises AccessError: only plan managers may
        """
        self._aftersales_decide("refused", note)

    def _aftersales_check_manager(self):
        self.check_access("read")
        if not self.env.user.has_group(MANAGER):
            raise AccessError(
                self.env._(
                    "Only plan managers decide about prices of plans: use “Ask for Approval”."
                )
            )

    def _aftersales_decide(self, state, note):
        """Note the decision of the current user, a plan manager, with the figures."""
        self._aftersales_check_manager()
        for order in self.sudo():  # nobody's to write by hand; who may was checked
            told = order.aftersales_approval_told
            if not told:
                raise UserError(self.env._("%s needs no approval of its plan prices.", order.name))
            order.write(
                {
                    "aftersales_approval_state": state,
                    "aftersales_approval_user_id": self.env.uid,
                    "aftersales_approval_date": fields.Datetime.now(),
                    "aftersales_approval_note": note,
                    "aftersales_approval_terms": state == "approved"
                    and order._aftersales_prepare_terms_agreed(),
                }
            )
            order._aftersales_log_decision(told, note)

    def _aftersales_log_decision(self, told, note):
        """Tell the salesperson, and close what the managers had to do."""
        state = dict(self._fields["aftersales_approval_state"]._description_selection(self.env))
        body = f"{state[self.aftersales_approval_state]}: {told}"
        if note:
            body += " " + self.env._("Note: %s", note)
        self.activity_feedback([APPROVAL], feedback=note or None)
        self.message_post(
            body=plaintext2html(body), partner_ids=(self.user_id - self.env.user).partner_id.ids
        )

    def _aftersales_prepare_terms_agreed(self):
        """Return what holds from now on, an entry per plan line."""
        return [line._aftersales_prepare_agreed() for line in self._aftersales_priced_lines()]


class SaleOrderLine(models.Model):
    """Whether the price of a plan line was agreed to."""

    _inherit = "sale.order.line"

    def _aftersales_needs_approval(self):
        """Tell whether one plan line is sold for less than anybody agreed to."""
        deal, cent = self._aftersales_deal(), self.currency_id.rounding
        if not deal.is_too_deep(cent) and not deal.is_below_cost(cent):
            return False
        agreed = self.order_id.sudo().aftersales_approval_terms or []  # only whether it was
        return not any(self._aftersales_is_agreed(deal, entry) for entry in agreed)

    def _aftersales_is_agreed(self, deal, entry):
        """Tell whether ``deal`` is no worse for us than what was agreed to in ``entry``."""
        cent, mine = self.currency_id.rounding, self._aftersales_prepare_agreed(deal)
        if any(mine[name] != entry.get(name) for name in ("product", "reductions", "currency")):
            return False
        if deal.is_too_deep(cent) and not is_as_good(deal.net, deal.full, entry["discount"], cent):
            return False
        if not deal.is_below_cost(cent):
            return True
        return mine["goods"] == entry["goods"] and deal.net >= entry["net"] - cent / 2

    def _aftersales_prepare_agreed(self, deal=None):
        """Return what one line is sold for and as what, to be remembered as agreed to."""
        deal = deal or self._aftersales_deal()
        goods = self._aftersales_goods() if self._aftersales_asks_below_cost() else []
        return {
            "product": self.product_id.id,
            "reductions": sorted(self.sudo().aftersales_reduction_ids.ids),  # only which
            "currency": self.currency_id.id,
            "discount": deal.discount or 0.0,
            "net": deal.net,
            "goods": sorted([one.product, round(one.quantity, 6)] for one in goods),
        }
