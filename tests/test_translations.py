"""Every term of the add-ons is translated into every language, and nothing in it got lost."""

import re
from itertools import product

import polib
import pytest
from lxml import etree

from odoo.exceptions import ValidationError
from odoo.tests import TransactionCase, tagged
from odoo.tools.translate import TRANSLATED_ATTRS

from tools import project, translations

#: Attributes of pages that hold words.
WORDS = {*TRANSLATED_ATTRS, "text"}
FILES = list(product(project.ADDONS, translations.LANGUAGES))
#: What every language writes as English does: names, and what Odoo takes for words but is code.
ALIKE = {"ID", "SMS", "VIP", "WhatsApp", "id", "referral_id"}
#: Words a language shares with English.
SHARED = {"ru": set(), "sq": {"Draft", "E-mail", "Rita"}, "zh_TW": set()}
#: Terms that mean one thing in one add-on and another in the next, where languages tell them apart.
TWO_MEANINGS = {
    "<strong>For</strong>",
    "Claim",
    "Days",
    "Due",
    "Failed",
    "Measure",
    "Money",
    "Name",
    "New",
    "Not Settled",
    "Order",
    "Owner",
    "Paid",
    "Running",
    "Start",
    "Take Back",
    "Taken back",
    "and",
}


def terms(addon):
    """Return the terms of an add-on as its file has them."""
    return polib.pofile(translations.template(addon))


def shape(entries):
    """Return what places a term: text, comment, where it stands."""
    return {(entry.msgid, entry.comment, tuple(entry.occurrences)) for entry in entries}


@pytest.mark.parametrize("addon, language", FILES)
def test_every_term_is_translated_and_whole(addon, language):
    said = polib.pofile(translations.translation(addon, language))
    wrong = {entry.msgid: translations.faults(entry.msgid, entry.msgstr) for entry in said}
    assert {term: found for term, found in wrong.items() if found} == {}
    assert shape(said) == shape(terms(addon))
    assert not said.fuzzy_entries()


@pytest.mark.parametrize("addon, language", FILES)
def test_nothing_was_left_in_english(addon, language):
    said = polib.pofile(translations.translation(addon, language))
    same = {bare(entry.msgid) for entry in said if entry.msgid == entry.msgstr}
    words = {term for term in same if any(letter.isalpha() for letter in term)}
    assert words - ALIKE - SHARED[language] == set()


def bare(term):
    """Return a term without placeholders, tags and calls of methods."""
    words = translations.TAG.sub("", translations.PLACEHOLDER.sub("", term))
    return re.sub(r"^object\.\w+\(\)$", "", words).strip()


@pytest.mark.parametrize("language", translations.LANGUAGES)
def test_a_term_says_the_same_in_every_addon(language):
    said = {}
    for addon in project.ADDONS:
        for entry in polib.pofile(translations.translation(addon, language)):
            said.setdefault(entry.msgid, set()).add(entry.msgstr)
    differ = {term: words for term, words in said.items() if len(words) > 1}
    assert set(differ) - TWO_MEANINGS == set(), differ


@pytest.mark.parametrize(
    "term, said, fault",
    [
        ("Renew", "", "not translated"),
        ("%(plan)s ends", "%(plans)s endet", "other placeholders"),
        ("%s ends", "Es endet", "other placeholders"),
        ("10 %% of it", "10 % davon", "other placeholders"),
        ("%s at %d", "%d um %s", "another order of placeholders without names"),
        ("{{ object.name }} ends", "{{ object.nom }} endet", "other placeholders"),
        ("<b>Ends</b>", "<b>Endet", "other tags"),
        ('<a href="/my">All</a>', '<a href="/mein">Alle</a>', "other tags"),
        ("at ", "um", "other blanks at an end"),
    ],
)
def test_each_fault_is_found(term, said, fault):
    assert translations.faults(term, said) == [fault]


def test_what_a_tag_says_is_translated():
    assert translations.faults('<i title="Open">a</i>', '<i title="Offen">b</i>') == []


@tagged("post_install", "-at_install")
class TestTerms(TransactionCase):
    """The files say what stands in the add-ons today."""

    def test_the_terms_are_those_of_the_addons(self):
        """``make translations`` writes them anew."""
        for addon in project.ADDONS:
            with self.subTest(addon):
                today, file = shape(translations.exported(self.env, addon)), shape(terms(addon))
                self.assertEqual((today - file, file - today), (set(), set()))


@tagged("post_install", "-at_install")
class TestLoaded(TransactionCase):
    """What the files say is what Odoo shows to people of each language."""

    CODES = {"ru": "ru_RU", "sq": "sq_AL", "zh_TW": "zh_TW"}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for code in cls.CODES.values():
            cls.env["res.lang"]._activate_lang(code)
        cls.env["ir.module.module"]._load_module_terms(project.ADDONS, [*cls.CODES.values()])

    def ours(self, model):
        """Return the records of a model that the add-ons bring, whatever their state."""
        known = [("model", "=", model), ("module", "in", project.ADDONS)]
        records = self.env["ir.model.data"].search(known).mapped("res_id")
        return self.env[model].with_context(active_test=False).browse(records)

    def english(self, language, words, translated):
        """Return the words that are still English."""
        same = {bare(word) for word in words & translated}
        left = {word for word in same if any(letter.isalpha() for letter in word)}
        return left - ALIKE - SHARED[language]

    def assertNothingEnglish(self, *words):
        self.assertEqual(self.english(*words), set())

    def test_every_screen_page_and_document_is_translated(self):
        for language, code in self.CODES.items():
            for view in self.ours("ir.ui.view"):
                with self.subTest(view.xml_id, language=language):
                    arch = [view.with_context(lang=lang).arch_db for lang in ("en_US", code)]
                    words = view._fields["arch_db"].get_trans_terms
                    self.assertNothingEnglish(language, *({*words(one)} for one in arch))
                    self.assertEqual(skeleton(arch[0]), skeleton(arch[1]))

    def test_every_mail_is_translated(self):
        for language, code in self.CODES.items():
            for mail in self.ours("mail.template"):
                with self.subTest(mail.name, language=language):
                    mails = [mail.with_context(lang=lang) for lang in ("en_US", code)]
                    words = mail._fields["body_html"].get_trans_terms
                    self.assertNothingEnglish(language, *({*words(one.body_html)} for one in mails))
                    self.assertNothingEnglish(language, *({one.subject} for one in mails))

    def test_every_field_and_choice_has_a_name(self):
        models = [model for model in self.ours("ir.model").mapped("model") if model in self.env]
        self.assertGreater(len(models), 60)
        found = {}
        for language, code in self.CODES.items():
            for model in models:
                english, translated = (
                    self.env[model]
                    .with_context(lang=lang)
                    .fields_get(None, ["string", "selection"])
                    for lang in ("en_US", code)
                )
                for name, field in english.items():
                    ours = self.env[model]._fields[name]
                    if ours._module not in project.ADDONS or ours.related:
                        continue
                    if left := self.english(language, said(field), said(translated[name])):
                        found[language, model, name] = left
        self.assertEqual(found, {})

    def test_what_code_says_is_translated(self):
        """A sentence with a name in it, in the language of who reads it."""
        term = "%(name)s: the duration must be at least one month."
        values = {"name": "Iris", "code": "IRIS", "duration_months": 0}
        for language, code in self.CODES.items():
            with self.subTest(language=language):
                file = polib.pofile(translations.translation("aftersales_plans", language))
                plans = self.env["aftersales.plan"].with_context(lang=code)
                with self.assertRaises(ValidationError) as refused:
                    plans.create(values)
                said = file.find(term).msgstr % {"name": "Iris"}
                self.assertEqual(refused.exception.args[0], said)

    def test_a_page_that_lost_a_value_is_noticed(self):
        """Prove that the tests above can fail."""
        page = '<div>Hello <t t-out="name"/>, <b>open</b> it</div>'
        self.assertEqual(skeleton(page), skeleton(page.replace("Hello", "Hallo")))
        for spoilt in (page.replace("name", "nom"), page.replace("<b>open</b>", "open")):
            self.assertNotEqual(skeleton(page), skeleton(spoilt))
        with self.assertRaises(AssertionError):
            self.assertNothingEnglish("ru", {"Open"}, {"Open"})


def said(field):
    """Return the label and the choices of a field, as ``fields_get`` has them."""
    return {field["string"], *dict(field.get("selection", [])).values()}


def skeleton(arch):
    """Return what of a page is no text: its tags with the attributes that are code."""
    nodes = [node for node in etree.fromstring(arch).iter() if isinstance(node.tag, str)]
    return sorted(
        (node.tag, sorted(item for item in node.items() if item[0] not in WORDS)) for node in nodes
    )
