# SPDX-License-Identifier: LGPL-3.0-or-later
"""How a forecast came about, in words."""

from odoo.tools import formatLang

from ..calc.failure import BY_AGE, BY_CATEGORY, BY_OLD, BY_PRODUCT


def in_words(env, facts):
    """Return the facts of a forecast as sentences, a line for each product that fails.

    :param facts: as ``_prepare_facts`` and what siblings add to it leave them
    """
    lines = [_source_in_words(env, source) for source in facts.get("sources", [])]
    if not lines and not facts.get("others"):
        return env._("No goods in use are known to take this part.")
    say = env["aftersales.parts.forecast"]._other_in_words
    return "\n".join([*lines, *(say(other) for other in facts.get("others", []))])


def _source_in_words(env, source):
    """Say of one product that fails how many there are, how often they fail, what that takes."""
    name, units = source["product"], _number(env, source["units"], 1)
    if not source["rates"]:
        return env._(
            "%(product)s: not enough data. %(units)s units in use, and fewer than 3 failures or 12 "
            "months in use of the product and of its category.",
            product=name,
            units=units,
        )
    words = [
        env._(
            "%(product)s: %(units)s units in use. Failures of 100 units in a month: %(rates)s.",
            product=name,
            units=units,
            rates=", ".join(_rate_in_words(env, rate) for rate in source["rates"]),
        ),
        _cover_in_words(env, source),
    ]
    if source["ageless"]:
        words.append(env._("Delivery unknown: %s units.", _number(env, source["ageless"], 1)))
    if source["metered"]:
        words.append(
            env._(
                "%s units have meter readings and count as much as they run.",
                _number(env, source["metered"], 1),
            )
        )
    return " ".join(words)


def _rate_in_words(env, rate):
    """Say one rate and which failures it is from."""
    facts = {"rate": _number(env, rate["per_month"] * 100, 2), "year": (rate["age"] or 0) + 1}
    return {
        BY_AGE: lambda: env._("%(rate)s (year %(year)s of age)", **facts),
        BY_OLD: lambda: env._("%(rate)s (from year %(year)s of age on)", **facts),
        BY_PRODUCT: lambda: env._("%(rate)s (all ages)", **facts),
        BY_CATEGORY: lambda: env._("%(rate)s (its category)", **facts),
    }[rate["origin"]]()


def _cover_in_words(env, source):
    """Say how many units are covered, and what failures of those and of others take."""
    words = env._(
        "Under contract or guarantee: %(covered)s %%; each of their failures takes %(parts)s "
        "parts.",
        covered=_number(env, 100 * source["covered"], 0),
        parts=_number(env, source["per_covered"], 2),
    )
    if source["covered"] >= 1:
        return words
    if source["per_other"] is None:
        return words + " " + env._("Other failures: not enough data, counted as taking none.")
    return words + " " + env._("Each other failure takes %s.", _number(env, source["per_other"], 2))


def _number(env, value, digits):
    return formatLang(env, value, digits=digits)
