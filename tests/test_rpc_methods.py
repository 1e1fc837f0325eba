"""Every public method of ours that a client can reach, called on other people's records.

The list is not written down: it is what the classes of the add-on define, so that a new method is
tried from its first day on. A call is refused in words, or it changes nothing and tells nothing.
"""

import inspect
import json

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.models import MAGIC_COLUMNS
from odoo.service.model import call_kw
from odoo.tests import freeze_time, new_test_user, tagged
from odoo.tools import SQL, mute_logger

from odoo.addons.aftersales_referral.tests.common import TODAY, ReferralCommon

ADDON = "odoo.addons.aftersales_referral."
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
SECRETS = ("Rita Referrer", "Ned Neighbour", "150.0")


def public_methods(env):
    """Yield (model, method name) of what the add-on defines or overrides and clients may call."""
    for model in env.registry:
        cls = env.registry[model]
        if cls._abstract:
            continue
        names = {
            name
            for base in cls.__mro__
            if base.__module__.startswith(ADDON)
            for name, value in vars(base).items()
            if inspect.isfunction(value) and not name.startswith("_")
        }
        yield from ((model, name) for name in sorted(names))


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestRpcMethods(ReferralCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        people = cls.referrer | cls.customer
        people.company_id = cls.company
        cls._pay(cls._invoice(cls._order()))
        cls.env["aftersales.payout"].create(
            {"referrer_id": cls.referrer.id, "method": "credit", "amount": 50.0}
        ).action_post()
        cls.referrer._get_referral_code()
        elsewhere = cls.setup_other_company()["company"]
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
            role: cls._user(f"outsider-{role}", groups) for role, groups in OUTSIDERS.items()
        }
        cls.records = {model: cls.foreign(model) for model, _name in public_methods(cls.env)}

    @classmethod
    def foreign(cls, model):
        """Return a record of the first company; a wizard is made for its card."""
        records = cls.env[model].sudo().with_context(active_test=False)
        if records._transient:
            card = cls.env["loyalty.card"].search([("partner_id", "=", cls.referrer.id)])
            return records.create({"card_id": card.id, "new_balance": 1.0, "description": "x"})
        if model in ("res.company", "res.partner"):
            return cls.company if model == "res.company" else cls.referrer
        if model in ("loyalty.reward", "loyalty.rule"):
            return records.search(
                [("program_id.company_id", "=", cls.company.id)], order="id", limit=1
            )
        if model == "loyalty.history":
            return records.search(
                [("card_id.company_id", "=", cls.company.id)], order="id", limit=1
            )
        if model == "account.partial.reconcile" or "company_id" in records._fields:
            return records.search([("company_id", "=", cls.company.id)], order="id", limit=1)
        return records.search([("create_uid", "=", cls.env.uid)], order="id", limit=1)

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
            else:
                args.append(False)
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
            if records and not records._transient
        ]
        everything = SQL(" UNION ALL ").join(parts)
        return self.env.execute_query(
            SQL(
                "SELECT md5(string_agg(digest, '' ORDER BY digest)) FROM (%s) AS rows (digest)",
                everything,
            )
        )

    def call(self, user, model, name):
        """Call as a client does; return the answer, None where it is refused in words."""
        args = self.arguments(model, name)
        savepoint = self.env.cr.savepoint()
        try:
            before = self.checksum()
            with mute_logger("odoo.models", "odoo.addons.base.models.ir_rule"):
                answer = call_kw(self.env(user=user, context={})[model], name, args, {})
            self.assertEqual(self.checksum(), before, (user.login, model, name))
            return answer
        except UserError:
            return None
        finally:
            savepoint.close(rollback=True)
            self.env.invalidate_all()

    def check(self, user, model, name):
        told = json.dumps(self.call(user, model, name), default=str)
        for secret in SECRETS:
            self.assertNotIn(secret, told, (user.login, model, name))

    def test_there_is_a_record_behind_every_method(self):
        methods = set(public_methods(self.env))
        self.assertIn(("aftersales.payout", "action_post"), methods)
        self.assertIn(("aftersales.referral", "action_reject"), methods)
        empty = {model for model, records in self.records.items() if not records}
        self.assertLessEqual(empty, {"loyalty.rule"})

    def test_people_of_another_company_change_nothing_and_learn_nothing(self):
        for model, name in public_methods(self.env):
            for user in self.strangers.values():
                self.check(user, model, name)

    def test_people_without_rights_change_nothing_of_ours_and_learn_nothing(self):
        for model, name in public_methods(self.env):
            if model.startswith("aftersales."):
                for user in self.outsiders.values():
                    self.check(user, model, name)
