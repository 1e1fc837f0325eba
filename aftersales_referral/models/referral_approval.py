# SPDX-License-Identifier: LGPL-3.0-or-later
from contextlib import contextmanager

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import float_compare, plaintext2html

from odoo.addons.aftersales_plans.models.linked_records import open_action, open_dialog
from odoo.addons.aftersales_plans.models.never_fail import never_fail

APPROVE_ACTIVITY = "aftersales_referral.mail_activity_type_approve_reward"
ACCOUNTANTS = "aftersales_plans.group_accountant"


class SaleOrder(models.Model):
    """Below the company's lowest margin an accountant approves the reward (requirement 79).

    Salespeople register, accountants approve; until then the order earns nothing.
    """

    _inherit = "sale.order"

    referral_approval = fields.Selection(
        [("waiting", "To approve"), ("approved", "Approved"), ("refused", "Refused")],
        string="Reward Approval",
        readonly=True,
        copy=False,
        tracking=True,
        index="btree_not_null",
        groups="base.group_user",
        help="Asked when the margin after the commission is below the company's lowest margin.",
    )
    referral_minimum_percent = fields.Float(
        related="company_id.aftersales_minimum_margin_percent", groups="base.group_user"
    )

    referral_may_decide = fields.Boolean(
        compute="_compute_referral_may_decide",
        compute_sudo=True,  # who registered it, whoever may read that referral
        groups="base.group_user",
        help="Whether the user may decide about the reward, who looks at it.",
    )

    @api.depends("referral_approval", "referral_id.user_id", "user_id")
    @api.depends_context("uid")
    def _compute_referral_may_decide(self):
        for order in self:
            asked = order.referral_approval in ("waiting", "refused")
            order.referral_may_decide = asked and self.env.user not in order._reward_parties()

    def _reward_parties(self):
        """Return who registered the referral or made this sale."""
        return self.referral_id.create_uid | self.referral_id.user_id | self.user_id

    def _may_earn_reward(self):
        """Tell whether no accountant has to agree, or one has."""
        self.ensure_one()
        return self.referral_approval not in ("waiting", "refused")

    def _review_reward(self):
        """Let an accountant approve what leaves too little; asked at every confirmation.

        What was refused stays refused until an accountant approves it, or the referral is over.
        """
        for order in self:
            rewarded = order.referral_id.state == "qualified"
            if rewarded and order.referral_approval == "refused":
                continue
            if order._is_margin_too_low():
                order._ask_approval()
            elif order.referral_approval:
                order.referral_approval = False
                order._close_approval()

    def _is_margin_too_low(self):
        self.ensure_one()
        minimum = self.company_id.aftersales_minimum_margin_percent
        if minimum <= 0 or self.referral_id.state != "qualified":
            return False
        if self.currency_id.compare_amounts(self.referral_expected_amount, 0) <= 0:
            return False
        needed = self.amount_untaxed * minimum / 100
        return self.currency_id.compare_amounts(self.referral_margin, needed) < 0

    @contextmanager
    def _watch_margin(self):
        """Review the rewards of confirmed orders when the block changes what they leave.

        What was approved is asked again only when less is left.
        """
        # the review follows from prices the user may change, whoever he is
        watched = self.sudo().filtered(
            lambda order: (
                order.state == "sale"
                and order.referral_id
                and order.company_id.aftersales_minimum_margin_percent > 0
            )
        )
        before = {order: order.referral_margin_percent for order in watched}
        yield
        for order in watched:
            with never_fail(self.env, f"Reviewing the reward of {order}"):
                change = float_compare(order.referral_margin_percent, before[order], 4)
                if change < 0 or change and order.referral_approval == "waiting":
                    order._review_reward()
                    self.env["aftersales.commission"].sudo()._settle(order)

    def _ask_approval(self):
        """Hold the reward back and give an accountant something to do."""
        self.ensure_one()
        if self.referral_approval == "waiting":
            return
        self.referral_approval = "waiting"
        accountant = self.company_id._aftersales_accountant()
        if accountant:
            # on the referral: an accountant who is no salesperson cannot open core's order form
            self.referral_id.activity_schedule(
                APPROVE_ACTIVITY,
                user_id=accountant.id,
                summary=self.env._("Approve the reward of %s", self.name),
                note=plaintext2html(
                    self.env._(
                        "%(amount)s for %(referrer)s leave a margin of %(margin)s, below the "
                        "lowest margin of %(minimum)s %%.",
                        amount=self.currency_id.format(self.referral_expected_amount),
                        referrer=self.referral_id.referrer_id.display_name,
                        margin=self.currency_id.format(self.referral_margin),
                        minimum=f"{self.company_id.aftersales_minimum_margin_percent:g}",
                    )
                ),
            )

    def _close_approval(self):
        """Take the activity off once nothing of the referral waits any more."""
        for referral in self.referral_id:
            if "waiting" not in referral.order_ids.mapped("referral_approval"):
                referral.activity_feedback([APPROVE_ACTIVITY])

    # --- Buttons -------------------------------------------------------------------------------

    def action_approve_reward(self):
        """Let the order earn its reward; what is paid by now is settled at once.

        :raises AccessError: no accountant, or the one who registered the referral
        :raises UserError: there is nothing to approve
        """
        self._decide_reward("approved", ("waiting", "refused"))

    def action_refuse_reward(self):
        """Ask why the order shall earn nothing.

        :raises AccessError: no accountant, or the one who registered the referral
        :raises UserError: there is nothing to refuse
        """
        self.ensure_one()
        self._check_decision(("waiting",))
        title = self.env._("Refuse the Reward of %s", self.name)
        return open_dialog(title, "aftersales.reward.refuse", default_order_id=self.id)

    def _refuse_reward(self, reason):
        """Let the order earn nothing, for a reason; an accountant may still approve it later.

        :param reason: in words, logged on order and referral
        :raises AccessError: no accountant, or the one who registered the referral
        :raises UserError: there is nothing to refuse, or no reason
        """
        self.ensure_one()
        if not (reason or "").strip():
            raise UserError(self.env._("Write down why the reward of %s is refused.", self.name))
        self._decide_reward("refused", ("waiting",))
        said = self.env._(
            "%(user)s refused the reward of %(order)s: %(reason)s",
            user=self.env.user.name,
            order=self.name,
            reason=reason,
        )
        order = self.sudo()  # an accountant writes neither; the right was checked above
        order.message_post(body=said)
        order.referral_id.message_post(body=said)

    def _decide_reward(self, decision, asked):
        self._check_decision(asked)
        # Approval and ledger are nobody's to write; the accountant's right was checked.
        orders = self.sudo()
        orders.referral_approval = decision
        orders._close_approval()
        self.env["aftersales.commission"].sudo()._settle(orders)

    def _check_decision(self, asked):
        """Refuse to decide what nobody asks, or what one has registered (requirement 79).

        :raises UserError: there is nothing to decide
        :raises AccessError: no accountant, or the user registered a referral or made a sale
        """
        self.check_access("read")
        if not self.env.user.has_group(ACCOUNTANTS):
            raise AccessError(self.env._("Only an accountant approves or refuses a reward."))
        for order in self.sudo():  # who registered it, whoever may read that referral
            if order.referral_approval not in asked:
                raise UserError(
                    self.env._("%s has no reward that waits for a decision.", order.name)
                )
            if self.env.user in order._reward_parties():
                raise AccessError(
                    self.env._(
                        "You registered %(referral)s or sold %(order)s: another accountant "
                        "decides.",
                        referral=order.referral_id.name,
                        order=order.name,
                    )
                )


class AftersalesReferral(models.Model):
    """A referral shows which of its orders wait for an accountant."""

    _inherit = "aftersales.referral"

    approval_count = fields.Integer(compute="_compute_approval_count", compute_sudo=True)

    @api.depends("order_ids.referral_approval")
    def _compute_approval_count(self):
        for referral in self:
            approvals = referral.order_ids.mapped("referral_approval")
            referral.approval_count = approvals.count("waiting")

    def action_open_approvals(self):
        """Open the orders whose reward waits for an accountant."""
        domain = [("referral_id", "in", self.ids), ("referral_approval", "=", "waiting")]
        return open_action(self.env, "aftersales_referral.sale_order_reward_action", domain)
