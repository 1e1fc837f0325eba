"""Our add-ons come into a database, grow older in it and leave it (reliability R11)."""

import os
from contextlib import contextmanager

import pytest

from tests.life import process, tables
from tools import databases, project

OLD_ORDERS = int(os.environ.get("LIFE_OLD_ORDERS", "40"))
DATABASES = int(os.environ.get("LIFE_DATABASES", "1"))
ORDERS = int(os.environ.get("LIFE_ORDERS", "1"))

PLANS, INSPECTION, REFERRAL = (f"aftersales_{name}" for name in ("plans", "inspection", "referral"))
KINDS = ("filled", "empty", "demo")
LEAVING = (
    (PLANS,),  # and all with it
    (INSPECTION, REFERRAL, PLANS),
    (REFERRAL, INSPECTION, PLANS),
)

#: What years of work are in, and nobody but people may change.
WORK = ("res_partner", "sale_order", "sale_order_line", "stock_picking", "stock_move")
WORK += ("stock_move_line", "account_move", "account_move_line")
MONEY = (*WORK, "account_partial_reconcile", "account_payment", "loyalty_card", "loyalty_history")
MONEY += ("stock_quant", "sale_order_line_invoice_rel")

#: Of the one order that Odoo tries new mails on: it gets the token of its page.
TRIED = {"access_token", "write_date", "write_uid"}

#: Columns that an upgrade changes on purpose, by the version it begins from.
UPGRADED = {
    process.FIRST: {
        ("aftersales_referral", "ledger_version"): "turns are taken by writing the referral itself",
        ("res_partner", "aftersales_payout_count"): "counted when asked",
        ("res_partner", "referral_tax_status"): "asked for: nobody had looked at the old default",
    },
    process.PREVIOUS: {},
}


@contextmanager
def started_from(template, purpose):
    """Yield a database: a copy of a template, or an empty one."""
    if template:
        with databases.copy(template, purpose) as database:
            yield database
        return
    name = databases.TEMPORARY % (os.getpid(), purpose)
    databases.create(name, None)
    try:
        yield name
    finally:
        databases.drop(name)


def count(database, table, where="TRUE"):
    """Return how many rows of a table there are."""
    return tables.ask(database, f"SELECT count(*) FROM {table} WHERE {where}")[0][0]


def installed(database):
    """Return which of our add-ons are installed."""
    query = "SELECT name FROM ir_module_module WHERE state = 'installed' AND name = ANY(%s)"
    return sorted(name for (name,) in tables.ask(database, query, project.ADDONS))


@pytest.fixture(scope="module")
def beside_many():
    """Install beside many old orders; yield what is known of it."""
    with databases.copy(databases.BASE[False], "many") as database:
        yield beside_old_orders(database, OLD_ORDERS)


def beside_old_orders(database, orders):
    """Install; return the database, the process, and the tables that it changed."""
    process.run("make_old_orders", database, orders)
    assert count(database, "sale_order") == count(database, "account_move") == orders
    known = tables.columns(database, WORK)
    known["sale_order"] = sorted({*known["sale_order"]} - TRIED)
    before = tables.digests(database, known)
    done = process.run("install", database, INSPECTION, REFERRAL)
    print(f"installed beside {orders} old orders in {done.seconds:.0f} s")
    return database, done, touched(database, known, before)


def touched(database, known, before):
    """Return the tables of others whose rows are not as before."""
    after = tables.digests(database, known)
    return [table for table in before if before[table] != after[table]]


class TestR11Install:
    """R11: the add-ons come into a database that others filled, and leave alone what is there."""

    def test_old_orders_and_contacts_are_not_touched(self, beside_many):
        database, done, changed = beside_many
        assert done.complaints == []
        assert installed(database) == project.ADDONS
        assert changed == []

    def test_old_orders_get_no_contract_and_nobody_is_written_to(self, beside_many):
        database, _done, _changed = beside_many
        tables_of_ours = ("contract", "asset", "followup", "referral", "commission")
        for table in (*(f"aftersales_{name}" for name in tables_of_ours), "mail_mail"):
            assert count(database, table) == 0, table
        assert count(database, "mail_activity", "res_model LIKE 'aftersales.%%'") == 0

    def test_what_was_delivered_waits_for_one_job_and_no_other_is_called(self, beside_many):
        database, _done, _changed = beside_many
        assert tables.ask(database, "SELECT total, done FROM aftersales_backfill") == [
            (OLD_ORDERS, 0)
        ]
        query = """
            SELECT DISTINCT data.name FROM ir_cron_trigger t
              JOIN ir_model_data data ON data.model = 'ir.cron' AND data.res_id = t.cron_id
             WHERE data.module LIKE 'aftersales_%'
        """
        assert tables.ask(database, query) == [("cron_backfill",)]

    @pytest.mark.skipif(OLD_ORDERS < 1000, reason="make proof installs beside few and beside many")
    def test_old_orders_cost_no_queries(self, beside_many):
        _database, beside_all, _changed = beside_many
        with databases.copy(databases.BASE[False], "few") as database:
            _database, beside_two, _changed = beside_old_orders(database, 2)
        for (few, _), (many, _) in zip(beside_two.answer, beside_all.answer, strict=True):
            assert many - few <= 5

    @pytest.mark.parametrize("kind", KINDS[:DATABASES])
    def test_an_add_on_brings_what_it_needs_and_no_sibling(self, beside_many, kind):
        done = beside_many[1] if kind == "filled" else self.install_elsewhere(kind)
        assert done.complaints == []
        (_, first), (_, second) = done.answer
        assert set(project.ADDONS) & set(first) == {INSPECTION, PLANS}
        assert set(project.ADDONS) & set(second) == set(project.ADDONS)

    def install_elsewhere(self, kind):
        """Install into a database of another kind; return the process."""
        if kind == "demo":
            databases.ensure_base(demo=True)
        template = databases.BASE[True] if kind == "demo" else None
        with started_from(template, kind) as database:
            done = process.run("install", database, INSPECTION, REFERRAL)
            print(f"installed beside {kind} data in {done.seconds:.0f} s")
            assert process.run("look", database).answer == []
        return done

    def test_one_contact_that_is_written_to_is_noticed(self, beside_many):
        """Prove that the tests above can fail."""
        database, _done, _changed = beside_many
        known = tables.columns(database, WORK)
        before = tables.digests(database, known)
        assert touched(database, known, before) == []
        a_customer = "SELECT min(partner_id) FROM sale_order"
        tables.spoil(database, f"UPDATE res_partner SET color = 7 WHERE id = ({a_customer})")
        assert touched(database, known, before) == ["res_partner"]


@contextmanager
def upgraded_from(version, folder):
    """Yield a database of a version with its stories, upgraded, and what it held before."""
    addons = process.earlier(version, folder)
    with databases.copy(databases.BASE[False], "upgraded") as database:
        old = process.run("install", database, INSPECTION, REFERRAL, addons=addons)
        assert old.complaints == []
        process.run("tell", database, addons=addons)
        ours = tables.with_rows(database, "aftersales\\_%", "fsm\\_%")
        before = tables.rows(database, {*ours, *MONEY})
        done = process.run("upgrade", database, *project.ADDONS)
        print(f"upgraded from {version} in {done.seconds:.0f} s")
        yield database, done, before, tables.rows(database, before)


@pytest.fixture(scope="module")
def upgraded_previous(tmp_path_factory):
    """Yield what was upgraded from the version before this."""
    with upgraded_from(process.PREVIOUS, tmp_path_factory.mktemp("previous")) as found:
        yield found


@pytest.fixture(scope="module")
def upgraded(tmp_path_factory):
    """Yield what was upgraded from the first version."""
    with upgraded_from(process.FIRST, tmp_path_factory.mktemp("first")) as found:
        yield found


@pytest.fixture(scope="module", params=["upgraded", "upgraded_previous"])
def older(request):
    """Return (version, what was upgraded from it) of the first and of the previous version."""
    version = process.FIRST if request.param == "upgraded" else process.PREVIOUS
    return version, request.getfixturevalue(request.param)


class TestR11Upgrade:
    """R11: what was sold, promised and earned with an earlier version is there in this one."""

    def test_nothing_is_complained_about(self, older):
        _database, done, _before, _after = older[1]
        assert done.complaints == []

    def test_screens_jobs_and_counters_work(self, older):
        database, _done, _before, _after = older[1]
        assert process.run("look", database).answer == []

    def test_the_story_was_worth_upgrading(self, older):
        _database, _done, before, _after = older[1]
        for name in ("contract", "claim", "entitlement_usage", "commission", "payout", "asset"):
            assert before[f"aftersales_{name}"], name
        assert before["loyalty_history"] and before["fsm_order"]

    def test_money_counters_and_dates_are_those_of_before(self, older):
        version, (_database, _done, before, after) = older
        changed = tables.changes(before, after)
        assert {
            place: example
            for place, example in changed.items()
            if place not in UPGRADED[version] and place[1] not in ("write_date", "write_uid")
        } == {}
        append_only = ("aftersales_commission", "aftersales_entitlement_usage", "account_move")
        assert not [place for place in changed if place[0] in append_only]

    def test_the_schema_is_that_of_a_fresh_installation(self, older):
        database, _done, _before, _after = older[1]
        fresh, grown = tables.schema(databases.TEST_TEMPLATE), tables.schema(database)
        assert sorted(grown - fresh) == []
        assert sorted(fresh - grown) == []

    def test_the_data_and_rules_are_those_of_a_fresh_installation(self, older):
        database, _done, _before, _after = older[1]
        fresh = databases.TEST_TEMPLATE
        assert sorted(tables.names(fresh) - tables.names(database)) == []
        assert tables.rules(database) == tables.rules(fresh)

    def test_a_cent_a_counter_and_an_index_that_get_lost_are_noticed(self, older):
        """Prove that the tests above can fail."""
        database, *_rest = older[1]
        with databases.copy(database, "spoilt") as spoilt:
            money = ["aftersales_commission", "aftersales_entitlement"]
            before, schema = tables.rows(spoilt, money), tables.schema(spoilt)
            tables.spoil(
                spoilt,
                "UPDATE aftersales_commission SET amount = amount + 0.01"
                " WHERE id = (SELECT min(id) FROM aftersales_commission)",
                "UPDATE aftersales_entitlement SET used = used + 1"
                " WHERE id = (SELECT min(id) FROM aftersales_entitlement)",
                "DROP INDEX aftersales_contract__site_id_index",
            )
            changed = tables.changes(before, tables.rows(spoilt, money))
            assert set(changed) == set(zip(money, ("amount", "used"), strict=True))
            assert len(schema - tables.schema(spoilt)) == 1


#: Columns of Odoo's that leaving changes on purpose.
LEFT = {
    ("loyalty_history", "order_model"): "the payout is gone, the text that names it stays",
    ("loyalty_history", "order_id"): "the same",
    ("account_move", "is_manually_modified"): "entries we guarded are everybody's now",
    ("res_partner", "partner_share"): "technicians of the demo data lose their users",
    ("stock_quant", "lost"): "the stock that the demo data put there",
}

#: Where our name stays, and why that is no residue.
REMEMBERED = {
    "bus_bus.channel": "begins with the name of the database",
    "bus_bus.message": "forgotten by Odoo within a day",
    "ir_model_constraint.name": "Odoo keeps the names of foreign keys of every module",
    "ir_model_data.name": "names of selections that belong to Odoo's own mixins; see below",
    "mail_compose_message.email_layout_xmlid": "a wizard, forgotten by Odoo within days",
    "mail_compose_message.model": "the same",
}


class TestR11Uninstall:
    """R11: the add-ons leave without residue, and Odoo goes on with the same orders."""

    @pytest.mark.parametrize("modules", LEAVING[:ORDERS], ids=" then ".join)
    def test_they_leave_nothing_and_come_back(self, upgraded, modules):
        database, _done, _before, _after = upgraded
        with databases.copy(database, f"left_{LEAVING.index(modules)}") as left:
            if ORDERS > 1:  # longer lives, for which `make test` has no time
                process.run("tell", left)  # this version's stories, on top of the old ones
                assert process.run("look", left).answer == []
                self.check_an_upgrade_without_a_new_version_changes_nothing(left)
            before = tables.rows(left, MONEY)
            for module in modules:
                process.run("uninstall", left, module)
                assert module not in installed(left)
                self.check_nothing_of_it_is_left(left, module)
            assert installed(left) == []
            self.check_no_residue(left)
            self.check_work_stays(left, before)
            assert process.run("work", left).answer == []
            done = process.run("install", left, REFERRAL, INSPECTION)
            assert done.complaints == []
            self.check_nothing_of_before_is_back(left)
            assert process.run("look", left).answer == []

    def check_an_upgrade_without_a_new_version_changes_nothing(self, database):
        """See that all rows are as before, but for when data were loaded."""
        ours = tables.with_rows(database, "aftersales\\_%", "fsm\\_%")
        before = tables.rows(database, {*ours, *MONEY})
        assert process.run("upgrade", database, *project.ADDONS).complaints == []
        changed = tables.changes(before, tables.rows(database, before))
        loaded = ("write_date", "write_uid")
        assert {place: one for place, one in changed.items() if place[1] not in loaded} == {}

    def check_nothing_of_it_is_left(self, database, module):
        """See that what is left in the database knows what it belongs to."""
        base = databases.BASE[False]
        assert tables.orphans(database) - tables.orphans(base) == set()
        kept = ("product.product", "product.template", "fsm.person", "res.partner", "uom.uom")
        query = """
            SELECT model, name FROM ir_model_data
             WHERE module = %s AND NOT model = ANY(%s)
        """  # goods and people of the demo data who orders name
        assert tables.ask(database, query, module, list(kept)) == []
        for table, column in (
            ("mail_activity", "res_model"),
            ("mail_followers", "res_model"),
            ("mail_message", "model"),
            ("ir_attachment", "res_model"),
            ("rating_rating", "res_model"),
            ("loyalty_history", "order_model"),
        ):
            gone = f"{column} NOT IN (SELECT model FROM ir_model)"
            assert count(database, table, gone) == 0, table

    def check_no_residue(self, database):
        """See that schema and data are those of a database that never knew us."""
        base = databases.BASE[False]
        assert tables.schema(database) ^ tables.schema(base) == set()
        never, left = tables.made(base), tables.made(database)
        assert {one for one in left if left[one] > never.get(one, 0)} == set()
        known = tables.mentions(base, "aftersales")
        found = tables.mentions(database, "aftersales")
        more = {place for place in found if found[place] > known.get(place, 0)}
        assert more - set(REMEMBERED) - {"ir_model_data.module"} == set()

    def check_work_stays(self, database, before):
        """See that money, goods and wallets are what they were, in Odoo's own columns."""
        changed = tables.changes(before, tables.rows(database, before))
        known = tables.columns(databases.BASE[False], MONEY)
        assert {
            place: one
            for place, one in changed.items()
            if place[1] in {*known[place[0]], "lost"} - {"write_date", "write_uid"}
            and place not in LEFT
        } == {}

    def check_nothing_of_before_is_back(self, database):
        """See that a second installation begins like the first."""
        for name in ("contract", "claim", "commission", "payout", "credit_lot", "referral"):
            assert count(database, f"aftersales_{name}") == 0, name

    def test_what_somebody_leaves_behind_is_noticed(self):
        """Prove that the test above can fail."""
        with databases.copy(databases.BASE[False], "residue") as database:
            self.check_no_residue(database)
            tables.spoil(
                database,
                "INSERT INTO ir_config_parameter (key, value) VALUES ('aftersales.x', '1')",
            )
            with pytest.raises(AssertionError):
                self.check_no_residue(database)
            tables.spoil(
                database,
                "DELETE FROM ir_config_parameter WHERE key = 'aftersales.x'",
                "ALTER TABLE sale_order ADD COLUMN forgotten int",
            )
            with pytest.raises(AssertionError):
                self.check_no_residue(database)
