# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.aftersales_plans.models.linked_records import open_action
from odoo.addons.aftersales_plans.models.stored_column import default_column
from odoo.addons.aftersales_plans.models.turn import take_turn

from .client_actions import LEDGER


class ResPartner(models.Model):
    """A referrer: code, how and as whom to be paid, and the balance of the ledger.

    Ledger, accounts and cards are kept on the commercial partner (design §5).
    """

    _inherit = "res.partner"

    aftersales_referral_code_ids = fields.One2many(
        "aftersales.referral.code", "partner_id", groups="base.group_user"
    )
    referral_code = fields.Char(
        compute="_compute_referral_code",
        search="_search_referral_code",
        groups="base.group_user",
        help="The customer shares it with neighbours and partners.",
    )
    referral_payout_method = fields.Selection(
        [("cash", "Money"), ("credit", "Store credit")],
        string="Reward Paid in",
        default="credit",
        groups="base.group_user",
    )
    referral_tax_status = fields.Selection(
        [
            ("individual", "Private person"),
            ("self_employed", "Self-employed"),
            ("business", "Business"),
        ],
        string="Tax Status",
        groups="base.group_user",
        help="Decides about tax and withholding on rewards; needed before the first payout.",
    )
    referral_self_billing_date = fields.Date(
        string="Self-Billing Agreed on",
        groups="base.group_user",
        help="Day the referrer agreed that we write the bills for the rewards; needed before the "
        "first payment in money, and for store credit where taxes apply.",
    )
    referral_currency_id = fields.Many2one(
        "res.currency", compute="_compute_referral_balance", groups="base.group_user"
    )
    referral_balance = fields.Monetary(
        currency_field="referral_currency_id",
        compute="_compute_referral_balance",
        groups="base.group_user",
        help="Earned and not paid out yet, on hold included.",
    )

    def _auto_init(self):
        """Add the column with its default: PostgreSQL writes no row for that, Odoo every one."""
        default_column(self.env.cr, self._table, "referral_payout_method", SQL("varchar"), "credit")
        return super()._auto_init()

    @api.depends("aftersales_referral_code_ids.name")
    def _compute_referral_code(self):
        for partner in self:
            # a code is made to be shared
            partner.referral_code = partner.sudo().aftersales_referral_code_ids[:1].name

    def _search_referral_code(self, operator, value):
        return [("aftersales_referral_code_ids.name", operator, value)]

    @api.depends_context("company")
    def _compute_referral_balance(self):
        balances, earners = {}, self._aftersales_with("aftersales.commission")
        if earners and self.env["aftersales.commission"].has_access("read"):
            balances = self.env["aftersales.commission"]._balances(
                earners.commercial_partner_id, self.env.company
            )
        for partner in self:
            partner.referral_currency_id = self.env.company.currency_id
            partner.referral_balance = balances.get(partner.commercial_partner_id, 0.0)

    def _get_referral_code(self):
        """Return the code to share; made now if there is none."""
        self.ensure_one()
        self.check_access("read")
        # Codes are nobody's to create or change by hand.
        return self.env["aftersales.referral.code"].sudo()._get(self).name

    def action_make_referral_code(self):
        """Give the customer a code to share."""
        for partner in self:
            partner._get_referral_code()

    def action_open_commissions(self):
        """Open the ledger of this referrer."""
        self.ensure_one()
        return open_action(self.env, LEDGER, [("referrer_id", "=", self.commercial_partner_id.id)])

    def write(self, vals):
        """Let what is owed to people follow them into a company."""
        result = super().write(vals)
        if not {"parent_id", "is_company"}.isdisjoint(vals):
            self._take_ledger_along()
            # follows from where these people belong now, whoever wrote that
            self.env["loyalty.card"].sudo()._follow_partners(self)
        return result

    def _take_ledger_along(self):
        """Keep ledger rows on the commercial partner, as core does with the entries.

        As when partners are merged, nothing else of a row changes.
        """
        self.flush_recordset(["commercial_partner_id"])
        self.env["aftersales.commission"].flush_model(["referrer_id"])
        moved = self.env.execute_query(
            SQL(
                """
                UPDATE aftersales_commission c
                   SET referrer_id = p.commercial_partner_id
                  FROM res_partner p
                 WHERE p.id = c.referrer_id
                   AND p.id IN %(ids)s
                   AND p.commercial_partner_id != p.id
             RETURNING c.id
                """,
                ids=(0, *self.ids),
            )
        )
        if moved:
            self.env["aftersales.commission"].invalidate_model(["referrer_id"])

    def _take_payout_turn(self):
        """Let only one of several payouts at the same time go on with the balance it has read."""
        take_turn(self)
