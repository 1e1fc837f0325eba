from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError


class AftersalesReferral(models.Model):
    """Who may refer whom, when, and for what rate; each refusal in words (requirements 77, 78)."""

    _inherit = "aftersales.referral"

    @api.model
    def _check_not_late(self, order):
        """Only a plan manager names who referred the customer once there was a sale.

        :raises UserError: the order was confirmed once, or has a posted invoice
        """
        invoiced = "posted" in order.invoice_ids.mapped("state")
        if not (order.referral_confirmed_once or invoiced):
            return
        if not self.env.user.has_group("aftersales_plans.group_manager"):
            raise UserError(
                self.env._(
                    "%s was confirmed or invoiced before: who referred the customer had to be "
                    "named by then. Ask a plan manager to change it.",
                    order.name,
                )
            )
        order.message_post(
            body=self.env._(
                "%s changed who referred the customer after the order was confirmed or invoiced.",
                self.env.user.name,
            )
        )

    @api.model
    def _prepare_frozen_terms(self, referrer, company):
        """Return what is frozen: the best rate of the referrer's contracts, the company's rules.

        :raises ValidationError: no active contract promises a reward
        """
        today = company._aftersales_today()
        # Which contract backs the referral is decided here, whoever registers it.
        contracts = (
            self.env["aftersales.contract"]
            .sudo()
            .search(
                [
                    ("state", "=", "active"),
                    ("company_id", "=", company.id),
                    ("partner_id.commercial_partner_id", "=", referrer.commercial_partner_id.id),
                    ("date_start", "<=", today),
                    ("date_end", ">=", today),
                    ("referral_percent", ">", 0),
                ],
                order="referral_percent desc, date_start, id",
                limit=1,
            )
        )
        if not contracts:
            raise ValidationError(
                self.env._(
                    "%s has no active service contract that rewards referrals.",
                    referrer.display_name or self.env._("The referrer"),
                )
            )
        return {
            "contract_id": contracts.id,
            "plan_id": contracts.plan_id.id,
            "rate": contracts.referral_percent,
            "scope": company.aftersales_referral_scope,
            "date_end": company._aftersales_referral_end(today),
            "amount_limit": company.aftersales_referral_limit,
        }

    @api.constrains("referrer_id", "referred_id", "email", "phone")
    def _check_different_people(self):
        """Nobody earns a reward for buying himself (requirement 77)."""
        for referral in self:
            shared = referral._shared_identity()
            if shared:
                raise ValidationError(
                    self.env._(
                        "%(referrer)s cannot refer %(referred)s: both have the same %(what)s.",
                        referrer=referral.referrer_id.display_name,
                        referred=referral.referred_id.display_name or referral.contact_name,
                        what=shared,
                    )
                )

    def _shared_identity(self):
        """Return what referrer and new customer have in common, in words; else False."""
        self.ensure_one()
        referrer, referred = self.referrer_id, self.referred_id
        if referred and referrer.commercial_partner_id == referred.commercial_partner_id:
            return self.env._("company or person")
        mine, theirs = referrer._referral_identity(), referred._referral_identity()
        theirs["email"] |= {self.email.strip().lower()} if self.email else set()
        theirs["phone"] |= referred._referral_digits(self.phone)
        labels = {
            "vat": self.env._("tax number"),
            "email": self.env._("e-mail address"),
            "phone": self.env._("phone number"),
            "bank": self.env._("bank account"),
        }
        return next((label for key, label in labels.items() if mine[key] & theirs[key]), False)

    @api.model
    def _check_new_customer(self, order):
        """Only a customer without a confirmed order for a while can be referred."""
        company = order.company_id
        since = fields.Datetime.now() - relativedelta(months=company.aftersales_new_customer_months)
        # Whether there is such an order, whoever may read it.
        known = (
            self.env["sale.order"]
            .sudo()
            .search(
                [
                    ("state", "=", "sale"),
                    ("company_id", "=", company.id),
                    ("date_order", ">=", since),
                    ("id", "!=", order.id),
                    (
                        "partner_id.commercial_partner_id",
                        "=",
                        order.partner_id.commercial_partner_id.id,
                    ),
                ],
                limit=1,
            )
        )
        if known:
            raise ValidationError(
                self.env._(
                    "%(customer)s is not a new customer: %(order)s was confirmed on %(date)s.",
                    customer=order.partner_id.display_name,
                    order=known.name,
                    date=company._aftersales_day_of(known.date_order),
                )
            )
