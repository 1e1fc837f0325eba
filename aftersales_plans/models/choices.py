# SPDX-License-Identifier: LGPL-3.0-or-later
"""Selections that offer what another field offers."""


def choices_of(field, model=None):
    """Return, for ``selection=``, the choices of a field in the reader's language.

    The plain ``selection`` of a field is English for everybody.

    :param model: the model of ``field``; None: that of the field to be defined
    """

    def choices(records):
        source = records.env[model] if model else records
        return source._fields[field]._description_selection(records.env)

    return choices
