# SPDX-License-Identifier: LGPL-3.0-or-later
"""Pure arithmetic of plans: imports nothing from Odoo, never asks for today."""
