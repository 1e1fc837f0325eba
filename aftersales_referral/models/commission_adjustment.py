# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError


class AftersalesCommission(models.Model):
    """Rows an accountant writes: no settlement undoes them, no other role makes them (79).

    They are booked at once and, like every row, never changed: only taken back by an opposite row,
    once.
    """

    _inherit = "aftersales.commission"

    counterpart_account_id = fields.Many2one(
        "account.account",
        readonly=True,
        ondelete="restrict",
        help="Booked against this account instead of the one of earned rewards.",
    )
    takes_back_id = fields.Many2one(
        "aftersales.commission", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    taken_back_ids = fields.One2many("aftersales.commission", "takes_back_id")
    can_take_back = fields.Boolean(compute="_compute_can_take_back")

    @api.depends("kind", "takes_back_id", "taken_back_ids")
    def _compute_can_take_back(self):
        for row in self:
            own = row.kind == "adjusted" and not row.takes_back_id
            row.can_take_back = own and not row.taken_back_ids

    @api.model
    def _check_accountant(self):
        """Only an accountant writes to the ledger by hand (79).

        :raises AccessError: the user is none
        """
        if not self.env.user.has_group("aftersales_plans.group_accountant"):
            raise AccessError(self.env._("Only an accountant adjusts what is owed to a referrer."))

    @api.model
    def _adjust(self, vals_list):
        """Append rows an accountant decided on, and book them.

        :param vals_list: from :meth:`_prepare_adjustment`
        :raises AccessError: the user is no accountant, or none of these companies
        :return: the rows; what cannot be booked yet waits for the daily run, like every row
        """
        self._check_accountant()
        companies = {vals["company_id"] for vals in vals_list}
        self.env["res.company"].browse(companies).check_access("read")
        rows = self.sudo().create(vals_list)  # the ledger is nobody's to write; checked above
        rows._post_entries()
        return rows

    @api.model
    def _prepare_adjustment(self, referrer, company, amount, reason, **vals):
        """Return an adjustment of today, payable at once.

        :param amount: signed, in company currency; positive: owed to the referrer
        :param reason: why; kept with the name of who decided
        :param vals: what else the row says, ``key`` at least
        """
        amount = company.currency_id.round(amount)
        if not amount:
            raise UserError(self.env._("Enter an amount other than 0."))
        today = company._aftersales_today()
        return {
            "kind": "adjusted",
            "referrer_id": referrer.commercial_partner_id.id,
            "company_id": company.id,
            "date": today,
            "available_date": today,
            "amount": amount,
            "note": f"{self.env.user.name}: {reason}",
            **vals,
        }

    @api.model
    def _payable_like(self, order):
        """Return from when a change of what ``order`` earned can be paid; False: not known yet."""
        rows = self.sudo().search([("order_id", "=", order.id)])  # only their days
        if self._waits_for_goods(order) or not all(row.available_date for row in rows):
            return False
        return max([order.company_id._aftersales_today(), *rows.mapped("available_date")])

    def action_take_back(self):
        """Append the opposite of these adjustments; say so where they cannot be booked yet.

        A claim goes with the credit note of its invoice.

        :raises UserError: a row is no adjustment, was taken back already, or its claim is paid
        """
        self._check_accountant()
        self.check_access("read")
        for row in self:
            if not row.can_take_back:
                raise UserError(
                    self.env._(
                        "%s cannot be taken back: only an adjustment can, and only once.",
                        row.display_name,
                    )
                )
        rows = self._adjust([row._prepare_taking_back(row._reverse_claim()) for row in self])
        return rows._tell_waiting() if rows._waiting_for_entry() else None

    def _prepare_taking_back(self, entry):
        """Return the opposite of this adjustment; ``entry`` books it already, if there is one."""
        return self._prepare_adjustment(
            self.referrer_id,
            self.company_id,
            -self.amount,
            self.env._("takes back “%s”", self.note),
            referral_id=self.referral_id.id,
            order_id=self.order_id.id,
            account_move_id=entry.id,
            counterpart_account_id=self.counterpart_account_id.id,
            available_date=self.available_date,
            takes_back_id=self.id,
            key=f"back-{self.id}",
        )

    def action_post_entries(self):
        """Book rows that wait for their journal entry now, and say why where it does not work.

        :raises UserError: what is missing, in words
        """
        self._check_accountant()
        self.check_access("read")
        rows = self.sudo()  # entries of the ledger are made by its own methods alone
        rows._post_entries()
        waiting = rows._waiting_for_entry()
        for company, held in waiting.grouped("company_id").items():
            raise UserError(
                held._posting_problem(company)
                or self.env._("%s wait: core refuses the entry, see the log.", len(held))
            )
