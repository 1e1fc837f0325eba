# SPDX-License-Identifier: AGPL-3.0-or-later
"""Pure arithmetic of visits. Imports nothing from Odoo, never asks for today.

``window``: when visits are promised · ``zone``: days where the site is · ``workday``: one day of a
technician, ``agenda``: the days of all · ``level``: who goes when · ``offer``: other days for a
customer · ``check``: whether an answer is as it should be · ``route``: links to a map.
"""
