# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import Command, api, fields, models

from ..calc import renewal
from .renewal import OPEN_ORDER
from .turn import take_turn


class AftersalesContract(models.Model):
    """The contract that follows another: it starts the day after, with the same goods (59).

    Until its first day the old one covers the goods; when the end of that moves, so does the
    start.
    """

    _inherit = "aftersales.contract"

    renewal_gap_days = fields.Integer(
        string="Days without Cover",
        compute="_compute_renewal_gap_days",
        help="Between the contract this one renews and its first day.",
    )

    @api.depends("date_start", "renewed_from_id.date_end", "renewed_from_id.date_closed")
    def _compute_renewal_gap_days(self):
        for contract in self:
            last = contract.renewed_from_id._last_day() if contract.renewed_from_id else False
            contract.renewal_gap_days = (
                renewal.gap_days(last, contract.date_start) if last and contract.date_start else 0
            )

    @api.model
    def _prepare_from_line(self, line):
        """Say which contract the new one follows."""
        old = line.aftersales_renews_id
        return {**super()._prepare_from_line(line), "renewed_from_id": old.id}

    def _cover_goods_delivered_earlier(self):
        """Take the goods of a renewal over, from the day after the old contract on."""
        old = self.renewed_from_id
        if not old:
            return super()._cover_goods_delivered_earlier()
        self.asset_ids = self.sale_line_id.aftersales_asset_ids
        old.lapse_reason_id = False  # the customer goes on after all
        old._end_renewal_activities()
        self._start(self._renewal_first_day())
        old.message_post(body=self.env._("Renewed by %s.", self._get_html_link()))
        return None

    def _renewal_first_day(self):
        """Return the first day of one contract that follows another.

        Who was told that the contract goes on has no gap, however late the daily run confirms it.
        """
        last, confirmed = self.renewed_from_id._last_day(), self.date_sold
        # sudo: only what was told, for whoever moves the end of the contract before
        if self.sudo().sale_line_id.order_id.aftersales_goes_on:
            confirmed = min(confirmed, last)
        return renewal.first_day(last, confirmed, self.waiting_days)

    def _is_waiting_renewal(self):
        """Tell whether the contract before this one still covers the goods."""
        self.ensure_one()
        return self.state == "draft" and bool(self.renewed_from_id._live())

    def _activate(self):
        """End the contract before, whose last day is over, so that goods have one live contract."""
        for old in self.renewed_from_id.filtered(lambda c: c.state == "active"):
            if old.date_end < old.company_id._aftersales_today():
                old._expire()
        return super()._activate()

    # --- The start follows the end -------------------------------------------------------------

    def _move_renewals(self):
        """Let the contracts that wait for these to end start the day after that, not before today.

        Their end moved: rested, resumed, notice given or taken back, ended early.
        """
        for old in self:
            for child in old.renewal_ids.filtered(lambda c: c.state == "draft" and c.date_start):
                today = old.company_id._aftersales_today()
                first = max(child._renewal_first_day(), today)
                if first != child.date_start:
                    child._fix_term(first)
                    child._activate_due()

    def _reschedule(self):
        """Move what follows along."""
        result = super()._reschedule()
        self._move_renewals()
        return result

    def _on_contract_notice(self):
        """Let the renewal follow the day that was agreed."""
        result = super()._on_contract_notice()
        self._move_renewals()
        return result

    def _on_contract_closed(self):
        """Let the renewal follow an early end; one that is only offered is dropped."""
        result = super()._on_contract_closed()
        ended = self.filtered(lambda contract: contract.state == "cancelled")
        ended._move_renewals()
        ended._drop_renewal_orders()
        return result


class SaleOrder(models.Model):
    """Hooks of the order that renews contracts."""

    _inherit = "sale.order"

    def action_confirm(self):
        """Renew what is in use by now: goods may have been replaced or returned meanwhile."""
        self.order_line._aftersales_refresh_goods()
        return super().action_confirm()


class SaleOrderLine(models.Model):
    """A plan line that renews a contract: what keeps it from being confirmed."""

    _inherit = "sale.order.line"

    def _aftersales_refresh_goods(self):
        """Let lines that renew cover what their goods have become, as far as it is in use."""
        # whoever confirms, also the customer; it follows from the register
        renewals = self.sudo().filtered(lambda line: line.aftersales_renews_id)
        take_turn(renewals.aftersales_renews_id)  # of two at once, the later is told in words
        for line in renewals.filtered(lambda line: line.state in OPEN_ORDER):
            goods = line._aftersales_goods_now()
            if goods and goods != line.aftersales_asset_ids:
                line.aftersales_asset_ids = [Command.set(goods.ids)]

    def _aftersales_goods_now(self):
        """Return the goods of one line in use, replaced ones by their replacement."""
        named = self.aftersales_asset_ids
        while replaced := named.replaced_by_id - named:
            named |= replaced
        contract, plan = self.aftersales_renews_id, self.aftersales_plan_id
        parts = contract.asset_ids.filtered(lambda asset: asset.origin_asset_id in named)
        in_use = (named | parts).filtered(lambda asset: asset.active and asset.status == "in_use")
        return plan._covered_among(in_use)

    def _aftersales_cover_error(self):
        """Say what keeps the contract from being renewed; else whether the goods can be."""
        hidden = self.sudo()  # only to say what is wrong, whoever confirms
        if not hidden.aftersales_renews_id:
            return super()._aftersales_cover_error()
        return (
            hidden.aftersales_renews_id._renewal_error()
            or hidden._aftersales_renewed_twice_error()
            or hidden._aftersales_renewed_goods_error()
        )

    def _aftersales_renewed_twice_error(self):
        """Return that another line of the order renews the same contract; else False."""
        contract = self.aftersales_renews_id
        if (self.order_id.order_line - self).filtered(
            lambda line: line.aftersales_renews_id == contract and line.product_uom_qty
        ):
            return self.env._(
                "%s is renewed by two lines of this order. Take one of them off.",
                contract.display_name,
            )
        return False

    def _aftersales_renewed_goods_error(self):
        """Return what is wrong with the goods to go on with; else False.

        They may lie at several addresses: the contract covers them there.
        """
        order, contract = self.order_id, self.aftersales_renews_id
        if not self._aftersales_goods_now():
            return self.env._(
                "%s covers no goods that are still in use, so there is nothing to renew.",
                contract.display_name,
            )
        for asset in self.aftersales_asset_ids:
            error = asset._used_up_error(contract) or asset._elsewhere_error(
                order.partner_id, asset.site_id, order.company_id
            )
            if error:
                return error
        return self._aftersales_twice_error()
