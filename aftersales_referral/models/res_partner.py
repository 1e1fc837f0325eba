from odoo import api, fields, models
from odoo.tools import SQL
from odoo.tools.sql import column_exists

PHONE_DIGITS = 9  # enough to tell people apart, few enough to ignore the country code
MIN_PHONE_DIGITS = 6  # shorter ones are extensions


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
    aftersales_payout_count = fields.Integer(
        string="Payout Counter",
        readonly=True,
        copy=False,
        groups="base.group_system",
        help="Raised by every payout, so that two at once cannot both spend the same balance.",
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
        if not column_exists(self.env.cr, "res_partner", "referral_payout_method"):
            self.env.cr.execute(
                """
                ALTER TABLE res_partner ADD COLUMN referral_payout_method varchar DEFAULT 'credit';
                ALTER TABLE res_partner ALTER COLUMN referral_payout_method DROP DEFAULT
                """
            )
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
        balances = {}
        if self.env["aftersales.commission"].has_access("read"):
            balances = self.env["aftersales.commission"]._balances(
                self.commercial_partner_id, self.env.company
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
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_referral.aftersales_commission_action"
        )
        return dict(
            action,
            domain=[("referrer_id", "=", self.commercial_partner_id.id)],
            context={},
        )

    # --- Identity ------------------------------------------------------------------------------

    def _referral_identity(self):
        """Return what identifies these people: sets of tax numbers, addresses, accounts.

        All contacts of a company count. Compared between referrer and customer only; never shown
        to either (design §5).
        """
        # Bank accounts are not everybody's to read; only the comparison leaves this method.
        people = self._referral_people()
        vats = {"".join(filter(str.isalnum, vat)).upper() for vat in people.mapped("vat") if vat}
        return {
            "vat": vats - {"", "NA"},  # Odoo's "/" for: has none
            "email": {mail for mail in people.mapped("email_normalized") if mail},
            "phone": set().union(*(self._referral_digits(person.phone) for person in people)),
            "bank": {number for number in people.bank_ids.mapped("sanitized_acc_number") if number},
        }

    @api.model
    def _referral_digits(self, phone):
        """Return the last digits of a phone number as a set: with or without country code."""
        digits = "".join(sign for sign in phone or "" if sign.isdigit())
        return {digits[-PHONE_DIGITS:]} if len(digits) >= MIN_PHONE_DIGITS else set()

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
        """Let only one of several payouts at the same time go on with what it has read.

        Odoo runs at REPEATABLE READ: a lock does not refresh what was read before it. Two
        transactions that update the same row do conflict; the later one fails with a
        serialization error, which Odoo retries on fresh data (design §3).
        """
        self.env.execute_query(
            SQL(
                """
                UPDATE res_partner
                   SET aftersales_payout_count = COALESCE(aftersales_payout_count, 0) + 1
                 WHERE id IN %(ids)s
             RETURNING id
                """,
                ids=tuple(self.ids),
            )
        )
        self.invalidate_recordset(["aftersales_payout_count"])
