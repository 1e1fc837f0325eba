# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..calc import lots
from ..calc.exact import exact
from .reward_accounts import EXPENSE, JOURNAL, STORE_CREDIT

ADJUSTMENT_SETTINGS = (EXPENSE, STORE_CREDIT, JOURNAL)


class AftersalesCreditLot(models.Model):
    """Store credit an accountant gives or takes, with a reason: a posted entry, never less (79).

    Goodwill is E to L and a lot of its own. What is taken back is L to E, soonest first or from
    one lot; taking back a whole grant books against what it was granted against.
    """

    _inherit = "aftersales.credit.lot"

    counterpart_account_id = fields.Many2one(
        "account.account",
        string="Booked against",
        readonly=True,
        ondelete="restrict",
        help="What goodwill or an opening balance was booked against.",
    )
    can_take_back = fields.Boolean(compute="_compute_can_take_back")

    @api.depends("kind", "remaining")
    def _compute_can_take_back(self):
        for lot in self:
            # only whether it was taken back before
            undone = lot.sudo().movement_ids.filtered(lambda row: row.kind == "taken_back")
            held = lot.currency_id.compare_amounts(lot.remaining, 0.0) > 0
            lot.can_take_back = lot.kind in ("goodwill", "opening") and held and not undone

    @api.model
    def _check_accountant(self, company):
        """Only an accountant of ``company`` changes store credit by hand (79).

        :raises AccessError: the user is none
        """
        if not self.env.user.has_group("aftersales_plans.group_accountant"):
            raise AccessError(self.env._("Only an accountant adjusts store credit."))
        company.check_access("read")

    @api.model
    def _check_adjustable(self, company, amount, reason):
        """Raise unless this is an amount with a reason that can be booked.

        :raises UserError: what is wrong, in words
        """
        if company.currency_id.compare_amounts(amount, 0.0) <= 0:
            raise UserError(self.env._("Enter an amount of more than 0."))
        if not (reason or "").strip():
            raise UserError(self.env._("Enter the reason: it is kept with your name."))
        company._aftersales_check_reward_settings(ADJUSTMENT_SETTINGS)

    def _signed(self, reason):
        """Return ``reason`` with who decided."""
        return f"{self.env.user.name}: {reason.strip()}"

    # --- Goodwill ------------------------------------------------------------------------------

    @api.model
    def _give_goodwill(self, partner, company, amount, reason, date_expiry=None):
        """Grant ``amount`` for nothing, booked E to L in ``company``.

        :param date_expiry: last day; False: never; by default as the company's rules say
        :return: the lot
        """
        self._check_accountant(company)
        amount = company.currency_id.round(amount)
        self._check_adjustable(company, amount, reason)
        today = company._aftersales_today()
        if date_expiry is None:
            date_expiry = company._aftersales_credit_expiry(today)
        if date_expiry and date_expiry < today:
            raise UserError(self.env._("This store credit would have expired already."))
        # Cards and lots are nobody's to write; the accountant's right was checked above.
        return self.sudo()._grant_against(
            company,
            company[EXPENSE],
            [(partner.commercial_partner_id, amount, date_expiry, self._signed(reason))],
            today,
            kind="goodwill",
            label=self.env._("Goodwill"),
        )

    @api.model
    def _grant_against(self, company, account, grants, day, kind, label):
        """Book grants of one day in one entry, each a lot of its own.

        :param grants: [(owner, amount, last day or False, note)]
        :return: the lots, in the same order
        """
        owners = self.env["res.partner"].union(*(grant[0] for grant in grants))
        self._check_owners(owners, company)
        owners._take_payout_turn()  # two at once would make two cards
        parts = [(owner, amount, label) for owner, amount, _day, _note in grants]
        entry = self._post_credit_entry(company, parts, account, day, label)
        granted = self.browse()
        for owner, amount, date_expiry, note in grants:
            card = self.env["loyalty.card"]._wallet_of(owner, company)
            granted += card._grant(
                amount,
                label,
                None,
                kind=kind,
                note=note,
                move_id=entry.id,
                date=day,
                date_expiry=date_expiry,
                counterpart_account_id=account.id,
            )
            self._log(owner, company, amount, label, note)
        return granted

    @api.model
    def _check_owners(self, owners, company):
        """Raise where somebody is a contact of other companies only.

        :raises UserError: names who, and whose contact it is
        """
        for owner in owners.filtered("company_id"):
            if owner.company_id.root_id != company.root_id:
                raise UserError(
                    self.env._(
                        "%(owner)s is a contact of %(other)s and cannot hold store credit of "
                        "%(company)s.",
                        owner=owner.display_name,
                        other=owner.company_id.name,
                        company=company.name,
                    )
                )

    @api.model
    def _log(self, owner, company, amount, label, note):
        """Keep on the contact who changed its store credit, and why."""
        owner.with_env(self.env)._message_log(
            body=self.env._(
                "Store credit %(amount)s (%(label)s). %(note)s",
                amount=company.currency_id.format(amount),
                label=label,
                note=note,
            )
        )

    # --- Taking back ---------------------------------------------------------------------------

    @api.model
    def _take_from(self, partner, company, amount, reason, lot=None):
        """Take ``amount`` of the partner's credit, booked L to E in ``company``.

        :param lot: take it from this one; else soonest first
        :return: the entry
        :raises UserError: so much is not there
        """
        self._check_accountant(company)
        amount = company.currency_id.round(amount)
        self._check_adjustable(company, amount, reason)
        owner = partner.commercial_partner_id
        if lot:
            lot.check_access("read")
        # Cards and lots are nobody's to write; the accountant's right was checked above.
        self = self.sudo()  # pylint: disable=self-cls-assignment
        owner._take_payout_turn()
        parts = self._parts_to_take(owner, company, amount, lot)
        return self._book_taking(company, parts, company[EXPENSE], self._signed(reason))

    @api.model
    def _parts_to_take(self, owner, company, amount, lot):
        """Return {lot id: amount} that adds up to ``amount``.

        :raises UserError: there is less
        """
        cards = self.env["loyalty.card"]._wallets_of(owner, company)
        cards._expire_due()
        held = [one for card in cards for one in self._left_on(card)]
        if lot:
            held = [one for one in held if one.key == lot.id]
        left = float(sum(one.amount for one in held))
        if company.currency_id.compare_amounts(left, amount) < 0:
            raise UserError(
                self.env._(
                    "%(owner)s has %(left)s of store credit%(where)s: %(amount)s cannot be taken "
                    "back.",
                    owner=owner.display_name,
                    left=company.currency_id.format(left),
                    where=self.env._(" in this lot") if lot else "",
                    amount=company.currency_id.format(amount),
                )
            )
        return lots.use(held, exact(amount))

    @api.model
    def _book_taking(self, company, parts, account, note):
        """Post one entry and take ``parts`` of lots off their cards."""
        label = self.env._("Store credit taken back")
        by_owner = {}
        for lot_id, part in parts.items():
            owner = self.browse(lot_id).partner_id
            by_owner[owner] = by_owner.get(owner, 0) + part
        entry = self._post_credit_entry(
            company,
            [(owner, -float(part), label) for owner, part in by_owner.items()],
            account,
            company._aftersales_today(),
            label,
        )
        for lot_id, part in parts.items():
            lot = self.browse(lot_id)
            lot.card_id._take(
                lot, float(part), "taken_back", label, lot, move_id=entry.id, note=note
            )
            self._log(lot.partner_id, company, -float(part), label, note)
        return entry

    def action_take_back(self):
        """Take back what is left of these grants, once: their opposite is booked.

        :raises UserError: a lot was granted otherwise, was taken back before, or nothing is left
        """
        for lot in self:
            lot._take_back()

    def _take_back(self):
        held = self.sudo()  # cards and lots are nobody's to write; the right is checked first
        company = held._branch()
        self._check_accountant(company)
        self.check_access("read")
        held.partner_id._take_payout_turn()
        held.card_id._expire_due()
        if not held.can_take_back:
            raise UserError(
                self.env._(
                    "%s cannot be taken back: only goodwill and opening balances can, once, and "
                    "what is left of them.",
                    self.display_name,
                )
            )
        account = held.counterpart_account_id or company[EXPENSE]
        note = self._signed(self.env._("takes back “%s”", self.note or self.display_name))
        held._book_taking(company, {held.id: exact(held.remaining)}, account, note)
