# SPDX-License-Identifier: AGPL-3.0-or-later
"""Whether what somebody answered at a visit is as it should be."""

from typing import NamedTuple

DIGITS = 3  # decimals of a measured value


class Limits(NamedTuple):
    """What a measured value may be; None: not limited on that side."""

    least: float | None = None
    most: float | None = None

    def allow(self, number):
        """Tell whether ``number`` lies inside, both limits included."""
        number = round(number, DIGITS)
        return (self.least is None or number >= round(self.least, DIGITS)) and (
            self.most is None or number <= round(self.most, DIGITS)
        )


def judge(kind, answer, limits=None):
    """Return ``open``, ``passed`` or ``failed``.

    :param kind: ``ok``, ``measure``, ``text`` or ``photo``
    :param answer: ``ok`` or ``not_ok``, a number, a text, whether there is a photo; None or empty:
        not answered. A number of 0 is an answer.
    :param limits: of a measure, :class:`Limits`

    >>> judge("measure", 0.0, Limits(least=1.5))
    'failed'
    """
    if kind == "measure":
        if answer is None:
            return "open"
        return "passed" if limits is None or limits.allow(answer) else "failed"
    if kind == "ok" and answer == "not_ok":
        return "failed"
    return "passed" if answer else "open"
