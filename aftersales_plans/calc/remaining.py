# SPDX-License-Identifier: LGPL-3.0-or-later
"""What customers still have of the goods that were delivered to them."""

from datetime import date
from typing import NamedTuple


class Event(NamedTuple):
    """Goods that went out to a customer (quantity > 0) or came back (quantity < 0).

    ``delivery`` names the first delivery they belong to; empty where goods came back without
    naming one. ``owner`` is the customer.
    """

    delivery: int | None
    owner: int | None
    quantity: float
    day: date


class Held(NamedTuple):
    """What is left of one delivery, and when the last of it came back."""

    quantity: float
    last_return: date | None


def remaining(events, unique=False):
    """Return {delivery: :class:`Held`} after ``events`` of one product or lot, in order of time.

    What comes back without naming its delivery is taken from the newest ones of the same customer;
    from anybody's where one customer alone holds the lot or, ``unique``, it is a serial number.
    """
    held, owner, returned = {}, {}, {}
    for event in events:
        if event.quantity > 0:
            held[event.delivery] = held.pop(event.delivery, 0.0) + event.quantity
            owner[event.delivery] = event.owner
            continue
        left = -event.quantity
        for delivery in _givers(event, held, owner, unique):
            part = min(left, held[delivery])
            if part > 0:
                held[delivery] -= part
                left -= part
                returned[delivery] = event.day
    return {delivery: Held(held[delivery], returned.get(delivery)) for delivery in held}


def _givers(event, held, owner, unique):
    """Return the deliveries that goods which came back may be taken from, newest first."""
    if event.delivery is not None:
        return [event.delivery] if event.delivery in held else []
    holding = [delivery for delivery in reversed(held) if held[delivery] > 0]
    own = [delivery for delivery in holding if owner[delivery] == event.owner]
    one_holder = len({owner[delivery] for delivery in holding}) == 1
    return own or (holding if one_holder or unique else [])
