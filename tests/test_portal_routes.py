"""Every address our add-ons answer at, tried by people whose business it is not (issue 9).

The addresses are not trusted to the table below: they are what the routing map holds of our
classes, so that a new one fails here until somebody says who may open it.
"""

import io
import json
import re

from PIL import Image

from odoo import http
from odoo.fields import Command
from odoo.tests import JsonRpcException, freeze_time, tagged
from odoo.tools import mute_logger

from odoo.addons.aftersales_plans.tests.common_portal import PortalCase

from .stories import clicks
from .stories.vip import VipStory

OURS = "odoo.addons.aftersales_"
PLACE = re.compile(r"<(?:[^:>]+:)?(\w+)>")
VISIT = "/my/visits/<int(max=2147483647):visit_id>"

#: One record each: (verb, address) → what opens it by its link; None: a login alone does.
RECORDS = {
    ("GET", "/my/assets/<int:asset_id>"): None,
    ("GET", "/my/assets/<int:asset_id>/document/<int:document_id>"): None,
    ("GET", "/my/claims/<int:claim_id>"): "claim",
    ("GET", "/my/claims/<int:claim_id>/photo/<int:photo_id>"): "claim",
    ("POST", "/my/claims/<int:claim_id>/withdraw"): "claim",
    ("POST", "/my/claims/<int:claim_id>/feedback"): "claim",
    ("GET", "/my/service-contracts/<int:contract_id>"): "contract",
    ("POST", "/my/service-contracts/<int:contract_id>/renew"): "contract",
    ("POST", "/my/service-contracts/<int:contract_id>/not-renewing"): "contract",
    ("POST", "/my/service-contracts/<int:contract_id>/consent"): "contract",
    ("GET", "/my/service-contracts/<int:contract_id>/leave"): "contract",
    ("POST", "/my/service-contracts/<int:contract_id>/leave"): "contract",
    ("POST", "/my/orders/<int:order_id>/not-renewing"): "quotation",
    ("POST", "/my/orders/<int:order_id>/service-plan"): "quotation",
    ("GET", VISIT): "visit",
    ("GET", "/my/visit/<int(max=2147483647):visit_id>"): "visit",
    ("GET", f"{VISIT}/visit.ics"): "visit",
    ("GET", f"{VISIT}/report"): "done",
    ("POST", f"{VISIT}/answer"): "visit",
    ("POST", f"{VISIT}/feedback"): "visit",
}
#: What belongs to whoever is logged in.
OWN = {
    *(
        ("GET", f"/my/{name}{page}")
        for name in ("assets", "claims", "service-contracts", "visits", "referrals", "rewards")
        for page in ("", "/page/<int:page>")
    ),
    *((verb, f"/my/{name}/new") for verb in ("GET", "POST") for name in ("claims", "referrals")),
    ("GET", "/my/rewards/statement"),
    ("POST", "/my/rewards/code"),
    ("POST", "/my/rewards/method"),
    ("POST", "/my/rewards/payout/<int(max=2147483647):payout_id>/method"),
}
#: Open to everybody: whoever has a code, or none.
ANYBODY = {
    ("GET", "/refer/<string:code>"),
    ("POST", "/refer/<string:code>"),
    ("GET", "/refer/<string:code>/thanks"),
    ("GET", "/refer/<string:code>/qr.png"),
}
#: Core's, which we only add to; see the tests of conversations below.
CORE = {
    ("ANY", "/mail/chatter_fetch"),
    *(("ANY", f"/my/orders/<int:order_id>{end}") for end in ("", "/accept", "/transaction")),
}

#: Every name a form or an address of ours knows.
NAMES = (
    "access_token page sortby filterby search search_in said report_type contract asset photo key "
    "other description date_occurred reported_as site_id reach_by search_goods product line stamp "
    "plan answer shown slot wish name phone email message consent homepage method year date_from "
    "date_to reason note amount score"
).split()
STRANGE = ("-1", "²%", "\x00", str(2**63), "x" * 10_000)
STRANGE_IDS = ("0", "-1", "a%25", str(2**31), str(2**63), "9" * 300)


def our_routes(env):
    """Yield (verb, address) of all that a class of ours answers or overrides."""
    modules = sorted(env.registry._init_modules)
    for address, endpoint in http._generate_routing_rules(modules, nodb_only=False):
        method = endpoint.func
        if any(
            cls.__module__.startswith(OURS) and method.__name__ in vars(cls)
            for cls in type(method.__self__).__mro__
        ):
            verbs = endpoint.routing["methods"] or ["ANY"]
            yield next(verb for verb in ("POST", "GET", "ANY") if verb in verbs), address


def picture(size=(3, 3)):
    """Return the bytes of a PNG."""
    content = io.BytesIO()
    Image.new("1", size).save(content, "PNG")
    return content.getvalue()


class CustomerPages(PortalCase):
    """What the VIP story's customer may open, and how any page of ours is asked for."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        clock = freeze_time("2026-03-16 10:00:00")
        clock.start()
        cls.addClassCleanup(clock.stop)
        cls.story = VipStory(cls.env)
        cls.before_the_story()
        cls.story.tell()
        cls.customer, cls.contract = cls.story.customer, cls.story.contract
        cls.customer.email = "joel@example.com"
        cls.contract.sudo().renewed_by_itself = True  # so that it may be left
        cls.customer_login("t-joel", cls.customer)
        cls.tell_more()

    @classmethod
    def before_the_story(cls):
        """Change the people and goods it is told of."""

    @classmethod
    def tell_more(cls):
        """Let there be one open record of each kind, with its link."""
        cls.document = cls.env["product.document"].create(
            {
                "name": "Care.txt",
                "raw": b"Sweep weekly",
                "res_model": "product.template",
                "res_id": cls.story.tiles.product_tmpl_id.id,
                "attached_on_sale": "sale_order",
            }
        )
        cls.asset = cls.story.asset
        cause = cls.env.ref("aftersales_plans.cause_wear")
        cls.claim = cls.env["aftersales.claim"].create(
            {
                "partner_id": cls.customer.id,
                "description": "A secret crack",
                "line_ids": [Command.create({"asset_id": cls.asset.id, "cause_id": cause.id})],
            }
        )
        cls.photo, cls.paper = cls.env["ir.attachment"].create(
            [
                {"name": name, "raw": picture(), "res_model": "aftersales.claim"}
                | {"res_id": cls.claim.id}
                for name in ("crack.png", "margin.png")
            ]
        )
        cls.claim.sudo().photo_ids = cls.photo  # as the report of a customer does
        visits = cls.contract.visit_ids.sorted("aftersales_visit_number")
        cls.done, cls.visit = visits[:2]
        cls.done._ensure_appointment_token()
        cls.visit.with_user(cls.story.people["agent"]).action_propose_appointment()
        cls.quotation = clicks.sell(
            cls.story.people["salesperson"], cls.customer, [(cls.story.tiles, 5, None)]
        )
        cls.quotation.sudo().action_quotation_sent()
        cls.payout = cls.env["aftersales.payout"].search(
            [("referrer_id", "=", cls.customer.id)], limit=1
        )

    def setUp(self):
        super().setUp()
        self.tokens = {
            "claim": self.claim._portal_ensure_token(),
            "contract": self.contract._portal_ensure_token(),
            "quotation": self.quotation._portal_ensure_token(),
            "visit": self.visit.sudo().appointment_token,
            "done": self.done.sudo().appointment_token,
        }
        self.env.flush_all()

    # --- How they are tried --------------------------------------------------------------------

    def address(self, route, **ids):
        """Return the address of ``route`` on the customer's records, or on ``ids``."""
        visit = self.done if route.endswith("/report") else self.visit
        known = {
            "asset_id": self.asset.id,
            "document_id": self.document.id,
            "claim_id": self.claim.id,
            "photo_id": self.photo.id,
            "contract_id": self.contract.id,
            "order_id": self.quotation.id,
            "visit_id": visit.id,
            "payout_id": self.payout.id,
            "code": "NOBODYS",
            "page": 1,
            **ids,
        }
        return PLACE.sub(lambda place: str(known[place[1]]), route)

    def ask(self, verb, address, csrf=True, files=None, **values):
        """Send a request as it is, and do not follow where it leads."""
        if verb == "POST" or files:
            if csrf:
                values["csrf_token"] = http.Request.csrf_token(self)
            method = "POST" if verb != "GET" else "GET"
            return self.opener.request(
                method,
                self.base_url() + address,
                data=values,
                files=files,
                allow_redirects=False,
                timeout=30,
            )
        return self.opener.get(
            self.base_url() + address, params=values, allow_redirects=False, timeout=30
        )


@tagged("post_install", "-at_install")
class TestPortalRoutes(CustomerPages):
    """Tried by a stranger, somebody of another company, and a colleague."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sister = cls.env["res.company"].create({"name": "Sister"})
        partner = cls.env["res.partner"].create
        cls.nora, cls.otto = partner([{"name": "Nora"}, {"name": "Otto"}])
        cls.customer_login("t-nora", cls.nora)
        cls.customer_login("t-otto", cls.otto, cls.sister)
        other = cls.env["aftersales.plan"].create(
            {"name": "Iron", "code": "T-IRON", "company_id": cls.sister.id}
        )
        cls.elsewhere = (
            cls.env["aftersales.contract"]
            .with_company(cls.sister)
            .create(
                {"plan_id": other.id, "partner_id": cls.customer.id, "site_id": cls.customer.id}
                | {"company_id": cls.sister.id}
            )
        )
        cls.secrets = {
            *(cls.customer.name, cls.customer.street, cls.contract.name, cls.claim.name),
            *(cls.visit.name, cls.quotation.name, "A secret crack", "A colleague's note"),
        }

    def state(self):
        """Return what nobody of these may change, as numbers and texts."""
        self.env.invalidate_all()
        models = (
            *("aftersales.claim", "aftersales.contract", "aftersales.payout", "ir.attachment"),
            *("sale.order", "sale.order.line", "aftersales.referral", "aftersales.referral.form"),
            *(
                "mail.message",
                "mail.activity",
                "rating.rating",
                "aftersales.feedback",
                "fsm.order",
                "aftersales.referral.code",
            ),
        )
        return (
            {model: self.env[model].search_count([]) for model in models},
            self.claim.state,
            self.payout.method,
            self.visit.scheduled_date_start,
            self.visit.sudo().appointment_state,
            self.contract.state,
            self.quotation.amount_total,
            self.customer.referral_payout_method,
        )

    def assertClosed(self, response, what):
        """Expect an answer that leads away and tells nothing."""
        self.assertIn(response.status_code, (303, 404), what)
        if response.status_code == 303:
            self.assertRegex(response.headers["Location"], r"/my$|/web/login", what)
        self.assertTellsNothing(response, what)

    def assertTellsNothing(self, response, what):
        said = response.text + str(response.headers)
        self.assertEqual([word for word in self.secrets if word in said], [], what)

    # --- The table -----------------------------------------------------------------------------

    def test_every_route_is_in_the_table(self):
        self.assertEqual(set(our_routes(self.env)), {*RECORDS, *OWN, *ANYBODY, *CORE})

    def test_a_record_opens_to_its_customer_and_by_its_link(self):
        """Prove that the refusals below are not due to wrong numbers."""
        for (verb, route), link in RECORDS.items():
            if verb == "POST":
                continue
            for login, token in (("t-joel", None), (None, link and self.tokens[link])):
                if login or link:
                    self.authenticate(login, login)
                    values = {"access_token": token} if token else {}
                    response = self.ask(verb, self.address(route), **values)
                    self.assertEqual(response.status_code, 200, (route, login))
                    self.assertNotIn("public", response.headers.get("Cache-Control", ""), route)
                    if link and "photo" not in route:
                        self.assertEqual(response.headers.get("Cache-Control"), "no-store", route)

    def test_nobody_opens_what_is_not_theirs(self):
        before = self.state()
        for login in (None, "t-nora", "t-otto", "warehouse"):
            self.authenticate(login, login)
            for (verb, route), link in RECORDS.items():
                others = [token for name, token in self.tokens.items() if name != link]
                strange = () if login else ("", "ä", "\x00", ["a", "b"], *others[1:])
                for token in (None, "wrong", others[0], *strange):
                    values = {} if token is None else {"access_token": token}
                    response = self.ask(verb, self.address(route), **values)
                    self.assertClosed(response, (login, verb, route, token))
                file = {"access_token": ("t.txt", b"x")}
                response = self.ask(verb, self.address(route), files=file)
                self.assertClosed(response, (login, verb, route, "file"))
        self.assertEqual(self.state(), before)

    def test_what_belongs_to_another_company_or_is_archived_stays_closed(self):
        self.authenticate("t-joel", "t-joel")
        route = "/my/service-contracts/<int:contract_id>"
        self.assertClosed(self.ask("GET", self.address(route, contract_id=self.elsewhere.id)), "")
        response = self.ask("POST", self.address(f"{route}/renew", contract_id=self.elsewhere.id))
        self.assertClosed(response, "renew")
        self.assertNotIn(self.elsewhere.name, self.ask("GET", "/my/service-contracts").text)
        self.asset.active = False
        self.assertClosed(self.ask("GET", self.address("/my/assets/<int:asset_id>")), "archived")
        address = self.address("/my/claims/<int:claim_id>/photo/<int:photo_id>")
        paper = self.address(
            "/my/claims/<int:claim_id>/photo/<int:photo_id>", photo_id=self.paper.id
        )
        self.assertEqual(self.ask("GET", address).status_code, 200)
        self.assertClosed(self.ask("GET", paper), "an attachment of colleagues")

    def test_pages_of_who_is_logged_in_tell_nothing_of_others(self):
        before = self.state()
        for login in (None, "t-nora", "t-otto", "warehouse"):
            self.authenticate(login, login)
            for verb, route in sorted(OWN):
                response = self.ask(verb, self.address(route))
                self.assertIn(response.status_code, (200, 303), (login, route))
                self.assertTellsNothing(response, (login, route))
                if not login:
                    self.assertIn("/web/login", response.headers["Location"], route)
            for verb, route in sorted(ANYBODY):
                self.assertTellsNothing(self.ask(verb, self.address(route)), (login, route))
        self.assertEqual(self.state(), before)

    @mute_logger("odoo.http")
    def test_forms_need_the_token_of_their_session_and_are_sent(self):
        self.authenticate("t-joel", "t-joel")
        before = self.state()
        for verb, route in {*RECORDS, *OWN, *ANYBODY}:
            if verb == "POST":
                response = self.ask("POST", self.address(route), csrf=False)
                self.assertEqual(response.status_code, 400, route)
                if ("GET", route) not in {*RECORDS, *OWN, *ANYBODY}:
                    response = self.ask("GET", self.address(route))
                    self.assertIn(response.status_code, (404, 405), route)
        self.assertEqual(self.state(), before)

    # --- What nobody types ---------------------------------------------------------------------

    def test_strange_numbers_and_texts_get_an_answer(self):
        self.authenticate("t-joel", "t-joel")
        for verb, route in {*RECORDS, *OWN, *ANYBODY}:
            for place in PLACE.findall(route):
                for number in STRANGE_IDS:
                    response = self.ask(verb, self.address(route, **{place: number}))
                    self.assertLess(response.status_code, 500, (verb, route, number))
            for text in STRANGE:
                long = verb != "POST" and len(text) > 1000
                values = {name: text for name in (NAMES[:6] if long else NAMES)}
                values = {n: t[:4000] for n, t in values.items()} if long else values
                response = self.ask(verb, self.address(route), **values)
                self.assertLess(response.status_code, 500, (verb, route, text[:20]))

    def test_files_instead_of_texts_get_an_answer(self):
        self.authenticate("t-joel", "t-joel")
        files = {name: ("x.txt", b"x") for name in NAMES}
        for verb, route in {*RECORDS, *OWN, *ANYBODY}:
            response = self.ask(verb, self.address(route), files=files)
            self.assertLess(response.status_code, 500, (verb, route))
            self.assertIn(response.status_code, (200, 303, 400, 404, 405), (verb, route))

    # --- Core's entrances ----------------------------------------------------------------------

    def rpc(self, address, **values):
        """Return what a JSON address answers, as text; the error's words where it refuses."""
        try:
            with mute_logger("odoo.http"):
                return json.dumps(self.make_jsonrpc_request(address, values))
        except JsonRpcException as error:
            return str(error)

    def talk(self, record):
        """Let colleagues write, plan and file on ``record``; return what nobody else may read."""
        agent = self.story.people["agent"]
        note = record.message_post(body="A colleague's note")
        record.message_unsubscribe(self.customer.ids)  # else everything is sent to the customer
        record.message_subscribe(agent.partner_id.ids)
        record.message_post(
            body="Between colleagues",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            partner_ids=agent.partner_id.ids,
            attachments=[("margin.png", picture())],
        )
        record.activity_schedule(
            "mail.mail_activity_data_todo", summary="A call we plan", user_id=agent.id
        )
        self.env.flush_all()
        secrets = ("A colleague", "Between colleagues", "margin.png", "A call we plan", agent.name)
        return note, secrets

    def test_a_link_opens_no_conversation_of_colleagues(self):
        for record, link in ((self.claim, "claim"), (self.contract, "contract")):
            note, secrets = self.talk(record)
            thread = {"thread_model": record._name, "thread_id": record.id}
            everything = (
                "activities attachments followers suggestedRecipients scheduledMessages "
                "contact_fields display_name"
            ).split()
            for login in (None, "t-nora", "t-joel"):
                self.authenticate(login, login)
                for name in (link, "quotation", None):
                    token = self.tokens.get(name, "wrong")
                    asked = {**thread, "access_params": {"token": token}}
                    said = {
                        address: self.rpc(address, **values)
                        for address, values in (
                            ("/mail/chatter_fetch", {**thread, "token": token}),
                            ("/portal/chatter_init", {**thread, "token": token}),
                            (
                                "/mail/data",
                                {
                                    "fetch_params": [
                                        ["mail.thread", {**asked, "request_list": everything}]
                                    ]
                                },
                            ),
                            ("/mail/thread/messages", thread),
                            (
                                "/mail/message/reaction",
                                {"message_id": note.id, "content": "+", "action": "add"}
                                | {"token": token},
                            ),
                            (
                                "/mail/message/update_content",
                                {"message_id": note.id, "update_data": {"body": "x"}}
                                | {"token": token},
                            ),
                        )
                    }
                    for address, answer in said.items():
                        leaked = [word for word in secrets if word in answer]
                        self.assertEqual(leaked, [], (record._name, login, name, address))
                        if name != link and login != "t-joel":
                            self.assertTellsNothing(
                                type("Said", (), {"text": answer, "headers": ""}), (login, address)
                            )
            self.assertIn("A colleague's note", note.body)

    def test_who_writes_by_a_link_writes_as_the_customer(self):
        for record, link in ((self.claim, "claim"), (self.contract, "contract")):
            post = {
                "thread_model": record._name,
                "thread_id": record.id,
                "post_data": {"body": "Hello", "subtype_xmlid": "mail.mt_comment"},
            }
            before = len(record.message_ids)
            for token in (None, "wrong", self.tokens["quotation"]):
                self.authenticate(None, None)
                self.rpc("/mail/message/post", **post, token=token)
                self.authenticate("t-nora", "t-nora")
                self.rpc("/mail/message/post", **post, token=token)
            self.env.invalidate_all()
            self.assertEqual(len(record.message_ids), before)
            self.authenticate(None, None)
            self.rpc("/mail/message/post", **post, token=self.tokens[link])
            self.env.invalidate_all()
            self.assertEqual(record.message_ids[0].author_id, self.customer)

    def test_files_of_colleagues_stay_with_them(self):
        for login in (None, "t-nora", "t-otto", "t-joel"):
            self.authenticate(login, login)
            for token in (None, "wrong", *self.tokens.values()):
                for address in (
                    f"/web/content/{self.paper.id}",
                    f"/web/image/{self.paper.id}",
                    f"/web/content/aftersales.claim/{self.claim.id}/description",
                    f"/web/content/aftersales.contract/{self.contract.id}/name",
                    f"/web/image/aftersales.asset/{self.asset.id}/name",
                    f"/mail/view?model=aftersales.payout&res_id={self.payout.id}",
                    f"/my/orders/{self.story.order.id}",
                ):
                    values = {"access_token": token} if token else {}
                    response = self.ask("GET", address, **values)
                    if "/my/orders" in address and login == "t-joel":
                        continue
                    self.assertIn(response.status_code, (303, 404, 200), (login, address))
                    self.assertNotEqual(response.content, self.paper.raw)
                    self.assertTellsNothing(response, (login, address, token))
