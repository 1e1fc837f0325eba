"""Every public method of ours that a client can reach, called on other people's records.

The list is not written down: it is what the classes of the add-ons define, so that a new method
is tried from its first day on. A call is refused in words, or it changes nothing and tells nothing.
"""

import inspect
import json
from copy import deepcopy

from psycopg2 import IntegrityError

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.models import MAGIC_COLUMNS
from odoo.service.model import call_kw
from odoo.tests import TransactionCase, freeze_time, new_test_user, tagged
from odoo.tools import SQL, mute_logger

from odoo.addons.aftersales_plans.tests.common_proof import undone
from odoo.addons.aftersales_referral.tests.common import TODAY, ReferralCommon

from .access_matrix import matrix
from .access_world import World
from .stories.vip import VipStory

REFERRAL = ("odoo.addons.aftersales_referral.",)
SERVICE = ("odoo.addons.aftersales_plans.", "odoo.addons.aftersales_inspection.")
#: People of another company, by role; they try everything.
STRANGERS = {
    "accountant": "aftersales_plans.group_accountant,account.group_account_manager",
    "manager": "aftersales_plans.group_manager",
    "salesperson": "sales_team.group_sale_manager",
    "agent": "aftersales_plans.group_agent",
    "admin": "base.group_system,base.group_erp_manager",
}
#: People of the same company without any right on referrals; they try what is only ours.
OUTSIDERS = {
    "billing": "account.group_account_invoice",
    "warehouse": "stock.group_stock_user",
    "portal": "base.group_portal",
    "public": "base.group_public",
}
#: Core itself lets whoever may bill reconcile items he knows the numbers of; we only follow.
CORE = {("account.partial.reconcile", "create")}

#: (role, model, method) that change what the role may only read, and are meant to.
RIGHTFUL = {
    ("accountant", "aftersales.commission", "action_post_entries"),  # "R (adjust, approve)"
    ("accountant", "sale.order", "write"),  # core lets who keeps the books change orders
    ("accountant", "sale.order", "action_quotation_sent"),  # the same
    ("agent", "aftersales.parts.outlook", "action_recompute"),  # adds up anew what they read
}


def public_methods(env, addons):
    """Yield (model, method name) of what the add-ons define or override and clients may call."""
    for model in env.registry:
        cls = env.registry[model]
        if cls._abstract:
            continue
        names = {
            name
            for base in cls.__mro__
            if base.__module__.startswith(addons)
            for name, value in vars(base).items()
            if inspect.isfunction(value) and not name.startswith("_")
        }
        yield from ((model, name) for name in sorted(names))


class RpcMethods:
    """How people who have no business here call the methods of ``addons``.

    None of ``secrets`` is told; what is asked about partners is asked about ``person``.
    """

    addons = secrets = ()

    @classmethod
    def meet(cls, elsewhere):
        """Let in who tries: people of ``elsewhere``, and of here without rights."""
        cls.strangers = {
            role: new_test_user(
                cls.env,
                f"stranger-{role}",
                groups,
                company_id=elsewhere.id,
                company_ids=[Command.set(elsewhere.ids)],
            )
            for role, groups in STRANGERS.items()
        }
        cls.outsiders = {
            role: new_test_user(
                cls.env,
                f"outsider-{role}",
                groups,
                company_id=cls.company.id,
                company_ids=[Command.set(cls.company.ids)],
            )
            for role, groups in OUTSIDERS.items()
        }
        cls.records = {
            model: cls.foreign(model) for model, _name in public_methods(cls.env, cls.addons)
        }

    @classmethod
    def foreign(cls, model):
        """Return a record of the first company; what people there would open is made for it."""
        if model in ("res.company", "res.partner"):
            return cls.company if model == "res.company" else cls.person
        records = cls.env[model].sudo().with_context(active_test=False)
        paths = {
            "loyalty.reward": "program_id.company_id",
            "loyalty.rule": "program_id.company_id",
            "loyalty.history": "card_id.company_id",
        }
        owner = (paths.get(model, "company_id"), "=", cls.company.id)
        if "company_id" not in records._fields and model not in paths:
            owner = ("create_uid", "=", cls.env.uid)
        found = not records._transient and records.search([owner], order="id", limit=1)
        if found or not (records._transient or model.startswith("aftersales.")):
            return found
        return records.create(cls.values_to_open(records))

    @classmethod
    def values_to_open(cls, records):
        """Return values of a new record for what the first company has."""
        values = cls.known_values(records)
        values = {name: value for name, value in values.items() if name in records._fields}
        for name, field in records._fields.items():
            if field.required and field.store and not field.compute and not field.default:
                values.setdefault(name, cls.some_value(records, field))
        return values

    @classmethod
    def some_value(cls, records, field):
        """Return a value that a required field takes."""
        if field.type == "many2one" and field.comodel_name.startswith("aftersales."):
            return cls.foreign(field.comodel_name).id
        if field.type == "many2one":
            return records.env[field.comodel_name].search([], limit=1).id
        if field.type == "selection":
            return field.get_values(records.env)[0]
        return {"date": "2027-01-01", "char": "x", "text": "x"}.get(field.type, 1)

    def setUp(self):
        super().setUp()
        self.found = []

    def arguments(self, model, name):
        """Return what a client would send: ids, and values taken from the foreign records."""
        records = self.records[model]
        method = getattr(self.env.registry[model], name)
        args = [] if getattr(method, "_api_model", False) else [records.ids]
        for parameter in list(inspect.signature(method).parameters.values())[1:]:
            if parameter.kind == parameter.VAR_KEYWORD or parameter.default is not parameter.empty:
                continue
            if parameter.name == "vals":
                args.append(self.values(records))
            elif parameter.name == "vals_list":
                args.append([self.values(records)])
            elif parameter.name == "msg_dict":
                args.append({"email_from": "x@example.com", "subject": "x"})
            else:
                args.append([] if parameter.name.startswith("fields") else False)
        return args

    def values(self, records):
        """Return the plain values of one of the records, its company and its parents included."""
        fields = {
            name: field
            for name, field in records._fields.items()
            if field.store
            and field.type not in ("one2many", "many2many")
            and name not in MAGIC_COLUMNS
        }
        read = records.read(list(fields), load="_classic_write")[0] if records else {}
        return {name: value for name, value in read.items() if name != "id" and value}

    def checksum(self):
        """Return a digest of all that was there before the call."""
        self.env.flush_all()
        parts = [
            SQL(
                "SELECT md5(row::text) FROM %s AS row WHERE id IN %s",
                SQL.identifier(records._table),
                tuple(records.ids),
            )
            for records in self.records.values()
            if records and records._auto and not records._transient
        ]
        everything = SQL(" UNION ALL ").join(parts)
        return self.env.execute_query(
            SQL(
                "SELECT md5(string_agg(digest, '' ORDER BY digest)) FROM (%s) AS rows (digest)",
                everything,
            )
        )

    def call(self, user, model, name, args):
        """Call as a client does; return the answer, None where it is refused in words."""
        with undone(self.env):
            try:
                with mute_logger("odoo.sql_db", "odoo.addons.base.models.ir_rule"):
                    there = self.env(user=user, context={})[model]
                    answer = call_kw(there, name, deepcopy(args), {})
                if self.checksum() != self.before:
                    self.found.append((user.login, model, name, "changes other people's records"))
                return answer
            except (UserError, IntegrityError):  # which a client gets in words, too
                return None

    def check(self, user, model, name, args):
        told = json.dumps(self.call(user, model, name, args), default=str)
        if any(secret in told for secret in self.secrets):
            self.found.append((user.login, model, name, "tells what is not his business"))

    def call_all(self, users, models=""):
        """Let ``users`` call every method of the models whose names start with ``models``."""
        self.before = self.checksum()  # of every call, as each is rolled back
        for model, name in public_methods(self.env, self.addons):
            if model.startswith(models) and (model, name) not in CORE:
                args = self.arguments(model, name)
                for user in users.values():
                    self.check(user, model, name, args)
        self.assertEqual(self.found, [])


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestRpcMethods(RpcMethods, ReferralCommon):
    addons = REFERRAL
    secrets = ("Rita Referrer", "Ned Neighbour", "150.0")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.person, people = cls.referrer, cls.referrer | cls.customer
        people.company_id = cls.company
        cls._pay(cls._invoice(cls._order()))
        cls.env["aftersales.payout"].create(
            {"referrer_id": cls.referrer.id, "method": "credit", "amount": 50.0}
        ).action_post()
        cls._owe_us(cls.customer)
        cls.referrer._get_referral_code()
        cls.meet(cls.setup_other_company()["company"])

    @classmethod
    def _owe_us(cls, partner):
        ledger = cls.env["aftersales.commission"]
        ledger._adjust(
            [ledger._prepare_adjustment(partner, cls.company, -20.0, "paid too much", key="debt")]
        )

    @classmethod
    def known_values(cls, records):
        """Return what new records are about."""
        order = cls.env["sale.order"].search([("company_id", "=", cls.company.id)], limit=1)
        values = {
            "card_id": cls.env["loyalty.card"].search([("partner_id", "=", cls.referrer.id)]).id,
            "referral_id": order.referral_id.id,
            "referrer_id": cls.referrer.id,
            "partner_id": cls.referrer.id,
            "order_id": order.id,
            "company_id": cls.company.id,
            "amount": 5.0,
            "new_balance": 1.0,
            "debt_ids": [Command.set(cls.env["aftersales.payout.debt"].search([]).ids)],
            "date": "2027-01-01",
        }
        if records._name == "account.move.reversal":
            values["move_ids"] = [Command.set(order.invoice_ids.ids)]
            values["journal_id"] = order.invoice_ids.journal_id.id
        return values

    def test_there_is_a_record_behind_every_method(self):
        methods = set(public_methods(self.env, self.addons))
        self.assertIn(("aftersales.payout", "action_post"), methods)
        self.assertIn(("aftersales.referral", "action_reject"), methods)
        empty = {model for model, records in self.records.items() if not records}
        self.assertLessEqual(empty, {"loyalty.rule"})

    def test_people_of_another_company_change_nothing_and_learn_nothing(self):
        self.call_all(self.strangers)

    def test_people_without_rights_change_nothing_of_ours_and_learn_nothing(self):
        self.call_all(self.outsiders, "aftersales.")


@tagged("post_install", "-at_install")
class TestRpcServiceMethods(RpcMethods, TransactionCase):
    """The same of plans and inspections, about the customer of the VIP story."""

    addons = SERVICE
    secrets = ("Joel Willis", "Maria Santos")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.story = VipStory(cls.env).tell()
        cls.company, cls.person = cls.story.company, cls.story.customer
        cls.rate_and_end()
        cls.meet(cls.env["res.company"].create({"name": "Elsewhere"}))

    @classmethod
    def rate_and_end(cls):
        """Let there be a rating, and a contract that ended: lists of both have no table."""
        contract = cls.story.contract
        claim = contract.claim_ids[:1]
        feedback = cls.env["aftersales.feedback"]._of(claim)
        feedback._token()
        feedback.user_id = cls.story.people["agent"]
        claim.rating_apply(5, rating=feedback.rating_id)
        contract.create(
            {
                "plan_id": contract.plan_id.id,
                "partner_id": cls.person.id,
                "site_id": cls.person.id,
                "company_id": cls.company.id,
                "date_start": "2020-01-01",
                "date_end": "2020-12-31",
                "state": "expired",
            }
        )
        cls.env.flush_all()

    @classmethod
    def known_values(cls, records):
        """Return what new records are about."""
        contract = cls.story.contract
        values = {
            "contract_id": contract.id,
            "claim_id": contract.claim_ids[:1].id,
            "visit_id": contract.visit_ids[-1:].id,
            "order_id": cls.story.order.id,
            "asset_id": contract.asset_ids[:1].id,
            "partner_id": cls.person.id,
            "site_id": cls.person.id,
            "product_id": cls.story.tiles.id,
            "company_id": cls.company.id,
            "date": cls.company._aftersales_today(),
        }
        order = records._fields.get("order_id")
        if order and order.comodel_name == "fsm.order":
            values["order_id"] = values["visit_id"]
        for name, goods in (
            ("asset_ids", contract.asset_ids),
            ("line_ids", contract.claim_ids.line_ids),
        ):
            field = records._fields.get(name)
            if field and field.comodel_name == goods._name:
                values[name] = [Command.set(goods.ids)]
        return values

    def test_there_is_a_record_behind_every_method(self):
        methods = set(public_methods(self.env, self.addons))
        self.assertIn(("aftersales.claim", "action_approve"), methods)
        self.assertIn(("fsm.order", "action_start"), methods)
        empty = {model for model, records in self.records.items() if not records}
        self.assertEqual({model for model in empty if model.startswith("aftersales.")}, set())

    def test_people_of_another_company_change_nothing_and_learn_nothing(self):
        self.call_all(self.strangers)

    def test_people_without_rights_change_nothing_of_ours_and_learn_nothing(self):
        self.call_all(self.outsiders, "aftersales.")
        self.call_all(self.outsiders, "fsm.")


@tagged("post_install", "-at_install")
class TestRpcOwn(RpcMethods, TransactionCase):
    """The same by colleagues: each role of the company, on records that are a colleague's.

    The access matrix says what a role may do there. What it may not write no method of ours
    changes for it, and of what it may not read none tells it anything.
    """

    addons = (*REFERRAL, *SERVICE)
    secrets = ("A colleague's secret",)
    ROLES = ("portal", "technician", "agent", "salesperson", "accountant")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        cls.own = World(cls.env, "own", cls.company)
        cls.world = World(cls.env, "other", cls.company)
        cls.person, cls.matrix = cls.world.customer, matrix()
        for model in (*cls.matrix, "res.partner", "product.product", "sale.order", "res.users"):
            if cls.env[model]._auto:
                cls.world.record(model)
        cls.records = {
            model: cls.foreign(model) for model, _name in public_methods(cls.env, cls.addons)
        }
        cls.keep_secrets()

    @classmethod
    def foreign(cls, model):
        """Return the colleague's record; a dialog is opened on theirs."""
        records = cls.env[model].sudo()
        if records._transient:  # core's own are core's to guard
            ours = model.startswith("aftersales.")
            return records.create(cls.values_to_open(records)) if ours else records
        if not records._auto:
            return records.search([("company_id", "=", cls.company.id)], limit=1)
        return cls.world.made.get(model) or super().foreign(model)

    @classmethod
    def known_values(cls, records):
        """Return the colleague's record for every link a dialog has."""
        today = cls.company._aftersales_today()
        values = {"company_id": cls.company.id, "amount": 5.0, "date": today, "date_end": today}
        for name, field in records._fields.items():
            if field.type in ("many2one", "many2many") and field.store and not field.related:
                made = cls.world.made.get(field.comodel_name)
                if made:
                    values[name] = made.id if field.type == "many2one" else [Command.set(made.ids)]
        return values

    @classmethod
    def keep_secrets(cls):
        """Let every text of the colleague's records say what only they know."""
        cls.env.flush_all()
        for records in filter(lambda records: records._auto, cls.world.made.values()):
            for name, field in records._fields.items():
                plain = field.store and field.type in ("char", "text") and not field.translate
                if plain and (records[name] == "Anything" or name in ("note", "description")):
                    names = map(SQL.identifier, (records._table, name))
                    told = (*names, cls.secrets[0], records.id)
                    cls.env.cr.execute(SQL("UPDATE %s SET %s = %s WHERE id = %s", *told))
        cls.env.invalidate_all()

    def scope(self, model, role, operation):
        """Return whether the role has an operation on all, on what is its own, or not at all."""
        return self.matrix.get(model, {}).get(role, {}).get(operation)

    def subjects(self, model):
        """Return the models of the matrix that a method of ``model`` is about."""
        if model in self.matrix:
            return {model}
        fields = self.env[model]._fields.values()
        linked = {field.comodel_name for field in fields if field.relational and field.store}
        return linked & set(self.matrix)

    def tries(self):
        """Yield (role, model, method, whether it may read, whether it may write)."""
        for model, name in public_methods(self.env, self.addons):
            subjects = self.subjects(model)
            for role in self.ROLES:
                reads = {self.scope(one, role, "R") for one in subjects}
                writes = {self.scope(one, role, op) for one in subjects for op in "CWD"}
                if subjects and self.records[model] and "all" not in writes:
                    yield role, model, name, reads == {"all"}

    def test_colleagues_change_nothing_of_others_and_learn_only_what_they_may_read(self):
        self.before, tried = self.checksum(), 0
        for role, model, name, reads in self.tries():
            if (model, name) not in CORE and (role, model, name) not in RIGHTFUL:
                args, user = self.arguments(model, name), self.own.users[role]
                told = json.dumps(self.call(user, model, name, args), default=str)
                tried += 1
                if not reads and self.secrets[0] in told:
                    self.found.append((role, model, name, "tells what is not his business"))
        self.assertEqual(self.found, [])
        self.assertGreater(tried, 1000)
