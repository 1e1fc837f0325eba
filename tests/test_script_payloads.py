"""Script payloads in every free text: none runs in chatter, page, mail, paper or screen.

Nobody wrote down which texts there are: they are the stored text fields of our models, and what
our forms ask a customer for. They are filled before the VIP story, so that what it writes about
people and goods is of them, and once more after it.
"""

import re
from base64 import b64encode
from collections import defaultdict

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from odoo.addons.aftersales_plans.tests.common_portal import EVERY_SCRIPT, what_runs
from odoo.addons.aftersales_plans.tests.common_proof import undone

from . import test_buttons_twice, test_portal_routes, test_rpc_methods
from .access_world import World

#: A link that would run comes first, as a whole address; the last element is harmless, but where it
#: becomes one, plain text was taken for markup and only a filter keeps the rest from running.
TYPED = f"javascript:alert(1)// {EVERY_SCRIPT} <u>typed</u>"
ELEMENT = re.compile(r"<u\b[^>]*>\s*typed")
#: What only programs write: keys, links, names of models and fields, and codes they draw.
PROGRAMS = re.compile(
    r"(^|_)(key|token|model|domain|context|owner_field|graph_field|measure|topic|screen)$"
)
DRAWN = {("aftersales.referral.code", "name")}
#: What people write in core's models, and ours show.
CORE = {
    "account.move": "ref",
    "account.move.line": "name",
    "fsm.location": "direction",
    "fsm.order": "name description resolution signed_by",
    "loyalty.program": "name",
    "loyalty.reward": "description",
    "product.category": "name",
    "product.template": "name description_sale",
    "rating.rating": "feedback",
    "res.company": "name",
    "res.partner": "name street street2 zip city phone function comment",
    "sale.order": "client_order_ref note signed_by",
    "sale.order.line": "name",
    "stock.lot": "name ref note",
}
RECORDS = 2  # of a model, newest first, that are shown


def is_ours(field):
    """Tell whether one of our add-ons made ``field``."""
    return field.model_name.startswith("aftersales.") or any(
        module.startswith("aftersales_") for module in field._modules
    )


def free_texts(env):
    """Return {model: [field]} of the stored texts that people write."""
    found = defaultdict(list)
    for model in env.registry:
        records, core = env[model], CORE.get(model, "").split()
        for name, field in records._fields.items():
            text = records._auto and field.store and field.type in ("char", "text", "html")
            ours = is_ours(field) and not PROGRAMS.search(name) and (model, name) not in DRAWN
            if text and not records._transient and (name in core or ours):
                found[model].append(field)
    return found


def fill(env):
    """Write the payloads into every free text of every row, whatever state it is in."""
    env.flush_all()
    for model, fields in free_texts(env).items():
        for field in fields:
            typed = SQL("%s || ' ' || id", TYPED)  # some have to differ
            if field.type == "html":  # is markup, and cleaned when a user writes it
                typed = SQL("%s", field.convert_to_column(EVERY_SCRIPT, env[model]))
            if field.translate:
                typed = SQL("jsonb_build_object('en_US', %s)", typed)
            table, column = SQL.identifier(env[model]._table), SQL.identifier(field.name)
            env.cr.execute(SQL("UPDATE %s SET %s = %s", table, column, typed))
    env.invalidate_all()


def faults(markup):
    """Return what of the payloads a browser would run, or takes for markup at all."""
    return what_runs(markup) + ELEMENT.findall(str(markup))


@tagged("post_install", "-at_install")
class TestScriptPayloads(test_rpc_methods.RpcMethods, test_portal_routes.CustomerPages):
    @classmethod
    def before_the_story(cls):
        """Let everybody and everything have a name that would run."""
        cls.messages_before = cls.env["mail.message"].search([], order="id desc", limit=1).id
        fill(cls.env)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company, cls.person = cls.story.company, cls.story.customer
        for group in ("manager", "accountant", "agent"):
            cls.env.user.group_ids |= cls.env.ref(f"aftersales_plans.group_{group}")
        world = World(cls.env, "typed", cls.company)
        for model in cls.env.registry:
            if model.startswith("aftersales.") and cls.env[model]._auto:
                if not cls.env[model]._transient and not cls.env[model].search_count([], limit=1):
                    world.record(model)
        cls.contract.sudo()._make_renewal()
        cls.env["aftersales.followup"].search([]).contract_id = cls.contract
        fill(cls.env)

    @classmethod
    def known_values(cls, records):
        """Return what new records are about."""
        values = test_buttons_twice.TestR5Buttons.known_values.__func__(cls, records)
        if records._name == "aftersales.plan.offer.option":
            values["product_id"] = cls.story.plan_product.product_variant_id.id
        return values

    @classmethod
    def values_to_open(cls, records):
        """Return values of a dialog, with the payloads in every text it asks for."""
        texts = {
            name: TYPED
            for name, field in records._fields.items()
            if field.type in ("char", "text") and field.store and not PROGRAMS.search(name)
            if not (field.compute or field.related)
        }
        return {**super().values_to_open(records), **texts}

    @classmethod
    def some_value(cls, records, field):
        """Return a value that a required field takes; a signature is a picture."""
        if field.type == "binary":
            return b64encode(test_portal_routes.picture())
        return super().some_value(records, field)

    def setUp(self):
        super().setUp()
        self.looked_at = 0

    def look(self, markup, where):
        """Look at what somebody is shown."""
        self.looked_at += 1
        self.found += [(where, fault) for fault in faults(markup)] if markup else []

    def assertHarmless(self, at_least):
        """Fail on what was found, or where too little was looked at to believe it."""
        self.assertEqual(self.found, [])
        self.assertGreaterEqual(self.looked_at, at_least)

    def latest(self, model):
        """Return the newest records of ``model``."""
        records = self.env[model].with_context(active_test=False)
        return records.search([], order="id desc" if records._auto else None, limit=RECORDS)

    # --- Messages, activities, mails -----------------------------------------------------------

    def newest(self):
        """Return the last id of what tells people something."""
        return {
            model: self.env[model].sudo().search([], order="id desc", limit=1).id
            for model in ("mail.message", "mail.activity", "mail.mail")
        }

    def look_at_what_was_told(self, since, where):
        """Look at what was written since ``since``."""
        told = {"mail.message": "body", "mail.activity": "note", "mail.mail": "body_html"}
        for model, field in told.items():
            for record in self.env[model].sudo().search([("id", ">", since.get(model) or 0)]):
                self.look(record[field], (where, model))
        self.env.invalidate_all()

    def test_every_free_text_of_ours_is_filled(self):
        empty = {model for model in free_texts(self.env) if not self.latest(model)}
        self.assertEqual({model for model in empty if model.startswith("aftersales.")}, set())
        self.assertGreater(sum(map(len, free_texts(self.env).values())), 90)

    def test_what_the_story_wrote(self):
        self.look_at_what_was_told({"mail.message": self.messages_before}, "story")
        self.assertHarmless(60)

    def press(self, record, name):
        """Press a button and take it back; look at what it told."""
        with undone(self.env):
            since = self.newest()
            try:
                with mute_logger("odoo.sql_db", "odoo.tools.translate"):
                    answer = getattr(record, name)()
                    self.env.flush_all()
            except Exception:  # what refuses it says so in words
                return False
            if isinstance(answer, dict):
                self.look(answer.get("help"), (record._name, name, "help"))
            self.look_at_what_was_told(since, (record._name, name))
            return True

    def test_what_buttons_write(self):
        pressed = 0
        for model, name in test_buttons_twice.buttons(self.env):
            records = self.latest(model)
            if self.env[model]._transient:
                records = self.env[model].create(self.values_to_open(self.env[model]))
            pressed += any([self.press(record, name) for record in records])
        self.assertHarmless(100)
        self.assertGreater(pressed, 100)

    # --- Pages and forms -----------------------------------------------------------------------

    def test_what_customers_open(self):
        self.authenticate("t-joel", "t-joel")
        routes = {*test_portal_routes.RECORDS, *test_portal_routes.OWN, *test_portal_routes.ANYBODY}
        code = self.customer._get_referral_code()
        self.env.flush_all()
        core = [("GET", f"/my/orders/<order_id>{end}") for end in ("", "?report_type=html")]
        for verb, route in (*sorted(routes), *core):
            if verb == "GET":
                address = self.address(route, code=code)
                for values in ({}, {"search": TYPED, "said": TYPED}):
                    page = self.ask(verb, address, **values)
                    if "html" in page.headers.get("Content-Type", ""):
                        self.look(page.text, (route, *values))
        self.assertHarmless(30)

    def chosen(self):
        """Return what a customer picks in forms, where texts alone would be sent back."""
        reason = self.env["aftersales.close.reason"].search([], limit=1)
        return {
            "plan": self.contract.plan_id.id,
            "reason": reason.id,
            "asset": self.asset.id,
            "site_id": self.customer.id,
            "date_occurred": "2026-03-10",
            "answer": "change",
            "slot": "",
            "shown": str(self.visit.scheduled_date_start),
            "phone": "+1 555 0100",
            "email": "ned@example.com",
            "homepage": "",  # for robots
            "method": "credit",
            "score": 1,
            "search": "",
            "search_goods": "",
        }

    def test_what_customers_send(self):
        self.authenticate("t-joel", "t-joel")
        routes = {*test_portal_routes.RECORDS, *test_portal_routes.OWN, *test_portal_routes.ANYBODY}
        since, code = self.newest(), self.customer._get_referral_code()
        contract, reason = self.contract.sudo(), self.env["aftersales.close.reason"].search([])[0]
        contract._ask_renewal(contract.plan_id, self.customer)  # once it ends soon
        contract._not_renewing(reason, TYPED)
        typed = dict.fromkeys(set(test_portal_routes.NAMES) - {"access_token"}, TYPED)
        for verb, route in sorted(routes):
            for values in (typed, typed | self.chosen()) if verb == "POST" else ():
                self.env.flush_all()
                page = self.ask(verb, self.address(route, code=code), **values)
                if page.status_code == 303:
                    page = self.url_open(page.headers["Location"])
                self.look(page.text, route)
        self.look_at_what_was_told(since, "forms")
        told = self.env["mail.message"].sudo().search([("id", ">", since["mail.message"])])
        told_of = {"aftersales.claim", "aftersales.contract", "fsm.order", "sale.order"}
        self.assertLessEqual(told_of, set(told.mapped("model")))
        self.assertHarmless(40)

    # --- Mails and papers ----------------------------------------------------------------------

    def of_ours(self, model):
        """Return the records of ``model`` that our data files made."""
        ids = self.env["ir.model.data"].search(
            [("model", "=", model), ("module", "like", "aftersales_%")]
        )
        return self.env[model].browse(ids.mapped("res_id")).exists()

    def test_what_we_mail(self):
        templates, sent = self.of_ours("mail.template"), set()
        for template in templates:
            for record in self.env[template.model].search([]):
                since = self.newest()
                if template not in sent and self.mail(template, record):
                    sent.add(template)
                    self.look_at_what_was_told(since, template.name)
        self.assertEqual(set(templates) - sent, set())
        self.assertHarmless(20)

    def mail(self, template, record):
        """Mail ``record``; return whether it is one such a mail is about."""
        try:
            with self.env.cr.savepoint(), mute_logger("odoo.addons.mail.models.mail_render_mixin"):
                template.send_mail(record.id, email_layout_xmlid=template.email_layout_xmlid)
        except UserError:
            return False
        return True

    def test_what_we_print(self):
        core = self.env.ref("sale.action_report_saleorder")  # with the lines of our plans
        for report in self.of_ours("ir.actions.report") | core:
            for record in self.latest(report.model):
                paper = report._render_qweb_html(report.report_name, record.ids)[0]
                self.look(paper.decode(), report.report_name)
        self.assertHarmless(5)

    # --- Screens -------------------------------------------------------------------------------

    def test_what_screens_show_as_markup(self):
        never = set()
        for model in self.env.registry:
            records = self.env[model].with_context(active_test=False)
            markup = [n for n, f in records._fields.items() if f.type == "html" and is_ours(f)]
            if not markup or records._abstract:
                continue
            if records._transient:
                shown = records.create(self.values_to_open(records))
            else:
                shown = records.search([])
            rows = shown.web_read({name: {} for name in markup})
            for name in markup:
                never |= set() if any(row[name] for row in rows) else {(model, name)}
                for row in rows:
                    self.look(row[name], (model, name))
        self.assertEqual(never, set())
        self.assertHarmless(10)
