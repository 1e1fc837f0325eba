# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import models
from odoo.exceptions import UserError


class SaleOrder(models.Model):
    """A new customer who comes with a referral code gets the company's welcome discount.

    It is a program of core's, which is closed to every other order (:meth:`_get_program_domain`):
    core itself takes it off when the order is not entitled to it any more. As any discount it
    lowers what the commission is computed from.
    """

    _inherit = "sale.order"

    def _get_program_domain(self):
        """Keep the welcome discount to those it is for."""
        domain = super()._get_program_domain()
        program = self._welcome_program()
        if program and not self._earns_welcome(program):
            domain = [*domain, ("id", "!=", program.id)]
        return domain

    def _welcome_program(self):
        # which program it is, whoever orders
        return self.company_id.sudo().aftersales_welcome_program_id

    def _earns_welcome(self, program):
        """Return whether this is the first order of a customer who came with a code."""
        self.ensure_one()
        if self.state == "sale":  # what was agreed on stays
            return program in self.order_line.reward_id.program_id
        order = self.sudo()  # the referral of an order the user may read
        referral = order.referral_id
        return (
            bool(order.referral_code_id)
            and referral.state in ("registered", "qualified")
            and "sale" not in (referral.order_ids - order).mapped("state")
        )

    def _give_welcome(self):
        """Apply the welcome discount if the order earns it and has none yet.

        :return: why it is not applied, in words; empty when it is, or when there is none
        """
        self.ensure_one()
        program = self._welcome_program()
        if not program or program in self.order_line.reward_id.program_id:
            return ""
        if not self._earns_welcome(program):
            return self.env._("The welcome discount is for the first order of a new customer.")
        try:
            with self.env.cr.savepoint():
                self._apply_welcome(program)
        except UserError as error:  # an order goes on without its discount
            return str(error)
        return ""

    def _apply_welcome(self, program):
        """Apply ``program``, and its reward where there is nothing to choose.

        :raises UserError: core refuses it, with core's reason
        """
        self.code_enabled_rule_ids |= program.rule_ids.filtered(
            lambda rule: rule.mode == "with_code"
        )
        status = self._try_apply_program(program)
        if "error" in status and not status.get("already_applied"):
            raise UserError(status["error"])
        for coupon, rewards in self._claimable_welcome().items():
            if len(rewards) == 1 and not rewards.multi_product:
                status = self._apply_program_reward(rewards, coupon)
                if "error" in status:
                    raise UserError(status["error"])
        self._update_programs_and_rewards()

    def _claimable_welcome(self):
        """Return what of the welcome discount is left to choose from, {coupon: rewards}."""
        program = self._welcome_program()
        coupons = self.coupon_point_ids.coupon_id.filtered(lambda card: card.program_id == program)
        return self._get_claimable_rewards(forced_coupons=coupons) if program and coupons else {}

    def _drop_welcome(self):
        """Let core take off the welcome discount of orders that do not earn it any more."""
        for order in self.filtered(lambda order: order.state in ("draft", "sent")):
            program = order._welcome_program()
            if program in order.order_line.reward_id.program_id and not order._earns_welcome(
                program
            ):
                order._update_programs_and_rewards()
