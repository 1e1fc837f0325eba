"""One record of everything, as somebody's: what the access matrix is tried on.

Three worlds are made: one of the people who try, one of their colleagues, one of another company.
What a record must hold is asked of its model; below stands only what that does not tell.
"""

from datetime import date, datetime

from odoo.tests import new_test_user

#: Of which groups a role is; nobody has more than one.
ROLES = {
    "public": "base.group_public",
    "portal": "base.group_portal",
    "warehouse": "stock.group_stock_user",
    "billing": "account.group_account_invoice",
    "technician": "fieldservice.group_fsm_user_own",
    "agent": "aftersales_plans.group_agent",
    "salesperson": "sales_team.group_sale_salesman",
    "manager": "aftersales_plans.group_manager",
    "accountant": "aftersales_plans.group_accountant",
}
FROM, UNTIL = date(2025, 1, 1), date(2025, 12, 31)
BY_TYPE = {
    "char": "Anything",
    "text": "Anything",
    "date": FROM,
    "datetime": datetime(2025, 1, 1, 9),
    "boolean": False,
}
#: What is not ours, and in every company.
OTHERS = {
    "account.account": lambda w: w.env["account.account"].create(
        {"name": "Anything", "code": f"AM.{w.name}", "account_type": "expense"}
    ),
    "aftersales.backfill": lambda w: (
        w.env["aftersales.backfill"].search([("company_id", "=", w.company.id)])
        or w.env["aftersales.backfill"].create({"company_id": w.company.id})
    ),
    "fsm.location": lambda w: w.env["fsm.location"].create(
        {"name": "Site", "owner_id": w.customer.id, "partner_id": w.customer.id}
    ),
    "ir.actions.act_window": lambda w: w.env["ir.actions.act_window"].search([], limit=1),
    "loyalty.card": lambda w: w.env["loyalty.card"].create(
        {"program_id": w.company._aftersales_wallet_program().id, "partner_id": w.customer.id}
    ),
    "product.product": lambda w: w.env["product.product"].create({"name": "Goods"}),
    "res.company": lambda w: w.company,
    "res.currency": lambda w: w.company.currency_id,
    "res.partner": lambda w: w.customer,
    "res.users": lambda w: w.seller,
    "sale.order": lambda w: w.env["sale.order"].create(
        {"partner_id": w.customer.id, "user_id": w.seller.id}
    ),
    "stock.location": lambda w: (
        w.env["stock.warehouse"].search([("company_id", "=", w.company.id)], limit=1).lot_stock_id
    ),
}
#: What a client sends along with what is required.
SENT = {
    "aftersales.asset": lambda w: {"quantity": 1},
    "aftersales.campaign.line": lambda w: {"customer_id": w.another_customer()},
    "aftersales.checklist": lambda w: {"category_id": w.category(), "company_id": w.company.id},
    "aftersales.claim": lambda w: {"contract_id": w.id("aftersales.contract")},
    "aftersales.claim.line": lambda w: {"asset_id": w.id("aftersales.asset")},
    "aftersales.commission.opening": lambda w: {
        "counterpart_account_id": w.id("account.account"),
        "reference": str(w.number()),
    },
    "aftersales.contract": lambda w: {"user_id": w.seller.id},
    "aftersales.credit.opening": lambda w: {
        "counterpart_account_id": w.id("account.account"),
        "reference": str(w.number()),
    },
    "aftersales.finding": lambda w: {"asset_id": w.id("aftersales.asset")},
    "aftersales.payout": lambda w: {"amount": 1.0},
    "aftersales.price.factor": lambda w: {"age_years": w.number()},
    "aftersales.referral": lambda w: {
        "user_id": w.seller.id,
        "referrer_id": w.rewarded(),
        "referred_id": w.newcomer().id,
    },
    "aftersales.volume.deal": lambda w: {"user_id": w.seller.id},
    "fsm.order": lambda w: {"person_id": w.worker.id, "location_id": w.id("fsm.location")},
}
#: What only the models' own methods write.
KEPT = {
    "aftersales.asset": lambda w: {"contract_ids": [(4, w.id("aftersales.contract"))]},
    "aftersales.campaign.line": lambda w: {"user_id": w.seller.id},
    "aftersales.commission": lambda w: {"order_id": w.id("sale.order"), "kind": "earned"},
    "aftersales.customer": lambda w: {"user_id": w.seller.id},
    "aftersales.feedback": lambda w: {
        "user_id": w.seller.id,
        "person_id": w.worker.id,
        "kind": "visit",
        "res_model": "fsm.order",
        "res_id": w.id("fsm.order"),
    },
    "aftersales.followup": lambda w: {"user_id": w.seller.id},
    "aftersales.payout.run": lambda w: {"user_id": w.env.uid},
    "fsm.order": lambda w: {
        "type": w.env.ref("aftersales_inspection.fsm_order_type_inspection").id,
        "aftersales_contract_id": w.id("aftersales.contract"),
        "aftersales_visit_number": w.number(),
        "aftersales_window_start": FROM,
        "aftersales_window_end": UNTIL,
    },
}
#: What whoever may write changes, where it is no name or note.
CHANGED = {
    "aftersales.asset": {"condition": "worn"},
    "aftersales.check": {"verdict": "ok"},
    "aftersales.claim": {"description": "It broke"},
    "aftersales.followup": {"note": "Called"},
    "aftersales.payout": {"amount": 2.0},
    "aftersales.payout.run": {"date": UNTIL},
    "aftersales.price.factor": {"factor": 3.0},
    "aftersales.referral": {"email": "somebody@example.com"},
    "aftersales.tile": {"sequence": 99},
    "aftersales.volume.deal": {"amount": 99.0},
    "fsm.order": {"conclusion_note": "Sound"},
    "loyalty.card": {"points": 9999},
}
#: What they may change there belongs to others: they write what it says already.
UNCHANGED = {
    "aftersales.campaign.line": "user_id",
    "aftersales.claim.line": "cause_id",
    "aftersales.contract": "user_id",
}


class World:
    """The records of one company and of the people in it who deal with them."""

    def __init__(self, env, name, company):
        self.env = env["base"].with_company(company).env
        self.name, self.company = name, company
        self.made, self.numbers = {}, 0
        self.customer = self.env["res.partner"].create({"name": f"Customer of {name}"})
        self.env["fsm.team"].create({"name": f"Team of {name}", "company_id": company.id})
        self.users = {role: self.user(role) for role in ROLES}
        self.seller = self.users["salesperson"]
        self.customer.user_id = self.seller
        self.worker = self.env["fsm.person"].create(
            {"partner_id": self.users["technician"].partner_id.id}
        )

    def user(self, role):
        """Let somebody play ``role``; the portal's user is the customer."""
        company = {"company_id": self.company.id, "company_ids": [(6, 0, self.company.ids)]}
        who = {"partner_id": self.customer.id} if role == "portal" else {}
        return new_test_user(self.env, f"{self.name}-{role}", ROLES[role], **company, **who)

    def number(self):
        """Return a number nobody else has."""
        self.numbers += 1
        return self.numbers

    def newcomer(self):
        """Return somebody who just came."""
        return self.env["res.partner"].create({"name": f"Newcomer {self.number()}"})

    def another_customer(self):
        """Return the id of the card of somebody no campaign speaks to yet."""
        card = {**self.values("aftersales.customer"), "partner_id": self.newcomer().id}
        return self.env["aftersales.customer"].create(card).id

    def rewarded(self):
        """Return the id of a customer whose running contract rewards referrals."""
        plan = self.record("aftersales.plan")
        plan.referral_percent = 10
        contract = self.env["aftersales.contract"].create(
            {**plan._prepare_terms(), **self.values("aftersales.contract")}
        )
        contract._start_today()
        return contract.partner_id.id

    def category(self):
        """Return the id of goods nobody has a checklist for."""
        return self.env["product.category"].create({"name": f"Goods {self.number()}"}).id

    def id(self, model):
        """Return the id of this world's record of ``model``."""
        return self.record(model).id

    def record(self, model):
        """Return this world's record; made when asked for the first time."""
        if model not in self.made:
            self.made[model] = OTHERS[model](self) if model in OTHERS else self.make(model)
        return self.made[model]

    def make(self, model):
        """Create one as our own methods do."""
        values = {**self.values(model), **KEPT.get(model, lambda w: {})(self)}
        return self.env[model].create(values)

    def values(self, model):
        """Return what a client sends to create one."""
        values = {
            name: self.value(field)
            for name, field in self.env[model]._fields.items()
            if field.required and field.store and not (field.compute or field.related)
            if not field.default and name != "id"
        }
        company = self.env[model]._fields.get("company_id")
        if company and company.store and not (company.compute or company.related):
            values["company_id"] = self.company.id
        return {**values, **SENT.get(model, lambda w: {})(self)}

    def value(self, field):
        """Return what a required field takes."""
        if field.type == "many2one":
            return self.id(field.comodel_name)
        if field.type == "selection":
            return field.get_values(self.env)[0]
        if field.type in ("char", "text") and field.name in ("key", "code", "name"):
            return f"{self.name} {self.number()}"
        return BY_TYPE.get(field.type, 1)
