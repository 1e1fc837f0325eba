# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import api, models


class AftersalesAsset(models.Model):
    """Which goods bought earlier a plan can be sold for, and what to warn of (requirement 22)."""

    _inherit = "aftersales.asset"

    @api.model
    def _search_uncovered(self, plan, order):
        """Return what the customer of ``order`` has at its site that ``plan`` could cover."""
        domain = self._uncovered_domain(order.partner_id, order.company_id)
        assets = self.search([*domain, ("site_id", "=", order.partner_shipping_id.id)])
        return plan._covered_among(assets)

    @api.model
    def _uncovered_domain(self, partner, company):
        """Return the domain of what a customer has from ``company`` without a live contract."""
        return [
            ("company_id", "=", company.id),
            ("partner_id", "child_of", partner.commercial_partner_id.ids),  # none: not saved yet
            ("status", "=", "in_use"),
            ("contract_id", "=", False),
        ]

    def _offer_error(self, partner, site, company, contract=None):
        """Return why no plan of ``company`` can be sold for these goods, in words; else False.

        :param partner: the customer of the quotation
        :param site: the address the quotation is for
        :param contract: one that may cover them already: the one that is being opened
        """
        for asset in self:
            error = asset._used_up_error(contract) or asset._elsewhere_error(partner, site, company)
            if error:
                return error
        return False

    def _used_up_error(self, contract=None):
        """Return why this asset can have no new plan, wherever it is; else False."""
        name = self.display_name
        if self.replaced_by_id:
            return self.env._(
                "%(asset)s was replaced by %(new)s. Offer the plan for that instead.",
                asset=name,
                new=self.replaced_by_id.display_name,
            )
        if self.status != "in_use":
            labels = dict(self._fields["status"]._description_selection(self.env))
            return self.env._(
                "%(asset)s is out of use (%(status)s). Leave it out.",
                asset=name,
                status=labels[self.status],
            )
        if not self.active:
            return self.env._("%(asset)s is archived. Leave it out or bring it back.", asset=name)
        covered_by = self.contract_ids._live().filtered(lambda c: c != contract)
        if covered_by:
            return self.env._(
                "%(asset)s is covered by %(contract)s already. Leave it out, or end that contract "
                "first.",
                asset=name,
                contract=covered_by[0].display_name,
            )
        return False

    def _elsewhere_error(self, partner, site, company):
        """Return why this asset does not belong on a quotation for these; else False."""
        name = self.display_name
        if self.company_id != company:
            return self.env._(
                "%(asset)s was delivered by %(other)s, the plan is sold by %(company)s. "
                "Leave it out.",
                asset=name,
                other=self.company_id.display_name,
                company=company.display_name,
            )
        if self.partner_id.commercial_partner_id != partner.commercial_partner_id:
            return self.env._(
                "%(asset)s belongs to %(owner)s, not to %(customer)s. Make a quotation for each "
                "customer.",
                asset=name,
                owner=self.partner_id.display_name,
                customer=partner.display_name,
            )
        if self.site_id != site:
            return self.env._(
                "%(asset)s is at %(other)s, not at %(site)s. Make a quotation for each site.",
                asset=name,
                other=self.site_id.display_name,
                site=site.display_name,
            )
        return False

    def _without_history(self):
        """Return the used and foreign goods among these that nobody ever claimed anything for."""
        risky = self.filtered(lambda asset: asset.provenance in ("used", "third_party"))
        # only whether there is a history, whoever took the claims
        claimed = self.env["aftersales.claim.line"].sudo().search([("asset_id", "in", risky.ids)])
        return risky - claimed.asset_id.with_env(self.env)

    def _prepare_risk_warning(self, plan):
        """Return a warning where ``plan`` fully covers goods of unknown history; else False."""
        risky = self._without_history() if plan.contract_kind == "full_service" else self.browse()
        if not risky:
            return False
        return self.env._(
            "Full cover of used or foreign goods without repair history: %(goods)s. Inspect them "
            "first, or sell a plan that charges parts.",
            goods=risky.mapped("display_name"),
        )
