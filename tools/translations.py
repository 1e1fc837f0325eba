"""`make translations`: the terms of each add-on, and what each language says for them.

i18n/<add-on>.pot         every term, as Odoo exports it from a database with all add-ons
i18n/<language>.po        the same with translations; a new term comes without, a lost one leaves
i18n_extra/<language>.po  terms of add-ons of others that stand on the same screens, where these
                          have no translation of their own

`tests/test_translations.py` says what is missing or broken.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from functools import partial
from pathlib import Path

import polib

from . import project

#: Languages the add-ons are kept in, with the name of the team in the header of its files.
LANGUAGES = {"ru": "Russian", "sq": "Albanian", "zh_TW": "Chinese (Traditional)"}

#: Add-ons of others, {ours: those that it translates as well}.
OTHERS = {"aftersales_inspection": ["base_territory", "fieldservice"]}

#: As gettext has them; Odoo reads none, other editors do.
PLURALS = {
    "ru": "nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && "
    "(n%100<12 || n%100>14) ? 1 : 2);",
    "sq": "nplurals=2; plural=(n != 1);",
    "zh_TW": "nplurals=1; plural=0;",
}


def template(addon: str) -> Path:
    """Return the file with the terms of an add-on."""
    return project.ROOT / addon / "i18n" / f"{addon}.pot"


def translation(addon: str, language: str) -> Path:
    """Return the file with what a language says for the terms of an add-on."""
    return project.ROOT / addon / "i18n" / f"{language}.po"


def extra(addon: str, language: str) -> Path:
    """Return the file with what a language says for the terms of others on our screens."""
    return project.ROOT / addon / "i18n_extra" / f"{language}.po"


def exported(env, addon: str, *more: str) -> polib.POFile:
    """Return the terms of installed add-ons, without the day and the version of Odoo."""
    from odoo.tools.translate import trans_export

    buffer = io.BytesIO()
    trans_export(None, [addon, *more], buffer, "po", env)
    terms = polib.pofile(buffer.getvalue().decode())
    terms.header = f"Terms of {addon}, written by `make translations`."
    terms.metadata = _metadata(addon, "")
    return terms


def _metadata(addon: str, language: str) -> dict[str, str]:
    known = {
        "Project-Id-Version": addon,
        "Language-Team": LANGUAGES.get(language, ""),
        "Language": language,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": PLURALS.get(language, ""),
    }
    return {key: value for key, value in known.items() if value}


def write(env) -> dict[tuple[str, str], int]:
    """Write all files anew; return {(add-on, language): terms without a translation}."""
    missing = {}
    for addon in project.ADDONS:
        terms = exported(env, addon)
        template(addon).parent.mkdir(exist_ok=True)
        terms.save(template(addon))
        missing.update(_renew(terms, addon, partial(translation, addon)))
    for addon, others in OTHERS.items():
        terms = exported(env, *others)
        for term in terms:
            term.occurrences = [place for place in term.occurrences if "code:" not in place[0]]
        terms[:] = [term for term in terms if term.occurrences]
        missing.update(_renew(terms, ", ".join(others), partial(extra, addon)))
    return missing


def _renew(
    terms: polib.POFile, name: str, path_of: Callable[[str], Path]
) -> dict[tuple[str, str], int]:
    """Write the file of each language anew; return {(name, language): terms that it lacks}."""
    missing = {}
    for language in LANGUAGES:
        path = path_of(language)
        said = polib.pofile(path) if path.exists() else polib.POFile()
        merged = merge(terms, said, name, language)
        path.parent.mkdir(exist_ok=True)
        merged.save(path)
        missing[name, language] = len(merged.untranslated_entries())
    return missing


def merge(terms: polib.POFile, said: polib.POFile, addon: str, language: str) -> polib.POFile:
    """Return the terms with what was said for them, and nothing else."""
    known = {entry.msgid: entry.msgstr for entry in said}
    merged = polib.POFile(wrapwidth=terms.wrapwidth)
    merged.header = f"{LANGUAGES[language]} for {addon}."
    merged.metadata = _metadata(addon, language)
    for term in terms:
        merged.append(
            polib.POEntry(
                msgid=term.msgid,
                msgstr=known.get(term.msgid, ""),
                comment=term.comment,
                occurrences=term.occurrences,
            )
        )
    return merged


PLACEHOLDER = re.compile(r"%(?:\(\w+\))?[-+#0]*\d*(?:\.\d+)?[sdfgri%]|\{\{.*?\}\}|\{\w*\}")
TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
#: Attributes whose text is a term itself.
SAID = re.compile(r'\s(?:title|alt|aria-label|placeholder)="[^"]*"')


def faults(term: str, said: str) -> list[str]:
    """Return what is wrong with the translation of a term; nothing is wrong with a good one."""
    if not said.strip():
        return ["not translated"]
    found = []
    if sorted(PLACEHOLDER.findall(term)) != sorted(PLACEHOLDER.findall(said)):
        found.append("other placeholders")
    elif re.findall(r"%[sdfg]", term) != re.findall(r"%[sdfg]", said):
        found.append("another order of placeholders without names")
    if _tags(term) != _tags(said):
        found.append("other tags")
    if (term[0].isspace(), term[-1].isspace()) != (said[0].isspace(), said[-1].isspace()):
        found.append("other blanks at an end")
    return found


def _tags(text: str) -> list[str]:
    """Return the tags of a text without what they say."""
    return sorted(SAID.sub("", tag) for tag in TAG.findall(text))
