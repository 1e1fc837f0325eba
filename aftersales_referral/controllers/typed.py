# SPDX-License-Identifier: LGPL-3.0-or-later
"""What people type into the forms that name a newcomer."""

from odoo.addons.aftersales_plans.controllers.customer_pages import typed_text

LENGTHS = {"name": 100, "phone": 40, "email": 200, "message": 2000}  # characters kept


def typed(form):
    """Return what was typed, without files, signs nobody sees, and not too long."""
    return {
        name: typed_text(form.get(name), length, lines=name == "message")
        for name, length in LENGTHS.items()
    }
