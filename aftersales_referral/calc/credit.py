# SPDX-License-Identifier: LGPL-3.0-or-later
"""Store credit an order keeps aside, and what of it goes back with a credit note (design §5)."""

from fractions import Fraction

NOTHING = Fraction(0)


def reserved(claimed: Fraction, documents: list[Fraction]) -> Fraction:
    """Return what an order keeps aside for invoices to come.

    What a credit note gave back is not kept aside again: an invoice that replaces the one taken
    back takes it from the card anew. So it is the highest sum invoiced so far that counts.

    :param claimed: what the credit lines of the order deduct
    :param documents: what its posted documents deduct, oldest first; credit notes are negative
    """
    held = highest = NOTHING
    for amount in documents:
        held += amount
        highest = max(highest, held)
    return max(NOTHING, claimed - highest)


def pro_rata(held: Fraction, billed: Fraction, credited: Fraction) -> Fraction:
    """Return the part of the credit that goes back when ``credited`` of the goods does.

    :param held: credit that invoices less credit notes hold
    :param billed: gross of what was sold by them, before the credit
    :param credited: gross that is taken back now
    """
    if held <= 0 or credited <= 0:
        return NOTHING
    if credited >= billed:
        return held
    return held * credited / billed
