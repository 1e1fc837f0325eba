"""Every term of the add-ons is translated into every language, and nothing in it got lost."""

import re
from itertools import product

import polib
import pytest

from odoo.tests import TransactionCase, tagged

from tools import project, translations

FILES = list(product(project.ADDONS, translations.LANGUAGES))
#: What every language writes as English does: names, and what Odoo takes for words but is code.
ALIKE = {"ID", "SMS", "WhatsApp", "id", "referral_id"}
#: Words a language shares with English.
SHARED = {"ru": set(), "sq": {"Draft", "E-mail", "Rita"}, "zh_TW": set()}
#: Terms that mean one thing in one add-on and another in the next, where languages tell them apart.
TWO_MEANINGS = {
    "Claim",
    "Due",
    "Failed",
    "Name",
    "Not Settled",
    "Order",
    "Paid",
    "Running",
    "Start",
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
