# SPDX-License-Identifier: LGPL-3.0-or-later
"""What the readings of a meter tell."""


def per_day(readings):
    """Return how much a meter went up per day; 0 where it was not read on two days.

    :param readings: (moment, value, is_reset) in order of time; after a reset the meter starts
        again from the value read
    """
    if len(readings) < 2:
        return 0.0
    days = (readings[-1][0] - readings[0][0]).total_seconds() / 86400
    if days <= 0:
        return 0.0
    pairs = zip(readings, readings[1:], strict=False)
    return sum(new[1] - old[1] for old, new in pairs if not new[2]) / days
