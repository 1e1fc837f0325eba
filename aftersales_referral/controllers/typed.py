"""What people type into the forms that name a newcomer."""

LENGTHS = {"name": 100, "phone": 40, "email": 200, "message": 2000}  # characters kept


def typed(form):
    """Return what was typed, without files, unprintable signs, and not too long."""
    texts = {name: value for name, value in form.items() if isinstance(value, str)}
    return {
        name: "".join(
            sign
            for sign in texts.get(name, "")
            if sign.isprintable() or (sign == "\n" and name == "message")
        ).strip()[:length]
        for name, length in LENGTHS.items()
    }
