# SPDX-License-Identifier: LGPL-3.0-or-later
"""The first name of a person: all that a referrer is shown of who bought (design §5)."""

INITIAL_LENGTH = 2  # "A."; what is longer and ends with a full stop is a title


def first_name(name: str | None) -> str:
    """Return the first name in ``name``; empty where there is none.

    "Smith, Anna, MBA" is turned round and ends at the second comma. A title with nothing but a
    family name after it, and an e-mail address, hold no first name.
    """
    last_first = (name or "").split(",")[:2]
    words = last_first[-1].split() or last_first[0].split()
    names = [word for word in words if not (word.endswith(".") and len(word) > INITIAL_LENGTH)]
    only_family_name = len(names) == 1 < len(words)
    if not names or only_family_name or "@" in names[0]:
        return ""
    return names[0]
