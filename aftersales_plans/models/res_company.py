# SPDX-License-Identifier: LGPL-3.0-or-later
from odoo import api, fields, models


class ResCompany(models.Model):
    """What a company needs to keep its promises: locations, a cost account, a guarantee."""

    _inherit = "res.company"

    aftersales_warranty_months = fields.Integer(
        string="Statutory Guarantee (months)",
        default=24,
        help="What the law gives on goods unless a product says otherwise.",
    )
    _aftersales_warranty_not_negative = models.Constraint(
        "CHECK(aftersales_warranty_months >= 0)", "A guarantee cannot be shorter than 0 months."
    )

    # What a role may give away in one claim, list price; above it a plan manager approves (52).
    aftersales_goodwill_limit_agent = fields.Monetary(
        groups="base.group_user",
        string="Goodwill: Service Agents",
        help="0: always ask a plan manager.",
    )
    aftersales_goodwill_limit = fields.Monetary(
        groups="base.group_user",
        string="Goodwill: Others",
        help="Salespeople and technicians. 0: always ask.",
    )
    aftersales_cover_limit_agent = fields.Monetary(
        groups="base.group_user", string="Covered Goods: Service Agents", help="0: no limit."
    )
    aftersales_cover_limit = fields.Monetary(
        groups="base.group_user",
        string="Covered Goods: Others",
        help="Salespeople and technicians. 0: no limit.",
    )
    aftersales_after_hours_percent = fields.Float(
        string="After Hours (%)",
        default=50.0,
        digits=(5, 2),
        help="Surcharge on charged work for customers without a plan.",
    )

    aftersales_approve_below_cost = fields.Boolean(
        groups="base.group_user",
        string="Approve Plans below Cost",
        help="A plan manager agrees to quotations that sell a plan below its expected cost. Off: "
        "salespeople are warned, with the figures.",
    )

    aftersales_claim_mails = fields.Boolean(
        string="Tell Customers about Their Claims",
        default=True,
        help="A mail when a claim is received, decided and shipped.",
    )
    aftersales_claim_alias_id = fields.Many2one(
        "mail.alias", string="E-mail Address of Claims", copy=False, ondelete="set null"
    )
    aftersales_claim_alias_name = fields.Char(
        string="Name of the Claims Address",
        compute="_compute_aftersales_claim_alias_name",
        inverse="_inverse_aftersales_claim_alias_name",
    )

    aftersales_replacement_location_id = fields.Many2one(
        "stock.location", string="After-Sales Replacements", check_company=True
    )
    aftersales_returned_location_id = fields.Many2one(
        "stock.location", string="Returned Broken", check_company=True
    )
    aftersales_second_grade_location_id = fields.Many2one(
        "stock.location",
        string="Second Grade",
        check_company=True,
        help="Pool of returned parts that still work: lent first, never sold as new.",
    )
    aftersales_lent_location_id = fields.Many2one(
        "stock.location",
        string="Lent to Customers",
        check_company=True,
        help="Ours still, but with a customer while a repair lasts.",
    )
    aftersales_service_cost_account_id = fields.Many2one(
        "account.account",
        string="Service Cost Account",
        check_company=True,
        help="Goods given away under a plan or guarantee are booked here.",
    )

    @api.depends("aftersales_claim_alias_id.alias_name")
    def _compute_aftersales_claim_alias_name(self):
        for company in self:
            company.aftersales_claim_alias_name = company.aftersales_claim_alias_id.alias_name

    def _inverse_aftersales_claim_alias_name(self):
        """Let mails to the new name open claims of this company; no name, no address."""
        for company in self:
            alias, name = company.aftersales_claim_alias_id, company.aftersales_claim_alias_name
            if not name:
                alias.unlink()
            elif alias:
                alias.alias_name = name
            else:
                company.aftersales_claim_alias_id = self.env["mail.alias"].create(
                    {
                        "alias_name": name,
                        "alias_domain_id": company.alias_domain_id.id,
                        "alias_model_id": self.env["ir.model"]._get_id("aftersales.claim"),
                        "alias_defaults": repr({"company_id": company.id}),
                    }
                )

    def _create_per_company_locations(self):
        """Let stock's own hook for new companies make our locations too."""
        result = super()._create_per_company_locations()
        self._aftersales_create_locations()
        return result

    def _aftersales_create_locations(self):
        """Make the locations that goods of claims go to and come back to."""
        for company in self:
            Location = self.env["stock.location"].with_company(company)
            for field, values in self._aftersales_prepare_locations().items():
                if not company[field]:
                    company[field] = Location.create({**values, "company_id": company.id})

    @api.model
    def _aftersales_prepare_locations(self):
        """Return {field of the company: values of its location}."""
        return {
            # Below Customers, so that every delivery route leads there as well.
            "aftersales_replacement_location_id": {
                "name": self.env._("After-sales replacements"),
                "usage": "customer",
                "location_id": self.env.ref("stock.stock_location_customers").id,
            },
            "aftersales_returned_location_id": {
                "name": self.env._("Returned broken"),
                "usage": "inventory",
            },
            # Outside every warehouse, so that nobody sells what is there.
            "aftersales_second_grade_location_id": {
                "name": self.env._("Second grade"),
                "usage": "internal",
            },
            "aftersales_lent_location_id": {
                "name": self.env._("Lent to customers"),
                "usage": "internal",
            },
        }

    def _aftersales_create_accounts(self):
        """Give companies with a chart of accounts their service cost account, if missing."""
        for company in self:
            if not company.aftersales_service_cost_account_id:
                company.aftersales_service_cost_account_id = company._aftersales_create_account(
                    self.env._("After-sales service cost"), ["expense_direct_cost", "expense"]
                )
            location = company.aftersales_replacement_location_id
            if not location.valuation_account_id:
                location.valuation_account_id = company.aftersales_service_cost_account_id

    def _aftersales_create_account(self, name, account_types, **values):
        """Create an account next to an existing one of ``account_types``.

        That is the first which the chart tags as of operating activities, for it is counted with
        it in reports; where none is tagged, the first of all.

        :return: the account; empty when the chart has none of these types
        """
        self.ensure_one()
        Account = self.env["account.account"].with_company(self)
        operating = self.env.ref("account.account_tag_operating", raise_if_not_found=False)
        for account_type in account_types:
            alike = Account.search(
                [*Account._check_company_domain(self), ("account_type", "=", account_type)],
                order="code",
            )
            model = (alike.filtered(lambda account: operating in account.tag_ids) or alike)[:1]
            if model:
                return Account.create(
                    {
                        "name": name,
                        "code": Account._search_new_account_code(model.code),
                        "account_type": account_type,
                        "company_ids": [(6, 0, self.root_id.ids)],
                        **values,
                    }
                )
        return Account
