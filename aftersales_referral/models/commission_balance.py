# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.aftersales_plans.models.linked_records import open_action

from .client_actions import LEDGER
from .commission import EARNED_KINDS

REWARD_FORM = "aftersales_referral.sale_order_reward_view_form"
WHOLE_LEDGER = "aftersales_plans.group_manager,aftersales_plans.group_accountant"


class AftersalesCommission(models.Model):
    """The ledger as people read it: running balance, where a row comes from, why its amount.

    Nothing here is stored: a row and what follows from it never change.
    """

    _inherit = "aftersales.commission"

    balance = fields.Monetary(
        compute="_compute_balance",
        aggregator=None,
        groups=WHOLE_LEDGER,
        help="Owed to the referrer once this row was written: all rows up to this one.",
    )
    previous_amount = fields.Monetary(
        string="Recorded Before",
        compute="_compute_previous_amount",
        aggregator=None,
        help="What the ledger held for this order before this row.",
    )
    origin = fields.Char(
        compute="_compute_origin",
        help="The order the row follows, the payout, or the reason of an adjustment.",
    )
    customer_id = fields.Many2one(related="order_id.partner_id")
    plan_id = fields.Many2one(related="referral_id.plan_id")
    referral_limit = fields.Monetary(related="referral_id.amount_limit", aggregator=None)

    _referrer_index = models.Index("(referrer_id, company_id, id)")

    @api.depends("amount", "referrer_id", "company_id")
    def _compute_balance(self):
        """One query for all rows read: sums up to each row, per referrer and company."""
        balances = self._read_balances(self._origin.ids)
        for row in self:
            row.balance = balances.get(row._origin.id, 0.0)

    @api.model
    def _read_balances(self, ids):
        """Return what was owed once each of the rows ``ids`` was written: {id: amount}.

        Rows of orders the reader may not open count too; the field is for whoever reads the
        whole ledger.
        """
        if not ids:
            return {}
        self.flush_model(["amount", "company_id", "referrer_id"])
        return dict(
            self.env.execute_query(
                SQL(
                    """
                    SELECT id, balance
                      FROM (SELECT id,
                                   SUM(amount) OVER (
                                       PARTITION BY referrer_id, company_id ORDER BY id
                                   ) AS balance
                              FROM aftersales_commission
                             WHERE (referrer_id, company_id) IN (
                                       SELECT referrer_id, company_id
                                         FROM aftersales_commission
                                        WHERE id IN %(ids)s
                                   )
                           ) AS ledger
                     WHERE id IN %(ids)s
                    """,
                    ids=tuple(ids),
                )
            )
        )

    @api.depends("kind", "target_amount", "amount")
    def _compute_previous_amount(self):
        for row in self:
            follows = row.kind in EARNED_KINDS
            row.previous_amount = row.target_amount - row.amount if follows else 0.0

    @api.depends("order_id.name", "note")
    def _compute_origin(self):
        for row in self:
            row.origin = row.order_id.name or row.note

    # --- Buttons -------------------------------------------------------------------------------

    def action_open_order(self):
        """Open the order this row follows.

        Core's form asks for rights that accountants who sell nothing do not have.
        """
        self.ensure_one()
        action = self.order_id.get_formview_action()
        form = self.env.ref(REWARD_FORM, raise_if_not_found=False)
        if form and not self.env.user.has_group("sales_team.group_sale_salesman"):
            action["views"] = [(form.id, "form")]
        return action

    def action_open_payout(self):
        """Open the payout this row comes from."""
        self.ensure_one()
        return self.payout_id.get_formview_action()

    # --- Of one referrer -----------------------------------------------------------------------

    @api.model
    def _select_below_zero_since(self, owner):
        """Return the day since which a balance has been below zero, as a subquery.

        :param owner: alias of a row with ``referrer_id`` and ``company_id``
        """
        owner = SQL.identifier(owner)
        return SQL(
            """
            SELECT MIN(date) AS since
              FROM (SELECT id, date,
                           MAX(id) FILTER (WHERE balance >= 0) OVER () AS last_not_below
                      FROM (SELECT id, date, SUM(amount) OVER (ORDER BY id) AS balance
                              FROM aftersales_commission row
                             WHERE row.referrer_id = %(owner)s.referrer_id
                               AND row.company_id = %(owner)s.company_id
                           ) AS running
                   ) AS marked
             WHERE id > COALESCE(last_not_below, 0)
            """,
            owner=owner,
        )

    @api.model
    def _open_ledger_of(self, referrer, company):
        """Return the action that opens the ledger of one referrer in one company."""
        rows = [("referrer_id", "=", referrer.id), ("company_id", "=", company.id)]
        name = self.env._("Ledger of %s", referrer.display_name)
        return {**open_action(self.env, LEDGER, rows), "name": name}
