"""Every cell of the access matrix, by ORM and by JSON-RPC: own, a colleague's, another company's.

What a cell allows works and can be seen afterwards; what it does not is refused in words and
changes nothing. An operation a role has on nothing is tried on the own record, where it is nearest;
one it has is tried on all three.
"""

import json

from odoo.exceptions import UserError
from odoo.tests import HttpCase, tagged
from odoo.tools import SQL, mute_logger

from odoo.addons.aftersales_plans.tests.common_proof import undone

from .access_matrix import matrix
from .access_world import CHANGED, FROM, UNCHANGED, World

SHARED = {
    "aftersales.cause",
    "aftersales.close.reason",
    "aftersales.referral.code",
    "aftersales.tile",
}
SILENT = ("odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_access", "odoo.http")
REFUSALS = {
    "odoo.exceptions.AccessError",
    "odoo.exceptions.UserError",
    "odoo.exceptions.ValidationError",
    "odoo.exceptions.MissingError",
    "odoo.http.SessionExpiredException",
}


@tagged("post_install", "-at_install")
class TestAccessMatrix(HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        elsewhere = cls.env["res.company"].create({"name": "Elsewhere"})
        cls.own, cls.other, cls.foreign = cls.worlds = (
            World(cls.env, "own", cls.env.company),
            World(cls.env, "other", cls.env.company),
            World(cls.env, "foreign", elsewhere),
        )
        cls.matrix = matrix()
        for world in cls.worlds:
            for model in cls.matrix:
                if cls.env[model]._auto:
                    world.record(model)
        cls.env.flush_all()
        # A report has the rows that follow from the records.
        for world in cls.worlds:
            for model in cls.matrix:
                if not cls.env[model]._auto:
                    world.made[model] = cls.report_row(model, world)

    @classmethod
    def report_row(cls, model, world):
        """Return a row of a report that says something of ``world``; empty where none does."""
        rows = cls.env[model].sudo().search([("company_id", "=", world.company.id)])
        for name, value in (("user_id", world.seller), ("partner_id", world.customer)):
            if name in rows._fields:
                return rows.filtered(lambda row, n=name, v=value: row[n] == v)[:1]
        return rows[:1]

    # --- What is tried -------------------------------------------------------------------------

    def attempts(self, model, rights):
        """Yield (operation, world, whether it is allowed) of a cell."""
        for operation in "RWCD":
            scope = rights.get(operation)
            yield operation, self.own, bool(scope)
            if scope:
                yield operation, self.other, scope == "all"
                if model not in SHARED:
                    yield operation, self.foreign, False

    def call(self, user, model, operation, world, rights):
        """Return the (method, arguments) of a call."""
        record = world.made[model]
        if operation == "R":
            return "read", [record.ids, ["display_name"]]
        if operation == "W":
            return "write", [record.ids, self.change(record)]
        if operation == "D":
            return "unlink", [(world.make(model) if operation in rights else record).ids]
        values = world.values(model) if operation in rights else {}
        if world is self.own and values.get("user_id"):
            values["user_id"] = user.id
        return "create", [[values]]

    def change(self, record):
        """Return values to write: others than the record has, where that is anybody's."""
        name = UNCHANGED.get(record._name)
        if name or record._name in CHANGED:
            return {name: record[name].id} if name else CHANGED[record._name]
        plain = [
            name
            for name in ("name", "note", *record._fields)
            if (field := record._fields.get(name))
            and (field.store and not field.related and field.type in ("char", "text", "html"))
        ]
        return {plain[0]: "Something else"} if plain else {"create_date": FROM}

    def digest(self, models):
        """Return what stands in the tables of ``models``."""
        self.env.flush_all()
        tables = [SQL.identifier(self.env[model]._table) for model in models]
        return [
            self.env.execute_query(
                SQL("SELECT md5(string_agg(row::text, ' ' ORDER BY id)) FROM %s AS row", table)
            )
            for table, model in zip(tables, models, strict=True)
            if self.env[model]._auto
        ]

    # --- How it is tried -----------------------------------------------------------------------

    def by_orm(self, user, model, method, args):
        """Return the answer; None when it is refused in words."""
        context = {"allowed_company_ids": user.company_ids.ids}
        records = self.env(user=user, su=False, context=context)[model]
        try:
            if method == "create":
                return records.create(*args).ids
            answer = getattr(records.browse(args[0]), method)(*args[1:])
            self.env.flush_all()
            return answer
        except UserError:
            return None

    def by_rpc(self, user, model, method, args):
        """Return the answer; None when it is refused in words."""
        params = {"model": model, "method": method, "args": args, "kwargs": {}}
        address = f"/web/dataset/call_kw/{model}/{method}"
        answer = self.url_open(
            address,
            data=json.dumps({"params": params}, default=str),
            headers={"Content-Type": "application/json"},
        ).json()
        if "error" not in answer:
            return answer["result"]
        error = answer["error"]["data"]
        self.assertIn(error["name"], REFUSALS, error["debug"])
        return None

    def check_cell(self, role, model, way):
        user, rights = self.own.users[role], self.matrix[model][role]
        for operation, world, allowed in self.attempts(model, rights):
            if not world.made[model]:
                continue
            with self.subTest(role=role, model=model, operation=operation, world=world.name):
                if operation == "R" or operation not in rights:
                    answer = way(user, model, *self.call(user, model, operation, world, rights))
                    self.assertEqual(answer is not None, allowed)
                else:
                    with undone(self.env):
                        self.check_change(way, user, model, operation, world, rights, allowed)
                self.tried += 1

    def check_change(self, way, user, model, operation, world, rights, allowed):
        """Expect that it is done and can be seen, or that nothing changes."""
        method, args = self.call(user, model, operation, world, rights)
        before = self.digest([model])
        savepoint = self.env.cr.savepoint()
        answer = way(user, model, method, args)
        savepoint.close(rollback=answer is None)
        self.env.invalidate_all()
        self.assertEqual(answer is not None, allowed)
        if not allowed:
            self.assertEqual(self.digest([model]), before, "refused, but not unchanged")
            return
        records = self.env[model].sudo().browse(answer if method == "create" else args[0])
        self.assertEqual(bool(records.exists()), method != "unlink")
        if method == "write":
            for name, value in args[1].items():
                self.assertIn(str(value), str(records[name]))

    def check_matrix(self, way, log_in=lambda user: None):
        self.tried = 0
        for role in next(iter(self.matrix.values())):
            log_in(self.own.users[role])
            before = self.digest(self.matrix)
            with mute_logger(*SILENT):
                for model in self.matrix:
                    self.check_cell(role, model, way)
            self.assertEqual(self.digest(self.matrix), before, role)
        self.assertGreater(self.tried, 2000)

    def test_every_model_of_ours_is_in_the_matrix(self):
        ours = {
            name
            for name, model in self.env.items()
            if name.startswith("aftersales.") and not model._abstract and not model._transient
        }
        self.assertEqual(ours - set(self.matrix), set())
        self.assertGreater(len(ours), 50)

    def test_every_cell_by_orm(self):
        self.check_matrix(self.by_orm)

    def test_every_cell_by_json_rpc(self):
        self.check_matrix(self.by_rpc, lambda user: self.authenticate(user.login, user.login))
