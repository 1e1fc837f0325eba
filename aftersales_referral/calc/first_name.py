"""The first name of a person: all that a referrer is shown of who bought (design §5)."""


def first_name(name: str | None) -> str:
    """Return the first name in ``name``; empty where there is none.

    Titles with a full stop are skipped, "Smith, Anna" is turned round, and an e-mail address is no
    name.
    """
    last_first = (name or "").split(",", 1)
    words = last_first[-1].split() or last_first[0].split()
    for word in words:
        if "@" not in word and not (word.endswith(".") and len(word) > 1):
            return word
    return ""
