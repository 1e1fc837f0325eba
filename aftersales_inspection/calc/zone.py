# SPDX-License-Identifier: AGPL-3.0-or-later
"""Days where a visit is made, and moments as they are stored: naive UTC (reliability R10).

``zone`` is a time zone of ``pytz``, as everywhere in Odoo.
"""

from datetime import date, datetime, time

import pytz


def to_utc(zone, local: datetime) -> datetime:
    """Return the naive UTC of what clocks in ``zone`` say; the later of two such moments."""
    return zone.localize(local).astimezone(pytz.utc).replace(tzinfo=None)


def local_day(zone, moment: datetime) -> date:
    """Return the day it is in ``zone`` at ``moment``, naive UTC."""
    return pytz.utc.localize(moment).astimezone(zone).date()


def day_begins(zone, day: date) -> datetime:
    """Return the first moment of ``day`` in ``zone`` as naive UTC.

    Some countries turn their clocks at midnight: there is no midnight then, or there are two.
    """
    midnight = datetime.combine(day, time.min)
    both = [
        zone.localize(midnight, is_dst=summer).astimezone(pytz.utc).replace(tzinfo=None)
        for summer in (True, False)
    ]
    return min((moment for moment in both if local_day(zone, moment) == day), default=both[-1])
