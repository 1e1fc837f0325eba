# SPDX-License-Identifier: LGPL-3.0-or-later
import io
import re
import struct
import zlib
from unittest.mock import patch

from lxml import html
from PIL import Image

from odoo import fields, http
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.mail.tests.common import MockEmail

from .common_portal import EVERY_SCRIPT, SCRIPTS
from .test_portal_contract import PortalPlansCase

NOW = "2026-04-06 10:00:00"
NEW = "/my/claims/new"


def picture(kind="PNG"):
    """Return the bytes of a small picture."""
    content = io.BytesIO()
    Image.new("RGB", (3, 3), "red").save(content, kind)
    return content.getvalue()


def stub(size):
    """Return a PNG that says it is ``size`` × ``size`` dots, and holds next to none."""
    header = struct.pack(">IIBBBBB", size, size, 1, 0, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(b"\x00" * 50)))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )


PNG = picture()
HEIC = b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic"


class PortalClaimCase(PortalPlansCase):
    """Reports of Casa Verde on 6 April 2026, a month after the delivery."""

    def setUp(self):
        super().setUp()
        clock = freeze_time(NOW)
        clock.start()
        self.addCleanup(clock.stop)

    def report(self, login="casa", photos=(), **typed):
        """Send the form as a phone does; return the response."""
        form = {
            "key": "k1",
            "asset": self.asset.id,
            "description": "It fell down.",
            "date_occurred": "2026-04-05",
            **typed,
        }
        files = [("photos", photo) for photo in photos]
        return self.send(NEW, login, files=files or None, **form)

    def claims(self):
        return self.env["aftersales.claim"].search([("channel", "=", "portal")], order="id")

    def chatter(self, claim, login=None, token=None):
        """Return the texts of the messages that the portal shows."""
        self.authenticate(login, login)
        asked = {"thread_model": claim._name, "thread_id": claim.id}
        answer = self.make_jsonrpc_request(
            "/mail/chatter_fetch", {**asked, "token": token or claim._portal_ensure_token()}
        )
        return [message["body"][1] for message in answer["data"].get("mail.message", [])]

    def post(self, claim, body, login=None, token=None):
        """Post a message on the page of a claim."""
        self.authenticate(login, login)
        return self.make_jsonrpc_request(
            "/mail/message/post",
            {
                "thread_model": claim._name,
                "thread_id": claim.id,
                "post_data": {"body": body, "subtype_xmlid": "mail.mt_comment"},
                "token": token or claim._portal_ensure_token(),
            },
        )


@tagged("post_install", "-at_install")
class TestPortalReport(MockEmail, PortalClaimCase):
    def test_a_report_becomes_one_claim_with_its_photos_and_is_confirmed(self):
        with self.mock_mail_gateway():
            response = self.report(
                photos=[("tile.html", PNG), ("IMG_1.HEIC", HEIC)],
                reported_as="accident",
                reach_by="555 0199, mornings",
                **{f"quantity_{self.asset.id}": "2"},
            )
        claim = self.claims()
        self.assertTrue(response.url.endswith(f"/my/claims/{claim.id}?said=reported"))
        self.assertEqual(
            (claim.state, claim.user_id.id, claim.mail_step), ("submitted", False, "received")
        )
        self.assertEqual(
            (claim.contract_id, claim.site_id, claim.date_occurred),
            (self.contract, self.customer, fields.Date.to_date("2026-04-05")),
        )
        line = claim.line_ids
        self.assertEqual(
            (line.asset_id, line.quantity, line.cause_id), (self.asset, 2, self.accident)
        )
        self.assertFalse(line.billing_type)
        self.assertEqual(claim._photos_online().mapped("name"), ["tile.png", "IMG_1.heic"])
        self.assertEqual(set(claim.photo_ids.mapped("res_id")), {claim.id})
        self.assertIn("Thank you, we have received your report", response.text)
        for words in ("It fell down.", "2 × Boiler", "555 0199, mornings", "Being examined"):
            self.assertIn(words, response.text)
        mail = self._new_mails
        self.assertEqual(mail.recipient_ids, self.customer)
        links = html.fromstring(mail.body_html).xpath("//a[contains(@href, 'access_token')]")
        self.assertEqual(len(links), 1)
        self.logout()
        self.assertIn("It fell down.", self.url_open(links[0].get("href")).text)

    def test_the_same_form_sent_twice_makes_one_claim(self):
        first, again = self.report(), self.report(description="Again")
        self.assertEqual(first.url, again.url)
        self.assertEqual(self.claims().description, "It fell down.")
        # the later of two at once, which saw no claim when it came
        user = self.env["res.users"].search([("login", "=", "casa")])
        found = self.env["aftersales.claim"].sudo()._report_online(user, {"key": "k1"}, [])
        self.assertEqual(found, self.claims())
        self.report(login="nora", asset="", other="A lamp")
        self.assertEqual(len(self.claims()), 2)
        self.report(login="wanda", key="k2")
        self.assertEqual(
            self.claims().mapped("partner_id"), self.customer | self.stranger | self.worker
        )

    def test_bad_input_loses_nothing_and_says_what_is_wrong(self):
        for wrong, sentence in (
            ({"description": ""}, "Tell us what happened."),
            ({"asset": ""}, "Choose what it is about"),
            ({"asset": "9999999999999"}, "Choose what it is about"),
            ({"date_occurred": "2026-04-07"}, "This day lies ahead"),
            ({"date_occurred": "2026-02-28"}, "were not delivered yet"),
            ({"date_occurred": "yesterday"}, "Enter the day"),
            ({f"quantity_{self.asset.id}": "11"}, "enter how many are broken, up to 10"),
            ({f"quantity_{self.asset.id}": "nan"}, "enter how many are broken"),
            ({f"quantity_{self.asset.id}": "two"}, "enter how many are broken"),
        ):
            response = self.report(reach_by="555 <b>0199</b>", other="", **wrong)
            self.assertEqual(response.status_code, 200, wrong)
            self.assertIn(sentence, response.text, wrong)
            self.assertIn("555 &lt;b&gt;0199&lt;/b&gt;", response.text)
        response = self.report(description="", photos=[("a.png", PNG)])
        self.assertIn("a.png", response.text)
        self.assertFalse(self.claims())
        kept = self.env["ir.attachment"].search([("description", "like", "report %")])
        self.report(photo=kept.id)
        self.assertEqual(self.claims().photo_ids, kept)

    def test_only_pictures_made_of_dots_are_kept(self):
        for name, content in (
            ("x.png", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"),
            ("x.jpg", b"<html><script>alert(1)</script></html>"),
            ("x.gif", b"%PDF-1.7"),
            ("x.heic", b"\x00\x00\x00\x18ftypisom"),
            ("x.png", b""),
            ("big.png", PNG + b"0" * 10 * 1024 * 1024),
        ):
            response = self.report(photos=[(name, content)])
            self.assertRegex(response.text, "is no photo|is too big", name)
        response = self.report(photos=[(f"{n}.png", PNG) for n in range(11)])
        self.assertIn("10.png: send up to 10 photos.", response.text)
        self.assertFalse(self.claims())
        with freeze_time("2026-04-08 10:00:00"):
            self.env["aftersales.claim"]._gc_kept_photos()
        self.assertFalse(self.env["ir.attachment"].search([("description", "like", "report %")]))

    @mute_logger("odoo.http")
    def test_a_photo_that_would_fill_the_memory_loses_nothing_typed(self):
        response = self.report(photos=[("bomb.png", stub(60000)), ("good.png", PNG)])
        self.assertEqual(response.status_code, 200)
        self.assertIn("bomb.png has too many dots", response.text)
        for kept in ("It fell down.", "good.png"):
            self.assertIn(kept, response.text)
        self.assertFalse(self.claims())

    def test_nobody_fills_the_store_with_photos_of_reports_never_sent(self):
        for number in range(6):
            photos = [(f"{n}.png", PNG) for n in range(10)]
            response = self.report(key=f"k{number}", description="", photos=photos)
        self.assertIn("9.png: you began many reports with photos.", response.text)
        kept = self.env["ir.attachment"].search_count([("description", "like", "report %")])
        self.assertEqual(kept, 50)
        self.report(key="k0", photo=self.env["ir.attachment"].search([], limit=1).id)
        self.assertIn("It fell down.", self.claims().description)

    def test_goods_of_others_cannot_be_named(self):
        self.assertNotIn("Boiler", self.words(NEW, "nora"))
        foreign = self.asset.copy({"partner_id": self.stranger.id, "site_id": self.stranger.id})
        response = self.report(asset=foreign.id)
        self.assertIn("Choose what it is about", response.text)
        self.report(site_id=self.stranger.id)
        self.assertEqual(self.claims().site_id, self.customer)
        self.assertSentAway(NEW, self.agent.login)
        self.assertSentAway(NEW)

    def test_a_number_entered_beside_goods_chooses_them(self):
        other = self.asset.copy({"name": "Sauna"})
        self.report(**{f"quantity_{other.id}": "2", f"quantity_{self.asset.id}": "1"})
        lines = [(line.asset_id, line.quantity) for line in self.claims().line_ids]
        self.assertCountEqual(lines, [(self.asset, 1.0), (other, 2.0)])

    def test_goods_are_found_by_part_of_their_name_with_all_that_was_typed(self):
        pump = self.tracked("serial", "SN-4711", 1)[0]
        self.sell((pump, 1), (self.plan_product, 1))
        response = self.report(search="4711", search_goods="1", photos=[("a.png", PNG)])
        for words in ("SN-4711", "It fell down.", "a.png"):
            self.assertIn(words, response.text)
        self.assertFalse(self.claims())

    def test_enter_finds_goods_only_after_typing_into_their_search(self):
        page = html.fromstring(self.page(NEW, "casa").text)
        first = page.xpath("//form[contains(@class, 'o_portal_claim_new')]//button")[0]
        self.assertEqual(first.get("name"), "enter")
        self.report(search="lamp", searched="", enter="1")
        self.assertFalse(self.claims())
        self.report(search="lamp", searched="lamp", enter="1")
        self.assertEqual(len(self.claims()), 1)

    def test_something_else_makes_a_claim_without_goods(self):
        self.report(asset="", other="The blue lamp")
        claim = self.claims()
        self.assertFalse(claim.line_ids)
        self.assertIn("The blue lamp", claim.description)
        with self.assertRefused("names no goods"):
            claim.with_user(self.agent).action_approve()

    def test_goods_of_two_companies_are_reported_one_by_one(self):
        sister = self.env["res.company"].create({"name": "Sister"})
        login = self.env["res.users"].search([("login", "=", "casa")])
        login.company_ids |= sister
        theirs = self.asset.copy({"company_id": sister.id, "name": "Sauna"})
        form = [("asset", self.asset.id), ("asset", theirs.id)]
        self.env.flush_all()
        self.authenticate("casa", "casa")
        typed = {"key": "k1", "description": "Both.", "date_occurred": "2026-04-05"}
        data = [*form, *typed.items(), ("csrf_token", http.Request.csrf_token(self))]
        page = self.url_open(NEW, data=data)
        self.assertIn("were sold by two of our companies: report them one by one", page.text)
        self.assertFalse(self.claims())

    def test_the_customer_says_where_it_happened(self):
        cabin = self.env["res.partner"].create(
            {
                "name": "Cabin",
                "street": "2 Lake Road",
                "parent_id": self.customer.id,
                "type": "delivery",
            }
        )
        self.report(asset="", other="The lamp", site_id=cabin.id)
        self.assertEqual(self.claims().site_id, cabin)

    def test_a_customer_who_does_not_know_gets_what_the_law_presumes(self):
        self.report(reported_as="unknown")
        self.assertEqual(self.claims().line_ids.cause_id, self.defect)
        self.asset.sudo().warranty_end = "2026-03-31"
        self.report(key="k2", reported_as="")
        self.assertEqual(self.claims()[-1].line_ids.cause_id.code, "wear")

    def test_held_benefits_stop_no_report_but_twenty_a_day_do(self):
        self.contract.sudo().benefits_require_payment = "hold"
        with patch("odoo.addons.aftersales_plans.models.claim_report.REPORTS_A_DAY", 1):
            self.report()
            response = self.report(login="wanda", key="k2")
        self.assertIn("You reported very many problems today", response.text)
        self.assertEqual(len(self.claims()), 1)

    def test_a_form_without_its_secret_is_refused(self):
        self.assertEqual(self.send(NEW, "casa", csrf=False, key="k1").status_code, 400)
        self.assertFalse(self.claims())

    def test_files_instead_of_texts_do_no_harm(self):
        self.authenticate("casa", "casa")
        form = {"csrf_token": http.Request.csrf_token(self), "asset": self.asset.id}
        response = self.url_open(
            NEW, data=form, files={"description": ("x", b"x"), "key": ("k", b"k")}
        )
        self.assertIn("Tell us what happened.", response.text)


@tagged("post_install", "-at_install")
class TestPortalClaim(PortalClaimCase):
    def setUp(self):
        super().setUp()
        self.report(photos=[("a.png", PNG)])
        self.it = self.claims()
        self.address = f"/my/claims/{self.it.id}"
        self.token = self.it._portal_ensure_token()

    def test_a_claim_is_open_to_its_customer_and_to_whoever_has_the_link(self):
        linked = f"{self.address}?access_token={self.token}"
        photo = f"{self.address}/photo/{self.it.photo_ids.id}"
        for page, login in ((self.address, "casa"), (self.address, "wanda"), (linked, None)):
            text = self.page(page, login).text
            self.assertIn(self.it.name, text)
            self.assertEqual('href="/my/claims"' in text, bool(login), "the way to the list")
        self.assertIn(self.it.name, self.words("/my/claims", "wanda"))
        self.assertNotIn(self.it.name, self.words("/my/claims", "nora"))
        self.assertEqual(self.page(photo, "wanda").content, PNG)
        seen = self.page(f"{photo}?access_token={self.token}")
        self.assertEqual(seen.headers["Content-Type"], "image/png")
        self.assertEqual(seen.headers["X-Content-Type-Options"], "nosniff")
        company = self.other_company().company_id
        other = self.env["aftersales.claim"].with_company(company)
        other = other.create({"partner_id": self.customer.id, "company_id": company.id})
        for page, login in (
            (self.address, None),
            (self.address, "nora"),
            (self.address, self.agent.login),
            (f"{self.address}?access_token=wrong", "nora"),
            (f"/my/claims/{other.id}", "casa"),
            (photo, "nora"),
            (photo, None),
            (f"{self.address}/photo/1", "casa"),
        ):
            self.assertSentAway(page, login)
        image = f"/web/image/{self.it.photo_ids.id}"
        self.assertNotEqual(self.page(image, "nora").content, PNG)

    def test_a_mail_of_a_colleague_opens_the_page_and_the_token_stands_in_it_alone(self):
        mine = self.it.with_user(self.agent).with_context(mail_notify_force_send=False)
        message = mine.message_post(
            body="When may we come?",
            partner_ids=self.customer.ids,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        self.assertNotIn(self.token, str(self.it.message_ids.mapped("body")))
        mail = self.env["mail.mail"].search([("mail_message_id", "=", message.id)])
        self.assertEqual(mail.recipient_ids, self.customer)
        links = html.fromstring(mail.body_html).xpath("//a[contains(@href, '/mail/view')]/@href")
        self.assertIn(f"access_token={self.token}", links[0])
        self.logout()
        page = self.url_open(links[0])
        self.assertIn("It fell down.", page.text)
        signed = dict(re.findall(r"[?&](pid|hash)=([^&]+)", page.url))
        thread = {"thread_model": self.it._name, "thread_id": self.it.id}
        asked = {**thread, "pid": int(signed["pid"]), "hash": signed["hash"]}
        self.assertTrue(self.make_jsonrpc_request("/mail/chatter_fetch", asked)["data"])

    def test_no_colleague_reads_finds_or_sets_the_token_of_a_customers_page(self):
        self.contract._portal_ensure_token()
        for record in (self.it, self.contract):
            mine = record.with_user(self.agent)
            begins = [("access_token", "=like", f"{record.sudo().access_token[0]}%")]
            for method, *asked in (
                ("read", ["access_token"]),
                ("search", begins),
                ("search", [], 0, None, "access_token"),
                ("formatted_read_group", [], ["access_token"]),
                ("formatted_read_group", [], [], ["access_token:max"]),
            ):
                with self.subTest(method, asked=asked), self.assertRefused('"access_token"'):
                    getattr(mine, method)(*asked)
            lines = self.it.line_ids.with_user(self.agent)
            path = "claim_id" if record == self.it else "claim_id.contract_id"
            with self.assertRefused('"access_token"'):
                lines.search([(f"{path}.{begins[0][0]}", *begins[0][1:])])
            with self.assertRaises(UserError):
                mine.write({"access_token": "known"})
            for link in (mine.get_portal_url(), mine._get_share_url(redirect=True, pid=1)):
                self.assertNotIn(record.sudo().access_token, link)
                self.assertNotIn("hash", link)
        self.env["ir.default"].with_user(self.agent).set(
            "aftersales.claim", "access_token", "known", user_id=True
        )
        self.assertNotEqual(self.claim(self.asset).sudo()._portal_ensure_token(), "known")

    def test_a_claim_says_how_it_stands_until_it_is_settled(self):
        self.it.sudo().description = "internal: she is angry"
        self.it.sudo().channel = "phone"
        said = self.words(self.address, "casa")
        self.assertIn("We look into your report", said)
        self.assertNotIn("angry", said)
        self.it.with_user(self.agent).action_approve()
        said = self.words(self.address, "casa")
        for words in (
            "Approved",
            "Free: statutory guarantee",
            "We prepare your goods",
            "Being prepared",
        ):
            self.assertIn(words, said)
        steps = [("Reported", "done"), ("Examined", "done"), ("Approved", "done")]
        self.assertEqual(self.it._steps_online(), [*steps, ("Settled", "now")])
        self.deliver(self.it.sudo().picking_ids)
        self.assertIn("Shipped on April 6, 2026", self.words(self.address, "casa"))
        self.assertIn("Settled", self.words("/my/claims?filterby=closed&search=boil", "casa"))
        self.assertNotIn(self.it.name, self.words("/my/claims?filterby=open", "casa"))

    def test_every_claim_says_what_happens_next(self):
        claim = self.it.sudo()
        for values, words in (
            ({"date_responded": NOW}, "We look into your report and write to you."),
            ({"state": "approved"}, "We are taking care of it."),
            ({"state": "refused"}, ""),
        ):
            with self.subTest(words):
                claim.write(values)
                self.assertEqual(claim._next_online(), words)

    def test_what_is_charged_shows_its_price_and_the_quotation_to_answer(self):
        self.it.line_ids.sudo().cause_id = self.env.ref("aftersales_plans.cause_misuse")
        self.it.with_user(self.agent).action_approve()
        self.it.sudo().sale_order_id.action_quotation_sent()
        page = self.page(self.address, "casa").text
        self.assertIn(f'href="/my/orders/{self.it.sudo().sale_order_id.id}"', page)
        said = self.words(self.address, "casa")
        self.assertIn("Waiting for your answer", said)
        self.assertIn("500.00", said)
        self.assertNotIn("/my/orders/", self.page(f"{self.address}?access_token={self.token}").text)

    def test_a_refusal_tells_the_reason_for_customers(self):
        self.it.with_user(self.agent).action_refuse("The pipes had frozen.")
        said = self.words(self.address, "casa")
        self.assertIn("The pipes had frozen.", said)
        self.assertIn("Refused", said)
        self.assertNotIn("Approved", said)
        self.assertNotIn("Withdraw this claim", said)

    def test_a_claim_is_withdrawn_until_it_is_decided(self):
        self.it.user_id = self.agent
        withdraw = f"{self.address}/withdraw"
        self.assertEqual(self.page(withdraw, "casa").status_code, 405)
        self.send(withdraw, "nora")
        self.assertEqual(self.it.state, "submitted")
        self.assertIn("You have withdrawn this claim.", self.send(withdraw, "wanda").text)
        self.assertEqual(self.it.state, "cancelled")
        self.env.invalidate_all()
        note = self.it.message_ids.filtered(lambda message: "Withdrawn by" in message.body)
        self.assertEqual(
            (note.author_id, note.notified_partner_ids), (self.worker, self.agent.partner_id)
        )
        said = self.send(withdraw, access_token=self.token).text
        self.assertIn("is decided already", said)

    def test_messages_go_to_the_responsible_and_come_back(self):
        self.it.with_context(tracking_disable=False).user_id = self.agent
        self.post(self.it, "When do you come?", "wanda")
        message = self.it.message_ids[0]
        self.assertEqual(message.author_id, self.worker)
        self.assertIn(self.agent.partner_id, message.notified_partner_ids)
        self.assertEqual(self.it.date_asked, fields.Datetime.to_datetime(NOW))
        asked = (
            self.env["aftersales.claim"].with_user(self.agent).search([("date_asked", "!=", False)])
        )
        self.assertEqual(asked, self.it)
        mine = self.it.with_user(self.agent)
        mine.message_post(body="A note", subtype_xmlid="mail.mt_note")
        supplier = self.env["res.partner"].create({"name": "Supplier", "email": "s@example.com"})
        comment = {"message_type": "comment", "subtype_xmlid": "mail.mt_comment"}
        self.it.message_unsubscribe(self.customer.ids)
        mine.message_post(body="Do we have it?", partner_ids=supplier.ids, **comment)
        self.assertTrue(self.it.date_asked)
        mine.message_post(body="Tomorrow", partner_ids=self.customer.ids, **comment)
        self.assertFalse(self.it.date_asked)
        for login in ("casa", "wanda", None):
            self.assertEqual(
                self.chatter(self.it, login),
                ["<span>Tomorrow</span>", "<span>When do you come?</span>"],
            )

    def test_messages_need_the_token_of_their_claim(self):
        self.it.message_post(
            body="Secret",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            partner_ids=self.customer.ids,
        )
        other = self.it.sudo().copy()
        for token in ("wrong", other._portal_ensure_token()):
            for ask in (
                lambda t: self.chatter(self.it, "nora", t),
                lambda t: self.post(self.it, "x", "nora", t),
            ):
                with self.assertRaises(Exception), self.assertLogs("odoo.http"):  # noqa: B017
                    ask(token)
        self.post(self.it, "By link")
        self.assertEqual(self.it.message_ids[0].author_id, self.customer)

    def test_scripts_run_nowhere(self):
        self.it.sudo().line_ids.unlink()
        self.goods.name = f"Boiler {EVERY_SCRIPT}"
        self.customer.street = EVERY_SCRIPT
        self.it.sudo().write(
            {"description": EVERY_SCRIPT, "reach_by": EVERY_SCRIPT, "refusal_reason": EVERY_SCRIPT}
        )
        for number, script in enumerate((SCRIPTS[0], SCRIPTS[3], EVERY_SCRIPT)):
            self.post(self.it, script, "casa")
            response = self.report(
                key=f"s{number}",
                asset=self.asset.id,
                description="",
                other=script,
                reach_by=script,
                search=script,
                photos=[(f"{script}.png", PNG)],
            )
            self.assertHarmless(response.text)
        for page in (self.address, "/my/claims", f"/my/assets/{self.asset.id}"):
            self.assertHarmless(self.page(page, "casa").text)
        for body in self.chatter(self.it, "casa"):
            self.assertHarmless(body)

    def test_a_portal_login_gains_no_right_on_claims(self):
        claim = self.it.with_user(self.wanda)
        for act in (
            lambda: claim.read(["name"]),
            lambda: claim.write({"description": "x"}),
            lambda: claim.action_approve(),
            lambda: claim.line_ids.read(["price_unit"]),
            lambda: self.it.photo_ids.with_user(
                new_test_user(self.env, "t-x", "base.group_portal")
            ).read(["raw"]),
        ):
            with self.assertRaises(AccessError):
                act()
