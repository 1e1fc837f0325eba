# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import api, fields, models
from odoo.tools import format_date

TAXES_OF_STATUS = {
    "individual": "aftersales_individual_tax_ids",
    "self_employed": "aftersales_self_employed_tax_ids",
    "business": "aftersales_business_tax_ids",
}
WITH_TAX_ID = ("self_employed", "business")
NO_TAX_ID = ("", "/", "NA")  # what Odoo's users enter for: has none


class AftersalesPayout(models.Model):
    """As whom a referrer is paid: what is asked before, and which taxes apply (requirement 86)."""

    _inherit = "aftersales.payout"

    missing_note = fields.Char(
        compute="_compute_missing_note", help="What is to be entered before this can be posted."
    )

    @api.depends("referrer_id", "method", "date", "state", "company_id")
    def _compute_missing_note(self):
        for payout in self:
            payout.missing_note = payout.state == "draft" and payout._what_is_missing()

    def _taxes(self):
        """Return the taxes on this payout: those of the tax status, by fiscal position.

        The reward is net: they come on top, or are withheld from it.
        """
        return self._fiscal_position().map_tax(self._taxes_of_status())

    def _taxes_of_status(self):
        """Return the company's taxes for the referrer's status; a branch has its parent's."""
        self.ensure_one()
        name = TAXES_OF_STATUS.get(self.referrer_id.commercial_partner_id.referral_tax_status)
        # archived ones too, to say so: they must not be left out in silence
        companies = self.company_id.sudo().with_context(active_test=False).parent_ids
        chosen = (company[name] for company in reversed(companies) if name and company[name])
        return next(chosen, self.env["account.tax"]).with_context(active_test=True)

    def _fiscal_position(self):
        return (
            self.env["account.fiscal.position"]
            .with_company(self.company_id)
            ._get_fiscal_position(self.referrer_id.commercial_partner_id)
        )

    # --- What is asked -------------------------------------------------------------------------

    def _what_is_missing(self):
        """Return in one sentence why this cannot be paid out yet, or nothing.

        Names the contact and what to enter; posting raises it, lists show it.
        """
        self.ensure_one()
        payout = self.sudo()  # the sentence alone, for whoever may read the payout
        partner = payout.referrer_id.commercial_partner_id
        if not (partner and payout.company_id and payout.date):
            return ""  # a new form
        taxes = payout._taxes()
        billed = payout.method == "cash" or bool(taxes)
        return (
            payout._referrer_problem()
            or payout._unknown_of(partner, billed)
            or payout._unfit_taxes(taxes)
            or (billed and payout._late_agreement(partner))
            or ""
        )

    def _unknown_of(self, partner, billed):
        """Return what has to be entered on the contact first, in one sentence."""
        unknown = []
        if not partner.referral_tax_status:
            unknown.append(self.env._("the tax status"))
        if partner.referral_tax_status in WITH_TAX_ID and (
            (partner.vat or "").strip().upper() in NO_TAX_ID
        ):
            unknown.append(self.env._("the tax ID"))
        if billed and not partner.referral_self_billing_date:
            unknown.append(self.env._("the day of the self-billing agreement"))
        if not unknown:
            return None
        return self.env._(
            "%(contact)s: enter %(unknown)s on the contact, tab Referral, before paying out.",
            contact=partner.display_name,
            unknown=unknown,
        )

    def _late_agreement(self, partner):
        agreed = partner.referral_self_billing_date
        if agreed <= self.date:
            return None
        return self.env._(
            "%(contact)s agreed to self-billing on %(day)s only: date the payout on that day or "
            "later.",
            contact=partner.display_name,
            day=format_date(self.env, agreed),
        )

    # --- What cannot be booked -----------------------------------------------------------------

    def _unfit_taxes(self, taxes):
        """Return which of ``taxes`` cannot be booked, and why, in one sentence."""
        for tax in taxes | taxes.flatten_taxes_hierarchy():
            problem = self._unfit_tax(tax)
            if problem:
                return self.env._(
                    "The tax “%(tax)s” on rewards of %(company)s %(problem)s: change the tax, or "
                    "choose another one under After-Sales, Configuration, Settings.",
                    tax=tax.name,
                    company=self.company_id.name,
                    problem=problem,
                )
        return None

    def _unfit_tax(self, tax):
        if not tax.active:
            return self.env._("is archived")
        if tax.type_tax_use == "sale":
            return self.env._("is a tax of sales")
        parts = tax.repartition_line_ids.filtered(
            lambda part: part.repartition_type == "tax" and part.factor_percent
        )
        if tax.amount_type != "group" and tax.amount and not all(part.account_id for part in parts):
            # core would book it on the account of the bill's line: on what is owed to referrers
            return self.env._("has a part without account")
        if self.method == "credit" and self._withheld_on_payment(tax):
            if not tax.withholding_sequence_id:
                return self.env._("has no withholding sequence, which store credit needs")
        return None

    def _withheld_on_payment(self, taxes):
        """Return those of ``taxes`` that are withheld when the bill is paid, not on the bill."""
        if "is_withholding_tax_on_payment" not in taxes._fields:  # core's module is not installed
            return taxes.browse()
        return taxes.filtered("is_withholding_tax_on_payment")

    # --- The year ------------------------------------------------------------------------------

    def _year_warning(self):
        """Return a sentence when the payouts of the year reach what must be reported, or nothing.

        This payout included, posted or not; net of taxes, with bonuses.
        """
        self.ensure_one()
        # a limit of the company, for who pays out
        company, partner = self.company_id.sudo(), self.referrer_id.commercial_partner_id
        threshold = company.aftersales_year_threshold
        if not threshold or self.state == "cancelled":
            return ""
        year = self._posted_on().year
        paid = self.sudo()._paid_in_year(partner, year)  # the sum alone
        if self.state == "draft":
            paid += self.amount + self._bonus()
        if self.currency_id.compare_amounts(paid, threshold) < 0:
            return ""
        return self.env._(
            "Paid to %(contact)s in %(year)s, with this payout: %(paid)s. This has to be reported "
            "from %(threshold)s on.",
            contact=partner.display_name,
            paid=self.currency_id.format(paid),
            year=str(year),
            threshold=self.currency_id.format(threshold),
        )

    def _posted_on(self):
        """Return the day this payout was posted, or today."""
        posted = self.sudo().commission_ids.sorted("id")[:1]  # its day alone
        return posted.date or self.company_id._aftersales_today()

    def _paid_in_year(self, partner, year):
        """Return what was paid out to ``partner`` in ``year``: net, with bonuses.

        By the company and its branches, which are one payer to the tax office.
        """
        [(paid,)] = self.env["aftersales.year.statement"]._read_group(
            [
                ("referrer_id", "=", partner.id),
                ("company_id", "child_of", self.company_id.root_id.id),
                ("year", "=", str(year)),
            ],
            aggregates=["reported:sum"],
        )
        return paid
