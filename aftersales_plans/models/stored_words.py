# SPDX-License-Identifier: LGPL-3.0-or-later
"""Names we store ourselves, in every language of the database and not only in that of the click."""


def in_every_language(env, words):
    """Return {language: ``words`` in it} for the installed languages, and English always.

    English is what a language reads that is installed later, or that knows no other words.

    :param words: a function of an environment, which asks its ``_()``
    """
    codes = {"en_US", *(code for code, _name in env["res.lang"].get_installed())}
    return {code: words(env(context={**env.context, "lang": code})) for code in sorted(codes)}


def store_words(record, name, words):
    """Store in the translated field ``name`` what ``words`` says, in every language."""
    record.update_field_translations(name, in_every_language(record.env, words))
