# SPDX-License-Identifier: LGPL-3.0-or-later
"""Days and moments as customers read them in mails and on paper: one way everywhere."""

from odoo.tools import format_date, format_time

DAY = "long"  # day, month in words, year, in the order of the reader's language


def day_in_words(env, day):
    """Return ``day`` as "November 20, 2026", in the language of ``env``; empty without one."""
    return format_date(env, day, date_format=DAY) if day else ""


def moment_in_words(env, moment, tz):
    """Return the UTC ``moment`` as day and time of day in the zone named ``tz``; empty without."""
    if not moment:
        return ""
    day = format_date(env(context={**env.context, "tz": tz}), moment, date_format=DAY)
    return f"{day}, {format_time(env, moment, tz=tz, time_format='short')}"
