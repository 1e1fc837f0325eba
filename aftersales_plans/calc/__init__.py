"""Pure arithmetic of plans: imports nothing from Odoo, never asks for today."""
